/** The page before anything is open: one frame to drop on, then rows with other ways in. */
import { el } from "../dom.ts";
import type { Actions } from "./actions.ts";
import { icon } from "./icons.ts";

export function createEmpty(actions: Actions): HTMLElement {
  const address = el("input", {
    type: "url",
    "aria-label": "Address of a buslens server",
    placeholder: "Paste the address of a buslens server",
    spellcheck: "false",
    onkeydown: (event) => {
      if ((event as KeyboardEvent).key === "Enter") actions.openAddress(address.value);
    },
  });
  address.className = "detail";
  const frame = el(
    "div",
    { class: "drop-frame" },
    el("h1", {}, "Drop a log, a whole LOG folder, or a DBC"),
    el("p", {}, "Files are read on this machine. Nothing is uploaded."),
    el(
      "div",
      { class: "buttons" },
      el("button", { class: "primary", type: "button", onclick: actions.openFiles }, "Open files…"),
      el("button", { class: "framed", type: "button", onclick: actions.openFolder }, "Open folder…"),
      el("span", { class: "press" }, "or press ", el("kbd", {}, "Ctrl O")),
    ),
    el(
      "div",
      { class: "formats" },
      ...["MF4", "MFC", "DBC"].map((name) => el("b", {}, name)),
      "\u00a0as logged, finalized or compressed",
    ),
  );
  return el(
    "section",
    { class: "empty", "aria-label": "Open" },
    el(
      "div",
      { class: "empty-inner" },
      frame,
      el(
        "div",
        { class: "empty-row" },
        icon("drive"),
        el("b", {}, "Try it with a sample drive"),
        el("span", { class: "detail" }, "a generated drive with its DBC"),
        el("button", { class: "link", type: "button", onclick: actions.openSample }, "Open"),
      ),
      el(
        "div",
        { class: "empty-row" },
        icon("database"),
        address,
        el("button", { class: "link", type: "button", onclick: () => actions.openAddress(address.value) }, "Open"),
      ),
    ),
  );
}
