/** All selectors of one device answered from its logs, one after the other, each read once. */

import { scaling } from "../dbc/decimal.ts";
import { isDecodable } from "../dbc/geometry.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import type { DecodeOutput, DecodeRange } from "../kernel/decode.ts";
import type { Segment, SeriesAnswer, SeriesLabels, SeriesSelector } from "../series/series.ts";
import { floorDiv } from "../time.ts";
import { type CellPart, combineDense, foldSamples, joinPieces, type Sample, sparse, WORDS } from "./cell-part.ts";
import type { EngineParts } from "./create.ts";
import { type DecodedLane, type DecodedLog, decodeLog } from "./decode-log.ts";
import type { LogEntry, OnWork, PlannedFile } from "./engine.ts";
import { addLedgers, emptyLedger, type Ledger } from "./ledger.ts";
import { pace } from "./pace.ts";
import { bucketOf, cellKindOf, mergeParts, pointsOf, statsOf, withNeighbours } from "./points.ts";
import type { Query } from "./query.ts";
import { type AskedRule, type AskedSignal, askedSignals, channelsOf, labelsOf, rulesFor, wants } from "./rules.ts";
import { whyEmpty } from "./why-empty.ts";

export interface DeviceAnswer {
  /** In the order of the selectors given. */
  readonly series: readonly SeriesAnswer[];
  readonly ledger: Ledger;
  readonly files: readonly PlannedFile[];
  readonly rules: readonly AskedRule[];
}

/** More buckets than this in one log are folded from columns on the host. */
const KERNEL_BUCKETS_MAX = 32_768;
/** Buckets a log may reach from its start: times stay exact in doubles (2^53 ns are 104 days). */
const REACH_NS = 90n * 86_400_000_000_000n;
const DAY_NS = 86_400_000_000_000n;

/** One series on its way: what was found in each log. */
interface Growing {
  readonly labels: SeriesLabels;
  readonly asked: AskedSignal;
  readonly parts: CellPart[];
  readonly segments: Segment[];
  pointCount: number;
}

/** `numbers`: the selectors' numbers in the whole query. */
export async function queryDevice(
  parts: EngineParts,
  device: string,
  numbers: readonly number[],
  query: Query,
  budget: { leftBytes: number | null },
  signal: AbortSignal,
  onWork?: OnWork,
): Promise<DeviceAnswer> {
  const selectors = numbers.map((i) => query.selectors[i]).filter((selector) => selector !== undefined);
  const { dbcs, notices: dbcNotices } = await parts.library(signal);
  const asked = askedSignals(selectors, dbcs).filter(({ signal: one }) => isDecodable(one));
  const range = widened(query);
  const notices: Notice[] = [...dbcNotices];
  const logs = await parts.catalogue.logsInRange({ device, ...range }, signal);
  let isCut = false;
  const work = new DeviceWork(parts, device, selectors, query, range, asked);
  if (asked.length > 0) {
    const host = pace(
      parts.host,
      signal,
      logs.reduce((sum, log) => sum + log.sizeBytes, 0),
      onWork,
    );
    for (const log of logs) {
      if (log.fault) {
        notices.push(unreadable(log.key, log.fault));
        continue;
      }
      if (budget.leftBytes !== null && log.sizeBytes > budget.leftBytes) {
        notices.push(overBudget(logs, log));
        isCut = true;
        break;
      }
      if (budget.leftBytes !== null) budget.leftBytes -= log.sizeBytes;
      try {
        await work.read(log, host);
      } catch (error) {
        if (!(error instanceof FaultError) || error.fault.code === "request/cancelled" || error.fault.code.startsWith("bug/"))
          throw error;
        notices.push(unreadable(log.key, error.fault));
      }
    }
  }
  notices.push(...work.notices);
  const series: SeriesAnswer[] = [];
  for (const [i, selector] of selectors.entries()) {
    const number = numbers[i] ?? 0;
    const found = work.answers(i, number, notices);
    for (const answer of found.length > 0 ? found : [emptyAnswer(selector, number, notices)]) {
      // Where the budget ended the reading, that is the reason, and it is told already.
      const reason = isEmpty(answer) && !isCut ? await whyEmpty(parts, selector, dbcs, logs, range, signal) : null;
      series.push(reason === null ? answer : { ...answer, notices: [{ severity: "warning", text: reason }, ...answer.notices] });
    }
  }
  return { series, ledger: work.ledger, files: work.files, rules: work.rules };
}

const isEmpty = ({ segments, stats }: SeriesAnswer): boolean =>
  segments.every((segment) => segment.timesNs.length === 0) && (stats ?? []).every((part) => part.counts.length === 0);

