/** A CAN database as the DBC text says it, names resolved, numbers exact. */
import type { DbcEncoding } from "./encoding.ts";

/** digits / 10^scale with the smallest scale ≥ 0; from the text, not from a double. `+.5`, `1E-06` and `10` are decimals. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Inclusive range of unsigned raw selector values. */
export type RawRange = readonly [bigint, bigint];

export interface DbcSignal {
  readonly name: string;
  /** As written: Intel = least significant bit, Motorola = most significant bit, in DBC numbering. */
  readonly start: number;
  readonly lengthBits: number;
  readonly byteOrder: "little" | "big";
  /** The `-` sign, also for floats. */
  readonly signed: boolean;
  /** SIG_VALTYPE_ 1 → 32, 2 → 64. */
  readonly float: 32 | 64 | null;
  readonly factor: Decimal;
  readonly offset: Decimal;
  /** The doubles nearest to the texts. */
  readonly factorNumber: number;
  readonly offsetNumber: number;
  /** `[0|0]` is null, null. */
  readonly min: number | null;
  readonly max: number | null;
  readonly unit: string;
  readonly receivers: readonly string[];
  /** Is a multiplexor (`M` or `m0M`). */
  readonly selector: boolean;
  /** Name of the multiplexor above, if multiplexed. */
  readonly selectedBy: string | null;
  readonly selectedWhen: readonly RawRange[] | null;
  /** Raw value → text. */
  readonly values: ReadonlyMap<bigint, string> | null;
  /** Suspect parameter number of J1939 (attribute SPN); 0 = null. */
  readonly spn: number | null;
  readonly comment: string | null;
  /** 1-based line of its SG_. */
  readonly line: number;
}

export interface DbcMessage {
  /** Without the flag bit 31. */
  readonly id: number;
  readonly extended: boolean;
  readonly name: string;
  readonly lengthBytes: number;
  readonly fd: boolean;
  /** VFrameFormat = J1939PG: matched by parameter group number. */
  readonly j1939: boolean;
  /** 18 bits, low byte cleared if PF < 240; null unless j1939. */
  readonly pgn: number | null;
  /** GenMsgCycleTime; 0 = null. */
  readonly cycleMs: number | null;
  readonly senders: readonly string[];
  readonly comment: string | null;
  /** Sorted by name (UTF-8 bytes). */
  readonly signals: readonly DbcSignal[];
  readonly line: number;
}

export interface DbcWarning {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface Dbc {
  /** File stem as given, e.g. "canmod-gps". */
  readonly name: string;
  /** Key or file name, e.g. "canmod-gps.dbc". */
  readonly file: string;
  /** Of the text, as given or as found. */
  readonly encoding: DbcEncoding;
  readonly version: string;
  /** Of the network itself; several are joined by LF. */
  readonly comment: string | null;
  readonly nodes: readonly { readonly name: string; readonly comment: string | null }[];
  /** Sorted by (id, extended). */
  readonly messages: readonly DbcMessage[];
  readonly warnings: readonly DbcWarning[];
}
