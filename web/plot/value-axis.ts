/** Ticks of a value axis: 1-2-5 steps, at least 32 CSS px apart (viewer.md §4, "Value axis"). */
import type { Limits } from "../state/model.ts";
import { groupedText } from "../text/number.ts";

const TICK_PX_MIN = 32;

/** Smallest of 1, 2, 5 × 10^k that is ≥ `atLeast`. */
export function niceStep(atLeast: number): number {
  if (!(atLeast > 0) || !Number.isFinite(atLeast)) return 1;
  const power = Math.floor(Math.log10(atLeast));
  for (const digit of [1, 2, 5, 10]) {
    const step = scaled(digit, power);
    if (step >= atLeast * (1 - 1e-12)) return step;
  }
  return scaled(10, power);
}

/** Through text, so that 2 × 10^-3 is 0.002 and not 0.002 plus an error. */
const scaled = (digit: number, power: number): number => Number(`${digit}e${power}`);

/** Extremes widened to the next step, so that the outer labels stand inside the stripe. A constant gets a step to either side. */
export function widen(extremes: Limits, heightPx: number, integer: boolean): Limits {
  const [low, high] = extremes;
  const size = high - low;
  if (!(size > 0)) {
    const by = integer ? 1 : niceStep(Math.max(Math.abs(low) / 10, 1e-9));
    return low === 0 ? [-1, 1] : [low - by, low + by];
  }
  const to = (step: number): Limits => [trim(Math.floor(low / step + 1e-9) * step), trim(Math.ceil(high / step - 1e-9) * step)];
  // A wider range may want a coarser step, which widens it again; the steps are few.
  for (let step = axisStep(size, heightPx, integer); ; ) {
    const wide = to(step);
    const next = axisStep(wide[1] - wide[0], heightPx, integer);
    if (next <= step) return wide;
    // Where two steps have no room (a low stripe about zero) this would go on for ever: then labels stand within the range, not at its ends.
    if (wide[1] - wide[0] > 4 * size) return to(integer ? Math.max(1, niceStep(size / 10)) : niceStep(size / 10));
    step = next;
  }
}

function axisStep(size: number, heightPx: number, integer: boolean): number {
  const step = niceStep((size * TICK_PX_MIN) / Math.max(heightPx, TICK_PX_MIN));
  return integer ? Math.max(1, step) : step;
}

export interface ValueTick {
  readonly value: number;
  readonly label: string;
}

/** Powers of ten within the limits, with 2 and 5 between them where there is room. */
export function logTicks([low, high]: Limits, heightPx: number, locale?: string): ValueTick[] {
  const decades = Math.log10(high / low);
  const room = heightPx / Math.max(1, decades);
  const digits = room >= 3 * TICK_PX_MIN ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(TICK_PX_MIN / Math.max(1, room)));
  const ticks: ValueTick[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)) && ticks.length < 100; power++) {
    if (power % every !== 0) continue;
    for (const digit of digits) {
      const value = scaled(digit, power);
      if (value >= low && value <= high)
        ticks.push({ value, label: groupedText(value, Math.min(12, Math.max(0, -power)), locale) });
    }
  }
  return ticks;
}

/** Multiples of the step within the limits, lowest first. `integer`: whole numbers only. */
export function valueTicks(limits: Limits, heightPx: number, integer: boolean, locale?: string): ValueTick[] {
  const [low, high] = limits;
  const step = axisStep(high - low, heightPx, integer);
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks: ValueTick[] = [];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  for (let i = first; i <= last && ticks.length < 100; i++) {
    const value = trim(i * step);
    ticks.push({ value, label: groupedText(value === 0 ? 0 : value, decimals, locale) });
  }
  return ticks;
}

const trim = (value: number): number => Number(value.toPrecision(12));

/** Equal unit and ranges within a factor of ten share an axis. */
export function canShare(unitA: string, a: Limits, unitB: string, b: Limits): boolean {
  const ratio = (a[1] - a[0]) / (b[1] - b[0]);
  return unitA === unitB && ratio > 0 && Math.abs(Math.log10(ratio)) <= 1;
}
