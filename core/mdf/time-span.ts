/** First and last time of the measured groups of a file: what the catalogue needs of logs without frames. */

import type { ByteSource } from "../store/source.ts";
import { type GroupBatch, GroupReader, type ReadHost } from "./group-reader.ts";
import { type MeasuredGroup, type Measurement, readMeasurement } from "./measurement.ts";
import { timeAxis, timesInto } from "./time-axis.ts";

/** ns since 1970. */
export interface TimeSpan {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** Groups that are asked for their first time: they start together, and each costs a read. */
const STREAMS_FIRST_MAX = 16;

/** Of the groups given. `part` "first" looks at the first records only. null: none of them has a time. Faults: those of the source, `limit/*`. */
export async function timeSpan(
  measurement: Measurement,
  groups: readonly MeasuredGroup[],
  part: "first" | "all",
  host: ReadHost,
): Promise<TimeSpan | null> {
  const holders = new Set<MeasuredGroup>();
  for (const group of groups) {
    const axis = timeAxis(measurement, group);
    if (typeof axis !== "string") holders.add(axis.group);
  }
  const streams = [...new Set([...holders].map((group) => group.stream))];
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const stream of part === "first" ? streams.slice(0, STREAMS_FIRST_MAX) : streams) {
    const reader = await GroupReader.open(measurement, stream, host);
    const own = stream.groups.filter((group) => holders.has(group));
    for await (const time of timesOf(measurement, reader, own, part)) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  if (!(Number.isSafeInteger(first) && Number.isSafeInteger(last))) return null;
  const { startNs } = measurement.header;
  return { firstNs: startNs + BigInt(first), lastNs: startNs + BigInt(last) };
}

/** Times that count: whole numbers a double holds. */
async function* timesOf(
  measurement: Measurement,
  reader: GroupReader,
  groups: readonly MeasuredGroup[],
  part: "first" | "all",
): AsyncGenerator<number> {
  const masters = new Map<MeasuredGroup, (batch: GroupBatch["batch"]) => Float64Array>();
  for (const group of groups) {
    const axis = timeAxis(measurement, group);
    if (typeof axis === "string") continue;
    const [column] = await reader.columns(group, [axis.channel]);
    if (column === undefined || typeof column === "string") continue;
    masters.set(group, (batch) => {
      const times = new Float64Array(batch.rowCount);
      timesInto(column, batch, times);
      return times;
    });
  }
  const left = new Set(masters.keys());
  if (left.size === 0) return;
  for await (const { group, batch } of reader.batches(new Set(masters.keys()))) {
    for (const time of masters.get(group)?.(batch) ?? []) if (Number.isSafeInteger(time)) yield time;
    left.delete(group);
    if (part === "first" && left.size === 0) return;
  }
}

/** The same of a whole file, of which nothing is read yet. `groups`: those of its groups that count. */
export async function timeSpanOf(
  source: ByteSource,
  groups: (measurement: Measurement) => readonly MeasuredGroup[],
  part: "first" | "all",
  host: ReadHost,
): Promise<TimeSpan | null> {
  const measurement = await readMeasurement(source, host.signal);
  return timeSpan(measurement, groups(measurement), part, host);
}
