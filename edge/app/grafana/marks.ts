/** Where sessions and splits begin: marks of a panel, and the CANedge backend's annotations. */
import { isCountedSession } from "../../../core/canedge/path.ts";
import type { Engine, LogEntry } from "../../../core/query/engine.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import { pathOf } from "../tables/file-table.ts";
import type { Column, Table } from "../tables/table.ts";
import { type Maker, tableItem } from "./made.ts";
import { devicesOf } from "./reading.ts";

const BYTES_PER_MB = 1024 * 1024; // the seed's MB, rounded down

interface OpenRange {
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

export interface Mark {
  readonly time: number;
  readonly text: string;
  readonly log: LogEntry;
}

/** Marks of one device, by session and split. Faults: `storage/*`. */
export async function marksOf(
  kind: "session" | "split",
  device: string,
  { fromNs, toNs }: OpenRange,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly Mark[]> {
  // Both ends are in the range.
  const logs = await engine.logs({ device, fromNs, toNs: toNs === null ? null : toNs + 1n }, signal);
  const splits = logs.filter(({ session }) => isCountedSession(session));
  const marked = kind === "split" ? splits : await sessionStarts(device, splits, engine, signal);
  return marked.flatMap(markOf);
}

/** The first split of each session: split 1, or the first there is. Only where split 1 is out of sight are all logs looked at. */
async function sessionStarts(
  device: string,
  splits: readonly LogEntry[],
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const firsts = firstOfEach(splits);
  if (firsts.every(({ split }) => split === 1)) return firsts;
  const sessions = new Set(splits.map(({ session }) => session));
  return firstOfEach((await engine.logs({ device }, signal)).filter(({ session }) => sessions.has(session)));
}

function firstOfEach(splits: readonly LogEntry[]): readonly LogEntry[] {
  const firsts = new Map<string, LogEntry>();
  for (const entry of splits) {
    const first = firsts.get(entry.session);
    if (first === undefined || entry.split < first.split) firsts.set(entry.session, entry);
  }
  return [...firsts.values()];
}

function markOf(log: LogEntry): readonly Mark[] {
  if (log.storedFirstNs === null) return [];
  const session = /^\d+$/.test(log.session) ? String(Number(log.session)) : log.session;
  const text = `${pathOf(log)}\nSession: ${session}\nSplit: ${log.split}\nSize: ${Math.floor(log.sizeBytes / BYTES_PER_MB)} MB`;
  return [{ time: toEpochMs(log.storedFirstNs), text, log }];
}

/** Newer plugins find the fields of an annotation by these names. */
export const MARK_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  ...["title", "text", "tags", "id"].map((text): Column => ({ text, type: "string" })),
];

/** Marks of some devices as a table that newer plugins take for annotations. `range` may be open. Faults: `storage/*`. */
export async function marksTable(
  kind: "session" | "split",
  devices: readonly string[],
  range: OpenRange,
  engine: Engine,
  signal: AbortSignal,
): Promise<Table> {
  const marks: Mark[] = [];
  for (const device of devices) marks.push(...(await marksOf(kind, device, range, engine, signal)));
  const rows = marks.map(({ time, text, log }) => [
    time,
    kind === "session" ? `session ${log.session}` : `split ${log.split}`,
    text,
    `${kind},${log.device}`,
    log.key,
  ]);
  return { columns: MARK_COLUMNS, rows, notices: [], hasMore: false };
}

/** `sessions`, `splits` of a panel. */
export function marksMaker(object: JsonObject, kind: "session" | "split"): Maker {
  return async (making) => {
    const { app, panel, writing } = making;
    const devices = await devicesOf(object, making);
    return [tableItem(await marksTable(kind, devices, panel.range, app.engine, writing.signal))];
  };
}
