/** "Forget everything": what this browser keeps, with sizes, and one button. A chunk of its own, loaded by who wants it. */
import { el } from "../dom.ts";
import type { KeptThing } from "../library/kept-things.ts";
import { bytesText } from "../text/number.ts";

/** Resolves with true once it was confirmed. */
export function askToForget(things: readonly KeptThing[]): Promise<boolean> {
  return new Promise((resolve) => {
    const all = things.reduce((sum, { bytes }) => sum + bytes, 0);
    const end = (isConfirmed: boolean): void => {
      dialog.close();
      dialog.remove();
      resolve(isConfirmed);
    };
    const rows = things.map(({ name, detail, bytes }) =>
      el("tr", {}, el("td", {}, name), el("td", {}, detail), el("td", { class: "number" }, bytesText(bytes))),
    );
    const dialog = el(
      "dialog",
      {
        "aria-label": "Forget everything",
        oncancel: (event) => {
          event.preventDefault();
          end(false);
        },
      },
      el("h1", {}, "Forget everything"),
      el(
        "p",
        {},
        things.length === 0
          ? "This browser keeps nothing for this page."
          : `This browser keeps ${bytesText(all)} for this page. What is open stays open; passwords and tokens are never kept.`,
      ),
      el("table", { class: "kept-things", "aria-label": "Kept in this browser" }, el("tbody", {}, ...rows)),
      el(
        "div",
        { class: "buttons" },
        el("button", { class: "framed", type: "button", onclick: () => end(false) }, things.length === 0 ? "Close" : "Cancel"),
        ...(things.length === 0
          ? []
          : [el("button", { class: "primary", type: "button", onclick: () => end(true) }, "Forget everything")]),
      ),
    );
    const focused = document.activeElement;
    dialog.addEventListener("close", () => focused instanceof HTMLElement && focused.focus());
    document.body.append(dialog);
    dialog.showModal();
  });
}
