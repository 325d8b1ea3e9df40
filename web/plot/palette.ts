/** Colours and fonts for the canvas, read once per theme from the same CSS tokens the rest of the page uses. */

import type { Plotted } from "../state/model.ts";

export interface Palette {
  readonly plot: string;
  /** Chips and flags on the plot. */
  readonly raised: string;
  readonly t1: string;
  readonly t2: string;
  readonly t3: string;
  readonly accent: string;
  readonly warn: string;
  readonly error: string;
  readonly control: string;
  readonly hair: string;
  readonly minor: string;
  readonly major: string;
  readonly series: readonly string[];
  readonly font: string;
  /** The system's colours are forced: too few to tell curves apart, so dashes do. */
  readonly isForced: boolean;
}

export const SLOT_COUNT = 12;
/** Dash of the 13th, 25th, 37th signal on, CSS px (viewer.md §2). */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export function readPalette(root: HTMLElement): Palette {
  const style = getComputedStyle(root);
  const isForced = matchMedia("(forced-colors: active)").matches;
  const token = (name: string): string => (isForced ? systemColour(root, name) : style.getPropertyValue(`--${name}`).trim());
  return {
    plot: token("plot"),
    raised: token("b3"),
    t1: token("t1"),
    t2: token("t2"),
    t3: token("t3"),
    accent: token("a"),
    warn: token("w"),
    error: token("e"),
    control: token("c"),
    hair: token("h"),
    minor: token("g1"),
    major: token("g2"),
    series: Array.from({ length: SLOT_COUNT }, (_, i) => token(`s${i + 1}`)),
    font: style.getPropertyValue("--font").trim(),
    isForced,
  };
}

/** What a keyword such as CanvasText stands for, as a canvas takes it. */
function systemColour(root: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  root.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A person's own colour, otherwise that of the slot. */
export const colourOf = (palette: Palette, { slot, style }: Pick<Plotted, "slot" | "style">): string =>
  style.colour ?? palette.series[slot % SLOT_COUNT] ?? palette.t1;
export const dashOf = ({ isForced }: Pick<Palette, "isForced">, slot: number): readonly number[] =>
  DASHES[isForced ? slot % DASHES.length : Math.min(3, Math.floor(slot / SLOT_COUNT))] ?? [];
