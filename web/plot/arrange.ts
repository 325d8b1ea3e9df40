/** What a picture of the plot is made from: the state, the colours, and where each stripe stands. */
import { layoutStripes, type StripeBox } from "../state/layout.ts";
import type { State } from "../state/model.ts";
import { stripeAxes } from "./draw-stripe.ts";
import type { Palette } from "./palette.ts";

export interface Arrangement {
  readonly state: State;
  readonly palette: Palette;
  readonly boxes: readonly StripeBox[];
  /** Whole CSS px. */
  readonly gutter: number;
}

/** The legend stands beside the stripes; otherwise it is their first row. */
export const isWide = matchMedia("(min-width: 1440px)");
const isPhone = matchMedia("(max-width: 599px)");

/** Axes side by side: as many as the fullest stripe has, two at least so that adding one moves nothing; one on a phone. */
export function axesShown(boxes: readonly StripeBox[], state: State): number {
  if (isPhone.matches) return 1;
  return Math.min(3, Math.max(2, ...boxes.map((box) => stripeAxes(box, state).length)));
}

/** `layoutStripes`, and the same array as long as no box changes, so that what hangs on it is not rebuilt. */
export function createStripeLayout(): (stripes: State["stripes"], heightPx: number) => readonly StripeBox[] {
  let kept: readonly StripeBox[] = [];
  return (stripes, heightPx) => {
    const boxes = layoutStripes(stripes, heightPx);
    const isSame = (box: StripeBox, i: number): boolean => {
      const old = kept[i];
      return box.stripe === old?.stripe && box.top === old.top && box.height === old.height;
    };
    if (boxes.length !== kept.length || !boxes.every(isSame)) kept = boxes;
    return kept;
  };
}
