/** All selectors of one device answered from its logs, one after the other, each read once. */

import { scaling } from "../dbc/decimal.ts";
import { isDecodable } from "../dbc/geometry.ts";
import { type Fault, isOfOneObject, type Notice } from "../fault.ts";
import type { DecodeOutput } from "../kernel/decode.ts";
import { joinPieces } from "../kernel/pieces.ts";
import type { Segment, SeriesAnswer, SeriesLabels, SeriesSelector, StatsSegment } from "../series/series.ts";
import { floorDiv } from "../time.ts";
import { type CellPart, combineDense, foldSamples, sparse, WORDS } from "./cell-part.ts";
import type { EngineParts } from "./create.ts";
import { type DecodedLane, type DecodedLog, decodeLog } from "./decode-log.ts";
import type { LogEntry, OnWork, PlannedFile } from "./engine.ts";
import type { HeardLog } from "./heard.ts";
import { addLedgers, emptyLedger, type Ledger } from "./ledger.ts";
import { DAY_NS, type LogPlan, planLog, type QueryRange, REACH_NS } from "./log-plan.ts";
import { type Around, aroundOf, aroundOutput, REACH_OVER_SPLITS_NS, withNeighbours } from "./neighbours.ts";
import { pace } from "./pace.ts";
import { bucketOf, cellKindOf, mergeParts, pointsOf, statsOf } from "./points.ts";
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

/** While one log is decoded, the next is opened and read. */
const LOGS_AT_ONCE = 2;

/** One series on its way: what was found in each log. */
interface Growing {
  readonly labels: SeriesLabels;
  readonly asked: AskedSignal;
  readonly parts: CellPart[];
  readonly segments: Segment[];
  readonly arounds: Around[];
  /** Raw points that no budget has room for. */
  dropped: number;
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
  const logs = isEmptyRange(range) ? [] : await parts.catalogue.logsInRange({ device, ...withReach(query, range) }, signal);
  let isCut = false;
  const work = new DeviceWork(parts, device, selectors, query, range, asked);
  if (asked.length > 0) {
    const host = pace(
      parts.host,
      signal,
      logs.reduce((sum, log) => sum + log.sizeBytes, 0),
      onWork,
    );
    const readable: LogEntry[] = [];
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
      readable.push(log);
    }
    for await (const { item, error, result } of inOrder(readable, LOGS_AT_ONCE, (log) => work.read(log, host))) {
      if (result) result();
      else if (isOfOneObject(error)) notices.push(unreadable(item.key, error.fault));
      else throw error;
    }
  }
  notices.push(...work.notices);
  const series: SeriesAnswer[] = [];
  for (const [i, selector] of selectors.entries()) {
    const number = numbers[i] ?? 0;
    const found = work.answers(i, number, notices);
    series.push(...found);
    if (found.length > 0) continue;
    // Where the budget ended the reading, that is the reason, and it is told already.
    const reason = isCut ? null : await whyEmpty(parts, selector, dbcs, logs, range, signal);
    series.push(emptyAnswer(selector, number, reason === null ? notices : [{ severity: "warning", text: reason }, ...notices]));
  }
  return { series, ledger: work.ledger, files: work.files, rules: work.rules };
}

/** Outcomes in the order of the items, with a few of them at work at once. */
async function* inOrder<Item, Result>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<Result>) {
  const running: Promise<{ item: Item; result: Result | null; error: unknown }>[] = [];
  const start = (item: Item) =>
    running.push(
      work(item).then(
        (result) => ({ item, result, error: null }),
        (error: unknown) => ({ item, result: null, error }),
      ),
    );
  for (const item of items) {
    start(item);
    const first = running.length >= atOnce ? running.shift() : undefined;
    if (first) yield await first;
  }
  for (const left of running) yield await left;
}

