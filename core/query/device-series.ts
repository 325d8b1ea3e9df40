/** The series of one device on their way: logs are decoded side by side and added in order; at the end each selector gets its answers. */

import { scaling } from "../dbc/decimal.ts";
import { exactIntegers, physicalOf } from "../dbc/exact-integer.ts";
import type { DbcMessage } from "../dbc/model.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import { type ColumnPiece, joinPieces } from "../kernel/pieces.ts";
import type { Segment, SeriesAnswer, SignalLabels, SignalSelector } from "../series/series.ts";
import type { ByteSource } from "../store/source.ts";
import { floorDiv } from "../time.ts";
import type { Binder } from "./binding.ts";
import { type CellPart, combineDense, foldSamples, sparse, WORDS } from "./cell-part.ts";
import { type DecodedLane, decodeLog } from "./decode-log.ts";
import type { LogEntry, PlannedFile } from "./engine.ts";
import { finishSeries } from "./finish-series.ts";
import type { HeardLog } from "./heard-log.ts";
import type { LaneName } from "./lane-name.ts";
import { addLedgers, emptyLedger, type Ledger, unpackedBytes } from "./ledger.ts";
import { type EdgeLog, edgesOf, isHeard, wantsSenders } from "./log-edges.ts";
import { DAY_NS, type LogPlan, planLog, type QueryRange, REACH_NS } from "./log-plan.ts";
import { type Around, aroundOf, aroundOutput } from "./neighbours.ts";
import type { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import { bucketOf, cellKindOf } from "./points.ts";
import type { Query } from "./query.ts";
import { type AskedRule, type AskedSignal, channelsOf, labelsOf, namedChannels, rulesFor, wants } from "./rules.ts";
import { QueryLosses } from "./transport-losses.ts";
import type { FoundTransport } from "./transports.ts";

/** One series on its way: what was found in each log. */
interface Growing {
  readonly labels: SignalLabels;
  readonly asked: AskedSignal;
  readonly parts: CellPart[];
  readonly segments: Segment[];
  readonly arounds: Around[];
  /** Rules whose database was chosen by best fit. */
  readonly chosen: Set<AskedRule>;
  /** Raw points that no budget has room for. */
  dropped: number;
}

const SMALL_BYTES = 4 * 1024 * 1024;

interface OpenMessages {
  readonly split: number;
  readonly open: readonly Uint8Array[];
}
const NOTHING_OPEN: OpenMessages = { split: -1, open: [] };

export class DeviceSeries {
  readonly #parts: EngineParts;
  readonly #device: string;
  readonly #selectors: readonly SignalSelector[];
  readonly #query: Query;
  readonly #range: QueryRange;
  readonly #asked: readonly AskedSignal[];
  readonly #binder: Binder;
  readonly #growing = new Map<string, Growing>();
  /** Keys of the series of each selector, in the order they were found. */
  readonly #ofSelector = new Map<number, Set<string>>();
  readonly notices: Notice[] = [];
  readonly files: PlannedFile[] = [];
  readonly rules: AskedRule[] = [];
  /** Bus, channel and transport, by message. */
  readonly #notedRules = new Map<DbcMessage, Set<string>>();
  readonly losses: QueryLosses;
  ledger: Ledger = emptyLedger;
  readonly #transports: readonly FoundTransport[];
  /** Messages that the splits read up to now left open, by session; settled in the order of the logs. */
  readonly #open = new Map<string, Promise<OpenMessages>>();

  constructor(
    parts: EngineParts,
    device: string,
    selectors: readonly SignalSelector[],
    query: Query,
    range: QueryRange,
    asked: readonly AskedSignal[],
    binder: Binder,
    transports: readonly FoundTransport[],
  ) {
    this.#parts = parts;
    this.#device = device;
    this.#selectors = selectors;
    this.#query = query;
    this.#range = range;
    this.#asked = asked;
    this.#binder = binder;
    this.#transports = transports;
    this.losses = new QueryLosses();
  }

  /** Decodes a log and gives back what adds it to the answer: logs are decoded side by side, but added in order. */
  read(log: LogEntry, host: ReturnType<typeof pace>): Promise<() => void> {
    if (this.#transports.length === 0) return this.#read(log, host, []).then(({ add }) => add);
    // A message may begin in the split before.
    const before = this.#open.get(log.session) ?? Promise.resolve(NOTHING_OPEN);
    const reading = before.then(({ split, open }) => this.#read(log, host, split + 1 === log.split ? open : []));
    this.#open.set(
      log.session,
      reading.then(
        ({ open }) => ({ split: log.split, open }),
        () => NOTHING_OPEN,
      ),
    );
    return reading.then(({ add }) => add);
  }

  async #read(
    log: LogEntry,
    host: ReturnType<typeof pace>,
    open: readonly Uint8Array[],
  ): Promise<{ readonly add: () => void; readonly open: readonly Uint8Array[] }> {
    const opened = await this.#parts.openDecodable(log.key, host.signal);
    const { mdf, source, times } = opened;
    const channels =
      channelsOf(mdf.streams) ?? namedChannels(this.#selectors) ?? (await this.#parts.channelsHeard(log.key, host.signal));
    const rules = rulesFor(this.#asked, this.#selectors, channels, this.#query, this.#binder, this.#transports);
    const startNs = log.startNs ?? mdf.header.startNs;
    const heard = () => this.#parts.heardLog(log.key, host.signal);
    const plan = await planLog(this.#query, this.#range, startNs, mdf.header.startNs, (needed) =>
      needed ? heard() : this.#parts.heardSoFar(log, host.signal, 0),
    );
    const kernelRules = rules.map(({ rule }) => rule);
    const where = { file: log.key, session: log.session, baseNs: startNs };
    const { output } = plan;
    const wantsAround = this.#query.neighbours !== false && this.#query.method !== "stats";
    const aside = output.kind === "columns" ? aroundOutput(plan.range) : output;
    // Asked before a kernel is taken: those who wait for one must not hold another.
    const senders = wantsAround && times.chunkCount > 0 && wantsSenders(kernelRules) ? await heard() : null;
    const { decoded, around } = await this.#parts.kernels.use(async (kernel) => {
      const decode: EdgeLog["decode"] = (asked, range, into, isWhole) =>
        decodeLog(kernel, source, mdf, asked, range, into, isWhole ? host : { ...host, logTimes: times }, open);
      const decoded = await decode(kernelRules, plan.range, output, false);
      if (!wantsAround) return { decoded, around: null };
      const seen = aside === output ? decoded : await decode(kernelRules, plan.range, aside, false);
      const edgeLog = { name: nameOfLog(log.key, source), times, memory: this.#parts.samples, heard: senders, decode };
      const { edges, bytesRead } = await edgesOf(edgeLog, kernelRules, plan.range, aside, seen);
      return { decoded, around: { edges, bytesRead: bytesRead + (seen === decoded ? 0 : seen.ledger.bytesRead) } };
    });
    const isBeyond = decoded.ledger.outOfRange > 0 && (await this.#isBeyondReach(startNs, heard));
    const unpacked = unpackedBytes(opened.unpacked);
    const add = (): void => {
      this.#noteRules(rules);
      this.losses.add(decoded.transports);
      this.ledger = addLedgers(this.ledger, { ...decoded.ledger, ...unpacked });
      this.notices.push(...mdf.notices, ...decoded.notices);
      for (const [series, lanes] of this.#bySeries(rules, decoded.lanes)) this.#add(series, where, lanes, plan);
      for (const [series, edges] of this.#bySeries(rules, around?.edges ?? [])) series.arounds.push(aroundOf(where, edges));
      this.ledger = addLedgers(this.ledger, { ...emptyLedger, bytesRead: around?.bytesRead ?? 0 });
      if (isBeyond) this.notices.push(beyondReach(log.key));
      this.files.push({
        key: log.key,
        version: source.version,
        sizeBytes: source.sizeBytes,
        reads: mdf.streams.flatMap((stream) => stream.extents),
      });
    };
    return { add, open: decoded.transports.open };
  }

  /** A first look into a log, in the place of `read`. Nothing of a log in a container, which must be unpacked from its beginning. */
  async readSpread(log: LogEntry, host: ReturnType<typeof pace>): Promise<() => void> {
    const { mdf, source, times, container } = await this.#parts.openDecodable(log.key, host.signal);
    const channels = channelsOf(mdf.streams);
    if (container !== null || channels === null) return () => undefined;
    const rules = rulesFor(this.#asked, this.#selectors, channels, this.#query, this.#binder);
    const startNs = log.startNs ?? mdf.header.startNs;
    // No buckets are so many that the log must be heard for them.
    const plan = await planLog(this.#query, this.#range, startNs, mdf.header.startNs, async () => null);
    const { spreadParts } = await import("./spread-parts.ts");
    const { codecs } = this.#parts.kernels;
    const spread = await spreadParts(source, mdf, times, plan.range, codecs, host.signal);
    const kernelRules = rules.map(({ rule }) => rule);
    const decoded = await this.#parts.kernels.use((kernel) =>
      decodeLog(kernel, source, mdf, kernelRules, plan.range, plan.output, { ...host, spread }),
    );
    const where = { file: log.key, session: log.session, baseNs: startNs };
    return () => {
      this.ledger = addLedgers(this.ledger, { ...emptyLedger, bytesRead: decoded.ledger.bytesRead });
      for (const [series, lanes] of this.#bySeries(rules, decoded.lanes)) this.#add(series, where, lanes, plan);
    };
  }

  /** Signals of which a log of the session may hold a sample nearer to the range, on one side of it, than those found. `limitNs`: the nearest it may have. */
  wanting(session: string, side: "before" | "after", limitNs: bigint): readonly AskedSignal[] {
    const isFound = ({ arounds }: Growing): boolean =>
      arounds.some((around) => {
        const timeNs = around.session === session ? around[side]?.timeNs : undefined;
        return timeNs !== undefined && (side === "before" ? timeNs >= limitNs : timeNs <= limitNs);
      });
    return this.#asked.filter((asked) => {
      const own = [...this.#growing.values()].filter((series) => series.asked.signal === asked.signal);
      return own.length === 0 || !own.every(isFound);
    });
  }

  /** Whether a few of its bytes are enough to find something in it, or it has no more than a few. */
  async isSeen(log: LogEntry, host: ReturnType<typeof pace>): Promise<boolean> {
    if (log.sizeBytes <= SMALL_BYTES) return true;
    try {
      return (await this.#parts.openDecodable(log.key, host.signal)).times.chunkCount > 0;
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      return false;
    }
  }

  /** Adds what a log that does not reach into the range has of these signals next to it. */
  async readBeside(
    log: LogEntry,
    side: "before" | "after",
    asked: readonly AskedSignal[],
    host: ReturnType<typeof pace>,
  ): Promise<void> {
    const { mdf, source, times } = await this.#parts.openDecodable(log.key, host.signal);
    const channels = channelsOf(mdf.streams) ?? (await this.#parts.channelsHeard(log.key, host.signal));
    // Who was never heard in it has no sample there: most often nothing is left to look for.
    const heard = await this.#parts.heardLog(log.key, host.signal);
    const all = rulesFor(asked, this.#selectors, channels, this.#query, this.#binder, this.#transports);
    const rules = all.filter(({ rule }) => isHeard(rule, heard));
    if (rules.length === 0) return;
    const kernelRules = rules.map(({ rule }) => rule);
    const startNs = log.startNs ?? mdf.header.startNs;
    const { range } = await planLog(this.#query, this.#range, startNs, mdf.header.startNs, async () => heard);
    const { edges, bytesRead } = await this.#parts.kernels.use(async (kernel) => {
      const decode: EdgeLog["decode"] = (own, piece, into, isWhole) =>
        decodeLog(kernel, source, mdf, own, piece, into, isWhole ? host : { ...host, logTimes: times });
      const seen = await decode(kernelRules, range, aroundOutput(range), false);
      const edgeLog = { name: nameOfLog(log.key, source), times, memory: this.#parts.samples, heard, decode };
      const found = await edgesOf(edgeLog, kernelRules, range, aroundOutput(range), seen);
      return { ...found, bytesRead: found.bytesRead + seen.ledger.bytesRead };
    });
    this.ledger = addLedgers(this.ledger, { ...emptyLedger, bytesRead });
    const where = { file: log.key, session: log.session, baseNs: startNs };
    for (const [series, lanes] of this.#bySeries(rules, edges)) {
      const around = { ...aroundOf(where, lanes), isInside: false };
      if (side === "before") series.arounds.unshift({ ...around, after: null });
      else series.arounds.push({ ...around, before: null });
    }
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
    for (const rule of rules) {
      const message = rule.asked[0]?.message;
      const { bus, channel } = rule.rule.key;
      if (message === undefined) continue;
      const name = `${bus} ${channel} ${rule.rule.transport}`;
      const noted = this.#notedRules.get(message) ?? new Set<string>();
      if (noted.has(name)) continue;
      this.#notedRules.set(message, noted.add(name));
      this.rules.push(rule);
    }
  }

  /** The lanes of a log sorted into their series. */
  #bySeries<Lane extends LaneName>(rules: readonly AskedRule[], lanes: readonly Lane[]): Map<Growing, Lane[]> {
    const bySeries = new Map<Growing, Lane[]>();
    for (const lane of lanes) {
      const rule = rules[lane.rule];
      const asked = rule?.asked.find((one) => one.signal === lane.signal);
      if (!rule || !asked) continue;
      const labels = labelsOf(this.#device, rule, asked, lane.sourceAddress);
      const targets = new Set<Growing>();
      for (const i of asked.selectors) {
        const selector = this.#selectors[i];
        if (!selector || !wants(selector, labels)) continue;
        const series = this.#grow(i, selector, labels, asked);
        if (rule.binding === "best-fit") series.chosen.add(rule);
        targets.add(series);
      }
      for (const target of targets) bySeries.set(target, [...(bySeries.get(target) ?? []), lane]);
    }
    return bySeries;
  }

  #grow(i: number, selector: SignalSelector, labels: SignalLabels, asked: AskedSignal): Growing {
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
        chosen: new Set(),
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
    const { times, values, rests } = joinPieces(lanes.flatMap(valuePieces));
    if (times.length === 0) return;
    if (method === "raw") {
      series.dropped += lanes.reduce((sum, lane) => sum + lane.dropped, 0);
      series.segments.push({ ...where, timesNs: times, values, ...(rests ? { rests } : {}) });
      return;
    }
    const kind = cellKindOf(method, false);
    const firstNs = where.baseNs + BigInt(times[0] ?? 0);
    const gridNs = grid.kind === "fixed" ? grid.originNs : floorDiv(firstNs, DAY_NS) * DAY_NS;
    const originNs = gridNs + bucketOf(firstNs, gridNs, grid.stepNs) * grid.stepNs;
    const folded = foldSamples(kind, times, values, Number(originNs - where.baseNs), Number(grid.stepNs));
    series.parts.push({ ...where, kind, originNs, ...folded });
  }

  /** What best fit chose for series that have points. */
  bindingNotices(): Notice[] {
    for (const { chosen, segments, parts, asked } of this.#growing.values()) {
      if (segments.length === 0 && parts.every(({ buckets }) => buckets.length === 0)) continue;
      for (const { rule, dbc } of chosen) this.#binder.note(rule.key.bus, rule.key.channel, dbc, asked.message);
    }
    return this.#binder.notices;
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
    const { signal } = series.asked;
    const finished = finishSeries(series, this.#query, this.#range);
    if (finished === null) return null;
    return {
      selector,
      labels: series.labels,
      unit: signal.unit,
      decimals: signal.float === null ? scaling(signal).decimals : null,
      valueTable: signal.values ? Object.fromEntries([...signal.values].map(([raw, text]) => [raw.toString(), text])) : null,
      ...(signal.values ? { texts: new Map([...signal.values].map(([raw, text]) => [physicalOf(signal, raw), text])) } : {}),
      segments: finished.segments,
      stats: finished.stats,
      notices: finished.notice ? [...notices, finished.notice] : notices,
    };
  }
}

/** The same for the same bytes. */
const nameOfLog = (key: string, { version, sizeBytes }: ByteSource): string => `${key}\n${version}\n${sizeBytes}`;

/** Pieces with physical values; those of raw lanes are wide integers. */
const valuePieces = ({ signal, output, pieces }: DecodedLane): readonly ColumnPiece[] =>
  output === "physical"
    ? pieces
    : pieces.map(({ times, values }) => ({
        times,
        ...(values instanceof BigUint64Array ? exactIntegers(signal, values) : { values }),
      }));

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

export const askedLabels = (selector: SignalSelector): SignalLabels => ({
  device: selector.device,
  bus: selector.bus ?? "CAN",
  channel: selector.channel ?? 0,
  db: selector.db ?? "",
  message: selector.message ?? "",
  sourceAddress: selector.sourceAddress ?? null,
  signal: selector.signal,
});

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

const beyondReach = (key: string): Notice => ({
  severity: "warning",
  text: `${key}: frames more than 90 days after the log's start are left out`,
});
