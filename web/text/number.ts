/** Numbers as text on screen (viewer.md §9). Minus is U+2212; a narrow space stands before units. */

/** The browser's decimal mark: on screen only (viewer.md §9). */
export const DECIMAL_MARK = new Intl.NumberFormat().formatToParts(1.5).find(({ type }) => type === "decimal")?.value ?? ".";

/** Decimals of the factor, at most 3; floats six significant figures. Values are not grouped. */
export function valueText(value: number, decimals: number | null): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "−∞" : "∞";
  const text = decimals === null ? String(Number(value.toPrecision(6))) : value.toFixed(Math.min(decimals, 3));
  return text
    .replace(/^-(?=[\d.]*[1-9])/, "−")
    .replace(/^-/, "")
    .replace(".", DECIMAL_MARK);
}

/** As `valueText` with at most five figures, for columns that have little room; the whole number stands in a title. */
export function shortText(value: number, decimals: number | null): string {
  const whole = Math.max(1, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1);
  return valueText(value, decimals === null ? null : Math.min(decimals, Math.max(0, 5 - whole)));
}

const formats = new Map<string, Intl.NumberFormat>();
/** Axes say the same numbers in every frame. */
const texts = new Map<string, string>();
const TEXTS_MAX = 2000;

/** Grouped, with so many decimals. Making a format costs more than using it a hundred times: they are kept. */
export function groupedText(value: number, decimals: number, locale?: string): string {
  const how = `${decimals} ${locale ?? ""}`;
  const key = `${value} ${how}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(how) ?? new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  formats.set(how, format);
  const text = format.format(value).replace("-", "−");
  if (texts.size >= TEXTS_MAX) texts.clear();
  texts.set(key, text);
  return text;
}

const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 6 });

/** "50K", in the browser's language, for axes without room for all digits; as exact as the label it stands for. */
export const compactText = (value: number): string => compact.format(value).replace("-", "−");

export const countText = (count: number, locale?: string): string => groupedText(count, 0, locale);

/** 1 kB = 1000 bytes; three figures. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes}\u202fB`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${Number(value.toPrecision(3))}\u202f${unit}`;
}

/** The slowest hundredth comes so many times slower than the median: sent by events, without a period. */
const UNEVEN = 3;

export const isUneven = (rateHz: number | null, slowRateHz: number | null): boolean =>
  rateHz !== null && slowRateHz !== null && rateHz > UNEVEN * slowRateHz;

/** "10 Hz"; slow ones, and those that are estimates, "≈ 0.3 Hz". */
export function rateText(rateHz: number | null, isEstimate = false): string {
  if (rateHz === null) return "";
  if (rateHz >= 0.95) return `${isEstimate ? "≈\u202f" : ""}${Math.round(rateHz)}\u202fHz`;
  return `≈\u202f${Number(rateHz.toPrecision(1))}\u202fHz`;
}

/** "SpeedOfTh…eelSpeed": cut in the middle, both ends are what tells names apart. */
export function middleEllipsis(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}
