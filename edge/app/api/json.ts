/** How engine data becomes JSON below /api: bigint as decimal text, what is not finite as text, maps as objects. */

/** A `replacer` for JSON.stringify. Times are `…Ns` texts, so no reader loses a nanosecond. */
export function plainJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, held]) => [String(key), held]));
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  return value;
}

/** Text of a value. */
export const toJson = (value: unknown): string => JSON.stringify(value, plainJson);

/** A row of numbers without brackets: `1,2.5,"NaN"`. */
export function numbersText(values: Float64Array, start: number, end: number): string {
  let text = "";
  for (let row = start; row < end; row++) {
    const value = values[row] ?? Number.NaN;
    text += `${row === start ? "" : ","}${Number.isFinite(value) ? value : `"${value}"`}`;
  }
  return text;
}

/** A number where numbers must stay numbers: JSON has no NaN, and one text among them would make a text column, so it is null, as in a gap. */
export const numberOrNull = (value: number): string =>
  Number.isFinite(value) ? (Object.is(value, -0) ? "-0" : String(value)) : "null";
