/** The answer to a query from what was put into the logs, worked out by `oracle-cells.ts`: nothing of core but the form of the question. */
import type { Query } from "../../core/query/query.ts";
import type { SignalSelector } from "../../core/series/series.ts";
import type { LogTruth, SeriesTruth } from "../../fixtures/truth.ts";
import { signalSelector } from "./labels.ts";
import { isData, type Sample } from "./oracle.ts";
import { cellsOf, midnightGrid, nearest, type OracleCell, type OracleGrid, wholeBuckets, within } from "./oracle-cells.ts";

/** Times are ns since `zeroNs`. */
export interface ExpectedSegment {
  readonly file: string;
  readonly points: readonly { readonly timeNs: number; readonly value: number }[];
  /** Method `stats`. */
  readonly rows: readonly OracleCell[];
}

export interface ExpectedSeries {
  /** Channel, database, message, source address and signal; "merged". */
  readonly name: string;
  /** Only those with points or rows. */
  readonly segments: readonly ExpectedSegment[];
  /** The largest value, sign and scaling's offset aside: what rounding errors of sums grow with. */
  readonly magnitude: number;
}

interface FileSamples {
  readonly file: string;
  readonly session: number;
  /** All, by time. */
  readonly samples: readonly Sample[];
  /** Those of the range. */
  readonly inside: readonly Sample[];
}

export const seriesName = (of: {
  readonly channel: number;
  readonly db: string;
  readonly message: string;
  readonly sourceAddress: number | null;
  readonly signal: string;
}): string => `${of.channel} ${of.db} ${of.message} ${of.sourceAddress ?? "-"} ${of.signal}`;

/** A neighbour from another split of the session counts up to here. */
const NEAR_NS = 2_000_000_000;
const DAY = 86_400_000_000_000n;
const floorMod = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

/** The series of one selector. `logs`: those of its device, by session and split. */
export function expectedSeries(
  selector: SignalSelector,
  query: Query,
  logs: readonly LogTruth[],
  zeroNs: bigint,
): ExpectedSeries[] {
  const groups = new Map<string, Map<string, Sample[]>>();
  const magnitudes = new Map<string, number>();
  for (const log of logs) {
    const shift = Number(log.facts.startNs - zeroNs);
    for (const series of log.series) {
      if (!isAsked(selector, series)) continue;
      const name = selector.merge
        ? "merged"
        : seriesName({ ...series, message: series.message.name, signal: series.signal.name });
      const files = groups.get(name) ?? new Map<string, Sample[]>();
      groups.set(name, files);
      const values = series.physical();
      const every = series.timesNs.map((timeNs, i) => ({
        timeNs: timeNs + shift,
        raw: series.raw[i] ?? 0,
        value: values[i] ?? 0,
      }));
      const samples = query.keepInvalid ? every : every.filter(({ raw }) => isData(series.message, series.signal, raw));
      files.set(log.key, [...(files.get(log.key) ?? []), ...samples]);
      const offset = Math.abs(Number(series.signal.offset));
      magnitudes.set(
        name,
        values.reduce((most, value) => Math.max(most, Math.abs(value) + offset), magnitudes.get(name) ?? 0),
      );
    }
  }
  const range = rangeOf(query, zeroNs);
  return [...groups].map(([name, byFile]) => {
    const files = logs.flatMap(({ key: file, facts: { session } }): FileSamples[] => {
      const samples = byFile.get(file)?.sort((a, b) => a.timeNs - b.timeNs);
      return samples ? [{ file, session, samples, inside: within(samples, range.fromNs, range.toNs) }] : [];
    });
    const segments = withNeighbours(query, reduced(query, files, zeroNs), files, range);
    return { name, segments: cutTo(query.budgetPoints, segments), magnitude: magnitudes.get(name) ?? 0 };
  });
}

/** Samples of all series that a query asks for, each once, however many selectors name it, and those that are no data. */
export function samplesAsked(
  query: Query,
  logs: readonly LogTruth[],
  zeroNs: bigint,
): { readonly samples: number; readonly notAvailable: number } {
  const { fromNs, toNs } = rangeOf(query, zeroNs);
  let samples = 0;
  let notAvailable = 0;
  for (const log of logs) {
    const shift = Number(log.facts.startNs - zeroNs);
    for (const series of log.series) {
      const device = log.key.split("/")[0];
      if (!query.selectors.some((selector) => selector.device === device && isAsked(signalSelector(selector), series))) continue;
      for (const [i, timeNs] of series.timesNs.entries()) {
        if (timeNs + shift < fromNs || timeNs + shift >= toNs) continue;
        if (query.keepInvalid || isData(series.message, series.signal, series.raw[i] ?? 0)) samples++;
        else notAvailable++;
      }
    }
  }
  return { samples, notAvailable };
}

function isAsked(selector: SignalSelector, series: SeriesTruth): boolean {
  const isDb = selector.db === undefined || selector.db.toLowerCase() === series.db;
  return (
    isDb &&
    selector.signal === series.signal.name &&
    (selector.message ?? series.message.name) === series.message.name &&
    (selector.channel ?? series.channel) === series.channel &&
    (selector.sourceAddress === undefined || selector.sourceAddress === series.sourceAddress)
  );
}

