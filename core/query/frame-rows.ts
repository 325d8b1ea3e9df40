/** Raw frames of a device as rows: chosen, sorted and paged, holding no more than the page needs. */
import { withDisorder } from "../catalogue/choose.ts";
import { DISORDER_NS } from "../catalogue/first-time.ts";
import { type Fault, isOfOneObject, type Notice } from "../fault.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import { type FrameBatch, type FramesEnd, readFrames } from "../kernel/frames.ts";
import type { LogEntry, OnWork } from "./engine.ts";
import { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import { TopRows } from "./top-rows.ts";

export const FRAME_SORTS = ["time", "id", "channel", "length"] as const;
export type FrameSort = (typeof FRAME_SORTS)[number];

/** Absent = any. Only data frames are rows. */
export interface FrameQuery {
  readonly device: string;
  /** Half open; null = the data's own. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  readonly bus?: "CAN" | "LIN";
  readonly channels?: readonly number[];
  readonly ids?: readonly number[];
  readonly extended?: boolean;
  /** Rows of equal value in time order. */
  readonly sort: FrameSort;
  readonly descending: boolean;
  /** Rows left out at the front, and how many follow at most. */
  readonly offset: number;
  readonly limit: number;
  readonly budgetBytes: number | null;
}

export interface FrameRow {
  readonly timeNs: bigint;
  readonly file: string;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly id: number;
  readonly extended: boolean;
  /** 0 received, 1 transmitted; null if the log does not say. */
  readonly dir: number | null;
  readonly dlc: number | null;
  /** Length of the payload as the frame says it. */
  readonly lengthBytes: number;
  readonly payload: Uint8Array;
}

export interface FramePage {
  readonly rows: readonly FrameRow[];
  /** Whether more rows follow behind the page. */
  readonly hasMore: boolean;
  /** `frames` = outOfRange + otherKind + filtered + matched; logs are left as soon as the page is settled. */
  readonly account: FrameAccount;
  readonly notices: readonly Notice[];
}

export interface FrameAccount {
  files: number;
  bytes: number;
  frames: number;
  outOfRange: number;
  otherKind: number;
  filtered: number;
  matched: number;
}

const TIME_MAX = Number.MAX_SAFE_INTEGER;

/** Faults: `storage/*` of the listing, `request/cancelled`; those of a log are notices. */
export async function frameRows(parts: EngineParts, query: FrameQuery, signal: AbortSignal, onWork?: OnWork): Promise<FramePage> {
  const { device, fromNs, toNs, offset, limit, sort, descending } = query;
  const logs = await parts.catalogue.logsInRange({ device, fromNs, toNs }, signal);
  const ordered = descending ? [...logs].reverse() : logs;
  // One more than the page, to know whether more follow.
  const top = new TopRows<FrameRow>(offset + limit + 1, frameOrder(sort, descending));
  const account: FrameAccount = { files: 0, bytes: 0, frames: 0, outOfRange: 0, otherKind: 0, filtered: 0, matched: 0 };
  const notices: Notice[] = [];
  const bytesAll = logs.reduce((sum, log) => sum + log.sizeBytes, 0);
  const host = pace(parts.host, signal, bytesAll, onWork);
  for (const [at, log] of ordered.entries()) {
    if (log.fault) {
      notices.push(unreadable(log.key, log.fault));
      continue;
    }
    if (sort === "time" && isBehindPage(top.last(), log, descending ? (ordered[at - 1] ?? null) : null, descending)) continue;
    if (query.budgetBytes !== null && account.files > 0 && account.bytes + log.sizeBytes > query.budgetBytes) {
      const message = `The page is of the first ${account.files} of ${logs.length} logs; ask for a shorter range or raise the limit`;
      const fault: Fault = {
        code: "limit/too-large",
        message,
        object: log.key,
        found: log.sizeBytes,
        allowed: query.budgetBytes,
      };
      notices.push({ severity: "warning", text: message, fault });
      break;
    }
    account.files++;
    account.bytes += log.sizeBytes;
    try {
      await readLog(parts, log, query, top, account, notices, host);
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(unreadable(log.key, error.fault));
    }
  }
  const rows = top.rows();
  return { rows: rows.slice(offset, offset + limit), hasMore: rows.length > offset + limit, account, notices };
}

/** Whether no frame of the log can be on the page. Backwards, a log ends where the one after it begins. */
function isBehindPage(last: FrameRow | null, log: LogEntry, after: LogEntry | null, descending: boolean): boolean {
  if (last === null) return false;
  if (!descending) return log.startNs !== null && withDisorder(log.startNs) > last.timeNs;
  const endNs = log.endNs ?? after?.startNs ?? null;
  return endNs !== null && endNs + BigInt(DISORDER_NS) < last.timeNs;
}

async function readLog(
  parts: EngineParts,
  log: LogEntry,
  query: FrameQuery,
  top: TopRows<FrameRow>,
  account: FrameAccount,
  notices: Notice[],
  host: DecodeHost,
): Promise<void> {
  const { source, mdf } = await parts.openDecodable(log.key, host.signal);
  const startNs = mdf.header.startNs;
  const within = (timeNs: bigint | null, open: number) =>
    timeNs === null ? open : Math.max(-TIME_MAX, Math.min(TIME_MAX, Number(timeNs - startNs)));
  const range = { from: within(query.fromNs, -TIME_MAX), to: within(query.toNs, TIME_MAX) };
  const take = taker(log.key, startNs, range, query, top, account);
  const isInOrder = mdf.streams.length === 1;
  notices.push(...mdf.notices);
  await parts.kernels.use(async (kernel) => {
    for await (const batch of told(readFrames(kernel, source, mdf, host), (end) => notices.push(...end.notices))) {
      const firstTime = take(batch);
      if (!isInOrder || firstTime === null) continue;
      // Records lie out of order by less than DISORDER_NS: what follows is later than this.
      const settledNs = firstTime - DISORDER_NS;
      const last = query.sort === "time" && !query.descending ? top.last() : null;
      if (settledNs > range.to || (last !== null && BigInt(settledNs) + startNs > last.timeNs)) return;
    }
  });
}

/** The batches, and the account at their end to `onEnd`, unless they are left before. */
export async function* told(
  frames: AsyncGenerator<FrameBatch, FramesEnd, void>,
  onEnd: (end: FramesEnd) => void,
): AsyncGenerator<FrameBatch, void, void> {
  onEnd(yield* frames);
}

/** Sorts the frames of a batch into rows and what is left out; gives the least time of the batch, ns since the file's start. */
function taker(
  file: string,
  startNs: bigint,
  range: { readonly from: number; readonly to: number },
  query: FrameQuery,
  top: TopRows<FrameRow>,
  account: FrameAccount,
): (frames: FrameBatch) => number | null {
  const channels = query.channels === undefined ? null : new Set(query.channels);
  const ids = query.ids === undefined ? null : new Set(query.ids);
  const isWanted = (frames: FrameBatch, row: number, id: number): boolean =>
    (ids === null || ids.has(id)) &&
    (channels === null || channels.has(frames.channel(row))) &&
    (query.bus === undefined || query.bus === frames.bus(row)) &&
    (query.extended === undefined || query.extended === frames.extended(row));
  return (frames) => {
    let first: number | null = null;
    account.frames += frames.rowCount;
    for (let row = 0; row < frames.rowCount; row++) {
      const time = Number(frames.timeNs(row));
      if (first === null || time < first) first = time;
      const id = frames.id(row);
      if (id === null || frames.kind(row) !== "data") account.otherKind++;
      else if (time < range.from || time >= range.to) account.outOfRange++;
      else if (!isWanted(frames, row, id)) account.filtered++;
      else {
        account.matched++;
        top.add(frameRow(frames, row, id, startNs, file));
      }
    }
    return first;
  };
}

function frameRow(frames: FrameBatch, row: number, id: number, startNs: bigint, file: string): FrameRow {
  const payload = frames.payload(row);
  return {
    timeNs: startNs + frames.timeNs(row),
    file,
    bus: frames.bus(row),
    channel: frames.channel(row),
    id,
    extended: frames.extended(row),
    dir: frames.dir(row),
    dlc: frames.dlc(row),
    lengthBytes: frames.length(row) ?? payload.length,
    // A copy: one row must not keep its whole batch.
    payload: payload.slice(),
  };
}

/** The order of rows; equal ones are told apart by who comes first. */
export function frameOrder(sort: FrameSort, descending: boolean): (a: FrameRow, b: FrameRow) => number {
  const byTime = (a: FrameRow, b: FrameRow) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0);
  const sign = descending ? -1 : 1;
  if (sort === "time") return (a, b) => sign * byTime(a, b);
  const keyOf = (row: FrameRow) => (sort === "id" ? row.id : sort === "channel" ? row.channel : row.lengthBytes);
  return (a, b) => sign * (keyOf(a) - keyOf(b)) || byTime(a, b);
}

/** What becomes of an answer when one log cannot be read. */
export const unreadable = (key: string, fault: Fault): Notice => ({ severity: "error", text: `${key}: ${fault.message}`, fault });
