/** How busy the buses of a device were: frames by kind and the share of the time they took, bucket by bucket. */
import { CAN_ERROR_BITS, classicBits, type FrameBits, fdBits, linBits, NO_BITS } from "../bus/frame-bits.ts";
import { type BitRates, readBitRates } from "../canedge/bit-rates.ts";
import { DISORDER_NS } from "../catalogue/first-time.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import { type FrameBatch, readFrames } from "../kernel/frames.ts";
import { floorDiv } from "../time.ts";
import { type BucketGrid, gridOf } from "./bucket-grid.ts";
import type { LogEntry, OnWork } from "./engine.ts";
import { type FrameAccount, told, unreadable } from "./frame-rows.ts";
import { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";

export interface BusLoadQuery {
  readonly device: string;
  /** Half open; the buckets that touch it are given whole. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Buckets are [k · stepNs, (k + 1) · stepNs) since 1970. */
  readonly stepNs: bigint;
  readonly bus?: "CAN" | "LIN";
  readonly channels?: readonly number[];
  readonly budgetBytes: number | null;
}

/** One bucket of one channel. A bucket in which nothing was recorded at all has no row, a silent bus has one with zeros. */
export interface BusLoadRow {
  readonly startNs: bigint;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  /** Data frames. */
  readonly frames: number;
  /** Error and overload frames of CAN, errors of LIN. */
  readonly errorFrames: number;
  readonly remoteFrames: number;
  /** Share of the recorded time that frames took at least (no stuff bits) and at most (`core/bus/frame-bits.ts`), in percent; null if the log says no bit rate. */
  readonly loadPercent: number | null;
  readonly loadPercentMax: number | null;
}

export interface BusLoad {
  /** By bus and channel, then time. */
  readonly rows: readonly BusLoadRow[];
  /** `frames` = outOfRange + otherKind + filtered + matched. */
  readonly account: FrameAccount;
  readonly notices: readonly Notice[];
}

/** A CANedge has five; a file may claim 255. */
const CHANNELS_MAX = 64;

/** Faults: `request/bad-parameter` for too many buckets, `storage/*` of the listing, `request/cancelled`; those of a log are notices. */
export async function busLoad(parts: EngineParts, query: BusLoadQuery, signal: AbortSignal, onWork?: OnWork): Promise<BusLoad> {
  const grid = gridOf(query);
  const counts = new LoadCounts(query, grid);
  const notices: Notice[] = [];
  const found = { device: query.device, fromNs: grid.fromNs, toNs: grid.fromNs + BigInt(grid.bucketCount) * query.stepNs };
  const logs = grid.bucketCount === 0 ? [] : await parts.catalogue.logsInRange(found, signal);
  const bytesAll = logs.reduce((sum, log) => sum + log.sizeBytes, 0);
  const host = pace(parts.host, signal, bytesAll, onWork);
  const { account } = counts;
  for (const log of logs) {
    if (log.fault) {
      notices.push(unreadable(log.key, log.fault));
      continue;
    }
    if (query.budgetBytes !== null && account.files > 0 && account.bytes + log.sizeBytes > query.budgetBytes) {
      const message = `The load is of the first ${account.files} of ${logs.length} logs; ask for a shorter range or raise the limit`;
      const fault = {
        code: "limit/too-large",
        message,
        found: account.bytes + log.sizeBytes,
        allowed: query.budgetBytes,
      } as const;
      notices.push({ severity: "warning", text: message, fault });
      break;
    }
    account.files++;
    account.bytes += log.sizeBytes;
    try {
      await countLog(parts, log, counts, notices, host);
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(unreadable(log.key, error.fault));
    }
  }
  if (counts.hasTooMany)
    notices.push({ severity: "warning", text: `Only the first ${CHANNELS_MAX} channels are counted; choose some with "chn"` });
  return { rows: counts.rows(), account, notices };
}

async function countLog(
  parts: EngineParts,
  log: LogEntry,
  counts: LoadCounts,
  notices: Notice[],
  host: DecodeHost,
): Promise<void> {
  const { source, mdf } = await parts.openDecodable(log.key, host.signal);
  const inLog = counts.startLog(mdf.header.startNs, await readBitRates(source, host.signal));
  notices.push(...mdf.notices);
  const isInOrder = mdf.streams.length === 1;
  try {
    await parts.kernels.use(async (kernel) => {
      for await (const batch of told(readFrames(kernel, source, mdf, host), (end) => notices.push(...end.notices))) {
        const firstTime = inLog.take(batch);
        // Records lie out of order by less than DISORDER_NS.
        if (isInOrder && firstTime - DISORDER_NS > inLog.endNs) return;
      }
    });
  } finally {
    inLog.end();
  }
}

interface Cell {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  /** Of each bucket: data, error and remote frames, ns the bus was taken at least and at most (NaN: rate unknown). */
  readonly counts: Float64Array;
}
const CELL = { data: 0, error: 1, remote: 2, leastNs: 3, mostNs: 4, size: 5 } as const;
const NS_PER_S = 1e9;

/** Counters of all channels. Memory: buckets × channels, however long the logs are. */
class LoadCounts {
  readonly account: FrameAccount = { files: 0, bytes: 0, frames: 0, outOfRange: 0, otherKind: 0, filtered: 0, matched: 0 };
  hasTooMany = false;
  readonly #query: BusLoadQuery;
  readonly #grid: BucketGrid;
  readonly #cells = new Map<number, Cell>();
  /** ns of each bucket in which the logger recorded. */
  readonly #recordedNs: Float64Array;

  constructor(query: BusLoadQuery, grid: BucketGrid) {
    this.#query = query;
    this.#grid = grid;
    this.#recordedNs = new Float64Array(grid.bucketCount);
  }

  /** For the batches of one log; `take` gives the least time of a batch, `endNs` is the range's end, both since the log's start. */
  startLog(startNs: bigint, rates: BitRates) {
    const { fromNs, stepNs, bucketCount } = this.#grid;
    // Exact for any start: whole buckets apart, and what is left of one.
    const bucket = Number(floorDiv(startNs - fromNs, BigInt(stepNs)));
    const restNs = Number(startNs - fromNs - BigInt(bucket) * BigInt(stepNs));
    const bucketAt = (timeNs: number) => bucket + Math.floor((restNs + timeNs) / stepNs);
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    return {
      endNs: (bucketCount - bucket) * stepNs - restNs,
      take: (frames: FrameBatch): number => {
        let least = Number.POSITIVE_INFINITY;
        this.account.frames += frames.rowCount;
        for (let row = 0; row < frames.rowCount; row++) {
          const timeNs = Number(frames.timeNs(row));
          if (timeNs < least) least = timeNs;
          if (timeNs > last) last = timeNs;
          const at = bucketAt(timeNs);
          if (at < 0 || at >= bucketCount) this.account.outOfRange++;
          else this.#count(frames, row, at, rates);
        }
        if (least < first) first = least;
        return least;
      },
      end: (): void => {
        if (first <= last) this.#addRecorded(bucket + (restNs + first) / stepNs, bucket + (restNs + last) / stepNs);
      },
    };
  }

  #count(frames: FrameBatch, row: number, at: number, rates: BitRates): void {
    const kind = frames.kind(row);
    const bus = frames.bus(row);
    const channel = frames.channel(row);
    if (kind === "wakeUp") {
      this.account.otherKind++;
      return;
    }
    const cell = this.#isWanted(bus, channel) ? this.#cellOf(bus, channel) : null;
    if (cell === null) {
      this.account.filtered++;
      return;
    }
    this.account.matched++;
    const rateHz = rates.get(`${bus}${channel}`) ?? Number.NaN;
    const bits = bitsOf(frames, row);
    const base = at * CELL.size;
    const of = kind === "data" ? CELL.data : kind === "remote" ? CELL.remote : CELL.error;
    cell.counts[base + of] = (cell.counts[base + of] ?? 0) + 1;
    cell.counts[base + CELL.leastNs] = (cell.counts[base + CELL.leastNs] ?? 0) + (bits.least * NS_PER_S) / rateHz;
    cell.counts[base + CELL.mostNs] = (cell.counts[base + CELL.mostNs] ?? 0) + (bits.most * NS_PER_S) / rateHz;
  }

  #isWanted(bus: "CAN" | "LIN", channel: number): boolean {
    const { bus: wanted, channels } = this.#query;
    return (wanted === undefined || wanted === bus) && (channels === undefined || channels.includes(channel));
  }

  #cellOf(bus: "CAN" | "LIN", channel: number): Cell | null {
    const key = channel * 2 + (bus === "CAN" ? 0 : 1);
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    if (this.#cells.size >= CHANNELS_MAX) {
      this.hasTooMany = true;
      return null;
    }
    const cell = { bus, channel, counts: new Float64Array(this.#grid.bucketCount * CELL.size) };
    this.#cells.set(key, cell);
    return cell;
  }

  /** `from` and `to` in buckets, with fractions. */
  #addRecorded(from: number, to: number): void {
    const { stepNs, bucketCount } = this.#grid;
    for (let at = Math.max(0, Math.floor(from)); at <= Math.min(bucketCount - 1, Math.floor(to)); at++) {
      const part = Math.min(at + 1, to) - Math.max(at, from);
      // Logs that overlap do not make a bucket longer than it is.
      this.#recordedNs[at] = Math.min(stepNs, (this.#recordedNs[at] ?? 0) + part * stepNs);
    }
  }

  rows(): readonly BusLoadRow[] {
    const cells = [...this.#cells.values()].sort((a, b) => (a.bus < b.bus ? -1 : a.bus > b.bus ? 1 : a.channel - b.channel));
    return cells.flatMap((cell) => this.#rowsOf(cell));
  }

  #rowsOf({ bus, channel, counts }: Cell): BusLoadRow[] {
    const { fromNs, stepNs, bucketCount } = this.#grid;
    const rows: BusLoadRow[] = [];
    const isRated = counts.some((value, at) => at % CELL.size === CELL.leastNs && value > 0);
    for (let at = 0; at < bucketCount; at++) {
      const [frames = 0, errorFrames = 0, remoteFrames = 0, leastNs = 0, mostNs = 0] = counts.subarray(at * CELL.size);
      const recordedNs = this.#recordedNs[at] ?? 0;
      if (recordedNs === 0 && frames + errorFrames + remoteFrames === 0) continue;
      const percent = (ns: number) => (isRated && recordedNs > 0 && Number.isFinite(ns) ? (100 * ns) / recordedNs : null);
      const startNs = fromNs + BigInt(at) * BigInt(stepNs);
      const load = { loadPercent: percent(leastNs), loadPercentMax: percent(mostNs) };
      rows.push({ startNs, bus, channel, frames, errorFrames, remoteFrames, ...load });
    }
    return rows;
  }
}

function bitsOf(frames: FrameBatch, row: number): FrameBits {
  const kind = frames.kind(row);
  const isCan = frames.bus(row) === "CAN";
  if (kind !== "data" && kind !== "remote") return isCan ? CAN_ERROR_BITS : NO_BITS;
  const lengthBytes = kind === "remote" ? 0 : (frames.length(row) ?? frames.payload(row).length);
  if (!isCan) return linBits(lengthBytes);
  const flags = frames.flags(row);
  const extended = frames.extended(row);
  return (flags & 1) === 0 ? classicBits(extended, lengthBytes) : fdBits(extended, lengthBytes, (flags & 2) !== 0);
}