function rangeOf(query: Query, zeroNs: bigint): { fromNs: number; toNs: number } {
  const fromNs = query.fromNs === null ? Number.NEGATIVE_INFINITY : Number(query.fromNs - zeroNs);
  const toNs = query.toNs === null ? Number.POSITIVE_INFINITY : Number(query.toNs - zeroNs);
  if (!query.wholeBuckets || query.method === "raw" || query.grid.kind !== "fixed" || toNs <= fromNs) return { fromNs, toNs };
  const grid = fixedGrid(query.grid, zeroNs);
  // Ranges of years leave the whole numbers of a double, where one bucket more or less is far from all samples.
  const low = fromNs === Number.NEGATIVE_INFINITY ? fromNs : wholeBuckets(grid, fromNs, fromNs + 1).fromNs;
  const high = toNs === Number.POSITIVE_INFINITY ? toNs : wholeBuckets(grid, toNs - 1, toNs).toNs;
  return { fromNs: low, toNs: high };
}

function fixedGrid(grid: { readonly originNs: bigint; readonly stepNs: bigint }, zeroNs: bigint): OracleGrid {
  return { originNs: -Number(floorMod(zeroNs - grid.originNs, grid.stepNs)), stepNs: Number(grid.stepNs) };
}

function reduced(query: Query, files: readonly FileSamples[], zeroNs: bigint): ExpectedSegment[] {
  const { method, grid } = query;
  if (method === "raw") return files.map(({ file, inside }) => ({ file, points: inside, rows: [] }));
  const gridOf = (file: FileSamples): OracleGrid =>
    grid.kind === "fixed" ? fixedGrid(grid, zeroNs) : midnightGrid(zeroNs % DAY, file.inside, Number(grid.stepNs));
  if (method === "nearest")
    return files.map((file) => ({ file: file.file, points: nearest(file.inside, gridOf(file)), rows: [] }));
  // On a fixed grid a bucket over two files belongs to the first of them.
  const together =
    grid.kind === "fixed"
      ? cellsOf(
          files.flatMap(({ inside }) => inside),
          fixedGrid(grid, zeroNs),
        )
      : [];
  const taken = new Set<number>();
  return files.map((file) => {
    const own = new Set(cellsOf(file.inside, gridOf(file)).map(({ bucket }) => bucket));
    const cells =
      grid.kind === "fixed"
        ? together.filter(({ bucket }) => own.has(bucket) && !taken.has(bucket))
        : cellsOf(file.inside, gridOf(file));
    for (const { bucket } of cells) taken.add(bucket);
    return { file: file.file, points: cells.flatMap((cell) => pointsOf(cell, method)), rows: method === "stats" ? cells : [] };
  });
}

/** Of equal extremes the earliest; a sample that is two of them is given once. */
function pointsOf(cell: OracleCell, method: Query["method"]): { timeNs: number; value: number }[] {
  const min = { timeNs: cell.min.timesNs[0] ?? Number.NaN, value: cell.min.value };
  const max = { timeNs: cell.max.timesNs[0] ?? Number.NaN, value: cell.max.value };
  const ends = [cell.first, cell.last].map(({ timeNs, value }) => ({ timeNs, value }));
  const all = { min: [min], max: [max], envelope: [min, max], m4: [...ends, min, max], stats: [], raw: [], nearest: [] }[method];
  const sorted = [...all].sort((a, b) => a.timeNs - b.timeNs);
  return sorted.filter(({ timeNs, value }, i) => !sorted.slice(0, i).some((one) => one.timeNs === timeNs && one.value === value));
}

/**
 * The sample before and the one behind the range, where a line to one inside (or to each other) crosses its end: of the same session, and
 * from another split only within two seconds of the range, or wherever it is if the whole session counts.
 */
function withNeighbours(
  query: Query,
  segments: readonly ExpectedSegment[],
  files: readonly FileSamples[],
  range: { readonly fromNs: number; readonly toNs: number },
): ExpectedSegment[] {
  if (!query.neighbours || query.method === "stats" || range.toNs <= range.fromNs) return [...segments];
  const nearNs = query.neighbours === "session" ? Number.POSITIVE_INFINITY : NEAR_NS;
  const added = new Map<FileSamples, { before?: Sample; after?: Sample }>();
  for (const session of new Set(files.map((file) => file.session))) {
    const own = files.filter((file) => file.session === session);
    const first = own.find(({ samples }) => samples.some(({ timeNs }) => timeNs >= range.fromNs));
    const last = own.findLast(({ samples }) => samples.some(({ timeNs }) => timeNs < range.toNs));
    const before = own.flatMap((file) => {
      const sample = file.samples.findLast(({ timeNs }) => timeNs < range.fromNs);
      return sample && (file === first || sample.timeNs >= range.fromNs - nearNs) ? [{ file, sample }] : [];
    });
    const after = own.flatMap((file) => {
      const sample = file.samples.find(({ timeNs }) => timeNs >= range.toNs);
      return sample && (file === last || sample.timeNs <= range.toNs + nearNs) ? [{ file, sample }] : [];
    });
    const isInside = own.some(({ inside }) => inside.length > 0);
    const left = before.at(-1);
    const right = after[0];
    if (left && (isInside || right)) added.set(left.file, { ...added.get(left.file), before: left.sample });
    if (right && (isInside || left)) added.set(right.file, { ...added.get(right.file), after: right.sample });
  }
  return segments.map((segment, i) => {
    const file = files[i];
    const { before, after } = (file && added.get(file)) ?? {};
    const points = [...(before ? [before] : []), ...segment.points, ...(after ? [after] : [])];
    return { ...segment, points: points.map(({ timeNs, value }) => ({ timeNs, value })) };
  });
}

function cutTo(budgetPoints: number | null, segments: readonly ExpectedSegment[]): ExpectedSegment[] {
  let left = budgetPoints ?? Number.POSITIVE_INFINITY;
  return segments.flatMap((segment) => {
    const cut = { ...segment, points: segment.points.slice(0, left), rows: segment.rows.slice(0, left) };
    left -= cut.points.length + cut.rows.length;
    return cut.points.length + cut.rows.length > 0 ? [cut] : [];
  });
}
