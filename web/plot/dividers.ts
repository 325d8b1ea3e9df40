/** Lines between stripes and panels that can be dragged: by pointer, by arrow keys, double click for the default. */
import { el } from "../dom.ts";

export interface DividerHost {
  /** CSS px from where the drag began; `isStart` for the first call of a drag. */
  drag(byPx: number, isStart: boolean): void;
  reset(): void;
}

const STEP_PX = 16;
const BIG_STEP_PX = 64;

/** `vertical` divides left from right. */
export function createDivider(label: string, orientation: "vertical" | "horizontal", host: DividerHost): HTMLElement {
  const element = el("div", {
    class: `divider ${orientation}`,
    role: "separator",
    tabindex: "0",
    "aria-label": label,
    "aria-orientation": orientation,
  });
  let start: number | null = null;
  const at = (event: PointerEvent): number => (orientation === "vertical" ? event.clientX : event.clientY);
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = at(event);
    element.setPointerCapture(event.pointerId);
    host.drag(0, true);
    event.preventDefault();
  });
  element.addEventListener("pointermove", (event) => {
    if (start !== null) host.drag(at(event) - start, false);
  });
  const end = (): void => {
    start = null;
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("dblclick", () => host.reset());
  element.addEventListener("keydown", (event) => {
    const [less, more] = orientation === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const sign = event.key === more ? 1 : event.key === less ? -1 : 0;
    if (sign === 0) return;
    event.preventDefault();
    event.stopPropagation();
    host.drag(0, true);
    host.drag(sign * (event.shiftKey ? BIG_STEP_PX : STEP_PX), false);
  });
  return element;
}
