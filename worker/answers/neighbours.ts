/** Samples inside a window, and the last before and first after it, which a line needs to reach the window's edges. */
import type { Segment } from "../../core/series/series.ts";

/** Half open. */
export interface Window {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** Rows of a segment inside the window, half open. */
function rowsIn({ baseNs, timesNs }: Segment, { fromNs, toNs }: Window): { start: number; end: number } {
  const [from, to] = [Number(fromNs - baseNs), Number(toNs - baseNs)];
  let start = 0;
  while (start < timesNs.length && (timesNs[start] ?? 0) < from) start++;
  let end = timesNs.length;
  while (end > start && (timesNs[end - 1] ?? 0) >= to) end--;
  return { start, end };
}

export const countIn = (segments: readonly Segment[], window: Window): number =>
  segments.reduce((sum, segment) => {
    const { start, end } = rowsIn(segment, window);
    return sum + end - start;
  }, 0);

/** The inner samples of `inner` with the outer ones of `outer`, file by file; both ascend. */
export function withNeighbours(inner: readonly Segment[], outer: readonly Segment[], window: Window): Segment[] {
  const left = [...inner];
  const joined = outer.map((around): Segment => {
    const { start, end } = rowsIn(around, window);
    const at = left.findIndex(({ file, baseNs }) => file === around.file && baseNs === around.baseNs);
    const own = at < 0 ? undefined : left.splice(at, 1)[0];
    const core = own === undefined ? { start: 0, end: 0 } : rowsIn(own, window);
    const join = (outside: Float64Array, inside: Float64Array | undefined): Float64Array =>
      Float64Array.from([
        ...outside.subarray(0, start),
        ...(inside?.subarray(core.start, core.end) ?? []),
        ...outside.subarray(end),
      ]);
    const unknown = new Float64Array(around.timesNs.length).fill(Number.NaN);
    return {
      ...around,
      timesNs: join(around.timesNs, own?.timesNs),
      values: join(around.values, own?.values),
      ...(own?.rests ? { rests: join(unknown, own.rests) } : {}),
    };
  });
  return [...joined, ...left]
    .filter(({ timesNs }) => timesNs.length > 0)
    .sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : 0));
}
