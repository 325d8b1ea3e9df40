/** Decoding in tests: rules for one message, and its lanes as plain columns. */
import type { DbcMessage, DbcSignal } from "../../core/dbc/model.ts";
import {
  type DecodeOutput,
  type DecodeRange,
  type DecodeResult,
  decodePass,
  type LaneResult,
  type Rule,
} from "../../core/kernel/decode.ts";
import type { Kernel } from "../../core/kernel/kernel.ts";
import { testHost } from "./kernel.ts";
import type { MadeLog } from "./made-log.ts";

export const WHOLE_RANGE: DecodeRange = { fromNs: -(2n ** 62n), toNs: 2n ** 62n, baseNs: 0n };
export const COLUMNS: DecodeOutput = { kind: "columns", keepLengths: false };

/** All frames with the identifier of the message, on CAN 1. */
export const exactRule = (message: DbcMessage, output: "physical" | "raw", signals = message.signals): Rule => ({
  key: { kind: "exact", bus: "CAN", channel: 1, id: message.id, extended: message.extended },
  message,
  signals: signals.map((signal) => ({ signal, output })),
});

export const decode = (
  kernel: Kernel,
  { source, mdf }: MadeLog,
  rules: readonly Rule[],
  output: DecodeOutput = COLUMNS,
  range: DecodeRange = WHOLE_RANGE,
): Promise<DecodeResult> => decodePass(kernel, source, mdf, rules, range, output, testHost());

export interface Column {
  readonly times: readonly number[];
  readonly values: readonly (number | bigint)[];
}

/** Pieces one after the other. */
export const columnOf = (lane: LaneResult | undefined): Column => ({
  times: lane?.pieces.flatMap((piece) => [...piece.times]) ?? [],
  values: lane?.pieces.flatMap((piece): (number | bigint)[] => [...piece.values]) ?? [],
});

/** By signal name. */
export const columnsByName = (result: DecodeResult): Map<string, Column> =>
  new Map(result.lanes.map((lane) => [lane.signal.name, columnOf(lane)]));

/** Names signals by their place. */
export const numbered = (signals: readonly DbcSignal[]): DbcSignal[] =>
  signals.map((signal, i) => ({ ...signal, name: `S${i}` }));
