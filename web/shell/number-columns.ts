/** Columns of a table of numbers: decimal points below each other, and as wide as what stands in them. */
import { paddingOf } from "../plot/align.ts";

const DECIMALS = /^[+−]?\d+[.,](\d+)$/;

export interface NumberColumn {
  /** What is missing behind each row's number, to be drawn unseen. */
  readonly paddings: readonly string[];
  /** Characters of the widest row. */
  readonly width: number;
}

/** `texts`: one a row; what is not a number stands as it is. */
export function numberColumn(texts: readonly string[]): NumberColumn {
  const decimals = Math.max(0, ...texts.map((text) => DECIMALS.exec(text)?.[1]?.length ?? 0));
  const paddings = texts.map((text) => paddingOf(text, decimals));
  return { paddings, width: Math.max(0, ...texts.map((text, row) => text.length + (paddings[row]?.length ?? 0))) };
}
