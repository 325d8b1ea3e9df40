/** Which signals the tree lists: those in the log, those of the databases too, or those that are plotted. */
import { el } from "../dom.ts";

export type Scope = "log" | "dbc" | "plotted";

const CHIPS: readonly (readonly [Scope, string])[] = [
  ["log", "In this log"],
  ["dbc", "All of the DBC"],
  ["plotted", "Plotted"],
];

export function createChips(choose: (scope: Scope) => void): HTMLElement {
  const chips = CHIPS.map(([scope, text]) =>
    el(
      "button",
      {
        class: "chip",
        type: "button",
        "aria-pressed": String(scope === "log"),
        onclick: () => {
          chips.forEach((chip, i) => {
            chip.setAttribute("aria-pressed", String(CHIPS[i]?.[0] === scope));
          });
          choose(scope);
        },
      },
      text,
    ),
  );
  return el("div", { class: "chips", role: "group", "aria-label": "Show" }, ...chips);
}
