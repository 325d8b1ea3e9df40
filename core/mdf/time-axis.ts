/** The time of the records of a measured group: its master channel in ns, wherever it is stored (formats/mdf4.md §15). */
import { SYNC_TIME } from "./channel.ts";
import { type Column, isNumeric, numbersInto } from "./column.ts";
import { isMaster, type MeasuredChannel } from "./measured-channel.ts";
import type { MeasuredGroup, Measurement } from "./measurement.ts";
import type { RecordBatch } from "./record-batch.ts";

export interface TimeAxis {
  /** Holds the channel: the group itself, or the one its remote master is in (same number of records). */
  readonly group: MeasuredGroup;
  readonly channel: MeasuredChannel;
}

const AXES = ["nothing", "time", "an angle", "a distance", "an index"];

/** The axis, or a sentence that says why the group cannot be drawn over time. */
export function timeAxis(measurement: Measurement, group: MeasuredGroup): TimeAxis | string {
  const holder = group.masterLink === 0 ? group : measurement.groups.find((one) => one.atByte === group.masterLink);
  const channel = holder?.channels.find(isMaster);
  if (holder === undefined || channel === undefined) return "its group has no master channel, so its values have no time";
  if (channel.syncType === SYNC_TIME) return { group: holder, channel };
  return `its group runs over ${AXES[channel.syncType] ?? "an unknown axis"} (${channel.name}), not over time`;
}

/** ns per unit of ns, µs, ms and s, and how near a factor must be to count as one. */
const SCALES = [
  [1e-9, 1],
  [1e-6, 1e3],
  [1e-3, 1e6],
  [1, 1e9],
] as const;
const SCALE_TOLERANCE = 1e-12;

/** Fills in ns since the file's start, whole numbers; NaN where the master has none. `column` is the master's. */
export function timesInto(column: Column, batch: RecordBatch, into: Float64Array): void {
  const linear = column.rule === null ? { offset: 0, factor: 1 } : column.rule.linear;
  const scale = SCALES.find(
    ([factor]) => linear !== null && linear.offset === 0 && Math.abs(linear.factor / factor - 1) < SCALE_TOLERANCE,
  );
  // A product with 1e-9 would lose digits that the raw number has.
  if (scale === undefined || !isNumeric(column)) numbersInto(column, batch, into);
  else numbersInto({ ...column, rule: null }, batch, into);
  const factor = scale?.[1] ?? 1e9;
  for (let row = 0; row < batch.rowCount; row++) into[row] = roundToEven((into[row] as number) * factor);
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
