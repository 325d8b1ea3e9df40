/** Ticks of the time axis (viewer.md §4, "Time axis"). Times are bigint ns; the zone is a function, so DST follows the zone's rules. */
import { floorDiv } from "../../core/time.ts";
import type { View } from "../state/view.ts";
import { spanNs } from "../state/view.ts";
import { clockText, dateText, fineText } from "../text/time.ts";

export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

const fine: bigint[] = [];
for (let unit = 1n; unit < SECOND; unit *= 10n) fine.push(unit, 2n * unit, 5n * unit);

/** Steps of constant length; months and years follow the calendar. */
const STEPS: readonly bigint[] = [
  ...fine,
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((n) => n * HOUR),
  ...[1n, 2n, 7n].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 3, 12, 24, 60, 120, 600] as const;

/** ns to add to UTC at that moment. */
export type OffsetAt = (timeNs: bigint) => bigint;

export interface TimeTick {
  readonly timeNs: bigint;
  readonly label: string;
  /** First label and midnight: the date, printed before or above. */
  readonly date: string | null;
}

export interface TimeAxis {
  readonly major: readonly TimeTick[];
  readonly minor: readonly bigint[];
  readonly stepNs: bigint;
}

export interface TimeAxisOptions {
  readonly view: View;
  readonly columns: number;
  /** Width of one character of a label, device px. */
  readonly characterPx: number;
  readonly gapPx: number;
  readonly minorPx: number;
  readonly offsetAt: OffsetAt;
  /** Zero of the relative zone; null = clock times. */
  readonly zeroNs: bigint | null;
}

/** Smallest step whose labels fit with the gap between them; minor ticks the next finer step that keeps `minorPx`. */
export function timeAxis(options: TimeAxisOptions): TimeAxis {
  const { view, columns, characterPx, gapPx } = options;
  const pixels = (stepNs: bigint): number => Number(stepNs) / Number(view.stepNs);
  const index = STEPS.findIndex((step) => pixels(step) >= labelLength(step, options) * characterPx + gapPx);
  if (index < 0) return calendarAxis(options);
  const stepNs = STEPS[index] ?? DAY;
  const finer = STEPS.slice(0, index).findLast((step) => stepNs % step === 0n && pixels(step) >= options.minorPx);
  return {
    stepNs,
    major: label(multiples(stepNs, view, columns, options), stepNs, options),
    minor: finer === undefined ? [] : multiples(finer, view, columns, options).filter((t) => !isMultiple(t, stepNs, options)),
  };
}

/** Longest label of a step, in characters. */
function labelLength(stepNs: bigint, { zeroNs, view, columns }: TimeAxisOptions): number {
  const decimals = stepDecimals(stepNs);
  if (zeroNs === null && decimals > 3) return decimals > 6 ? 18 : 14;
  const fraction = decimals === 0 ? 0 : decimals + 1 + (decimals > 3 ? Math.ceil((decimals - 3) / 3) + 2 : 0);
  if (zeroNs === null) return (stepNs % MINUTE === 0n ? 5 : 8) + fraction;
  const farthest = [view.fromNs, view.fromNs + spanNs(view, columns)].map((t) => Math.abs(Number(t - zeroNs)) / 1e9);
  return Math.ceil(Math.log10(Math.max(...farthest, 1) + 1)) + 4 + fraction;
}

/** Decimal places of seconds that tell multiples of the step apart. */
export function stepDecimals(stepNs: bigint): number {
  let decimals = 0;
  for (let unit = SECOND; decimals < 9 && stepNs % unit !== 0n; unit /= 10n) decimals++;
  return decimals;
}

const shift = (timeNs: bigint, { zeroNs, offsetAt }: TimeAxisOptions): bigint =>
  zeroNs === null ? timeNs + offsetAt(timeNs) : timeNs - zeroNs;

const isMultiple = (timeNs: bigint, stepNs: bigint, options: TimeAxisOptions): boolean => shift(timeNs, options) % stepNs === 0n;

/** Multiples of the step in the zone's clock, as UTC times in the window. */
function multiples(stepNs: bigint, view: View, columns: number, options: TimeAxisOptions): bigint[] {
  const end = view.fromNs + spanNs(view, columns);
  const times: bigint[] = [];
  for (let local = floorDiv(shift(view.fromNs, options), stepNs) * stepNs; times.length < 2000; local += stepNs) {
    const timeNs = unshift(local, view.fromNs, options);
    if (timeNs >= end) break;
    // In the hour a clock skips, labels would fall on times already taken.
    if (timeNs >= view.fromNs && timeNs > (times.at(-1) ?? timeNs - 1n)) times.push(timeNs);
  }
  return times;
}

/** The offset depends on the time it gives: two rounds settle it but in the skipped hour, where the tick moves. */
function unshift(local: bigint, near: bigint, { zeroNs, offsetAt }: TimeAxisOptions): bigint {
  if (zeroNs !== null) return local + zeroNs;
  const guess = local - offsetAt(near);
  return local - offsetAt(guess);
}

function label(times: readonly bigint[], stepNs: bigint, options: TimeAxisOptions): TimeTick[] {
  const decimals = stepDecimals(stepNs);
  let day: string | null = null;
  return times.map((timeNs) => {
    if (options.zeroNs !== null) return { timeNs, label: relativeText(timeNs - options.zeroNs, decimals), date: null };
    const local = shift(timeNs, options);
    const today = dateText(local);
    const date = today === day ? null : today;
    day = today;
    const text = decimals > 3 ? fineText(local, decimals) : clockText(local, decimals, stepNs % MINUTE !== 0n);
    // What the short labels leave out stands before the first.
    return { timeNs, label: text, date: decimals > 3 && date !== null ? `${date} ${clockText(local, 0, false)}` : date };
  });
}

/** Seconds from zero: "+12.5 s". */
export function relativeText(ns: bigint, decimals: number): string {
  const magnitude = ns < 0n ? -ns : ns;
  const fraction = decimals === 0 ? "" : `.${(magnitude % SECOND).toString().padStart(9, "0").slice(0, decimals)}`;
  return `${ns < 0n ? "−" : "+"}${magnitude / SECOND}${fraction}\u202fs`;
}

function calendarAxis(options: TimeAxisOptions): TimeAxis {
  const { view, columns, characterPx, gapPx } = options;
  const monthPx = Number(30n * DAY) / Number(view.stepNs);
  const months = MONTH_STEPS.find((n) => n * monthPx >= 10 * characterPx + gapPx) ?? 1200;
  const end = view.fromNs + spanNs(view, columns);
  const start = new Date(Number(shift(view.fromNs, options) / 1_000_000n));
  const major: TimeTick[] = [];
  for (
    let n = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    major.length < 200;
    n += months
  ) {
    const local = BigInt(Date.UTC(Math.floor(n / 12), n % 12, 1)) * 1_000_000n;
    const timeNs = unshift(local, view.fromNs, options);
    if (timeNs >= end) break;
    if (timeNs >= view.fromNs) major.push({ timeNs, label: dateText(local).slice(0, months >= 12 ? 4 : 7), date: null });
  }
  return { major, minor: [], stepNs: BigInt(months) * 30n * DAY };
}
