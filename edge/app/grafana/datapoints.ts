/** `[value, timeMs]` pairs as text, session gaps between them; the one place where ns become Grafana's whole ms. */
import type { Segment } from "../../../core/series/series.ts";
import { floorDiv, NS_PER_MS } from "../../../core/time.ts";

/** About 128 KiB of text: what is encoded and sent at once. */
const POINTS_PER_PIECE = 5000;
/** A gap mark stands this long after the last sample of the earlier session. */
const GAP_AFTER_MS = 1;

interface Run {
  readonly session: string;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** The text between `"datapoints":[` and `]`, in pieces. Times ascend; `[null, t]` parts sessions; what is not finite is null. */
export function* datapointText(segments: readonly Segment[]): Generator<string> {
  const runs = inOrder(segments.filter((segment) => segment.timesNs.length > 0).map(runOf));
  let separator = "";
  let before: Run | null = null;
  for (const run of runs) {
    const gapMs = before === null || before.session === run.session ? null : (before.timesMs.at(-1) ?? 0) + GAP_AFTER_MS;
    // Sessions less than the mark's own width apart need none.
    if (gapMs !== null && gapMs < (run.timesMs[0] ?? 0)) yield `${separator}[null,${gapMs}]`;
    for (let start = 0; start < run.timesMs.length; start += POINTS_PER_PIECE) {
      yield separator + pieceOf(run, start);
      separator = ",";
    }
    before = run;
  }
}

function pieceOf(run: Run, start: number): string {
  const end = Math.min(start + POINTS_PER_PIECE, run.timesMs.length);
  let text = "";
  for (let row = start; row < end; row++) {
    const value = run.values[row] ?? Number.NaN;
    text += `${row === start ? "" : ","}[${Number.isFinite(value) ? value : null},${run.timesMs[row]}]`;
  }
  return text;
}

function runOf(segment: Segment): Run {
  const baseMs = Number(floorDiv(segment.baseNs, 1_000_000n));
  const restNs = Number(segment.baseNs - BigInt(baseMs) * 1_000_000n);
  return {
    session: segment.session,
    timesMs: segment.timesNs.map((timeNs) => baseMs + Math.floor((restNs + timeNs) / NS_PER_MS)),
    values: segment.values,
  };
}

/** By time. Splits may overlap by what the logger buffered, sessions if its clock was set back: such runs are sorted into one. */
function inOrder(runs: readonly Run[]): readonly Run[] {
  const ordered: Run[] = [];
  for (const run of runs.toSorted((a, b) => (a.timesMs[0] ?? 0) - (b.timesMs[0] ?? 0))) {
    const last = ordered.at(-1);
    if (last !== undefined && (last.timesMs.at(-1) ?? 0) > (run.timesMs[0] ?? 0))
      ordered[ordered.length - 1] = sortedAsOne(last, run);
    else ordered.push(run);
  }
  return ordered;
}

function sortedAsOne(a: Run, b: Run): Run {
  const points = [a, b].flatMap((run) =>
    Array.from(run.timesMs, (timeMs, row) => [timeMs, run.values[row] ?? Number.NaN] as const),
  );
  points.sort((left, right) => left[0] - right[0]);
  return {
    session: b.session,
    timesMs: Float64Array.from(points, ([timeMs]) => timeMs),
    values: Float64Array.from(points, ([, value]) => value),
  };
}
