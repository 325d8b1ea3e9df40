/** Numbers as a DBC writes them: decimals, kept exact, because `0.1` is not the double nearest to it. */
import type { DbcSignal, Decimal } from "./model.ts";

// The largest double has 309 digits before the point and the smallest 324 places behind it; longer texts are no scaling.
const DIGITS_MAX = 400;

/** The decimal that a text says (`10`, `+.5`, `1E-06`), with the smallest scale; null if it says none or goes far beyond doubles. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > 2 * DIGITS_MAX) return null;
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
  if (!parts) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return null;
  const written = whole + fraction;
  const trailingZeros = trailing(written);
  const significant = written.slice(leading(written), written.length - trailingZeros);
  if (significant === "") return { digits: 0n, scale: 0 };
  const power = Number(exponent) - fraction.length + trailingZeros; // value = significant · 10^power
  if (Math.abs(power) > DIGITS_MAX || significant.length > DIGITS_MAX) return null;
  const digits = BigInt(sign === "-" ? `-${significant}` : significant);
  return power >= 0 ? { digits: digits * 10n ** BigInt(power), scale: 0 } : { digits, scale: -power };
}

// Not by regular expressions: `0+$` tries every zero anew.
function trailing(digits: string): number {
  let count = 0;
  while (digits[digits.length - 1 - count] === "0") count++;
  return count;
}

function leading(digits: string): number {
  let count = 0;
  while (digits[count] === "0") count++;
  return count;
}

/** The double nearest to the decimal; zero is +0. */
export function nearestDouble(decimal: Decimal): number {
  // ECMAScript's StringToNumber rounds correctly here: V8, as every engine we run in, reads all digits.
  return Number(`${decimal.digits}e-${decimal.scale}`);
}

/** The text of a decimal without an exponent: 5/10^3 is `0.005`. */
export function decimalText(decimal: Decimal): string {
  const negative = decimal.digits < 0n;
  const digits = (negative ? -decimal.digits : decimal.digits).toString().padStart(decimal.scale + 1, "0");
  const point = digits.length - decimal.scale;
  return `${negative ? "-" : ""}${digits.slice(0, point)}${decimal.scale > 0 ? `.${digits.slice(point)}` : ""}`;
}

/** physical = (raw · numeratorFactor + numeratorOffset) / 10^decimals, or raw · factor + offset in doubles (design, decision 13). */
export interface Scaling {
  readonly numeratorFactor: bigint;
  readonly numeratorOffset: bigint;
  /** The smallest that makes both numerators integers. */
  readonly decimals: number;
  readonly factor: number;
  readonly offset: number;
}

export function scaling(signal: Pick<DbcSignal, "factor" | "offset" | "factorNumber" | "offsetNumber">): Scaling {
  const decimals = Math.max(signal.factor.scale, signal.offset.scale);
  const over = (value: Decimal) => value.digits * 10n ** BigInt(decimals - value.scale);
  return {
    numeratorFactor: over(signal.factor),
    numeratorOffset: over(signal.offset),
    decimals,
    factor: signal.factorNumber,
    offset: signal.offsetNumber,
  };
}
