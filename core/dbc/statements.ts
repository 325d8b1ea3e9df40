/** The statements of a DBC by keyword. Source of the grammar: Vector, DBC File Format Documentation; docs/dbc.md says what becomes of each. */
import { readAttribute, readDefault, readDefinition, readRelation } from "./attribute-statements.ts";
import { nodeKey, variableKey } from "./draft.ts";
import { readMessage, readSenders, readSignal } from "./message-statements.ts";
import { mention, noSuch, type Parsing, type Statement } from "./parsing.ts";
import { readGroup, readSelection, readValueType } from "./signal-statements.ts";
import { readComment, readValues, readValueTable } from "./text-statements.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

const passOver = (keyword: string): [string, Statement] => [keyword, ({ reader }) => reader.passOver(keyword)];

/** By keyword; what stands behind the keyword is still to be read. Throws `Unexpected`. */
export const STATEMENTS: ReadonlyMap<string, Statement> = new Map<string, Statement>([
  ["VERSION", readVersion],
  ["NS_", readNewSymbols],
  ["BS_", readBitTiming],
  ["BU_", readNodes],
  ["VAL_TABLE_", readValueTable],
  ["BO_", readMessage],
  ["SG_", readSignal],
  ["BO_TX_BU_", readSenders],
  ["EV_", readVariable],
  ["ENVVAR_DATA_", readVariableData],
  ["CM_", readComment],
  ["BA_DEF_", readDefinition],
  ["BA_DEF_DEF_", readDefault],
  ["BA_", readAttribute],
  ["BA_REL_", readRelation],
  ["VAL_", readValues],
  ["SIG_VALTYPE_", readValueType],
  ["SG_MUL_VAL_", readSelection],
  ["SIG_GROUP_", readGroup],
  // Understood as far as needed to find their ends: no value of a signal depends on them.
  ...["BA_DEF_REL_", "BA_DEF_DEF_REL_", "BA_DEF_SGTYPE_", "BA_SGTYPE_", "SGTYPE_", "SGTYPE_VAL_"].map(passOver),
  ...["SIG_TYPE_REF_", "SIGTYPE_VALTYPE_", "EV_DATA_", "NS_DESC_", "CAT_DEF_", "CAT_", "FILTER"].map(passOver),
]);

/** Words that NS_ lists; BU_ and the like never stand there. */
const NEW_SYMBOLS: ReadonlySet<string> = new Set(
  (
    "NS_DESC_ CM_ BA_DEF_ BA_ VAL_ CAT_DEF_ CAT_ FILTER BA_DEF_DEF_ EV_DATA_ ENVVAR_DATA_ SGTYPE_ SGTYPE_VAL_ BA_DEF_SGTYPE_ " +
    "BA_SGTYPE_ SIG_TYPE_REF_ VAL_TABLE_ SIG_GROUP_ SIG_VALTYPE_ SIGTYPE_VALTYPE_ BO_TX_BU_ BA_DEF_REL_ BA_REL_ " +
    "BA_DEF_DEF_REL_ BU_SG_REL_ BU_EV_REL_ BU_BO_REL_ SG_MUL_VAL_"
  ).split(" "),
);

function readVersion({ reader, draft }: Parsing): void {
  draft.version = reader.text("the version in quotes", true);
  reader.accept(";");
}

function readNewSymbols({ reader }: Parsing): void {
  reader.accept(":");
  for (let token = reader.lexer.peek(); token.kind === "word"; token = reader.lexer.peek()) {
    if (reader.atStatement() && !NEW_SYMBOLS.has(token.text)) return;
    reader.lexer.next();
    // `CM_ "text"` on one line is the first statement behind a list that BS_ did not end.
    const behind = reader.lexer.peek();
    const listed = behind.startsLine || behind.kind === "end" || (behind.kind === "word" && NEW_SYMBOLS.has(behind.text));
    if (!listed) {
      reader.lexer.goBackTo(token);
      return;
    }
  }
}

function readBitTiming({ reader }: Parsing): void {
  reader.accept(":");
  while (!reader.atStatement() && !reader.lexer.peek().startsLine) reader.lexer.next();
}

function readNodes({ reader, draft }: Parsing): void {
  reader.expect(":");
  while (!reader.atStatement()) {
    if (reader.accept(",") || reader.accept(";")) continue;
    const { text, line, column } = reader.name("the name of a node");
    reader.room.takeParts(1, { line, column });
    if (draft.known.has(nodeKey(text))) reader.warnings.add({ line, column }, `BU_: the node ${quote(text)} is named twice`);
    else draft.nodes.push({ value: text, line, column });
    draft.known.add(nodeKey(text));
  }
}

/** `EV_ name : type [min|max] "unit" initial id access node,…;` Only its name is kept, for those that speak of it. */
function readVariable({ reader, draft }: Parsing, keyword: Token): void {
  reader.room.takeParts(1, keyword);
  draft.known.add(variableKey(reader.name("the name of the environment variable").text));
  reader.passOver("EV_");
}

/** `ENVVAR_DATA_ name : size;` */
function readVariableData(parsing: Parsing, at: Token): void {
  const { reader } = parsing;
  const key = variableKey(reader.name("the name of the environment variable").text);
  reader.passOver("ENVVAR_DATA_");
  mention(parsing, key, at, noSuch("ENVVAR_DATA_", key));
}
