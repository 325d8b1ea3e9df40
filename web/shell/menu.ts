/** A small popup menu below a button. Arrows move, Escape closes and gives the focus back. */
import { el } from "../dom.ts";

/** null: a line. */
export type MenuItem = { readonly text: string; readonly detail: string; readonly run: () => void } | null;

export interface Menu {
  readonly element: HTMLElement;
  open(anchor: HTMLElement, items: readonly MenuItem[]): void;
}

export function createMenu(): Menu {
  let anchor: HTMLElement | null = null;
  const element = el("div", { class: "menu", role: "menu", hidden: true });

  function close(): void {
    if (element.hidden) return;
    element.hidden = true;
    anchor?.setAttribute("aria-expanded", "false");
    anchor?.focus();
  }

  element.addEventListener("keydown", (event) => {
    const buttons = [...element.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button.matches(":focus"));
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") close();
    else if (step !== 0) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", (event) => {
    const inside = event.target instanceof Node && (element.contains(event.target) || anchor?.contains(event.target) === true);
    if (!inside) close();
  });

  return {
    element,
    open(from, items) {
      if (!element.hidden) {
        close();
        return;
      }
      anchor = from;
      from.setAttribute("aria-expanded", "true");
      element.replaceChildren(
        ...items.map((item) =>
          item === null
            ? el("hr")
            : el(
                "button",
                {
                  type: "button",
                  role: "menuitem",
                  onclick: () => {
                    close();
                    item.run();
                  },
                },
                item.text,
                el("span", { class: "detail" }, item.detail),
              ),
        ),
      );
      element.hidden = false;
      const room = document.documentElement.clientWidth - element.offsetWidth - 8;
      element.style.left = `${Math.max(8, Math.min(from.offsetLeft, room))}px`;
      element.querySelector("button")?.focus();
    },
  };
}
