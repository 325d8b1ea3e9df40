/** Facts of the HD comment that CANedge loggers write (formats: HDcomment/common_properties), with a small XML scanner of our own. */

/** Trimmed texts; null if absent. */
export interface CanedgeMetadata {
  readonly deviceSerial: string | null;
  readonly deviceType: string | null;
  readonly hardware: string | null;
  readonly firmware: string | null;
  readonly session: number | null;
  readonly split: number | null;
  readonly userComment: string | null;
  readonly configCrc32: string | null;
  readonly storageTotal: string | null;
  readonly storageFree: string | null;
}

/** Never fails: what is not there, or not well formed, is null. */
export function canedgeMetadata(xml: string): CanedgeMetadata {
  const properties = commonProperties(xml);
  const device = (name: string) => properties.get(`Device Information/${name}`) ?? null;
  const file = (name: string) => properties.get(`File Information/${name}`) ?? null;
  return {
    deviceSerial: device("serial number"),
    deviceType: device("device type"),
    hardware: device("hardware version"),
    firmware: device("firmware version"),
    session: decimal(file("session")),
    split: decimal(file("split")),
    userComment: file("comment"),
    configCrc32: device("config crc32 checksum"),
    storageTotal: device("storage total"),
    storageFree: device("storage free"),
  };
}

/** Loggers nest four deep. What is nested deeper than this is nobody's comment, and not read on. */
const DEPTH_MAX = 64;

/**
 * Values of `<e name="…">` by the names of the trees around them: "Device Information/serial number". A tree that occurs
 * twice is merged (generation A writes two); of two equal names the first wins. Element names count without namespace.
 */
export function commonProperties(xml: string): Map<string, string> {
  const properties = new Map<string, string>();
  const path: { readonly element: string; readonly name: string }[] = [];
  let value: string | null = null;
  for (const part of xmlParts(xml)) {
    if (part.kind === "text") {
      if (value !== null) value += part.text;
    } else if (part.kind === "open") {
      const name = part.attributes.get("name") ?? "";
      if (part.element === "e") value = "";
      if (path.length === DEPTH_MAX) return properties;
      if (!part.isEmpty) path.push({ element: part.element, name });
      else if (part.element === "e") value = null;
    } else {
      const at = path.findLastIndex((open) => open.element === part.element);
      if (at < 0) continue;
      const closed = path[at];
      path.length = at;
      if (part.element !== "e" || value === null) continue;
      const trees = path.filter((open) => open.element === "tree").map((open) => open.name);
      const key = [...trees, closed?.name ?? ""].join("/");
      if (!properties.has(key)) properties.set(key, value.trim());
      value = null;
    }
  }
  return properties;
}

type XmlPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "open";
      readonly element: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly isEmpty: boolean;
    }
  | { readonly kind: "close"; readonly element: string };

function* xmlParts(xml: string): Generator<XmlPart> {
  let at = 0;
  while (at < xml.length) {
    const open = xml.indexOf("<", at);
    if (open < 0) return;
    if (open > at) yield { kind: "text", text: unescapeXml(xml.slice(at, open)) };
    const skipped = skipMarkup(xml, open);
    if (skipped !== null) {
      if (skipped.text !== "") yield { kind: "text", text: skipped.text };
      at = skipped.end;
      continue;
    }
    const close = xml.indexOf(">", open);
    if (close < 0) return;
    yield tag(xml.slice(open + 1, close));
    at = close + 1;
  }
}

/** Comments, declarations and CDATA; null for an element's tag. */
function skipMarkup(xml: string, open: number): { readonly end: number; readonly text: string } | null {
  for (const [start, stop, keep] of [
    ["<!--", "-->", false],
    ["<![CDATA[", "]]>", true],
    ["<?", "?>", false],
    ["<!", ">", false],
  ] as const) {
    if (!xml.startsWith(start, open)) continue;
    const found = xml.indexOf(stop, open + start.length);
    const end = found < 0 ? xml.length : found;
    return { end: end + stop.length, text: keep ? xml.slice(open + start.length, end) : "" };
  }
  return null;
}

function tag(body: string): XmlPart {
  const [, slash = "", name = ""] = /^(\/?)\s*([^\s/>]*)/.exec(body) ?? [];
  const element = name.slice(name.indexOf(":") + 1);
  if (slash !== "") return { kind: "close", element };
  return { kind: "open", element, attributes: attributesOf(body), isEmpty: body.endsWith("/") };
}

/** name="value" or name='value', from one "=" to the next: in the time of one look at each character. */
function attributesOf(body: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let from = 0, equals = body.indexOf("="); equals >= 0; equals = body.indexOf("=", from)) {
    let nameEnd = equals;
    while (nameEnd > from && isBlank(body[nameEnd - 1])) nameEnd--;
    let nameAt = nameEnd;
    while (nameAt > from && /[\w:.-]/.test(body[nameAt - 1] ?? "")) nameAt--;
    let quoteAt = equals + 1;
    while (isBlank(body[quoteAt])) quoteAt++;
    const quote = body[quoteAt];
    const end = quote === '"' || quote === "'" ? body.indexOf(quote, quoteAt + 1) : -1;
    if (nameAt < nameEnd && end >= 0) attributes.set(body.slice(nameAt, nameEnd), unescapeXml(body.slice(quoteAt + 1, end)));
    from = nameAt < nameEnd && end >= 0 ? end + 1 : quoteAt;
  }
  return attributes;
}

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimalCode, hexCode, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimalCode === undefined ? Number.parseInt(hexCode, 16) : Number(decimalCode);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function decimal(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
