/** Where a signal may be put: what is under the pointer, what the arrow keys go through, and where the mark is drawn. CSS px of the stripes. */

import type { StripeBox } from "../state/layout.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { Target } from "../state/moves.ts";
import { axisAt, boxAt } from "./near.ts";

export interface Mark {
  readonly kind: "line" | "frame";
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const BORDER_PX = 8; // so near a border means between the stripes

/** Above, into, between and below the stripes, top down: the places the arrow keys visit. */
export const placesOf = (boxes: readonly StripeBox[]): Target[] => [
  { kind: "new", at: 0 },
  ...boxes.flatMap(({ stripe }, i): Target[] => [
    { kind: "stripe", stripe: stripe.id },
    { kind: "new", at: i + 1 },
  ]),
];

/** Place of a point; `gutter` = where the plot begins. */
export function placeAt(boxes: readonly StripeBox[], state: State, gutter: number, x: number, y: number): Target {
  const last = boxes.at(-1);
  const box = boxAt(boxes, y) ?? (y < 0 ? boxes[0] : last);
  if (box === undefined) return { kind: "new", at: 0 };
  const index = boxes.indexOf(box);
  if (y < box.top + BORDER_PX && (index > 0 || y < BORDER_PX)) return { kind: "new", at: index };
  if (y >= box.top + box.height - BORDER_PX) return { kind: "new", at: index + 1 };
  const axis = x < gutter ? axisAt(boxes, state, gutter, x, y)?.axis : undefined;
  if (axis !== undefined) return { kind: "axis", stripe: box.stripe.id, id: axis.first.info.id };
  return { kind: "stripe", stripe: box.stripe.id };
}

/** What the mark of a place looks like; null: nothing to show. */
export function markOf(target: Target, boxes: readonly StripeBox[], gutter: number, width: number): Mark | null {
  if (target.kind === "remove") return null;
  if (target.kind === "new") {
    const last = boxes.at(-1);
    const y = boxes[target.at]?.top ?? (last === undefined ? 0 : last.top + last.height);
    return { kind: "line", left: 0, top: Math.max(0, y - 1), width, height: 2 };
  }
  const box = boxes.find((b) => b.stripe.id === target.stripe);
  if (box === undefined) return null;
  if (target.kind === "axis") return { kind: "frame", left: 0, top: box.top, width: gutter, height: box.height };
  return { kind: "frame", left: 0, top: box.top, width, height: box.height };
}

/** In words, for those who do not see the mark. */
export function placeText(target: Target, boxes: readonly StripeBox[], nameOf: (box: StripeBox) => string): string {
  if (target.kind === "remove") return "Off the plot";
  if (target.kind === "new") return target.at === 0 ? "New stripe at the top" : `New stripe below stripe ${target.at}`;
  const index = boxes.findIndex((b) => b.stripe.id === target.stripe);
  const box = boxes[index];
  return box === undefined ? "" : `Into stripe ${index + 1}, ${nameOf(box)}`;
}

/** Index of the place where a signal is now. */
export const placeOf = (boxes: readonly StripeBox[], id: SeriesId): number =>
  2 * boxes.findIndex(({ stripe }) => stripe.signals.includes(id)) + 1;
