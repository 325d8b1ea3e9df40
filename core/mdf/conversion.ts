/** CC blocks, as far as frame members need them. */
import type { Block } from "./block.ts";

/** cc_type (-1: a table too large for any frame member) and cc_val; references (texts, nested conversions) are not followed, nor keys of texts kept. */
export interface Conversion {
  readonly type: number;
  readonly values: readonly number[];
}

const TYPE = {
  none: 0,
  linear: 1,
  rational: 2,
  table: 4,
  nearest: 5,
  ranges: 6,
  valueToText: 7,
  rangeToText: 8,
  bitsToText: 11,
  tooLarge: -1,
};

export function readConversion(block: Block): Conversion {
  const type = block.u8(0);
  const count = block.u16(6);
  const values: number[] = [];
  if (type === TYPE.valueToText || type === TYPE.rangeToText || type === TYPE.bitsToText) return { type, values };
  if (count > VALUES_MAX) return { type: TYPE.tooLarge, values };
  for (let i = 0; i < count; i++) values.push(block.f64(24 + 8 * i));
  return { type, values };
}

/** A table over 8 bits, three numbers a row and a default. */
const VALUES_MAX = 3 * 256 + 1;

/** Offset and factor if the conversion is linear (1:1 included; texts keep the number as it is), else null. */
export function linearOf(conversion: Conversion | null): { readonly offset: number; readonly factor: number } | null {
  if (conversion === null) return { offset: 0, factor: 1 };
  const [v0 = 0, v1 = 0, v2 = 0, v3 = 0, v4 = 0, v5 = 0] = conversion.values;
  switch (conversion.type) {
    case TYPE.none:
    case TYPE.valueToText:
    case TYPE.rangeToText:
    case TYPE.bitsToText:
      return { offset: 0, factor: 1 };
    case TYPE.linear:
      return { offset: v0, factor: v1 };
    case TYPE.rational:
      return v0 === 0 && v3 === 0 && v4 === 0 && v5 !== 0 ? { offset: v2 / v5, factor: v1 / v5 } : null;
    default:
      return null;
  }
}

/** The number an integer raw value is converted to; null for formulas and texts. */
export function convert(conversion: Conversion | null, raw: number): number | null {
  const linear = linearOf(conversion);
  if (linear !== null) return linear.offset + linear.factor * raw;
  if (conversion === null) return raw;
  const { type, values } = conversion;
  if (type === TYPE.table) return interpolated(values, raw);
  if (type === TYPE.nearest) return nearest(values, raw);
  if (type === TYPE.ranges) return inRange(values, raw);
  return null;
}

/** Pairs (key, value), keys ascending; outside: first or last value. */
function interpolated(values: readonly number[], raw: number): number | null {
  const last = values.length - 2;
  if (last < 0) return null;
  for (let i = 0; i <= last; i += 2) {
    const key = values[i] as number;
    if (raw > key) continue;
    if (i === 0 || raw === key) return values[i + 1] as number;
    const keyBefore = values[i - 2] as number;
    const before = values[i - 1] as number;
    return before + ((raw - keyBefore) / (key - keyBefore)) * ((values[i + 1] as number) - before);
  }
  return values[last + 1] as number;
}

/** Exactly in the middle: the lower key. */
function nearest(values: readonly number[], raw: number): number | null {
  let best: number | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < values.length; i += 2) {
    const distance = Math.abs(raw - (values[i] as number));
    if (distance >= bestDistance) continue;
    bestDistance = distance;
    best = values[i + 1] as number;
  }
  return best;
}

/** Triples (lower, upper, value), then the default; both ends belong to the range, since frame members are integers. */
function inRange(values: readonly number[], raw: number): number | null {
  let i = 0;
  for (; i + 3 < values.length; i += 3) {
    if (raw >= (values[i] as number) && raw <= (values[i + 1] as number)) return values[i + 2] as number;
  }
  return values[i] ?? null;
}
