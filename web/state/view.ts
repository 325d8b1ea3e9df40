/** The visible window: whole nanoseconds per device pixel (viewer.md §4, "Drawing rule"). All arithmetic in integers. */

export interface View {
  readonly fromNs: bigint;
  /** Δ, the time of one column (device pixel), ≥ 1. */
  readonly stepNs: bigint;
}

/** Half open. */
export interface TimeRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export const spanNs = (view: View, columns: number): bigint => view.stepNs * BigInt(columns);
export const endNs = (view: View, columns: number): bigint => view.fromNs + spanNs(view, columns);
export const timeAt = (view: View, column: number): bigint => view.fromNs + view.stepNs * BigInt(Math.floor(column));
/** Device pixels from the left edge, fractional. */
export const columnOf = (view: View, timeNs: bigint): number => Number(timeNs - view.fromNs) / Number(view.stepNs);

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** The narrowest snapped view that shows the whole range. */
export function fit(range: TimeRange, columns: number): View {
  const span = max(range.toNs - range.fromNs, 1n);
  return { fromNs: range.fromNs, stepNs: max(ceilDiv(span, BigInt(Math.max(columns, 1))), 1n) };
}

/** The same window on a plot of another width. */
export function resize(view: View, columnsBefore: number, columns: number): View {
  if (columnsBefore === columns || columnsBefore < 1 || columns < 1) return view;
  return fit({ fromNs: view.fromNs, toNs: endNs(view, columnsBefore) }, columns);
}

export interface ZoomLimits {
  readonly all: TimeRange;
  /** Δ may not become smaller. */
  readonly stepNsMin: bigint;
}

/** Zooms by `factor` (> 1 shows more time) and keeps the time under `atColumn`. Always moves by at least 1 ns per column until a limit. */
export function zoom(view: View, factor: number, atColumn: number, columns: number, limits: ZoomLimits): View {
  const widest = fit(
    { fromNs: limits.all.fromNs, toNs: limits.all.toNs + (limits.all.toNs - limits.all.fromNs) / 20n },
    columns,
  ).stepNs;
  let stepNs = scale(view.stepNs, factor);
  if (stepNs === view.stepNs && factor > 1) stepNs += 1n;
  if (stepNs === view.stepNs && factor < 1) stepNs -= 1n;
  stepNs = min(max(stepNs, max(limits.stepNsMin, 1n)), max(widest, 1n));
  const at = BigInt(Math.round(atColumn));
  return keepNear({ fromNs: view.fromNs + at * view.stepNs - at * stepNs, stepNs }, columns, limits.all);
}

/** Whole columns; positive shows later times. Stops at the recording ± half a view. */
export const pan = (view: View, byColumns: number, columns: number, all: TimeRange): View =>
  keepNear({ fromNs: view.fromNs + BigInt(Math.round(byColumns)) * view.stepNs, stepNs: view.stepNs }, columns, all);

function keepNear(view: View, columns: number, all: TimeRange): View {
  const half = spanNs(view, columns) / 2n;
  return { fromNs: min(max(view.fromNs, all.fromNs - half), max(all.toNs - half, all.fromNs - half)), stepNs: view.stepNs };
}

/** Steps can pass 2^53 (years per pixel) or be tiny: scale in millionths. */
function scale(stepNs: bigint, factor: number): bigint {
  return (stepNs * BigInt(Math.round(factor * 1_000_000)) + 500_000n) / 1_000_000n;
}

/** Factor of one wheel event: 1.25 per notch of 100 px, at most a halving or doubling (viewer.md §4, "Pointer"). */
export function wheelFactor(delta: number, mode: 0 | 1 | 2, pinch: boolean): number {
  const pixels = delta * (mode === 1 ? 33 : mode === 2 ? 800 : 1);
  const factor = pinch ? Math.exp(pixels / 100) : 1.25 ** (pixels / 100);
  return Math.min(2, Math.max(0.5, factor));
}
