/** Points in time as clients write them, read once into ns since 1970. */
import type { EpochNs } from "../../core/time.ts";
import { badParameter } from "./fault-answer.ts";

const NS_PER_S = 1_000_000_000n;
const UNIT_NS = new Map([
  ["ms", 1_000_000n],
  ["s", NS_PER_S],
  ["m", 60n * NS_PER_S],
  ["h", 3600n * NS_PER_S],
  ["d", 86_400n * NS_PER_S],
  ["w", 604_800n * NS_PER_S],
]);

/**
 * Epoch ms (number or digits, may have a fraction), epoch s of ten digits or so, ISO 8601 with up to nine fraction digits and an optional zone (none = UTC),
 * digits with the suffix `ns`, or `now`, `now-6h`. Faults: `request/bad-parameter`, which names `what`.
 */
export function readInstant(value: unknown, what: string, nowMs: number): EpochNs {
  const read = typeof value === "number" ? msToNs(inMs(value)) : typeof value === "string" ? fromText(value.trim(), nowMs) : null;
  if (read !== null) return read;
  const forms =
    'epoch milliseconds, an ISO time such as "2022-01-06T11:46:00.000Z", nanoseconds such as "1641469577110600000ns", or "now-6h"';
  throw badParameter(`"${what}" is no time; it may be ${forms}`, typeof value === "string" ? value : JSON.stringify(value));
}

/** A length of time: a number or digits in ms, or `20s`, `2m`, `500ms`. Null if it is none or not above zero. */
export function readDurationNs(value: unknown): bigint | null {
  if (typeof value === "number") return positive(msToNs(value));
  if (typeof value !== "string") return null;
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?\s*$/.exec(value);
  const amount = match?.[1];
  if (amount === undefined) return null;
  const unitNs = UNIT_NS.get(match?.[2] ?? "ms") ?? 1_000_000n;
  return positive(BigInt(Math.round(Number(amount) * Number(unitNs))));
}

/** ISO 8601 in UTC with the digits the time has: ms at least, ns at most. */
export function isoText(timeNs: EpochNs): string {
  const ms = timeNs / 1_000_000n - (timeNs % 1_000_000n < 0n ? 1n : 0n);
  const rest = timeNs - ms * 1_000_000n;
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return `${timeNs}ns`;
  return rest === 0n ? date.toISOString() : date.toISOString().replace("Z", `${String(rest).padStart(6, "0")}Z`);
}

const positive = (ns: bigint | null): bigint | null => (ns !== null && ns > 0n ? ns : null);

/** JSON API's macros write seconds: a number that is a time from 1973 on only if it is seconds, is seconds. As ms it would be 2 January 1970 to 3 March 1973. */
const inMs = (number: number): number => (number >= SECONDS_LEAST && number < SECONDS_END ? number * 1000 : number);
const SECONDS_LEAST = 1e8; // 1973-03-03
const SECONDS_END = 1e11; // the year 5138

function msToNs(ms: number): bigint | null {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return null;
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

function fromText(text: string, nowMs: number): bigint | null {
  const ns = /^(-?\d{1,20})ns$/.exec(text)?.[1];
  if (ns !== undefined) return BigInt(ns);
  if (/^-?\d+(\.\d+)?$/.test(text)) return msToNs(inMs(Number(text)));
  const relative = /^now(?:([+-])(\d{1,9})(s|m|h|d|w))?$/.exec(text);
  if (relative) {
    const step = BigInt(relative[2] ?? "0") * (UNIT_NS.get(relative[3] ?? "s") ?? 0n);
    return BigInt(Math.floor(nowMs)) * 1_000_000n + (relative[1] === "-" ? -step : step);
  }
  return fromIso(text);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

function fromIso(text: string): bigint | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const zone = (match[5] ?? "Z").toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const secondMs = Date.parse(`${match[1]}T${match[2] ?? "00:00"}:${match[3] ?? "00"}.000${zone}`);
  if (Number.isNaN(secondMs)) return null;
  return BigInt(secondMs) * 1_000_000n + BigInt((match[4] ?? "").slice(0, 9).padEnd(9, "0"));
}