/** The range, widened to whole buckets when asked (design, decision 5). */
function widened(query: Query): { fromNs: bigint | null; toNs: bigint | null } {
  const { fromNs, toNs, grid, wholeBuckets, method } = query;
  if (!wholeBuckets || method === "raw" || grid.kind !== "fixed") return { fromNs, toNs };
  const { originNs, stepNs } = grid;
  return {
    fromNs: fromNs === null ? null : originNs + floorDiv(fromNs - originNs, stepNs) * stepNs,
    toNs: toNs === null ? null : originNs + (floorDiv(toNs - 1n - originNs, stepNs) + 1n) * stepNs,
  };
}

class DeviceWork {
  readonly #parts: EngineParts;
  readonly #device: string;
  readonly #selectors: readonly SeriesSelector[];
  readonly #query: Query;
  readonly #range: { readonly fromNs: bigint | null; readonly toNs: bigint | null };
  readonly #asked: readonly AskedSignal[];
  readonly #growing = new Map<string, Growing>();
  /** Keys of the series of each selector, in the order they were found. */
  readonly #ofSelector = new Map<number, Set<string>>();
  readonly notices: Notice[] = [];
  readonly files: PlannedFile[] = [];
  readonly rules: AskedRule[] = [];
  ledger: Ledger = emptyLedger;

  constructor(
    parts: EngineParts,
    device: string,
    selectors: readonly SeriesSelector[],
    query: Query,
    range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
    asked: readonly AskedSignal[],
  ) {
    this.#parts = parts;
    this.#device = device;
    this.#selectors = selectors;
    this.#query = query;
    this.#range = range;
    this.#asked = asked;
  }

