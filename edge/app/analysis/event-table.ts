/** When a condition held: rows that are a table and annotations at once. */
import { alignmentOf, eachRow } from "../../../core/analysis/align.ts";
import { Stretches } from "../../../core/analysis/events.ts";
import { type Condition, evaluator } from "../../../core/analysis/expression.ts";
import type { Notice } from "../../../core/fault.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import type { Column, Table } from "../tables/table.ts";
import { operandSelectors, type Reading, readOperands } from "./operands.ts";

/** Found by name by every client: `time`, `timeEnd`, `title`, `text`, `tags`, `id` are an annotation. */
export const EVENT_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "timeEnd", type: "time" },
  { text: "duration", type: "number", unit: "s" },
  { text: "device", type: "string" },
  { text: "title", type: "string" },
  { text: "text", type: "string" },
  { text: "tags", type: "string" },
  { text: "id", type: "string" },
];

/** More than anybody reads. */
const EVENTS_MAX = 10_000;

/** Events of each device, by time, cut at the range. Faults: `request/bad-parameter`, the engine's. */
export async function eventTable(
  object: JsonObject,
  condition: Condition,
  devices: readonly string[],
  reading: Reading,
): Promise<Table> {
  const title = typeof object.name === "string" && object.name !== "" ? object.name : condition.expression.text;
  const notices = new Map<string, Notice>();
  const rows: (readonly (string | number)[])[] = [];
  for (const device of devices) {
    const selectors = operandSelectors(object, condition.expression.operands, device);
    const read = await readOperands(selectors, reading);
    for (const notice of read.notices) notices.set(notice.text, notice);
    if (read.answers.length < selectors.length) continue;
    const { baseNs, columns } = alignmentOf(read.answers);
    const evaluate = evaluator(condition.expression);
    const stretches = new Stretches(condition.forNs);
    eachRow(columns, "all", (timeNs, values) => {
      const value = evaluate(values);
      stretches.add(timeNs, value !== 0 && !Number.isNaN(value));
    });
    const low = reading.fromNs === null ? Number.NEGATIVE_INFINITY : Number(reading.fromNs - baseNs);
    const high = reading.toNs === null ? Number.POSITIVE_INFINITY : Number(reading.toNs - baseNs);
    for (const { startNs, endNs } of stretches.all()) {
      const [start, end] = [Math.max(startNs, low), Math.min(endNs, high)];
      if (start > end || start >= high) continue;
      const atMs = (one: number): number => toEpochMs(baseNs + BigInt(Math.round(one)));
      const time = atMs(start);
      const duration = (end - start) / 1e9;
      const text = `${condition.expression.text}: ${duration} s`;
      rows.push([time, atMs(end), duration, device, title, text, "event", `${device}:${time}`]);
    }
  }
  rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  return {
    columns: EVENT_COLUMNS,
    rows: rows.slice(0, EVENTS_MAX),
    notices: [...notices.values()],
    hasMore: rows.length > EVENTS_MAX,
  };
}
