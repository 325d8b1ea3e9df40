/**
 * `buslens.json` beside the databases: which of them belong to which device and channel, by which protocol long messages travel there, and
 * how the text of databases is encoded. The schema is in docs/dbc.md.
 */
import { TRANSPORT_PROTOCOLS } from "../bus/transport.ts";
import type { Notice } from "../fault.ts";
import { type DbcEncoding, encodingOf } from "./encoding.ts";
import { type PlacedJson, type PlacedMember, readPlacedJson } from "./json-places.ts";
import type { ForcedTransport } from "./transport-choice.ts";

export const BINDING_FILE = "buslens.json";

/** One rule; absent device, bus or channel = any. Of `dbcs` and `transport` each is decided by the first rule that fits and has it. */
export interface BindingRule {
  readonly device?: string;
  readonly bus?: "CAN" | "LIN";
  readonly channel?: number;
  /** Names or files of databases, the first wins where two know a frame; none = frames stay undecoded. */
  readonly dbcs?: readonly string[];
  /** How messages that do not fit a frame travel; absent = found out. */
  readonly transport?: ForcedTransport;
}

export interface Bindings {
  readonly rules: readonly BindingRule[];
  /** By the file's name in lower case. */
  readonly encodings: ReadonlyMap<string, DbcEncoding>;
  readonly notices: readonly Notice[];
}

export const noBindings: Bindings = { rules: [], encodings: new Map(), notices: [] };

type Place = Pick<PlacedJson, "line" | "column">;

/** What the file says. What is wrong in it is left out and told with line and column; a file that is no JSON binds nothing. */
export function readBindings(text: string): Bindings {
  const notices: Notice[] = [];
  const warn = ({ line, column }: Place, what: string) => {
    notices.push({ severity: "warning", text: `${BINDING_FILE}:${line}:${column}: ${what}` });
  };
  const json = readPlacedJson(text);
  if (!("kind" in json)) {
    warn(json, `${json.text}; the file is not used`);
    return { ...noBindings, notices };
  }
  const rules: BindingRule[] = [];
  const encodings = new Map<string, DbcEncoding>();
  for (const { name, value, ...place } of membersOf(json, warn)) {
    if (name === "bindings" && value.kind === "array") {
      for (const item of value.items) {
        const rule = ruleOf(item, warn);
        if (rule) rules.push(rule);
      }
    } else if (name === "encodings" && value.kind === "object") {
      for (const one of value.members) readEncoding(one, encodings, warn);
    } else if (name === "bindings" || name === "encodings")
      warn(value, `"${name}" must be ${name === "bindings" ? "a list of rules" : "an object, file to encoding"}`);
    else warn(place, `there is no "${name}" here; known are bindings and encodings`);
  }
  return { rules, encodings, notices };
}

type Warn = (place: Place, what: string) => void;

function membersOf(json: PlacedJson, warn: Warn): readonly PlacedMember[] {
  if (json.kind === "object") return json.members;
  warn(json, 'an object is needed: {"bindings": […]}');
  return [];
}

/** null: nothing in it can be used. A wrong member would make the rule wider than it was meant to be. */
function ruleOf(json: PlacedJson, warn: Warn): BindingRule | null {
  if (json.kind !== "object") {
    warn(json, 'a rule is an object: {"device": "2F6913DB", "channel": 1, "dbcs": ["a.dbc"]}');
    return null;
  }
  let rule: BindingRule | null = {};
  for (const { name, value, ...place } of json.members) {
    const part = partOf(name, value);
    if (typeof part === "string") {
      warn(part.startsWith("there is no") ? place : value, `${part}; the rule is not used`);
      rule = null;
    } else if (rule) rule = { ...rule, ...part };
  }
  if (rule !== null && rule.dbcs === undefined && rule.transport === undefined) {
    warn(json, 'a rule needs "dbcs", a list of DBC files, or "transport", a protocol; the rule is not used');
    return null;
  }
  return rule;
}

const FORCED: readonly ForcedTransport[] = [...TRANSPORT_PROTOCOLS, "none"];

/** What one member says, or what is wrong with it. */
function partOf(name: string, value: PlacedJson): Partial<BindingRule> | string {
  switch (name) {
    case "device":
      return value.kind === "text" && value.text !== ""
        ? { device: value.text }
        : '"device" must be a device id; * and ? stand for any characters';
    case "bus": {
      const bus = value.kind === "text" ? value.text.toUpperCase() : "";
      return bus === "CAN" || bus === "LIN" ? { bus } : '"bus" must be CAN or LIN';
    }
    case "channel":
      return value.kind === "number" && Number.isInteger(value.number) && value.number >= 0 && value.number <= 255
        ? { channel: value.number }
        : '"channel" must be a whole number up to 255';
    case "dbcs": {
      const items = value.kind === "array" ? value.items : value.kind === "text" ? [value] : null;
      if (items === null || !items.every((item) => item.kind === "text")) return '"dbcs" must be a list of DBC files';
      return { dbcs: items.map(({ text }) => text) };
    }
    case "transport": {
      const transport = FORCED.find((one) => value.kind === "text" && one === value.text);
      return transport ? { transport } : `"transport" must be one of ${FORCED.join(", ")}`;
    }
    default:
      return `there is no "${name}" in a rule; known are device, bus, channel, dbcs and transport`;
  }
}

function readEncoding({ name, value }: PlacedMember, into: Map<string, DbcEncoding>, warn: Warn): void {
  const encoding = value.kind === "text" ? encodingOf(value.text) : null;
  if (encoding) into.set(name.toLowerCase(), encoding);
  else warn(value, `this is no encoding we read for ${name}: utf-8, windows-1252, shift_jis, gb18030 …`);
}

/** A channel of a device; null: a log that belongs to none. */
export interface BoundChannel {
  readonly device: string | null;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
}

/** Databases of the first rule for a channel that names some; null if none does. Device ids compare without case. */
export const databasesFor = (bindings: Bindings, place: BoundChannel): readonly string[] | null =>
  rulesFor(bindings, place).find(({ dbcs }) => dbcs !== undefined)?.dbcs ?? null;

/** The protocol of the first rule for a channel that names one; null: found out. */
export const transportFor = (bindings: Bindings, place: BoundChannel): ForcedTransport | null =>
  rulesFor(bindings, place).find(({ transport }) => transport !== undefined)?.transport ?? null;

const rulesFor = ({ rules }: Bindings, { device, bus, channel }: BoundChannel): readonly BindingRule[] =>
  rules.filter(
    (rule) =>
      (rule.device === undefined || (device !== null && fits(device, rule.device))) &&
      (rule.bus ?? bus) === bus &&
      (rule.channel ?? channel) === channel,
  );

/** `*` any characters, `?` one; linear: the last star alone is tried again. */
function fits(name: string, glob: string): boolean {
  const [text, wanted] = [name.toUpperCase(), glob.toUpperCase()];
  let [at, place, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    if (wanted[place] === "*") {
      star = place++;
      retry = at;
    } else if (place < wanted.length && (wanted[place] === "?" || wanted[place] === text[at])) {
      at++;
      place++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++retry;
    } else return false;
  }
  while (wanted[place] === "*") place++;
  return place === wanted.length;
}
