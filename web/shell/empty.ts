/** The page before anything is open: one frame to drop on, then rows with other ways in. */

import type { OpenFile } from "../../worker/api.ts";
import { el } from "../dom.ts";
import type { LastFolder } from "../library/last-folder.ts";
import type { Library } from "../library/library.ts";
import { countText } from "../text/number.ts";
import type { Actions } from "./actions.ts";
import { icon } from "./icons.ts";

export interface EmptyHost {
  readonly library: Library;
  readonly lastFolder: LastFolder;
  open(files: readonly OpenFile[]): void;
  /** The browser did not let the folder of that name be read. */
  refused(name: string): void;
}

export function createEmpty(actions: Actions, host: EmptyHost): HTMLElement {
  const address = el("input", {
    type: "url",
    "aria-label": "Address of a bucket, a log or a buslens server",
    placeholder: "Address of a bucket, log or server",
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
      ...["MF4", "MFC", "MFE", "MFM", "DBC"].map((name) => el("b", {}, name)),
      "\u00a0as logged, finalized, compressed or encrypted",
    ),
  );
  return el(
    "main",
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
        el(
          "button",
          { class: "link", type: "button", "aria-label": "Open the sample drive", onclick: actions.openSample },
          "Open",
        ),
      ),
      el(
        "div",
        { class: "empty-row" },
        icon("database"),
        address,
        el(
          "button",
          { class: "link", type: "button", "aria-label": "Open the address", onclick: () => actions.openAddress(address.value) },
          "Open",
        ),
      ),
      folderRow(host),
      libraryRow(actions, host.library),
    ),
  );
}

/** Hidden until a folder is remembered. */
function folderRow({ lastFolder, open, refused }: EmptyHost): HTMLElement {
  const name = el("b");
  const button = el("button", { class: "link", type: "button" });
  const row = el(
    "div",
    { class: "empty-row", hidden: true },
    icon("folder"),
    name,
    el("span", { class: "detail" }, "last folder"),
    button,
  );
  button.addEventListener("click", () => {
    void lastFolder.reopen().then((files) => (files === null ? refused(name.textContent ?? "") : open(files)));
  });
  void lastFolder.known().then((known) => {
    if (known === null) return;
    name.textContent = known.name;
    button.textContent = known.needsPermission ? "Allow and open" : "Open";
    row.hidden = false;
  });
  return row;
}

function libraryRow(actions: Actions, library: Library): HTMLElement {
  const count = el("span", { class: "detail" }, "kept in this browser");
  void library.load().then(() => {
    const { length } = library.entries();
    if (length > 0) count.textContent = `${countText(length)} kept in this browser`;
  });
  return el(
    "div",
    { class: "empty-row" },
    icon("list"),
    el("b", {}, "DBC library"),
    count,
    el("button", { class: "link", type: "button", onclick: actions.openDatabases }, "Manage"),
  );
}
