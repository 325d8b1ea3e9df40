/** What lies in a store: the CANedge tree of devices, sessions and splits, and logs outside it. */
import { isCountedSession, isDeviceName, isLogName, parseLogPath } from "../canedge/path.ts";
import type { Entry, LogStore } from "../store/source.ts";

/** A log of the CANedge tree, by its path alone. */
export interface ListedLog {
  readonly key: string;
  readonly device: string;
  readonly session: string;
  readonly sessionNumber: number;
  readonly split: number;
  readonly sizeBytes: number;
  readonly version: string;
  /** Unix seconds from the name's suffix: later than the last record. */
  readonly uploadSeconds: number | null;
}

/** A log elsewhere: only its header says whose it is. */
export interface LooseLog {
  readonly key: string;
  readonly sizeBytes: number;
  readonly version: string;
}

/** The top of a store. */
export interface Root {
  /** "" or "LOG/": what stands before the device folders. */
  readonly prefix: string;
  /** Folder names, in key order. */
  readonly devices: readonly string[];
  readonly loose: readonly LooseLog[];
}

/** Without any device folder, logs are searched for in all folders, up to this many. */
const SEARCH_LOGS_MAX = 10_000;

type ObjectEntry = Extract<Entry, { kind: "object" }>;

/** Finds the device folders at the top or below `LOG/`. Lists one or two levels; everything only if there is no device folder. Faults: `storage/*`. */
export async function readRoot(store: LogStore, signal: AbortSignal): Promise<Root> {
  const top = await level(store, "", signal);
  if (top.devices.length > 0) return { prefix: "", devices: top.devices, loose: top.logs };
  const logFolder = top.folders.find((name) => name.toUpperCase() === "LOG");
  if (logFolder !== undefined) {
    const below = await level(store, `${logFolder}/`, signal);
    if (below.devices.length > 0) return { prefix: `${logFolder}/`, devices: below.devices, loose: [...top.logs, ...below.logs] };
  }
  if (top.folders.length === 0) return { prefix: "", devices: [], loose: top.logs };
  return { prefix: "", devices: [], loose: await allLogs(store, signal) };
}

/** Logs of one device by session and split; of several objects of one split only the first in key order. Faults: `storage/*`. */
export async function listDevice(store: LogStore, prefix: string, device: string, signal: AbortSignal): Promise<ListedLog[]> {
  const bySplit = new Map<string, ListedLog>();
  for await (const entry of store.list(`${prefix}${device}/`, { signal })) {
    const log = entry.kind === "object" ? listedLog(entry, entry.key.slice(prefix.length)) : null;
    if (log === null) continue;
    const split = `${log.session}/${log.split}`;
    if (!bySplit.has(split)) bySplit.set(split, log);
  }
  return [...bySplit.values()].sort((a, b) => a.sessionNumber - b.sessionNumber || a.split - b.split);
}

/** The log of a device with the highest counted session and split; of several objects of that split the last in key order. Faults: `storage/*`. */
export async function newestOfDevice(
  store: LogStore,
  prefix: string,
  device: string,
  signal: AbortSignal,
): Promise<ListedLog | null> {
  let newest: ListedLog | null = null;
  for await (const entry of store.list(`${prefix}${device}/`, { signal })) {
    const log = entry.kind === "object" ? listedLog(entry, entry.key.slice(prefix.length)) : null;
    if (log === null || !isCountedSession(log.session)) continue;
    const behind = newest === null ? 1 : log.sessionNumber - newest.sessionNumber || log.split - newest.split;
    if (behind >= 0) newest = log;
  }
  return newest;
}

function listedLog(entry: ObjectEntry, path: string): ListedLog | null {
  const parsed = parseLogPath(path);
  if (parsed === null) return null;
  const { device, session, sessionNumber, splitNumber, uploadSeconds } = parsed;
  const { key, sizeBytes, version } = entry;
  return { key, device, session, sessionNumber, split: splitNumber, sizeBytes, version, uploadSeconds };
}

async function level(
  store: LogStore,
  prefix: string,
  signal: AbortSignal,
): Promise<{ devices: string[]; folders: string[]; logs: LooseLog[] }> {
  const found = { devices: [] as string[], folders: [] as string[], logs: [] as LooseLog[] };
  for await (const entry of store.list(prefix, { delimiter: "/", signal })) {
    const name = entry.key.slice(prefix.length);
    if (entry.kind === "prefix") {
      const folder = name.replace(/\/$/, "");
      found.folders.push(folder);
      if (isDeviceName(folder)) found.devices.push(folder);
    } else if (isLogName(name)) found.logs.push(looseLog(entry));
  }
  return found;
}

async function allLogs(store: LogStore, signal: AbortSignal): Promise<LooseLog[]> {
  const logs: LooseLog[] = [];
  const splits = new Set<string>();
  for await (const entry of store.list("", { signal })) {
    if (entry.kind !== "object" || !isLogName(entry.key)) continue;
    const log = looseLog(entry);
    const place = placeOfLoose(log);
    const split = place === null ? log.key : `${log.key.slice(0, log.key.lastIndexOf("/"))}/${place.split}`;
    if (!splits.has(split)) logs.push(log);
    splits.add(split);
    if (logs.length === SEARCH_LOGS_MAX) break;
  }
  return logs;
}

const looseLog = ({ key, sizeBytes, version }: ObjectEntry): LooseLog => ({ key, sizeBytes, version });

/** The place in the tree of a log found by search: its last three names, if they are device, session and split ("old/LOG/2F6913DB/00000004/00000001.MF4"). */
export function placeOfLoose(log: LooseLog): ListedLog | null {
  const path = log.key.split("/").slice(-3).join("/");
  return listedLog({ kind: "object", modifiedMs: null, ...log }, path);
}
