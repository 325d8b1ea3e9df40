/** How much of a name a row has room for, in CSS px, without asking the page's layout. */
import { middleEllipsis } from "./number.ts";

const LETTERS_MIN = 3;
const context = globalThis.document?.createElement("canvas").getContext("2d") ?? null;
/** Of each letter, by size of the font: names are many, letters are few. */
const widths = new Map<string, number>();
let family = "";

function letterPx(letter: string, sizePx: number): number {
  const key = `${sizePx}${letter}`;
  const known = widths.get(key);
  if (known !== undefined || context === null) return known ?? sizePx * 0.6;
  if (family === "") family = getComputedStyle(document.documentElement).getPropertyValue("--font");
  context.font = `${sizePx}px ${family}`;
  const width = context.measureText(letter).width;
  widths.set(key, width);
  return width;
}

export function textPx(text: string, sizePx: number): number {
  let width = 0;
  for (const letter of text) width += letterPx(letter, sizePx);
  return width;
}

/** Letters of a name, "…" among them, that fit when it is cut in the middle; three at least. */
export function lettersThatFit(text: string, roomPx: number, sizePx: number): number {
  if (textPx(text, sizePx) <= roomPx) return text.length;
  for (let letters = text.length - 1; letters > LETTERS_MIN; letters--)
    if (textPx(middleEllipsis(text, letters), sizePx) <= roomPx) return letters;
  return LETTERS_MIN;
}
