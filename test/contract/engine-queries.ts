/** Queries by the hundred over the drive of the fixtures: every method, grid, kind of range and selector; the same list in every engine. */

import type { Grid, Method, Query } from "../../core/query/query.ts";
import type { SignalSelector } from "../../core/series/series.ts";
import type { Drive } from "../../fixtures/drive.ts";
import { type Random, random } from "../../fixtures/random.ts";
import type { LogTruth, SeriesTruth } from "../../fixtures/truth.ts";
import { signalSelector } from "../support/labels.ts";

export interface NamedQuery {
  /** Number, method, grid and range in words: what a failing test prints. */
  readonly name: string;
  readonly query: Query;
}

const METHODS: readonly Method[] = ["raw", "envelope", "m4", "nearest", "min", "max", "stats"];
const MS = 1_000_000;
const SECOND = 1_000 * MS;
const DAY_NS = 86_400n * BigInt(SECOND);
/** Some divide the day, some do not; none is a multiple of all frame periods. */
const STEPS: readonly number[] = [
  1,
  977,
  50_000,
  MS,
  10 * MS,
  37 * MS,
  100 * MS,
  250 * MS,
  333_333_333,
  SECOND,
  1_700 * MS,
  7 * SECOND,
  60 * SECOND,
  3_600 * SECOND,
  86_400 * SECOND,
  7 * 86_400 * SECOND,
];

export const deviceOf = (log: Pick<LogTruth, "key">): string => log.key.split("/")[0] ?? "";

/** Time of a sample, ns since 1970. */
const epochNs = (log: LogTruth, timeNs: number): bigint => log.facts.startNs + BigInt(timeNs);

export function generatedQueries(drive: Drive, count: number, seed: number): NamedQuery[] {
  const { logs } = drive.truth;
  return Array.from({ length: count }, (_, i) => {
    const chance = random(seed * 65_536 + i);
    const one = pick(chance, logs);
    const target = pick(chance, one.series);
    // Every method as often as the others, whatever chance says.
    const method = METHODS[i % METHODS.length] ?? "raw";
    const selectors = [selectorFor(chance, one, target)];
    for (let more = chance.int(5); more > 2; more--) selectors.push(anySelector(chance, drive));
    // The same again, as it is or merged: what one answer is made of must not change under the other.
    if (chance.chance(1, 4)) selectors.push({ device: deviceOf(one), signal: target.signal.name, merge: chance.chance(1, 2) });
    const range = rangeOf(chance, one, target);
    const grid = gridOf(chance, method, range, one);
    const query: Query = {
      selectors,
      fromNs: range.fromNs,
      toNs: range.toNs,
      method,
      grid,
      wholeBuckets: grid.kind === "fixed" && chance.chance(1, 2),
      neighbours: chance.chance(1, 3) && (chance.chance(1, 2) ? "session" : true),
      budgetBytes: null,
      budgetPoints: chance.chance(1, 9) ? chance.int(40) : null,
      keepInvalid: chance.chance(1, 4),
    };
    return { name: nameOf(i, query, range.name), query };
  });
}