  async read(log: LogEntry, host: ReturnType<typeof pace>): Promise<void> {
    const opened = await this.#parts.openDecodable(log.key, host.signal);
    const { mdf, source } = opened;
    const channels = channelsOf(mdf.streams) ?? (await this.#parts.channelsHeard(log.key, host.signal));
    const rules = rulesFor(this.#asked, this.#selectors, channels);
    this.#noteRules(rules);
    const startNs = log.startNs ?? mdf.header.startNs;
    const plan = await this.#plan(log, startNs, mdf.header.startNs, host.signal);
    const decoded = await this.#parts.kernels.use((kernel) =>
      decodeLog(
        kernel,
        source,
        mdf,
        rules.map(({ rule }) => rule),
        plan.range,
        plan.output,
        host,
      ),
    );
    this.ledger = addLedgers(this.ledger, decoded.ledger);
    this.notices.push(...mdf.notices, ...decoded.notices);
    if (plan.isClipped && decoded.ledger.outOfRange > 0) this.notices.push(beyondReach(log.key, decoded.ledger.outOfRange));
    this.files.push({
      key: log.key,
      version: source.version,
      sizeBytes: source.sizeBytes,
      reads: mdf.streams.flatMap((stream) => stream.extents),
    });
    this.#collect(log, rules, decoded, mdf.header.startNs + plan.range.baseNs, plan);
  }

  /** Which range of which grid the kernel is to fill for this log. */
  async #plan(log: LogEntry, startNs: bigint, headerNs: bigint, signal: AbortSignal): Promise<LogPlan> {
    const { method, grid, neighbours } = this.#query;
    const clip = (timeNs: bigint | null, edge: bigint, isLow: boolean) =>
      timeNs === null || (isLow ? timeNs < edge : timeNs > edge)
        ? { timeNs: edge, isClipped: true }
        : { timeNs, isClipped: false };
    const low = clip(this.#range.fromNs, startNs - REACH_NS, true);
    const high = clip(this.#range.toNs, startNs + REACH_NS, false);
    const highNs = high.timeNs < low.timeNs ? low.timeNs : high.timeNs;
    const isClipped = low.isClipped || high.isClipped;
    const range: DecodeRange = { fromNs: low.timeNs - headerNs, toNs: highNs - headerNs, baseNs: startNs - headerNs };
    const columns = { range, isClipped, output: { kind: "columns", keepLengths: false } as const, firstBucket: 0n };
    if (method === "raw") return columns;
    const isOddGrid = grid.kind === "midnight-per-file" && DAY_NS % grid.stepNs !== 0n;
    if (isOddGrid) return columns;
    const originNs = grid.kind === "fixed" ? grid.originNs : 0n;
    const span = await this.#span(log, low.timeNs, highNs, grid.stepNs, signal);
    const firstBucket = bucketOf(span.fromNs, originNs, grid.stepNs);
    const bucketCount = Number(bucketOf(span.toNs - 1n, originNs, grid.stepNs) - firstBucket) + 1;
    if (bucketCount > KERNEL_BUCKETS_MAX && !neighbours) return columns;
    const gridNs = originNs + firstBucket * grid.stepNs;
    return {
      range,
      isClipped,
      firstBucket,
      output: {
        kind: cellKindOf(method, neighbours),
        originNs: Number(gridNs - startNs),
        stepNs: Number(grid.stepNs),
        bucketCount: Math.max(0, bucketCount),
        neighbours,
      },
    };
  }

  /** Where the buckets of this log can lie: the range, or, if that is too much, the log's own first and last time. */
  async #span(log: LogEntry, fromNs: bigint, toNs: bigint, stepNs: bigint, signal: AbortSignal) {
    if (toNs - fromNs <= BigInt(KERNEL_BUCKETS_MAX / 16) * stepNs || this.#query.neighbours) return { fromNs, toNs };
    const heard = await this.#parts.heardLog(log.key, signal);
    if (heard.firstNs === null || heard.lastNs === null) return { fromNs, toNs: fromNs };
    const from = heard.firstNs > fromNs ? heard.firstNs : fromNs;
    const to = heard.lastNs + 1n < toNs ? heard.lastNs + 1n : toNs;
    return { fromNs: from, toNs: to < from ? from : to };
  }

  #noteRules(rules: readonly AskedRule[]): void {
    const name = (rule: AskedRule) => `${rule.dbc.file}/${rule.rule.key.channel}/${rule.asked[0]?.message.id}`;
    for (const rule of rules)
      if (!this.rules.some((known) => name(known) === name(rule) && known.asked[0]?.message === rule.asked[0]?.message))
        this.rules.push(rule);
  }

  /** Sorts the lanes of a log into their series. */
  #collect(log: LogEntry, rules: readonly AskedRule[], decoded: DecodedLog, baseNs: bigint, plan: LogPlan): void {
    const bySeries = new Map<Growing, DecodedLane[]>();
    for (const lane of decoded.lanes) {
      const rule = rules[lane.rule];
      const asked = rule?.asked.find((one) => one.signal === lane.signal);
      if (!rule || !asked) continue;
      const labels = labelsOf(this.#device, rule, asked, lane.sourceAddress);
      const targets = new Set<Growing>();
      for (const i of asked.selectors) {
        const selector = this.#selectors[i];
        if (selector && wants(selector, labels)) targets.add(this.#grow(i, selector, labels, asked));
      }
      for (const target of targets) bySeries.set(target, [...(bySeries.get(target) ?? []), lane]);
    }
    for (const [series, lanes] of bySeries) this.#add(series, log, lanes, baseNs, plan);
  }

  #grow(i: number, selector: SeriesSelector, labels: SeriesLabels, asked: AskedSignal): Growing {
    const key = selector.merge
      ? `merge ${i}`
      : `${labels.bus} ${labels.channel} ${labels.db}\n${labels.message}\n${labels.sourceAddress}\n${labels.signal}\n${asked.message.id}`;
    let series = this.#growing.get(key);
    if (!series) {
      series = { labels: selector.merge ? askedLabels(selector) : labels, asked, parts: [], segments: [], pointCount: 0 };
      this.#growing.set(key, series);
    }
    const keys = this.#ofSelector.get(i) ?? new Set();
    keys.add(key);
    this.#ofSelector.set(i, keys);
    return series;
  }

  #add(series: Growing, log: LogEntry, lanes: readonly DecodedLane[], baseNs: bigint, plan: LogPlan): void {
    const { grid, method } = this.#query;
    const where = { file: log.key, session: log.session, baseNs };
    if (method === "raw") {
      const { times, values } = joinPieces(lanes.flatMap((lane) => lane.pieces));
      if (times.length > 0) series.segments.push({ ...where, timesNs: times, values });
      return;
    }
    if (plan.output.kind === "columns") {
      const { times, values } = joinPieces(lanes.flatMap((lane) => lane.pieces));
      if (times.length === 0) return;
      const kind = cellKindOf(method, false);
      const firstNs = baseNs + BigInt(times[0] ?? 0);
      const originNs = grid.kind === "fixed" ? grid.originNs : floorDiv(firstNs, DAY_NS) * DAY_NS;
      // A grid far from the log: shift by whole steps, so that the origin stays exact in doubles.
      const shift = bucketOf(firstNs, originNs, grid.stepNs);
      const nearNs = originNs + shift * grid.stepNs;
      const folded = foldSamples(kind, times, values, Number(nearNs - baseNs), Number(grid.stepNs));
      const buckets = grid.kind === "fixed" ? folded.buckets.map((bucket) => bucket + Number(shift)) : folded.buckets;
      series.parts.push({ ...where, kind, buckets, cells: folded.cells, before: null, after: null });
      if (grid.kind !== "fixed") this.#oddOrigins.set(series.parts.at(-1) as CellPart, nearNs);
      return;
    }
    series.parts.push(this.#cellPart(where, lanes, plan, plan.output));
  }

  readonly #oddOrigins = new Map<CellPart, bigint>();

  #cellPart(
    where: { file: string; session: string; baseNs: bigint },
    lanes: readonly DecodedLane[],
    plan: LogPlan,
    output: DecodeOutput & { readonly kind: Exclude<DecodeOutput["kind"], "columns"> },
  ): CellPart {
    const { words } = WORDS[output.kind];
    const dense = new Map<number, Float64Array>();
    let before: Sample | null = null;
    let after: Sample | null = null;
    const sampleAt = (cells: Float64Array, at: number): Sample | null =>
      Number.isNaN(cells[at + 1]) ? null : { value: cells[at] ?? Number.NaN, timeNs: where.baseNs + BigInt(cells[at + 1] ?? 0) };
    for (const lane of lanes) {
      if (!lane.cells) continue;
      let inside = lane.cells;
      if (output.neighbours) {
        inside = lane.cells.slice(words, -words);
        const { first } = WORDS[output.kind];
        if (lane.firstBucket === 0) before = later(before, sampleAt(lane.cells, first + 2));
        if (lane.firstBucket + inside.length / words >= output.bucketCount)
          after = earlier(after, sampleAt(lane.cells, lane.cells.length - words + first));
      }
      const there = dense.get(lane.firstBucket);
      if (there) combineDense(output.kind, there, inside);
      else dense.set(lane.firstBucket, inside);
    }
    const pieces = [...dense]
      .sort(([a], [b]) => a - b)
      .map(([first, cells]) => sparse(output.kind, cells, Number(plan.firstBucket) + first));
    return {
      ...where,
      kind: output.kind,
      buckets: concat(pieces.map((piece) => piece.buckets)),
      cells: concat(pieces.map((piece) => piece.cells)),
      before,
      after,
    };
  }

