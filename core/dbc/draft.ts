/** What the statements of a DBC say, one by one, before names and references are resolved. */
import type { Decimal, RawRange } from "./model.ts";

/** Something said at a place, 1-based. */
export interface Said<Value> {
  readonly value: Value;
  readonly line: number;
  readonly column: number;
}

export interface SignalDraft {
  readonly name: string;
  /** `signalKey`, made once. */
  readonly key: string;
  /** `M`, also in `m5M`. */
  readonly selector: boolean;
  /** The 5 in `m5`. */
  readonly selectedWhen: bigint | null;
  readonly start: number;
  readonly lengthBits: number;
  readonly byteOrder: "little" | "big";
  readonly signed: boolean;
  readonly factor: Decimal;
  readonly offset: Decimal;
  readonly factorNumber: number;
  readonly offsetNumber: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly unit: string;
  readonly receivers: readonly string[];
  readonly line: number;
  readonly column: number;
}

export interface MessageDraft {
  /** As written, with the flag bit 31. */
  readonly rawId: number;
  readonly name: string;
  readonly lengthBytes: number;
  readonly sender: string | null;
  /** By name, in the order of the file. */
  readonly signals: Map<string, SignalDraft>;
  readonly line: number;
  readonly column: number;
}

export interface AttributeValue {
  readonly text: string;
  readonly quoted: boolean;
}

/** SG_MUL_VAL_. */
export interface SelectionDraft {
  readonly selector: string;
  readonly ranges: RawRange[];
}

/** Something said about an object that was not named before; it may be later on. */
export interface Stray {
  readonly key: string;
  /** The warning, should it never be. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** References are kept under the key of their object, so that statements may come in any order. */
export interface Draft {
  version: string;
  /** `CM_ "…"` without an object. */
  readonly networkComments: string[];
  readonly nodes: Said<string>[];
  readonly messages: MessageDraft[];
  /** Keys of all objects that were named, also of those that were skipped for an error. */
  readonly known: Set<string>;
  readonly strays: Stray[];
  readonly comments: Map<string, Said<string>>;
  readonly valueTables: Map<string, Said<ReadonlyMap<bigint, string>>>;
  /** VAL_: the texts, or the name of a VAL_TABLE_. */
  readonly values: Map<string, Said<ReadonlyMap<bigint, string> | string>>;
  /** SIG_VALTYPE_: 1 is a 32-bit float, 2 a 64-bit one. */
  readonly valueTypes: Map<string, Said<number>>;
  readonly selections: Map<string, Said<SelectionDraft>>;
  /** BO_TX_BU_. */
  readonly senders: Map<string, Said<readonly string[]>>;
  /** Attribute → its texts; null unless ENUM. */
  readonly definitions: Map<string, Said<readonly string[] | null>>;
  readonly defaults: Map<string, Said<AttributeValue>>;
  /** Those that change what a frame means or is called. Key: attribute name, LF, key of the object. */
  readonly attributes: Map<string, Said<AttributeValue>>;
}

export const emptyDraft = (): Draft => ({
  version: "",
  networkComments: [],
  nodes: [],
  messages: [],
  known: new Set([NETWORK]),
  strays: [],
  comments: new Map(),
  valueTables: new Map(),
  values: new Map(),
  valueTypes: new Map(),
  selections: new Map(),
  senders: new Map(),
  definitions: new Map(),
  defaults: new Map(),
  attributes: new Map(),
});

/** Vector's placeholders: for a node that is none, and for the message of signals that are in none. */
export const NO_NODE = "Vector__XXX";
export const NO_MESSAGE = "VECTOR__INDEPENDENT_SIG_MSG";

/** Keys of objects; a name holds no blank. */
export const NETWORK = "the network";
export const nodeKey = (name: string): string => `BU_ ${name}`;
export const messageKey = (rawId: number): string => `BO_ ${rawId}`;
export const signalKey = (rawId: number, name: string): string => `SG_ ${rawId} ${name}`;
export const signalKeyOf = (message: string, name: string): string => `SG_ ${message.slice("BO_ ".length)} ${name}`;
export const variableKey = (name: string): string => `EV_ ${name}`;
export const attributeKey = (attribute: string, object: string): string => `${attribute}\n${object}`;
