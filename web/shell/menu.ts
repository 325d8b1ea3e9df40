/** A small popup menu below a button or at the pointer. Arrows move, Escape closes and gives the focus back. */
import { el } from "../dom.ts";

/** null: a line. */
export type MenuItem = { readonly text: string; readonly detail: string; readonly run: () => void } | null;

export interface Menu {
  readonly element: HTMLElement;
  open(anchor: HTMLElement, items: readonly MenuItem[]): void;
  /** At a point of the window; the focus goes back to where it was. */
  openAt(x: number, y: number, items: readonly MenuItem[]): void;
}

const itemButton = ({ text, detail, run }: NonNullable<MenuItem>, close: () => void): HTMLElement =>
  el(
    "button",
    {
      type: "button",
      role: "menuitem",
      onclick: () => {
        close();
        run();
      },
    },
    text,
    el("span", { class: "detail" }, detail),
  );

export function createMenu(): Menu {
  let anchor: HTMLElement | null = null;
  const element = el("div", { class: "menu", role: "menu", hidden: true });

  function close(): void {
    if (element.hidden) return;
    element.hidden = true;
    if (anchor?.hasAttribute("aria-haspopup") === true) anchor.setAttribute("aria-expanded", "false");
    anchor?.focus();
  }

  element.addEventListener("keydown", (event) => {
    const buttons = [...element.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button.matches(":focus"));
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = steps[event.key];
    if (event.key === "Escape") close();
    else if (next !== undefined) buttons.at(next % buttons.length)?.focus();
    event.stopPropagation(); // a menu is no place for the plot's keys
    if (event.key === "Escape" || next !== undefined) event.preventDefault();
    // The focus goes on from where the menu was opened.
    if (event.key === "Tab") close();
  });
  document.addEventListener("pointerdown", (event) => {
    const inside = event.target instanceof Node && (element.contains(event.target) || anchor?.contains(event.target) === true);
    if (!inside) close();
  });

  function show(items: readonly MenuItem[], left: number, top: number): void {
    element.replaceChildren(...items.map((item) => (item === null ? el("hr") : itemButton(item, close))));
    element.hidden = false;
    const { clientWidth, clientHeight } = document.documentElement;
    element.style.left = `${Math.max(8, Math.min(left, clientWidth - element.offsetWidth - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(top, clientHeight - element.offsetHeight - 8))}px`;
    element.querySelector("button")?.focus();
  }

  return {
    element,
    open(from, items) {
      if (!element.hidden) {
        close();
        return;
      }
      anchor = from;
      from.setAttribute("aria-expanded", "true");
      const { left, bottom } = from.getBoundingClientRect();
      show(items, left, bottom + 2);
    },
    openAt(x, y, items) {
      anchor = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      show(items, x, y);
    },
  };
}