  /** Answers of one selector, sorted by what they are. */
  answers(i: number, number: number, notices: readonly Notice[]): SeriesAnswer[] {
    const found = [...(this.#ofSelector.get(i) ?? [])]
      .map((key) => this.#growing.get(key))
      .filter((series) => series !== undefined);
    found.sort((a, b) => compareLabels(a, b));
    return found.map((series) => this.#answer(series, number, notices));
  }

  #answer(series: Growing, selector: number, notices: readonly Notice[]): SeriesAnswer {
    const { method, grid, neighbours, budgetPoints } = this.#query;
    const { signal } = series.asked;
    const about = {
      selector,
      labels: series.labels,
      unit: signal.unit,
      decimals: signal.float === null ? scaling(signal).decimals : null,
      valueTable: signal.values ? Object.fromEntries([...signal.values].map(([raw, text]) => [raw.toString(), text])) : null,
    };
    if (method === "stats") {
      const originNs = grid.kind === "fixed" ? grid.originNs : 0n;
      const merged = grid.kind === "fixed" ? mergeParts(series.parts) : series.parts;
      const stats = merged.map((part) => statsOf(part, this.#oddOrigins.get(part) ?? originNs, grid.stepNs));
      return { ...about, segments: [], stats, notices };
    }
    let segments: readonly Segment[] = series.segments;
    if (method !== "raw") {
      const parts = grid.kind === "fixed" ? mergeParts(series.parts) : series.parts;
      const originNs = grid.kind === "fixed" ? grid.originNs : 0n;
      segments = parts.map((part) => pointsOf(part, method, this.#oddOrigins.get(part) ?? originNs, grid.stepNs));
      if (neighbours) segments = withNeighbours(segments, series.parts);
    }
    segments = inTimeOrder(segments.filter((segment) => segment.timesNs.length > 0));
    const cut = cutToBudget(segments, budgetPoints);
    return { ...about, segments: cut.segments, stats: null, notices: cut.notice ? [...notices, cut.notice] : notices };
  }
}

interface LogPlan {
  readonly range: DecodeRange;
  readonly output: DecodeOutput;
  /** Number on the grid of the kernel's bucket 0. */
  readonly firstBucket: bigint;
  /** The range goes beyond what one log can reach. */
  readonly isClipped: boolean;
}

const later = (a: Sample | null, b: Sample | null): Sample | null => (a && b ? (b.timeNs >= a.timeNs ? b : a) : (a ?? b));
const earlier = (a: Sample | null, b: Sample | null): Sample | null => (a && b ? (b.timeNs < a.timeNs ? b : a) : (a ?? b));

function concat(arrays: readonly Float64Array[]): Float64Array {
  const [only] = arrays;
  if (arrays.length === 1 && only) return only;
  const joined = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

/** Segments by their first time; those that overlap (a clock set back, an id on two logs) become one, sorted. */
export function inTimeOrder(segments: readonly Segment[]): Segment[] {
  const firstOf = (segment: Segment) => segment.baseNs + BigInt(segment.timesNs[0] ?? 0);
  const lastOf = (segment: Segment) => segment.baseNs + BigInt(segment.timesNs.at(-1) ?? 0);
  const sorted = [...segments].sort((a, b) => (firstOf(a) < firstOf(b) ? -1 : firstOf(a) > firstOf(b) ? 1 : 0));
  const joined: Segment[] = [];
  for (const segment of sorted) {
    const last = joined.at(-1);
    if (last && firstOf(segment) < lastOf(last)) joined[joined.length - 1] = interleave(last, segment);
    else joined.push(segment);
  }
  return joined;
}

function interleave(a: Segment, b: Segment): Segment {
  const shift = Number(b.baseNs - a.baseNs);
  const piece = (segment: Segment, by: number) => ({ times: segment.timesNs.map((time) => time + by), values: segment.values });
  const { times, values } = joinPieces([piece(a, 0), piece(b, shift)]);
  return { ...a, timesNs: times, values };
}

function cutToBudget(
  segments: readonly Segment[],
  budgetPoints: number | null,
): { segments: readonly Segment[]; notice: Notice | null } {
  const count = segments.reduce((sum, segment) => sum + segment.timesNs.length, 0);
  if (budgetPoints === null || count <= budgetPoints) return { segments, notice: null };
  let left = budgetPoints;
  const kept: Segment[] = [];
  for (const segment of segments) {
    if (left <= 0) break;
    kept.push({ ...segment, timesNs: segment.timesNs.slice(0, left), values: segment.values.slice(0, left) });
    left -= segment.timesNs.length;
  }
  return {
    segments: kept,
    notice: {
      severity: "warning",
      text: `The first ${budgetPoints} of ${count} points are given; ask for a shorter range or a method that reduces`,
    },
  };
}

const askedLabels = (selector: SeriesSelector): SeriesLabels => ({
  device: selector.device,
  bus: selector.bus ?? "CAN",
  channel: selector.channel ?? 0,
  db: selector.db ?? "",
  message: selector.message ?? "",
  sourceAddress: selector.sourceAddress ?? null,
  signal: selector.signal,
});

function emptyAnswer(selector: SeriesSelector, number: number, notices: readonly Notice[]): SeriesAnswer {
  return {
    selector: number,
    labels: askedLabels(selector),
    unit: "",
    decimals: null,
    valueTable: null,
    segments: [],
    stats: null,
    notices,
  };
}

function compareLabels(a: Growing, b: Growing): number {
  const text = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    text(a.labels.bus, b.labels.bus) ||
    a.labels.channel - b.labels.channel ||
    text(a.labels.db, b.labels.db) ||
    a.asked.message.id - b.asked.message.id ||
    (a.labels.sourceAddress ?? -1) - (b.labels.sourceAddress ?? -1)
  );
}

const unreadable = (key: string, fault: Fault): Notice => ({ severity: "error", text: `${key}: ${fault.message}`, fault });

function overBudget(logs: readonly LogEntry[], first: LogEntry): Notice {
  const left = logs.slice(logs.indexOf(first));
  const megabytes = Math.ceil(left.reduce((sum, log) => sum + log.sizeBytes, 0) / 1e6);
  const until = first.startNs === null ? "" : ` up to ${new Date(Number(first.startNs / 1_000_000n)).toISOString()}`;
  return {
    severity: "warning",
    text: `Shown${until}. Reading on takes ${megabytes} MB more than this request may read; ask for a shorter range or raise the limit`,
  };
}

const beyondReach = (key: string, frames: number): Notice => ({
  severity: "warning",
  text: `${key}: ${frames} frames lie more than 90 days from the log's start, or outside the range, and are left out`,
});
