/** What can be held on each stripe beside the canvas: the divider below it, and an element that stands for its picture (viewer.md §6, "Access"). */
import { el, onChange, setAttribute } from "../dom.ts";
import { dragDivider, layoutStripes, neighboursOf, STRIPE_PX_MIN, type StripeBox } from "../state/layout.ts";
import type { State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { PLOT_WEIGHT } from "../state/stripes.ts";
import type { Samples } from "./cursors.ts";
import type { DataStore } from "./data.ts";
import { createDivider } from "./dividers.ts";
import { nameOf } from "./draw-stripe.ts";
import { summaryText } from "./summary.ts";

const SETTLE_MS = 300;
const GRIP_PX = 7;

export interface StripeGrips {
  readonly dividers: HTMLElement;
  readonly images: HTMLElement;
  render(boxes: readonly StripeBox[], state: State, widthPx: number): void;
  /** The pictures in words, once the view has come to rest. */
  summarize(): void;
}

export function createStripeGrips(store: Store, data: DataStore, samplesAtA: () => Samples): StripeGrips {
  const dividers = el("div", { class: "stripe-dividers" });
  const images = el("div", { class: "stripe-images" });
  let boxes: readonly StripeBox[] = [];

  function dividerBelow(index: number): HTMLElement {
    let start: readonly StripeBox[] = [];
    return createDivider(`Divider below stripe ${index + 1}`, "horizontal", {
      drag(byPx, isStart) {
        // From the state, which may be ahead of what was painted: keys come faster than frames.
        if (isStart)
          start = layoutStripes(
            store.get().stripes,
            boxes.reduce((sum, box) => sum + box.height, 0),
          );
        if (byPx !== 0) store.dispatch({ type: "weights", weights: dragDivider(start, index, byPx) });
      },
      reset() {
        const weights = Object.fromEntries(store.get().stripes.map((s) => [s.id, PLOT_WEIGHT]));
        store.dispatch({ type: "weights", weights });
      },
    });
  }

  const rebuildDividers = onChange((count: number) => {
    dividers.replaceChildren(...Array.from({ length: Math.max(0, count - 1) }, (_, i) => dividerBelow(i)));
  });
  const rebuildImages = onChange((ids: string) => {
    const wanted = ids === "" ? [] : ids.split(" ");
    images.replaceChildren(
      ...wanted.map((id) => {
        const image = el("div", { class: "stripe-image", role: "img", tabindex: "0", "data-stripe": id });
        image.addEventListener("focus", () => store.dispatch({ type: "activate", stripe: Number(id) }));
        return image;
      }),
    );
  });

  let settling = 0;
  function summarize(): void {
    clearTimeout(settling);
    settling = window.setTimeout(say, SETTLE_MS);
  }
  function say(): void {
    const state = store.get();
    boxes.forEach((box, i) => {
      const image = images.children[i];
      if (image !== undefined) setAttribute(image, "aria-label", summaryText(state, data, box.stripe, samplesAtA()));
    });
  }

  return {
    dividers,
    images,
    render(next, state, widthPx) {
      boxes = next;
      rebuildDividers(next.length);
      rebuildImages(next.map((box) => String(box.stripe.id)).join(" "));
      next.forEach((box, i) => {
        const divider = dividers.children[i];
        if (divider instanceof HTMLElement) {
          divider.style.top = `${box.top + box.height - Math.ceil(GRIP_PX / 2)}px`;
          divider.style.width = `${widthPx}px`;
          divider.hidden = neighboursOf(next, i) === null;
          setAttribute(divider, "aria-valuenow", String(box.height));
          setAttribute(divider, "aria-valuemin", String(STRIPE_PX_MIN));
          setAttribute(divider, "aria-valuemax", String(box.height + (next[i + 1]?.height ?? 0)));
        }
        const image = images.children[i];
        if (image instanceof HTMLElement) {
          image.style.top = `${box.top}px`;
          image.style.height = `${box.height}px`;
          setAttribute(image, "aria-current", box.stripe.id === state.active ? "true" : null);
          if (!image.hasAttribute("aria-label")) image.setAttribute("aria-label", nameOf(box, state));
        }
      });
    },
    summarize,
  };
}
