/** A time as a person types it: 10:45, 10:45:34.5, +12.5, −3 s, ISO, epoch in s, ms, µs or ns. */
import { floorDiv } from "../../core/time.ts";

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

export interface TimeContext {
  /** What +12.5 counts from. */
  readonly zeroNs: bigint;
  /** A clock time means the day of this time, in the zone that is shown. */
  readonly nearNs: bigint;
  /** ns to add to UTC for the zone that is shown. */
  readonly offsetNs: bigint;
}

/** ns since 1970 UTC; null: not a time. */
export function parseTime(text: string, { zeroNs, nearNs, offsetNs }: TimeContext): bigint | null {
  const given = text.trim().replace("−", "-");
  const relative = /^([+-])\s*(\d+(?:[.,]\d+)?)\s*s?$/.exec(given);
  if (relative !== null) return zeroNs + (relative[1] === "-" ? -1n : 1n) * secondsNs(relative[2] ?? "0");
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?$/.exec(given);
  if (clock !== null) {
    const midnight = floorDiv(nearNs + offsetNs, DAY) * DAY;
    const ns = BigInt(clock[1] ?? 0) * 3600n * SECOND + BigInt(clock[2] ?? 0) * 60n * SECOND + secondsNs(clock[3] ?? "0");
    return ns < DAY ? midnight + ns - offsetNs : null;
  }
  const epoch = /^\d{9,19}$/.exec(given);
  if (epoch !== null) return BigInt(given) * (EPOCH_UNITS[Math.max(0, Math.ceil((given.length - 10) / 3))] ?? 1n);
  return parseIso(given, offsetNs);
}

/** By digits: seconds, ms, µs, ns. */
const EPOCH_UNITS: readonly bigint[] = [SECOND, 1_000_000n, 1_000n, 1n];

const secondsNs = (text: string): bigint => {
  const [whole = "0", fraction = ""] = text.split(/[.,]/);
  return BigInt(whole) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
};

/** "2022-01-08", "2022-01-08T10:45:34.5Z"; without a zone it means the one that is shown. */
function parseIso(text: string, offsetNs: bigint): bigint | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text);
  if (parts === null) return null;
  const [, day, minutes = "00:00", seconds = "00", fraction = "", zone] = parts;
  const ms = Date.parse(`${day}T${minutes}:${seconds}${zone ?? "Z"}`);
  if (Number.isNaN(ms)) return null;
  const ns = BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return zone === undefined ? ns - offsetNs : ns;
}
