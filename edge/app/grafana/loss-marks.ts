/** Messages of transport protocols that were lost, as annotations: one per stream and second, so that a broken cable is no million of marks. */
import type { Engine } from "../../../core/query/engine.ts";
import { LOSS_WORDS } from "../../../core/query/transport-losses.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { ClosedRange } from "./variables.ts";

interface Mark {
  readonly time: number;
  timeEnd: number;
  readonly title: string;
  readonly causes: Map<string, number>;
}

const TOGETHER_MS = 1000;

/** Ascending in time. */
export async function lossMarks(
  devices: readonly string[],
  { fromNs, toNs }: ClosedRange,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly object[]> {
  const marks: Mark[] = [];
  for (const device of devices) {
    const open = new Map<string, Mark>();
    const { losses } = await engine.losses({ device, fromNs, toNs: toNs + 1n }, signal);
    for (const { timeNs, stream, cause } of losses) {
      const time = toEpochMs(timeNs);
      let mark = open.get(stream);
      if (!mark || time > mark.timeEnd + TOGETHER_MS) {
        mark = { time, timeEnd: time, title: `${device}, ${stream}`, causes: new Map() };
        open.set(stream, mark);
        marks.push(mark);
      }
      mark.timeEnd = time;
      mark.causes.set(LOSS_WORDS[cause], (mark.causes.get(LOSS_WORDS[cause]) ?? 0) + 1);
    }
  }
  return marks
    .sort((a, b) => a.time - b.time)
    .map(({ time, timeEnd, title, causes }) => ({
      time,
      ...(timeEnd > time ? { timeEnd } : {}),
      title,
      text: [...causes].map(([words, count]) => `${count} ${words}`).join(", "),
      tags: ["loss"],
    }));
}
