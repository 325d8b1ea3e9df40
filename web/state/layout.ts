/** Where each stripe lies, and what a dragged divider does to the weights. CSS px. */
import type { Stripe } from "./model.ts";
import { PLOT_WEIGHT } from "./stripes.ts";

export const STRIPE_PX_MIN = 48;
/** A lane is a row to touch where fingers do (viewer.md §1, "touch targets"). */
const coarse = globalThis.matchMedia?.("(pointer: coarse)");
export const laneRowPx = (): number => (coarse?.matches === true ? 40 : 26);
const FOLDED_PX = 24;
const LANES_PAD_PX = 12;

export interface StripeBox {
  readonly stripe: Stripe;
  readonly top: number;
  readonly height: number;
}

const isElastic = (stripe: Stripe): boolean => stripe.kind === "plot" && !stripe.folded;

function fixedPx(stripe: Stripe): number {
  if (stripe.folded) return FOLDED_PX;
  return stripe.kind === "lanes" ? LANES_PAD_PX + laneRowPx() * Math.max(1, stripe.signals.length) : 0;
}

/** Lanes and folded stripes take what they need, curves share the rest by weight, at least `minimum`; more than fit: the area scrolls. */
export function layoutStripes(stripes: readonly Stripe[], heightPx: number, minimum = STRIPE_PX_MIN): StripeBox[] {
  const room = heightPx - stripes.reduce((sum, s) => sum + fixedPx(s), 0);
  const heights = shares(stripes.filter(isElastic), room, minimum);
  let top = 0;
  return stripes.map((stripe) => {
    const height = heights.get(stripe.id) ?? fixedPx(stripe);
    const box = { stripe, top, height };
    top += height;
    return box;
  });
}

/** Stripes whose share is too small get the minimum first; the others divide what is left, to whole pixels. */
function shares(stripes: readonly Stripe[], room: number, minimum: number): Map<number, number> {
  const heights = new Map<number, number>();
  let left = [...stripes];
  for (let free = room; ; ) {
    const weights = left.reduce((sum, s) => sum + s.weight, 0);
    const small = left.filter((s) => (free * s.weight) / weights < minimum);
    if (small.length === 0) {
      let [share, start] = [0, 0];
      for (const stripe of left) {
        share += stripe.weight;
        const end = Math.round((free * share) / weights);
        heights.set(stripe.id, end - start);
        start = end;
      }
      return heights;
    }
    for (const stripe of small) heights.set(stripe.id, minimum);
    left = left.filter((s) => !small.includes(s));
    free -= small.length * minimum;
    if (left.length === 0) return heights;
  }
}

/** The curves above and below a divider, given by the index of the stripe above it; null where one of them is missing. */
export function neighboursOf(boxes: readonly StripeBox[], index: number): readonly [StripeBox, StripeBox] | null {
  const above = boxes.slice(0, index + 1).findLast((b) => isElastic(b.stripe));
  const below = boxes.slice(index + 1).find((b) => isElastic(b.stripe));
  return above === undefined || below === undefined ? null : [above, below];
}

/** Weights after the divider below stripe `index` moved by so many px; empty where it cannot move. */
export function dragDivider(
  boxes: readonly StripeBox[],
  index: number,
  byPx: number,
  minimum = STRIPE_PX_MIN,
): Readonly<Record<number, number>> {
  const pair = neighboursOf(boxes, index);
  if (pair === null) return {};
  const [above, below] = pair;
  const both = above.height + below.height;
  const height = Math.min(Math.max(above.height + byPx, minimum), Math.max(minimum, both - minimum));
  // Every elastic stripe gets the weight of its height, so that only these two change.
  const weights: Record<number, number> = {};
  for (const box of boxes) if (isElastic(box.stripe)) weights[box.stripe.id] = box.height;
  const all = Object.values(weights);
  const scale = (PLOT_WEIGHT * all.length) / all.reduce((sum, h) => sum + h, 0);
  for (const id of Object.keys(weights)) weights[Number(id)] = (weights[Number(id)] ?? 0) * scale;
  weights[above.stripe.id] = height * scale;
  weights[below.stripe.id] = (both - height) * scale;
  return weights;
}
