/** What this browser keeps for the page, as a row of the empty page, and forgetting all of it. */
import { el } from "../dom.ts";
import type { KeptThing } from "../library/kept-things.ts";
import type { Preview } from "../preview.ts";
import { bytesText, countText } from "../text/number.ts";

export interface ForgettingHost {
  readonly preview: Pick<Preview, "keptSizes" | "forgetKept">;
  /** What is in memory of what is kept. */
  forget(): Promise<void>;
  say(text: string): void;
}

export interface Forgetting {
  /** Hidden while nothing is kept. */
  readonly row: HTMLElement;
  /** Asks first. */
  run(): Promise<void>;
}

const loadThings = () => import("../library/kept-things.ts");

export function createForgetting({ preview, forget, say }: ForgettingHost): Forgetting {
  const size = el("span", { class: "detail" });
  const button = el("button", { class: "link", type: "button", onclick: () => void run() }, "Forget everything");
  const row = el("div", { class: "empty-row", hidden: true }, size, button);

  async function things(): Promise<KeptThing[]> {
    const { documents, bytes } = await preview.keptSizes();
    const detail = `${countText(documents)} document${documents === 1 ? "" : "s"} about logs`;
    const found = await (await loadThings()).keptThings();
    return bytes > 0 ? [...found, { name: "Indexes", detail, bytes }] : found;
  }

  async function draw(): Promise<void> {
    const found = await things();
    row.hidden = found.length === 0;
    size.textContent = `Kept in this browser: ${bytesText(found.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  }

  async function run(): Promise<void> {
    const { askToForget } = await import("../shell/forget-dialog.ts");
    if (!(await askToForget(await things()))) return;
    await forget();
    await (await loadThings()).forgetKeptThings();
    await preview.forgetKept();
    say("Everything is forgotten");
    await draw();
  }

  void draw();
  return { row, run };
}
