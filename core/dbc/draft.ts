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
  readonly signals: SignalDraft[];
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

/** References are kept under the key of their object, so that statements may come in any order. */
export interface Draft {
  version: string;
  readonly nodes: Said<string>[];
  readonly messages: MessageDraft[];
  /** Keys of all objects that were named, also of those that were skipped for an error. */
  readonly known: Set<string>;
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
  /** Key: attribute name, LF, key of the object. */
  readonly attributes: Map<string, Said<AttributeValue>>;
}

export const emptyDraft = (): Draft => ({
  version: "",
  nodes: [],
  messages: [],
  known: new Set([NETWORK]),
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

/** Keys of objects; a name holds no blank. */
export const NETWORK = "the network";
export const nodeKey = (name: string): string => `BU_ ${name}`;
export const messageKey = (rawId: number): string => `BO_ ${rawId}`;
export const signalKey = (rawId: number, name: string): string => `SG_ ${rawId} ${name}`;
export const variableKey = (name: string): string => `EV_ ${name}`;
export const attributeKey = (attribute: string, object: string): string => `${attribute}\n${object}`;
