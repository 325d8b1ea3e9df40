/** Trips as a table: when, how long, and of each signal least, greatest, mean, last and integral. */
import { alignmentOf } from "../../../core/analysis/align.ts";
import { type Expression, evaluator } from "../../../core/analysis/expression.ts";
import { type Trip, tripsOf } from "../../../core/analysis/trips.ts";
import type { Notice } from "../../../core/fault.ts";
import { nameOfSeries, type SeriesSelector } from "../../../core/series/series.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import type { Cell, Column, Table } from "../tables/table.ts";
import { operandSelectors, type Reading, readOperands } from "./operands.ts";

export interface TripRule {
  readonly gapNs: number;
  readonly leastNs: number;
  /** Which moments are travel; null = all that were recorded. */
  readonly while: Expression | null;
  /** Signals to aggregate; the first ones of the columns. */
  readonly signals: readonly string[];
}

const BASE_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "timeEnd", type: "time" },
  { text: "duration", type: "number", unit: "s" },
  { text: "device", type: "string" },
];
const AGGREGATES = ["min", "max", "mean", "last", "integral"] as const;

/** Trips of each device by time. Faults: `request/bad-parameter`, the engine's. */
export async function tripTable(
  object: JsonObject,
  rule: TripRule,
  devices: readonly string[],
  reading: Reading,
): Promise<Table> {
  const names = [...new Set([...rule.signals, ...(rule.while?.operands ?? [])])];
  const notices = new Map<string, Notice>();
  const rows: (readonly Cell[])[] = [];
  const units = new Map<string, string>();
  for (const device of devices) {
    if (names.length === 0) {
      rows.push(...(await recordedTrips(device, rule, reading)));
      continue;
    }
    const selectors: readonly SeriesSelector[] = operandSelectors(object, names, device);
    const read = await readOperands(selectors, reading, false);
    for (const notice of read.notices) notices.set(notice.text, notice);
    if (read.answers.length < names.length) continue;
    for (const { labels, unit } of read.answers) units.set(nameOfSeries(labels), unit);
    const { baseNs, columns } = alignmentOf(read.answers);
    for (const trip of tripsOf(columns, rule.gapNs, rule.leastNs, travels(rule.while, names)))
      rows.push([...rowOf(trip, baseNs, device), ...aggregates(trip, rule.signals.length)]);
  }
  rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  const columns = rule.signals.flatMap((name) =>
    AGGREGATES.map(
      (aggregate): Column => ({ text: `${name} ${aggregate}`, type: "number", ...unitOf(units.get(name), aggregate) }),
    ),
  );
  return { columns: [...BASE_COLUMNS, ...columns], rows, notices: [...notices.values()], hasMore: false };
}

const unitOf = (unit: string | undefined, aggregate: string): { readonly unit?: string } =>
  unit === undefined || unit === "" ? {} : { unit: aggregate === "integral" ? `${unit}·s` : unit };

/** The expression's operands stand somewhere among the columns. */
function travels(expression: Expression | null, names: readonly string[]): ((values: Float64Array) => boolean) | null {
  if (expression === null) return null;
  const evaluate = evaluator(expression);
  const places = expression.operands.map((name) => names.indexOf(name));
  const own = new Float64Array(places.length);
  return (values) => {
    for (const [at, place] of places.entries()) own[at] = values[place] ?? Number.NaN;
    const value = evaluate(own);
    return value !== 0 && !Number.isNaN(value);
  };
}

const rowOf = ({ startNs, endNs }: Trip, baseNs: bigint, device: string): readonly Cell[] => [
  toEpochMs(baseNs + BigInt(Math.round(startNs))),
  toEpochMs(baseNs + BigInt(Math.round(endNs))),
  (endNs - startNs) / 1e9,
  device,
];

const aggregates = ({ values }: Trip, count: number): readonly Cell[] =>
  values.slice(0, count).flatMap((of) => AGGREGATES.map((name) => (Number.isFinite(of[name]) ? of[name] : null)));

/** Without signals: what was recorded at all, log by log. */
async function recordedTrips(device: string, rule: TripRule, reading: Reading): Promise<readonly (readonly Cell[])[]> {
  const { engine, fromNs, toNs, signal } = reading;
  const trips: { startNs: bigint; endNs: bigint }[] = [];
  for (const log of await engine.logs({ device, fromNs, toNs }, signal)) {
    if (log.startNs === null || log.fault !== null) continue;
    const endNs = log.endNs ?? (await engine.heard({ device, key: log.key }, signal)).lastNs ?? log.startNs;
    if ((fromNs !== null && endNs < fromNs) || (toNs !== null && log.startNs >= toNs)) continue;
    const last = trips.at(-1);
    if (last !== undefined && log.startNs - last.endNs <= BigInt(Math.round(rule.gapNs))) last.endNs = endNs;
    else trips.push({ startNs: log.startNs, endNs });
  }
  return trips.flatMap(({ startNs, endNs }) => {
    const lengthNs = Number(endNs - startNs);
    return lengthNs < rule.leastNs ? [] : [[toEpochMs(startNs), toEpochMs(endNs), lengthNs / 1e9, device]];
  });
}
