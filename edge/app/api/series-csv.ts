/** Samples in long form, one per line: what `format=csv` and `buslens decode --csv` print. */
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";

export const CSV_HEADER = "timeNs,channel,message,signal,value,unit\n";
const ROWS_PER_PIECE = 4000;

/** Lines of one series, without the header. `timeNs` is ns since 1970 UTC; what is not finite is NaN, Infinity or -Infinity. */
export function* csvText({ labels, unit, segments }: SeriesAnswer): Generator<string> {
  const names = `,${labels.channel},${field(labels.message)},${field(labels.signal)},`;
  const end = `,${field(unit)}\n`;
  for (const segment of segments) yield* segmentText(segment, names, end);
}

function* segmentText({ baseNs, timesNs, values }: Segment, names: string, lineEnd: string): Generator<string> {
  const timeText = timeWriter(baseNs);
  for (let start = 0; start < timesNs.length; start += ROWS_PER_PIECE) {
    let text = "";
    const end = Math.min(start + ROWS_PER_PIECE, timesNs.length);
    for (let row = start; row < end; row++) text += timeText(timesNs[row] ?? 0) + names + (values[row] ?? Number.NaN) + lineEnd;
    yield text;
  }
}

/** Epoch ns as text without a bigint per row: seconds and the rest of the base are doubles that hold their sums exactly. */
function timeWriter(baseNs: bigint): (timeNs: number) => string {
  const baseS = Number(baseNs / 1_000_000_000n);
  const restNs = Number(baseNs % 1_000_000_000n);
  if (baseS <= 0) return (timeNs) => String(baseNs + BigInt(timeNs));
  return (timeNs) => {
    const sum = restNs + timeNs;
    if (sum < 0) return String(baseNs + BigInt(timeNs));
    const seconds = Math.floor(sum / 1e9);
    return `${baseS + seconds}${String(sum - seconds * 1e9).padStart(9, "0")}`;
  };
}

/** RFC 4180: quoted if it holds a comma, a quote or a line end. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
