/** A name that gives way in its middle, whatever the room: its end stands, what is before it is cut. The whole text stays in the document. */
import { el } from "../dom.ts";

const END_LETTERS = 4;

export function middleName(name: string): HTMLElement {
  const cut = name.length > 2 * END_LETTERS ? name.length - END_LETTERS : name.length;
  return el("span", { class: "middle" }, el("span", {}, name.slice(0, cut)), el("span", {}, name.slice(cut)));
}
