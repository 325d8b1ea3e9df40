/** Times as text. `local` arguments are ns since 1970 already shifted into the zone that is shown. */
import { floorDiv } from "../../core/time.ts";
import type { Zone } from "../state/model.ts";

const SECOND = 1_000_000_000n;

/** "10:45:34.5"; below 1 ms grouped by three: "10:45:34.500 124 µs" is written `10:45:34.500 124`. */
export function clockText(local: bigint, decimals: number, withSeconds = true): string {
  const date = new Date(Number(floorDiv(local, 1_000_000n)));
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (!withSeconds && decimals === 0) return minutes;
  return `${minutes}:${two(date.getUTCSeconds())}${fractionText(local, decimals)}`;
}

/** "…34.500 124 µs": what changes where ticks are less than a millisecond apart, in groups of three, with the unit of the last. */
export function fineText(local: bigint, decimals: number): string {
  const digits = decimals > 6 ? 9 : 6;
  const seconds = String(Number(floorDiv(local, SECOND) % 60n)).padStart(2, "0");
  return `…${seconds}${fractionText(local, digits)}\u202f${digits === 9 ? "ns" : "µs"}`;
}

function fractionText(local: bigint, decimals: number): string {
  if (decimals === 0) return "";
  const digits = (local - floorDiv(local, SECOND) * SECOND).toString().padStart(9, "0").slice(0, decimals);
  return `.${digits.replace(/(\d{3})(?=\d)/g, "$1\u202f")}`;
}

/** "2022-01-08" */
export const dateText = (local: bigint): string => {
  const ms = Number(floorDiv(local, 1_000_000n));
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(0, 10) : "";
};

/** Zone offset of a log: minutes east of UTC of the newest header; a header in local time is shown as it is. */
export function offsetNsOf(zone: Zone, logMinutes: number, timeNs: bigint): bigint {
  const MINUTE = 60n * SECOND;
  if (zone === "log") return BigInt(logMinutes) * MINUTE;
  if (zone === "local") return BigInt(-new Date(Number(floorDiv(timeNs, 1_000_000n))).getTimezoneOffset()) * MINUTE;
  return 0n;
}

/** "+02:00" */
export function offsetText(minutes: number): string {
  const magnitude = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${minutes < 0 ? "−" : "+"}${two(Math.floor(magnitude / 60))}:${two(magnitude % 60)}`;
}

/** "780.000 s", "25 min 12 s", "3 d 4 h" (viewer.md §9). */
export function durationText(ns: bigint): string {
  const s = ns / SECOND;
  if (ns < 1_000n) return `${ns}\u202fns`;
  if (ns < 1_000_000n) return `${(Number(ns) / 1e3).toFixed(3)}\u202fµs`;
  if (s < 1000n) return s < 1n ? `${(Number(ns) / 1e6).toFixed(3)}\u202fms` : `${(Number(ns) / 1e9).toFixed(3)}\u202fs`;
  if (s < 3600n) return `${s / 60n}\u202fmin ${s % 60n}\u202fs`;
  if (s < 86_400n) return `${s / 3600n}\u202fh ${(s % 3600n) / 60n}\u202fmin`;
  return `${s / 86_400n}\u202fd ${(s % 86_400n) / 3600n}\u202fh`;
}

/** Time of one pixel, three figures: "0.90 s", "11.5 ms". */
export function perPixelText(ns: number): string {
  for (const [size, unit] of [
    [86_400e9, "d"],
    [3600e9, "h"],
    [60e9, "min"],
    [1e9, "s"],
    [1e6, "ms"],
    [1e3, "µs"],
  ] as const) {
    if (ns >= size * 0.9) return `${Number((ns / size).toPrecision(3))}\u202f${unit}`;
  }
  return `${Number(ns.toPrecision(3))}\u202fns`;
}
