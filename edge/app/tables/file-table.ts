/** Log files as a table: the CANedge backend's columns, and ours. */
import type { Notice } from "../../../core/fault.ts";
import type { Engine, LogEntry } from "../../../core/query/engine.ts";
import { toEpochMs } from "../../../core/time.ts";
import { type Page, ROWS_MAX } from "./page.ts";
import { type Cell, type Column, compareCells, type Table } from "./table.ts";

export const SEED_FILE_COLUMNS: readonly Column[] = [
  "TIME",
  "DEVICE",
  "SESSION",
  "SPLIT",
  "SIZE [MB]",
  "CONFIG CRC",
  "HW",
  "FW",
  "STORAGE [MB]",
  "NAME",
  "META",
].map((text) => ({ text, type: text === "TIME" ? "time" : "string" }));

export const FILE_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "timeEnd", type: "time" },
  { text: "device", type: "string" },
  { text: "session", type: "string" },
  { text: "split", type: "number" },
  { text: "sizeBytes", type: "number", unit: "bytes" },
  { text: "log", type: "string" },
  { text: "mdfVersion", type: "string" },
  { text: "program", type: "string" },
  { text: "finalized", type: "number" },
  { text: "hardware", type: "string" },
  { text: "firmware", type: "string" },
  { text: "configCrc", type: "string" },
  { text: "comment", type: "string" },
  { text: "problem", type: "string" },
];

const BYTES_PER_MB = 1024 * 1024;
const KIB_PER_MB = 1024;

/** Logs of the devices that may hold records of the range; sorted by any column, by device, session and split without a word. Faults: `storage/*`. */
export async function fileTable(
  devices: readonly string[] | null,
  range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  page: Page & { readonly limit: number },
  columns: readonly Column[],
  engine: Engine,
  signal: AbortSignal,
): Promise<Table> {
  const logs: LogEntry[] = [];
  for (const device of devices ?? [null])
    logs.push(...(await engine.logs({ ...(device === null ? {} : { device }), ...range }, signal)));
  const isSeed = columns === SEED_FILE_COLUMNS;
  const unreadable = logs.flatMap((log): Notice[] =>
    log.fault === null ? [] : [{ severity: "error", text: `${log.key}: ${log.fault.message}`, fault: log.fault }],
  );
  const rows = logs.flatMap((log) => (isSeed ? seedRow(log) : [ownRow(log)]));
  const at = columns.findIndex(({ text }) => text === page.sort);
  if (at >= 0) rows.sort((a, b) => compareCells(a[at] ?? null, b[at] ?? null, page.descending));
  else if (page.descending) rows.reverse();
  const end = Math.min(page.offset + page.limit, page.offset + ROWS_MAX);
  return { columns, rows: rows.slice(page.offset, end), notices: unreadable.slice(0, NOTICES_MAX), hasMore: rows.length > end };
}

const NOTICES_MAX = 20;

/** The CANedge backend shows only what it can read. */
function seedRow(log: LogEntry): readonly (readonly Cell[])[] {
  const { header, storedFirstNs } = log;
  if (header === null || storedFirstNs === null) return [];
  return [
    [
      toEpochMs(storedFirstNs),
      log.device,
      String(header.session ?? log.session),
      String(header.split ?? log.split),
      Math.floor(log.sizeBytes / BYTES_PER_MB),
      header.configCrc32 ?? "",
      header.hardware ?? "",
      header.firmware ?? "",
      storageOf(header.storageTotal, header.storageFree),
      pathOf(log),
      header.userComment ?? "",
    ],
  ];
}

/** From the device's folder on, as the CANedge backend shows it, also when the logs lie in `LOG/`. */
export function pathOf(log: LogEntry): string {
  const at = log.key.indexOf(`${log.device}/`);
  return at < 0 ? log.key : log.key.slice(at);
}

/** `used/total` in MB from texts in KiB; "" if the log does not say. */
function storageOf(total: string | null, free: string | null): string {
  const [totalKib, freeKib] = [Number(total ?? Number.NaN), Number(free ?? Number.NaN)];
  if (Number.isNaN(totalKib) || Number.isNaN(freeKib)) return "";
  return `${Math.floor((totalKib - freeKib) / KIB_PER_MB)}/${Math.floor(totalKib / KIB_PER_MB)}`;
}

const ownRow = (log: LogEntry): readonly Cell[] => [
  log.startNs === null ? null : toEpochMs(log.startNs),
  log.endNs === null ? null : toEpochMs(log.endNs),
  log.device,
  log.session,
  log.split,
  log.sizeBytes,
  log.key,
  log.header?.version ?? null,
  log.header?.program ?? null,
  log.header === null ? null : log.header.finalized ? 1 : 0,
  log.header?.hardware ?? null,
  log.header?.firmware ?? null,
  log.header?.configCrc32 ?? null,
  log.header?.userComment ?? null,
  log.fault?.message ?? null,
];
