/** Columns of a table of numbers: decimal points below each other, and as wide as what stands in them. */
import { paddingOf } from "../plot/align.ts";
import { shortText } from "../text/number.ts";

export interface NumberColumn {
  readonly texts: readonly string[];
  /** What is missing behind each row's number, to be drawn unseen. */
  readonly paddings: readonly string[];
  /** Characters of the widest row. */
  readonly width: number;
}

/** Room for a sign, a point and five figures: a larger number in the column leaves the others fewer decimals. */
const CHARACTERS = 7;
const DECIMALS = /^([+−]?\d+)[.,](\d+)$/;

/** `figures`: one a row, with the decimals of its signal (null: a float); undefined leaves the row empty. */
export function numberColumn(
  figures: readonly ({ readonly value: number; readonly decimals: number | null } | undefined)[],
): NumberColumn {
  const whole = figures.map((one) => (one === undefined ? "" : shortText(one.value, one.decimals)));
  const room = CHARACTERS - 1 - Math.max(0, ...whole.map((text) => text.split(/[.,]/)[0]?.length ?? 0));
  const texts = figures.map((one, row) => (one === undefined ? "" : within(whole[row] ?? "", one.value, Math.max(0, room))));
  const decimals = Math.max(0, ...texts.map((text) => decimalsOf(text)));
  const paddings = texts.map((text) => paddingOf(text, decimals));
  return { texts, paddings, width: Math.max(0, ...texts.map((text, row) => text.length + (paddings[row]?.length ?? 0))) };
}

const decimalsOf = (text: string): number => DECIMALS.exec(text)?.[2]?.length ?? 0;

/** A number that would lose all but one of its figures stays as it is. */
function within(text: string, value: number, decimals: number): string {
  if (decimalsOf(text) <= decimals || (value !== 0 && Math.abs(value) < 10 ** (1 - decimals))) return text;
  return shortText(value, decimals);
}
