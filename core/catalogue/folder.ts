/** The catalogue of a store: its devices, sessions and splits, their times, and the choice of files for a range. Reads and lists; keeps nothing on disk. */
import type { OpenLog } from "../canedge/container.ts";
import type { Fault } from "../fault.ts";
import type { Codecs } from "../kernel/codecs.ts";
import type { HeaderCache } from "../mdf/header-cache.ts";
import type { LogEntry } from "../query/engine.ts";
import type { LogStore } from "../store/source.ts";
import { firstAtOrAfter, mayOverlap, type TimeRange, withDisorder } from "./choose.ts";
import { type HeadReader, headReader, type LogHead } from "./head.ts";
import { type ListedLog, type LooseLog, listDevice, newestOfDevice, placeOfLoose, type Root, readRoot } from "./listing.ts";

export interface Catalogue {
  /** Device ids in key order: folders, then what the headers of logs outside the tree say. Faults: `storage/*`. */
  devices(signal: AbortSignal): Promise<readonly string[]>;
  /** Logs of a device (or of all) that may hold records in [fromNs, toNs), by session and split number, each with its head. Faults: `storage/*` of the listing; those of a log are in its entry. */
  logsInRange(options: LogRange, signal: AbortSignal): Promise<readonly LogEntry[]>;
  /** The log with the highest session and split, whose header names the device; null if there is none. */
  newestLog(device: string, signal: AbortSignal): Promise<LogEntry | null>;
  /** One log by key; null if the store has none of that name. */
  log(key: string, signal: AbortSignal): Promise<LogEntry | null>;
  /** Tells the time of the latest record, after a scan. */
  noteEnd(key: string, version: string, endNs: bigint): void;
}

export interface LogRange extends TimeRange {
  readonly device?: string;
  /** Choose by starts alone: the same logs whether or not their ends are known by now. */
  readonly byStarts?: boolean;
}

export interface CatalogueOptions {
  /** Up to this many logs of a device every head is read; above, the range is found by halving, which trusts that numbers rise with time. */
  readonly probeMax?: number;
  readonly headerCache?: HeaderCache;
}

const PROBE_MAX = 512;
/** Reads in flight while heads are read: a disk gains nothing above, a bucket little. */
const HEADS_AT_ONCE = 8;
const ENDS_MAX = 65_536;
const NS_PER_S = 1_000_000_000n;
/** Of a log outside the tree that cannot be read and whose name says nothing. */
const UNKNOWN_DEVICE = "00000000";
const UNKNOWN_SESSION = "00000000";

export function folderCatalogue(store: LogStore, openLog: OpenLog, codecs: Codecs, options: CatalogueOptions = {}): Catalogue {
  return new FolderCatalogue(store, headReader(openLog, codecs, options.headerCache), options.probeMax ?? PROBE_MAX);
}

class FolderCatalogue implements Catalogue {
  readonly #store: LogStore;
  readonly #heads: HeadReader;
  readonly #probeMax: number;
  /** Key and version → time of the latest record. */
  readonly #ends = new Map<string, bigint>();

  constructor(store: LogStore, heads: HeadReader, probeMax: number) {
    this.#store = store;
    this.#heads = heads;
    this.#probeMax = probeMax;
  }

