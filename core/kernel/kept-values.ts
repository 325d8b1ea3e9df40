/** Values of kept documents: each function looks at something unknown and gives it as what it should be, or null. */
import type { FaultCode, Notice } from "../fault.ts";

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;

export const arrayOf = (value: unknown, lengthMax: number): readonly unknown[] | null =>
  Array.isArray(value) && value.length <= lengthMax ? value : null;

/** A whole number from 0 up to `max`. */
export const countOf = (value: unknown, max = Number.MAX_SAFE_INTEGER): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max ? value : null;

/** ns, written in decimal. */
export const timeOf = (value: unknown): bigint | null =>
  typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;

/** Each by `parse`; null if one of them is. */
export function listOf<T>(value: unknown, lengthMax: number, parse: (value: unknown) => T | null): readonly T[] | null {
  const given = arrayOf(value, lengthMax);
  if (given === null) return null;
  const parsed: T[] = [];
  for (const one of given) {
    const item = parse(one);
    if (item === null) return null;
    parsed.push(item);
  }
  return parsed;
}

const NOTICES_MAX = 1000;
const TEXT_MAX = 4096;
/** Of a log itself, and therefore the same next time. */
const CODES: readonly FaultCode[] = [
  "input/bad-block",
  "input/bad-record",
  "input/bad-container",
  "input/truncated",
  "input/unsupported",
  "limit/too-large",
  "limit/too-many",
];
const SEVERITIES: readonly Notice["severity"][] = ["info", "warning", "error"];

/** Whether they are about the log, and not about how it was read this time. */
export const canBeKept = (notices: readonly Notice[]): boolean =>
  notices.length <= NOTICES_MAX && notices.every(({ fault }) => fault === undefined || CODES.includes(fault.code));

export const noticesOf = (value: unknown): readonly Notice[] | null => listOf(value, NOTICES_MAX, noticeOf);

function noticeOf(value: unknown): Notice | null {
  const given = objectOf(value);
  const text = textOf(given?.text);
  const severity = SEVERITIES.find((one) => one === given?.severity);
  if (given === null || text === null || severity === undefined) return null;
  if (given.fault === undefined) return { severity, text };
  const fault = objectOf(given.fault);
  const code = CODES.find((one) => one === fault?.code);
  const message = textOf(fault?.message);
  if (fault === null || code === undefined || message === null) return null;
  const [object, atByte] = [textOf(fault.object), countOf(fault.atByte)];
  const read = objectOf(fault.read);
  const [frames, leftBytes] = [countOf(read?.frames), countOf(read?.leftBytes)];
  const [found, allowed] = [wordOf(fault.found), wordOf(fault.allowed)];
  return {
    severity,
    text,
    fault: {
      ...{ code, message },
      ...(object === null ? {} : { object }),
      ...(atByte === null ? {} : { atByte }),
      ...(found === null ? {} : { found }),
      ...(allowed === null ? {} : { allowed }),
      ...(frames === null || leftBytes === null ? {} : { read: { frames, leftBytes } }),
    },
  };
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value.length <= TEXT_MAX ? value : null);
const wordOf = (value: unknown): string | number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : textOf(value);
