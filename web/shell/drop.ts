/** Files and folders dropped anywhere on the window, or picked. Only reads what the person gave. */
import { el } from "../dom.ts";
import type { Origin } from "../source/origins.ts";

/** Of folders: with the first one. */
const loadWalk = () => import("../library/folder-files.ts");

export interface DropHost {
  /** `beside`: together with what is open. */
  open(origin: Origin, beside: boolean): void;
  /** What a drop meets: files that it joins, or another source, by its name. null: nothing is open. */
  meets(): DropMeets | null;
}

export type DropMeets = { readonly kind: "files" } | { readonly kind: "other"; readonly name: string };

export function listenToDrops(root: HTMLElement, host: DropHost): void {
  const sentence = el("div", { class: "drop-sentence", role: "status", hidden: true });
  root.append(sentence);
  const leave = (): void => {
    root.classList.remove("dropping");
    sentence.hidden = true;
  };
  root.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    root.classList.add("dropping");
    sentence.hidden = false;
    sentence.textContent = dropText(event.dataTransfer.items.length, host.meets(), event.altKey);
  });
  root.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) leave();
  });
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    leave();
    if (event.dataTransfer === null) return;
    const beside = !event.altKey;
    // The list is emptied when this event ends: take the entries now, read them later.
    const entries = [...event.dataTransfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
    const files = [...event.dataTransfer.files];
    const again = entries.length > 0 ? async () => (await (await loadWalk()).filesOfEntries(entries)).files : null;
    if (again === null) host.open({ files: files.map((file) => ({ path: file.name, file })), again }, beside);
    else
      void loadWalk()
        .then((walk) => walk.filesOfEntries(entries))
        .then((found) => host.open({ files: found.files, notice: found.notice(), again }, beside));
  });
}

export function dropText(count: number, meets: DropMeets | null, replace: boolean): string {
  const what = `${count === 1 ? "1 item" : `${count} items`}`;
  if (meets === null) return `Open ${what}`;
  if (meets.kind === "other") return `Open ${what}: logs take the place of ${meets.name}, a DBC joins it`;
  return replace ? `Open ${what} instead of the current ones` : `Open ${what} beside the current ones (hold Alt: replace)`;
}

export interface Pickers {
  readonly elements: readonly HTMLInputElement[];
  files(): void;
  folder(): void;
}

/** Hidden file inputs behind the buttons. */
export function createPickers(host: DropHost): Pickers {
  const input = (attributes: Readonly<Record<string, string | boolean>>): HTMLInputElement => {
    const element = el("input", { type: "file", multiple: true, hidden: true, ...attributes });
    element.addEventListener("change", () => {
      const files = [...(element.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
      element.value = "";
      if (files.length > 0) host.open({ files, again: null }, true);
    });
    return element;
  };
  const files = input({ id: "pick-files" });
  const folder = input({ id: "pick-folder", webkitdirectory: true });
  return { elements: [files, folder], files: () => files.click(), folder: () => folder.click() };
}