/** The range, widened to whole buckets when asked (design, decision 5). An empty one touches no bucket. */
function widened(query: Query): QueryRange {
  const { fromNs, toNs, grid, wholeBuckets, method } = query;
  if (!wholeBuckets || method === "raw" || grid.kind !== "fixed" || isEmptyRange(query)) return { fromNs, toNs };
  const { originNs, stepNs } = grid;
  return {
    fromNs: fromNs === null ? null : originNs + floorDiv(fromNs - originNs, stepNs) * stepNs,
    toNs: toNs === null ? null : originNs + (floorDiv(toNs - 1n - originNs, stepNs) + 1n) * stepNs,
  };
}

const isEmptyRange = ({ fromNs, toNs }: QueryRange): boolean => fromNs !== null && toNs !== null && fromNs >= toNs;

/** Where logs may lie that have something for the answer. */
const withReach = ({ neighbours }: Query, { fromNs, toNs }: QueryRange): QueryRange =>
  neighbours
    ? {
        fromNs: fromNs === null ? null : fromNs - REACH_OVER_SPLITS_NS,
        toNs: toNs === null ? null : toNs + REACH_OVER_SPLITS_NS,
      }
    : { fromNs, toNs };

class DeviceWork {
  readonly #parts: EngineParts;
  readonly #device: string;
  readonly #selectors: readonly SeriesSelector[];
  readonly #query: Query;
  readonly #range: QueryRange;
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
    range: QueryRange,
    asked: readonly AskedSignal[],
  ) {
    this.#parts = parts;
    this.#device = device;
    this.#selectors = selectors;
    this.#query = query;
    this.#range = range;
    this.#asked = asked;
  }

  /** Decodes a log and gives back what adds it to the answer: logs are decoded side by side, but added in order. */
  async read(log: LogEntry, host: ReturnType<typeof pace>): Promise<() => void> {
    const opened = await this.#parts.openDecodable(log.key, host.signal);
    const { mdf, source } = opened;
    const channels = channelsOf(mdf.streams) ?? (await this.#parts.channelsHeard(log.key, host.signal));
    const rules = rulesFor(this.#asked, this.#selectors, channels);
    const startNs = log.startNs ?? mdf.header.startNs;
    const heard = () => this.#parts.heardLog(log.key, host.signal);
    const plan = await planLog(this.#query, this.#range, startNs, mdf.header.startNs, heard);
    const kernelRules = rules.map(({ rule }) => rule);
    const where = { file: log.key, session: log.session, baseNs: startNs };
    const { output } = plan;
    const wantsAround = this.#query.neighbours && this.#query.method !== "stats";
    const aside = output.kind === "columns" ? aroundOutput(plan.range) : output;
    const { decoded, around } = await this.#parts.kernels.use(async (kernel) => {
      const decode = (into: DecodeOutput) => decodeLog(kernel, source, mdf, kernelRules, plan.range, into, host);
      const decoded = await decode(output);
      return { decoded, around: !wantsAround ? null : aside === output ? decoded : await decode(aside) };
    });
    const isBeyond = decoded.ledger.outOfRange > 0 && (await this.#isBeyondReach(startNs, heard));
    return () => {
      this.#noteRules(rules);
      this.ledger = addLedgers(this.ledger, decoded.ledger);
      this.notices.push(...mdf.notices, ...decoded.notices);
      for (const [series, lanes] of this.#bySeries(rules, decoded)) this.#add(series, where, lanes, plan);
      for (const [series, lanes] of around ? this.#bySeries(rules, around) : [])
        series.arounds.push(aroundOf(where, lanes, aside.kind, aside.bucketCount));
      if (around && around !== decoded)
        this.ledger = addLedgers(this.ledger, { ...emptyLedger, bytesRead: around.ledger.bytesRead });
      if (isBeyond) this.notices.push(beyondReach(log.key));
      this.files.push({
        key: log.key,
        version: source.version,
        sizeBytes: source.sizeBytes,
        reads: mdf.streams.flatMap((stream) => stream.extents),
      });
    };
  }

  /** Whether frames out of range are so late that their times would not be exact. */
  async #isBeyondReach(startNs: bigint, heard: () => Promise<HeardLog>): Promise<boolean> {
    const { fromNs, toNs } = this.#range;
    const highNs = startNs + REACH_NS;
    if (toNs !== null && toNs <= highNs) return false;
    if (fromNs === null || fromNs <= startNs) return true;
    const { lastNs } = await heard();
    return lastNs !== null && lastNs >= highNs;
  }

  #noteRules(rules: readonly AskedRule[]): void {
    const name = (rule: AskedRule) => `${rule.dbc.file}/${rule.rule.key.channel}/${rule.asked[0]?.message.id}`;
    for (const rule of rules)
      if (!this.rules.some((known) => name(known) === name(rule) && known.asked[0]?.message === rule.asked[0]?.message))
        this.rules.push(rule);
  }

  /** The lanes of a log sorted into their series. */
  #bySeries(rules: readonly AskedRule[], decoded: DecodedLog): Map<Growing, DecodedLane[]> {
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
    return bySeries;
  }

  #grow(i: number, selector: SeriesSelector, labels: SeriesLabels, asked: AskedSignal): Growing {
    const key = selector.merge
      ? `merge ${i}`
      : `${labels.bus} ${labels.channel} ${labels.db}\n${labels.message}\n${labels.sourceAddress}\n${labels.signal}\n${asked.message.id}`;
    let series = this.#growing.get(key);
    if (!series) {
      series = {
        labels: selector.merge ? askedLabels(selector) : labels,
        asked,
        parts: [],
        segments: [],
        arounds: [],
        dropped: 0,
      };
      this.#growing.set(key, series);
    }
    const keys = this.#ofSelector.get(i) ?? new Set();
    keys.add(key);
    this.#ofSelector.set(i, keys);
    return series;
  }

  #add(series: Growing, where: Where, lanes: readonly DecodedLane[], plan: LogPlan): void {
    const { grid, method } = this.#query;
    if (plan.output.kind !== "columns") {
      series.parts.push(cellPart(where, lanes, plan, plan.output.kind));
      return;
    }
    const { times, values } = joinPieces(lanes.flatMap((lane) => lane.pieces));
    if (times.length === 0) return;
    if (method === "raw") {
      series.dropped += lanes.reduce((sum, lane) => sum + lane.dropped, 0);
      series.segments.push({ ...where, timesNs: times, values });
      return;
    }
    const kind = cellKindOf(method, false);
    const firstNs = where.baseNs + BigInt(times[0] ?? 0);
    const gridNs = grid.kind === "fixed" ? grid.originNs : floorDiv(firstNs, DAY_NS) * DAY_NS;
    const originNs = gridNs + bucketOf(firstNs, gridNs, grid.stepNs) * grid.stepNs;
    const folded = foldSamples(kind, times, values, Number(originNs - where.baseNs), Number(grid.stepNs));
    series.parts.push({ ...where, kind, originNs, ...folded });
  }

  /** Answers of one selector that have points, sorted by what they are. */
  answers(i: number, number: number, notices: readonly Notice[]): SeriesAnswer[] {
    const found = [...(this.#ofSelector.get(i) ?? [])]
      .map((key) => this.#growing.get(key))
      .filter((series) => series !== undefined);
    found.sort((a, b) => compareLabels(a, b));
    return found.flatMap((series) => this.#answer(series, number, notices) ?? []);
  }

  /** null: nothing of the series lies in the range. */
  #answer(series: Growing, selector: number, notices: readonly Notice[]): SeriesAnswer | null {
    const { method, grid, neighbours, budgetPoints } = this.#query;
    const { signal } = series.asked;
    const about = {
      selector,
      labels: series.labels,
      unit: signal.unit,
      decimals: signal.float === null ? scaling(signal).decimals : null,
      valueTable: signal.values ? Object.fromEntries([...signal.values].map(([raw, text]) => [raw.toString(), text])) : null,
    };
    // "nearest" holds for each log by itself, as on the seed's grid.
    const isMerged = grid.kind === "fixed" && method !== "nearest";
    const parts = isMerged ? mergeParts(series.parts, grid.stepNs) : series.parts;
    const withNotice = (notice: Notice | null) => (notice ? [...notices, notice] : notices);
    if (method === "stats") {
      const rows = parts.map((part) => statsOf(part, grid.stepNs)).filter((part) => part.counts.length > 0);
      const cut = cutToBudget(rows, budgetPoints);
      return rows.length === 0 ? null : { ...about, segments: [], stats: cut.parts, notices: withNotice(cut.notice) };
    }
    let segments: readonly Segment[] =
      method === "raw" ? series.segments : parts.map((part) => pointsOf(part, method, grid.stepNs));
    if (neighbours) segments = withNeighbours(segments, series.arounds, this.#range);
    segments = inTimeOrder(segments.filter((segment) => segment.timesNs.length > 0));
    const cut = cutToBudget(segments, budgetPoints, series.dropped);
    return segments.length === 0 ? null : { ...about, segments: cut.parts, stats: null, notices: withNotice(cut.notice) };
  }
}

type Where = Pick<CellPart, "file" | "session" | "baseNs">;

function cellPart(where: Where, lanes: readonly DecodedLane[], plan: LogPlan, kind: CellPart["kind"]): CellPart {
  const { words } = WORDS[kind];
  const dense = new Map<number, Float64Array>();
  for (const { cells, firstBucket } of lanes) {
    if (!cells) continue;
    const outside = plan.output.kind !== "columns" && plan.output.neighbours ? words : 0;
    // A copy: other series of the query may be made of the same lane.
    const inside = cells.slice(outside, cells.length - outside);
    const there = dense.get(firstBucket);
    if (there) combineDense(kind, there, inside);
    else dense.set(firstBucket, inside);
  }
  const pieces = [...dense].sort(([a], [b]) => a - b).map(([first, cells]) => sparse(kind, cells, first));
  return {
    ...where,
    kind,
    originNs: plan.gridNs,
    buckets: concat(pieces.map((piece) => piece.buckets)),
    cells: concat(pieces.map((piece) => piece.cells)),
  };
}

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

/** The first points, or rows of `stats`, of all parts in their order. `dropped`: points left out already. */
function cutToBudget<Part extends Segment | StatsSegment>(
  parts: readonly Part[],
  budgetPoints: number | null,
  dropped = 0,
): { parts: readonly Part[]; notice: Notice | null } {
  const lengthOf = (part: Segment | StatsSegment) => ("timesNs" in part ? part.timesNs : part.startsNs).length;
  const count = parts.reduce((sum, part) => sum + lengthOf(part), dropped);
  if (budgetPoints === null || count <= budgetPoints) return { parts, notice: null };
  let left = budgetPoints;
  const kept: Part[] = [];
  for (const part of parts) {
    if (left <= 0) break;
    const cut = Object.entries(part).map(([name, column]) => [
      name,
      column instanceof Float64Array ? column.slice(0, left) : column,
    ]);
    kept.push(Object.fromEntries(cut) as Part);
    left -= lengthOf(part);
  }
  const text = `The first ${budgetPoints} of ${count} points are given; ask for a shorter range or a method that reduces`;
  return { parts: kept, notice: { severity: "warning", text } };
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
  const message = `Reading on takes ${megabytes} MB more than this request may read; ask for a shorter range or raise the limit`;
  return {
    severity: "warning",
    text: `Shown${until}, where ${first.key} begins. ${message}`,
    fault: { code: "limit/too-large", message, object: first.key, found: first.sizeBytes },
  };
}

const beyondReach = (key: string): Notice => ({
  severity: "warning",
  text: `${key}: frames more than 90 days after the log's start are left out`,
});
