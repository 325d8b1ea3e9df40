/** A value as text, to its last digit. */

/** The shortest text that reads back to the double; with the rest of a wide integer (Segment.rests) all its digits. -0 keeps its sign. */
export function exactText(value: number, rest: number | undefined): string {
  if (rest !== undefined && !Number.isNaN(rest)) return String(BigInt(value) + BigInt(rest));
  return Object.is(value, -0) ? "-0" : String(value);
}
