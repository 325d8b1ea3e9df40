/** The page before anything is open: one frame to drop on, then rows with other ways in. */

import { el } from "../dom.ts";
import type { LastFolder } from "../library/last-folder.ts";
import type { Library } from "../library/library.ts";
import type { Origin } from "../source/origins.ts";
import { countText } from "../text/number.ts";
import type { Actions } from "./actions.ts";
import { icon } from "./icons.ts";

export interface EmptyHost {
  readonly library: Library;
  readonly lastFolder: LastFolder;
  open(origin: Origin): void;
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
      wayIn("drive", "Try it with a sample drive", "a generated drive with its DBC", actions.openSample).row,
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

interface WayIn {
  readonly row: HTMLElement;
  readonly title: HTMLElement;
  readonly detail: HTMLElement;
  readonly action: HTMLElement;
}

/** A row that is one button as a whole. */
function wayIn(image: Parameters<typeof icon>[0], title: string, detail: string, act: () => void, action = "Open"): WayIn {
  const parts = {
    title: el("b", {}, title),
    detail: el("span", { class: "detail" }, detail),
    action: el("span", { class: "link" }, action),
  };
  const button = el("button", { type: "button", onclick: act }, icon(image), parts.title, " ", parts.detail, " ", parts.action);
  return { row: el("div", { class: "empty-row" }, button), ...parts };
}

/** Hidden until a folder is remembered. */
function folderRow({ lastFolder, open, refused }: EmptyHost): HTMLElement {
  const { row, title, action } = wayIn("folder", "", "last folder", () => {
    void lastFolder.reopen().then((origin) => (origin === null ? refused(title.textContent ?? "") : open(origin)));
  });
  row.hidden = true;
  void lastFolder.known().then((known) => {
    if (known === null) return;
    title.textContent = known.name;
    action.textContent = known.needsPermission ? "Allow and open" : "Open";
    row.hidden = false;
  });
  return row;
}

function libraryRow(actions: Actions, library: Library): HTMLElement {
  const { row, detail } = wayIn("list", "DBC library", "kept in this browser", actions.openDatabases, "Manage");
  void library.load().then(() => {
    const { length } = library.entries();
    if (length > 0) detail.textContent = `${countText(length)} kept in this browser`;
  });
  return row;
}