function pick<T>(chance: Random, list: readonly T[]): T {
  const found = list[chance.int(list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function nameOf(i: number, query: Query, range: string): string {
  const { method, grid, selectors, wholeBuckets, neighbours, budgetPoints, keepInvalid } = query;
  const options = [
    ...(wholeBuckets ? ["whole"] : []),
    ...(neighbours === false ? [] : [`neighbours ${neighbours}`]),
    ...(budgetPoints === null ? [] : [`${budgetPoints} points`]),
    ...(keepInvalid ? ["codes too"] : []),
  ];
  const names = selectors.map(signalSelector).map(({ signal, merge }) => (merge ? `merged ${signal}` : signal));
  return `${i} ${method} ${grid.kind} ${grid.stepNs} ns, ${range}, ${names.join("+")} ${options.join(" ")}`.trim();
}

function selectorFor(chance: Random, log: LogTruth, series: SeriesTruth): SignalSelector {
  const { channel, db, message, signal, sourceAddress } = series;
  const merge = chance.chance(1, 3);
  return {
    device: deviceOf(log),
    signal: signal.name,
    ...(chance.chance(1, 4) ? { bus: "CAN" as const } : {}),
    ...(chance.chance(1, 3) ? { channel } : {}),
    ...(chance.chance(1, 3) ? { db: chance.chance(1, 2) ? db : db.toUpperCase() } : {}),
    ...(chance.chance(1, 3) ? { message: message.name } : {}),
    ...(sourceAddress !== null && chance.chance(1, 3) ? { sourceAddress } : {}),
    ...(merge ? { merge } : {}),
  };
}

/** Mostly another series of the drive, sometimes something that is not there. */
function anySelector(chance: Random, drive: Drive): SignalSelector {
  const log = pick(chance, drive.truth.logs);
  const right = selectorFor(chance, log, pick(chance, log.series));
  switch (chance.int(8)) {
    case 0:
      return { ...right, signal: `${right.signal}s` };
    case 1:
      return { ...right, channel: 7 };
    case 2:
      return { ...right, db: "no-such-db" };
    case 3:
      return { ...right, device: "FFFFFFFF" };
    case 4:
      return { ...right, sourceAddress: 0xfd };
    default:
      return right;
  }
}

interface NamedRange {
  readonly name: string;
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

function rangeOf(chance: Random, log: LogTruth, series: SeriesTruth): NamedRange {
  const count = series.timesNs.length;
  const at = (i: number): bigint => epochNs(log, series.timesNs[Math.min(Math.max(i, 0), count - 1)] ?? 0);
  const i = chance.int(count);
  const j = i + chance.int(count - i);
  const anywhere = (): bigint => epochNs(log, chance.int(60 * SECOND));
  switch (chance.int(14)) {
    case 0:
      return { name: "all", fromNs: null, toNs: null };
    case 1:
      return { name: "from a sample on", fromNs: at(i), toNs: null };
    case 2:
      return { name: "up to a sample", fromNs: null, toNs: at(i) };
    case 3:
      return { name: "one sample", fromNs: at(i), toNs: at(i) + 1n };
    case 4:
      return { name: "between two samples", fromNs: at(i) + 1n, toNs: at(i + 1) > at(i) ? at(i + 1) : at(i) + 1n };
    case 5:
      return { name: "before all", fromNs: at(0) - 400n * DAY_NS, toNs: at(0) - 300n * DAY_NS };
    case 6:
      return { name: "after all", fromNs: at(0) + 2n * DAY_NS, toNs: at(0) + 3n * DAY_NS };
    case 7:
      return { name: "no length", fromNs: at(i), toNs: at(i) };
    case 8:
      return { name: "from behind to", fromNs: at(j) + 1n, toNs: at(i) };
    case 9:
      return { name: "years", fromNs: at(i) - 3n * 365n * DAY_NS, toNs: at(j) + 2n * 365n * DAY_NS };
    case 10: {
      const [a, b] = [anywhere(), anywhere()];
      return a < b ? { name: "anywhere", fromNs: a, toNs: b } : { name: "anywhere", fromNs: b, toNs: a };
    }
    default:
      // Half open: the first is in, the last is not.
      return { name: "sample to sample", fromNs: at(i), toNs: at(j) };
  }
}

function gridOf(chance: Random, method: Method, range: NamedRange, log: LogTruth): Grid {
  // raw does not care.
  if (method === "raw") return { kind: "fixed", originNs: 0n, stepNs: 1n };
  const lengthNs = range.fromNs === null || range.toNs === null ? null : Number(range.toNs - range.fromNs);
  const isShort = lengthNs !== null && lengthNs < 2 * SECOND;
  // The oracle looks at every grid point.
  const steps = (isShort ? STEPS : STEPS.slice(2)).filter((step) => !isShort || method !== "nearest" || lengthNs / step < 1e5);
  const stepNs = BigInt(pick(chance, steps));
  if (chance.chance(1, 3)) return { kind: "midnight-per-file", stepNs: stepNs < 1_000_000n ? 1_000_000n : stepNs };
  const origins = [
    0n,
    0n,
    range.fromNs ?? log.facts.startNs,
    1_234_567_891_011_121_314n,
    -987_654_321n,
    4_102_444_800_000_000_007n,
  ];
  return { kind: "fixed", originNs: pick(chance, origins), stepNs };
}
