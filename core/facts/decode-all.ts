/** Every signal of some messages as columns, physical and raw, in as many passes as the kernel's memory asks for. */
import { isDecodable } from "../dbc/geometry.ts";
import { pgnOf } from "../dbc/match.ts";
import type { DbcMessage, DbcSignal } from "../dbc/model.ts";
import { assert } from "../fault.ts";
import {
  type DecodeHost,
  type DecodeRange,
  type DecodeResult,
  decodePass,
  type LaneResult,
  type Rule,
} from "../kernel/decode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Columns } from "../kernel/output.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import type { HeardMessage } from "./heard-message.ts";

/** In time order, stable by stored order; equal lengths. */
export interface SignalSamples {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** int64 or uint64 bits of integers, float64 bits of floats. */
  readonly raws: BigUint64Array;
  /** Frames in which the signal is active but has no value, since the payload ends before it. */
  readonly short: number;
}

export interface DecodeAllOptions {
  readonly kernel: Kernel;
  readonly source: ByteSource;
  readonly mdf: MdfFile;
  readonly range: DecodeRange;
  readonly host: DecodeHost;
  /** Reassembled messages at the time of their first frame; default: of the last. */
  readonly firstFrameTimes?: boolean;
}

/** Signals of one message on one channel that a pass takes together, for some source addresses of a group. */
interface Unit {
  readonly channel: number;
  readonly message: DbcMessage;
  readonly signals: readonly DbcSignal[];
  readonly heard: readonly HeardMessage[];
  /** It found no room beside others. */
  readonly alone: boolean;
}

/** Signals of a unit at first: twice as many columns, so that two units share a pass. */
const UNIT_SIGNALS = 90;

/** Calls `give` once for each signal of each message, in no order. Samples are as many as the frames; one pass is held at a time. */
export async function decodeAll(
  messages: readonly HeardMessage[],
  options: DecodeAllOptions,
  give: (heard: HeardMessage, signal: DbcSignal, samples: SignalSamples) => void,
): Promise<void> {
  const units = unitsOf(messages);
  while (units.length > 0) {
    const now = takeUnits(units);
    const rules = now.map((unit) => ruleOf(unit, messages));
    const { kernel, source, mdf, range, host, firstFrameTimes = false } = options;
    const output = { kind: "columns", keepLengths: true, firstFrameTimes } as const;
    const result = await decodePass(kernel, source, mdf, rules, range, output, host);
    for (const [rule, unit] of now.entries()) {
      if (result.left.some((left) => left.rule === rule && isOfUnit(unit, left.sourceAddress)))
        units.unshift(...smaller(unit, now.length));
      else giveUnit(unit, rule, result, give);
    }
  }
}

function unitsOf(messages: readonly HeardMessage[]): Unit[] {
  const bySenders = new Map<string, HeardMessage[]>();
  for (const one of messages) {
    const key = `${one.channel} ${one.message.id} ${one.message.extended} ${one.message.line} ${one.transport}`;
    bySenders.set(key, [...(bySenders.get(key) ?? []), one]);
  }
  return [...bySenders.values()].flatMap((heard) => {
    const [first] = heard;
    const signals = first?.message.signals.filter(isDecodable) ?? [];
    if (!first || signals.length === 0) return [];
    const perUnit = Math.max(1, Math.floor(UNIT_SIGNALS / heard.length));
    const count = Math.ceil(signals.length / perUnit);
    return Array.from({ length: count }, (_, i): Unit => {
      const part = signals.slice(i * perUnit, (i + 1) * perUnit);
      return { channel: first.channel, message: first.message, signals: part, heard, alone: false };
    });
  });
}

/** As many as are expected to fit, at least one. */
function takeUnits(units: Unit[]): Unit[] {
  const taken: Unit[] = [];
  let columns = 0;
  while (true) {
    const [next] = units;
    if (!next || (taken.length > 0 && (next.alone || columns + columnsOf(next) > Columns.columnsMax))) return taken;
    units.shift();
    taken.push(next);
    columns += columnsOf(next);
    if (next.alone) return taken;
  }
}