  async devices(signal: AbortSignal): Promise<readonly string[]> {
    const root = await readRoot(this.#store, signal);
    const loose = await this.#looseEntries(root, signal);
    const readable = loose.filter((entry) => entry.fault === null || entry.device !== UNKNOWN_DEVICE);
    return [...new Set([...root.devices, ...readable.map((entry) => entry.device)])];
  }

  async logsInRange(options: LogRange, signal: AbortSignal): Promise<readonly LogEntry[]> {
    const { device } = options;
    const root = await readRoot(this.#store, signal);
    const devices = device === undefined ? root.devices : root.devices.filter((name) => name === device);
    const entries: LogEntry[] = [];
    for (const name of devices) {
      const listed = await listDevice(this.#store, root.prefix, name, signal);
      for (const entry of await this.#inRange(listed, options, signal)) entries.push(entry);
    }
    for (const entry of await this.#looseEntries(root, signal)) {
      const [isChosen] = mayOverlap([{ ...entry, ...ends(options), uploadNs: null }], options);
      if (isChosen && (device === undefined || entry.device === device)) entries.push(entry);
    }
    return entries;
  }

  async newestLog(device: string, signal: AbortSignal): Promise<LogEntry | null> {
    const root = await readRoot(this.#store, signal);
    const newest = root.devices.includes(device) ? await newestOfDevice(this.#store, root.prefix, device, signal) : null;
    if (newest !== null) return this.#entry(newest, await this.#heads.head(newest, signal));
    const loose = await this.#looseEntries(root, signal);
    return loose.filter((entry) => entry.device === device).at(-1) ?? null;
  }

  async log(key: string, signal: AbortSignal): Promise<LogEntry | null> {
    for await (const entry of this.#store.list(key, { signal })) {
      // A key comes before all that begin with it.
      return entry.kind === "object" && entry.key === key ? this.#looseEntry(entry, signal) : null;
    }
    return null;
  }

  noteEnd(key: string, version: string, endNs: bigint): void {
    this.#ends.set(endName(key, version), endNs);
    if (this.#ends.size <= ENDS_MAX) return;
    const [oldest] = this.#ends.keys();
    if (oldest !== undefined) this.#ends.delete(oldest);
  }

  async #inRange(logs: readonly ListedLog[], range: LogRange, signal: AbortSignal): Promise<LogEntry[]> {
    const candidates = logs.length > this.#probeMax ? await this.#halved(logs, range, signal) : logs;
    const heads = await inTurns(candidates, (log) => this.#heads.head(log, signal));
    const entries = candidates.map((log, i) => this.#entry(log, heads[i] as LogHead));
    const timed = entries.map((entry, i) => ({ ...entry, ...ends(range), uploadNs: uploadNs(candidates[i] as ListedLog) }));
    const isChosen = mayOverlap(timed, range);
    return entries.filter((_, i) => isChosen[i]);
  }

  /** Sessions by their first logs, then the splits of the session on the border; the log before the range's start stays in. */
  async #halved(logs: readonly ListedLog[], range: TimeRange, signal: AbortSignal): Promise<readonly ListedLog[]> {
    const sessions = [...sessionStarts(logs), logs.length];
    /** Start of the first log of [begin, end) that has one. */
    const startOf = async (begin: number, end: number): Promise<bigint | null> => {
      for (const log of logs.slice(begin, end)) {
        const { startNs } = await this.#heads.head(log, signal);
        if (startNs !== null) return startNs;
      }
      return null;
    };
    const search = async (limitNs: bigint): Promise<number> => {
      const session = await firstAtOrAfter(sessions.length - 1, limitNs, (i) => startOf(sessions[i] ?? 0, sessions[i + 1] ?? 0));
      // The border lies among the splits of the session before.
      const begin = sessions[session - 1] ?? 0;
      const end = sessions[session] ?? 0;
      return begin + (await firstAtOrAfter(end - begin, limitNs, (i) => startOf(begin + i, begin + i + 1)));
    };
    const first = range.fromNs === null ? 0 : Math.max(0, (await search(withDisorder(range.fromNs))) - 1);
    let end = range.toNs === null ? logs.length : await search(range.toNs);
    // What cannot be read may belong to the range, and its fault is worth telling.
    while (end < logs.length && (await startOf(end, end + 1)) === null) end++;
    return logs.slice(first, end);
  }

  async #looseEntries(root: Root, signal: AbortSignal): Promise<LogEntry[]> {
    const entries = await inTurns(root.loose, (log) => this.#looseEntry(log, signal));
    return entries.sort(
      (a, b) =>
        compareText(a.device, b.device) || compareText(a.session, b.session) || a.split - b.split || compareText(a.key, b.key),
    );
  }

  async #looseEntry(log: LooseLog, signal: AbortSignal): Promise<LogEntry> {
    const head = await this.#heads.head(log, signal);
    const place = placeOfLoose(log);
    if (place !== null) return this.#entry(place, head);
    const named = head.header?.deviceSerial ?? head.container?.device ?? lockedDevice(head.fault);
    const device = named ?? (head.header === null ? UNKNOWN_DEVICE : stemOf(log.key));
    const session = head.header?.session?.toString().padStart(8, "0") ?? UNKNOWN_SESSION;
    return this.#entry({ ...log, device, session, split: 1 }, head);
  }

  #entry(log: Pick<ListedLog, "key" | "device" | "session" | "split" | "sizeBytes" | "version">, head: LogHead): LogEntry {
    return {
      key: log.key,
      device: log.device,
      session: log.session,
      split: log.split,
      sizeBytes: log.sizeBytes,
      version: log.version,
      startNs: head.startNs,
      storedFirstNs: head.storedFirstNs,
      endNs: this.#ends.get(endName(log.key, log.version)) ?? null,
      header: head.header,
      fault: head.fault,
    };
  }
}

/** Of an encrypted log that nobody can read: its outer header names it. */
const lockedDevice = (fault: Fault | null): string | null =>
  fault?.code.startsWith("access/") && typeof fault.found === "string" ? fault.found : null;

/** A measurement that names no device is called as its file. */
const stemOf = (key: string): string => {
  const name = key.slice(key.lastIndexOf("/") + 1);
  return name.replace(/\.[^.]*$/, "") || name;
};

const ends = ({ byStarts = false }: LogRange): { readonly endNs?: null } => (byStarts ? { endNs: null } : {});

const endName = (key: string, version: string): string => `${version}\n${key}`;

const uploadNs = (log: ListedLog): bigint | null => (log.uploadSeconds === null ? null : BigInt(log.uploadSeconds) * NS_PER_S);

/** Index of the first log of each session. */
function sessionStarts(logs: readonly ListedLog[]): number[] {
  const starts: number[] = [];
  for (const [i, log] of logs.entries()) if (log.sessionNumber !== logs[i - 1]?.sessionNumber) starts.push(i);
  return starts;
}

/** Results in the order of the items, a few at once. */
async function inTurns<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(HEADS_AT_ONCE, items.length) }, lane));
  return results;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
