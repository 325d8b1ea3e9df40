/** BA_DEF_, BA_DEF_DEF_, BA_ and their relatives: attributes, of which a few change what a frame means (attributes.ts). */
import { isRead } from "./attributes.ts";
import { type AttributeValue, attributeKey, messageKey, NETWORK, NO_NODE, nodeKey, variableKey } from "./draft.ts";
import { mention, type Parsing, readIdentifier, readObject, readSignalKey, say } from "./parsing.ts";
import { type Reader, Unexpected } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

/** `BA_DEF_ [BU_|BO_|SG_|EV_] "name" INT 0 10;` or HEX, FLOAT, STRING, ENUM "a","b". */
export function readDefinition(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  for (const scope of ["BU_", "BO_", "SG_", "EV_"]) if (reader.accept(scope)) break;
  const attribute = reader.text("the attribute's name in quotes", true);
  const texts: string[] = [];
  const isEnum = reader.accept("ENUM");
  if (isEnum) {
    for (let token = reader.lexer.peek(); token.kind === "text"; token = reader.lexer.peek()) {
      texts.push(reader.text("a text"));
      reader.room.takeParts(1, token);
      reader.accept(",");
    }
    reader.endStatement("BA_DEF_");
  } else {
    const type = reader.lexer.peek();
    if (!["INT", "HEX", "FLOAT", "STRING"].includes(type.text)) throw new Unexpected(type, "INT, HEX, FLOAT, STRING or ENUM");
    reader.passOver("BA_DEF_");
  }
  if (isRead(attribute)) say(parsing, draft.definitions, attribute, isEnum ? texts : null, at, "BA_DEF_");
}

/** `BA_DEF_DEF_ "name" value;` */
export function readDefault(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const attribute = reader.text("the attribute's name in quotes", true);
  const value = readAttributeValue(reader);
  reader.endStatement("BA_DEF_DEF_");
  if (isRead(attribute)) say(parsing, draft.defaults, attribute, value, at, "BA_DEF_DEF_");
}

/** `BA_ "name" [object] value;` */
export function readAttribute(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const attribute = reader.text("the attribute's name in quotes", true);
  const key = readObject(reader);
  const value = readAttributeValue(reader);
  reader.endStatement("BA_");
  mention(parsing, key, at, givenToNobody("BA_", attribute, key));
  if (isRead(attribute) && key !== NETWORK) say(parsing, draft.attributes, attributeKey(attribute, key), value, at, "BA_");
}

/** `BA_REL_ "name" BU_SG_REL_ node SG_ id signal value;`, or BU_BO_REL_ node id, or BU_EV_REL_ node variable. */
export function readRelation(parsing: Parsing, at: Token): void {
  const { reader } = parsing;
  const attribute = reader.text("the attribute's name in quotes", true);
  const kind = reader.lexer.next();
  if (!["BU_SG_REL_", "BU_BO_REL_", "BU_EV_REL_"].includes(kind.text)) {
    throw new Unexpected(kind, "BU_SG_REL_, BU_BO_REL_ or BU_EV_REL_");
  }
  const node = reader.name("the name of a node").text;
  const object = readRelated(reader, kind.text);
  readAttributeValue(reader);
  reader.endStatement("BA_REL_");
  for (const key of node === NO_NODE ? [object] : [nodeKey(node), object]) {
    mention(parsing, key, at, givenToNobody("BA_REL_", attribute, key));
  }
}

function readRelated(reader: Reader, kind: string): string {
  if (kind === "BU_EV_REL_") return variableKey(reader.name("the name of an environment variable").text);
  if (kind === "BU_BO_REL_") return messageKey(readIdentifier(reader));
  reader.expect("SG_");
  return readSignalKey(reader);
}

const givenToNobody = (keyword: string, attribute: string, key: string) => (): string =>
  `${keyword}: ${quote(attribute)} is given to ${quote(key)}, which does not exist; the statement is skipped`;

function readAttributeValue(reader: Reader): AttributeValue {
  const token = reader.lexer.peek();
  if (token.kind === "text") return { text: reader.text("a text"), quoted: true };
  if (token.kind === "word" && /^0[xX][0-9a-fA-F]{1,15}$/.test(token.text.slice(0, 20))) {
    reader.lexer.next();
    return { text: String(Number(token.text)), quoted: false };
  }
  return { text: reader.number("a number or a text in quotes"), quoted: false };
}
