/** Devices as a table: how many logs each has, how large, since when and until when. */
import type { Engine } from "../../../core/query/engine.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { Column, Table } from "./table.ts";

const DEVICE_COLUMNS: readonly Column[] = [
  { text: "device", type: "string" },
  { text: "name", type: "string" },
  { text: "logs", type: "number" },
  { text: "sizeBytes", type: "number", unit: "bytes" },
  { text: "firstTime", type: "time" },
  { text: "lastLogTime", type: "time" },
];

/** With a range only devices with logs in it. Faults: `storage/*`. */
export async function deviceTable(
  range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  engine: Engine,
  signal: AbortSignal,
): Promise<Table> {
  const isWhole = range.fromNs === null && range.toNs === null;
  const known = await engine.devices({ names: true }, signal);
  const logs = await engine.logs(range, signal);
  const rows = known.flatMap(({ device, name }) => {
    const own = logs.filter((log) => log.device === device);
    if (own.length === 0 && !isWhole) return [];
    const starts = own.flatMap(({ startNs }) => (startNs === null ? [] : [toEpochMs(startNs)]));
    const sizeBytes = own.reduce((sum, log) => sum + log.sizeBytes, 0);
    // Spreading thousands of starts into Math.min may overflow the stack.
    const least = starts.reduce<number | null>((a, b) => (a === null || b < a ? b : a), null);
    const most = starts.reduce<number | null>((a, b) => (a === null || b > a ? b : a), null);
    return [[device, name, own.length, sizeBytes, least, most]];
  });
  return { columns: DEVICE_COLUMNS, rows, notices: [], hasMore: false };
}