const columnsOf = (unit: Unit): number => unit.heard.length * (2 * unit.signals.length + 2);

/** What to try instead of a unit that found no room. */
function smaller(unit: Unit, unitsOfPass: number): Unit[] {
  if (unitsOfPass > 1) return [{ ...unit, alone: true }];
  const { signals, heard } = unit;
  if (signals.length > 1) return halves(signals).map((part) => ({ ...unit, signals: part }));
  assert(heard.length > 1, "one signal of one sender fits the kernel's memory");
  return halves(heard).map((part) => ({ ...unit, heard: part }));
}

const halves = <T>(list: readonly T[]): T[][] => {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
};

/** Group rules leave out identifiers that match exactly, and those of senders that another unit takes. */
function ruleOf({ channel, message, signals, heard }: Unit, messages: readonly HeardMessage[]): Rule {
  const asked = signals.flatMap((signal) => [
    { signal, output: "physical" as const },
    { signal, output: "raw" as const },
  ]);
  const { transport = null, addressing = "normal", pgn = null } = heard[0] ?? {};
  if (pgn === null) {
    const { id, extended } = message;
    const rule: Rule = { key: { kind: "exact", bus: "CAN", channel, id, extended }, message, signals: asked };
    return transport === null ? rule : { ...rule, transport, addressing };
  }
  if (transport !== null) {
    const sources = heard.flatMap(({ sourceAddress }) => sourceAddress ?? []);
    return { key: { kind: "group", bus: "CAN", channel, pgn }, message, signals: asked, transport, sources };
  }
  const own = new Set(heard.flatMap(({ ids }) => ids.map(({ id }) => id)));
  const except = messages
    .filter((other) => other.channel === channel)
    .flatMap(({ ids }) => ids)
    .filter(({ id, extended }) => extended && pgnOf(id) === pgn && !own.has(id))
    .map(({ id }) => id);
  return { key: { kind: "group", bus: "CAN", channel, pgn }, message, signals: asked, except: [...new Set(except)] };
}

const isOfUnit = (unit: Unit, sourceAddress: number | null): boolean =>
  unit.heard.some((heard) => heard.sourceAddress === sourceAddress);

function giveUnit(
  unit: Unit,
  rule: number,
  result: DecodeResult,
  give: (heard: HeardMessage, signal: DbcSignal, samples: SignalSamples) => void,
): void {
  for (const heard of unit.heard) {
    const lanes = result.lanes.filter((lane) => lane.rule === rule && lane.sourceAddress === heard.sourceAddress);
    for (const signal of unit.signals) {
      const physical = lanes.find((lane) => lane.signal === signal && lane.output === "physical");
      const raw = lanes.find((lane) => lane.signal === signal && lane.output === "raw");
      if (physical && raw) give(heard, signal, { ...inTimeOrder(physical, raw), short: shortFrames(physical, result) });
    }
  }
}

function inTimeOrder(physical: LaneResult, raw: LaneResult): Pick<SignalSamples, "times" | "values" | "raws"> {
  const count = physical.pieces.reduce((sum, piece) => sum + piece.times.length, 0);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  const raws = new BigUint64Array(count);
  let at = 0;
  for (const [i, piece] of physical.pieces.entries()) {
    const rawValues = raw.pieces[i]?.values;
    assert(piece.values instanceof Float64Array && rawValues instanceof BigUint64Array, "both lanes stand in the same nodes");
    times.set(piece.times, at);
    values.set(piece.values, at);
    raws.set(rawValues, at);
    at += piece.times.length;
  }
  if (times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0))) return { times, values, raws };
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return {
    times: Float64Array.from(order, (i) => times[i] ?? 0),
    values: Float64Array.from(order, (i) => values[i] ?? 0),
    raws: BigUint64Array.from(order, (i) => raws[i] ?? 0n),
  };
}

function shortFrames({ nodes }: LaneResult, { lengths }: DecodeResult): number {
  let short = 0;
  for (const { at, need } of nodes) {
    for (const piece of lengths.get(at) ?? []) for (const bytes of piece.lengths) if (bytes < need) short++;
  }
  return short;
}
