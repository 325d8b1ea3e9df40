/** One row of the tree as an element: name, unit or rate, small curve, what is plotted. */
import { el } from "../dom.ts";
import { SLOT_COUNT } from "../plot/palette.ts";
import { icon } from "../shell/icons.ts";
import { lettersThatFit, textPx } from "../text/fit.ts";
import { countText, middleEllipsis, rateText } from "../text/number.ts";
import type { Node, SignalLeaf } from "./build.ts";
import { pieces } from "./highlight.ts";
import type { Sibling } from "./siblings.ts";
import { sparkline } from "./sparklines.ts";

const INDENT_PX = 13;
/** Widths of styles/tree.css in CSS px: how much of the name is written out. */
const [LEFT_PX, RIGHT_PX, SQUARE_PX, TWIST_PX, GAP_PX, MUX_GAP_PX, CURVE_PX, END_PX] = [6, 10, 18, 19, 8, 6, 46, 42];
/** Of a row, that its unit may take: names say more. */
const END_SHARE = 0.25;
const SMALL_PX = 11;
/** Of the multiplexor's value beside a name that has no room: "m1…" */
const MUX_MIN_PX = 24;
/** Of the room that a message has for its name and its id. */
const NAME_SHARE = 0.6;
const phone = matchMedia("(max-width: 599px)");
const namePx = (): number => (phone.matches ? 13 : 12);

/** All that a row shows besides its node; plain values, so that equal ones can be told. */
export interface Look {
  readonly index: number;
  readonly sibling: Sibling;
  /** CSS px. */
  readonly height: number;
  readonly room: number;
  /** Of the plotted signal. */
  readonly slot: number | null;
  readonly isSelected: boolean;
  /** Plotted or chosen. */
  readonly isTaken: boolean;
  readonly isCurrent: boolean;
  readonly isOpen: boolean;
  /** Letters the filter found, "3,4,5". */
  readonly lit: string;
  /** Of the small curve; "" = none. */
  readonly path: string;
  /** Why there is no curve: "never sent"; "" = there may be one. */
  readonly status: string;
  /** Its logs were listened to in part: the rate is an estimate. */
  readonly isEstimate: boolean;
}

export const isSame = (a: Look, b: Look): boolean =>
  a.index === b.index &&
  a.sibling.position === b.sibling.position &&
  a.sibling.count === b.sibling.count &&
  a.status === b.status &&
  a.isEstimate === b.isEstimate &&
  a.height === b.height &&
  a.room === b.room &&
  a.slot === b.slot &&
  a.isSelected === b.isSelected &&
  a.isTaken === b.isTaken &&
  a.isCurrent === b.isCurrent &&
  a.isOpen === b.isOpen &&
  a.lit === b.lit &&
  a.path === b.path;

export const rowId = (key: string): string => `row-${key.replace(/[^\w@./-]/g, "_")}`;

/** `data-row` is the row's number: the list listens for all of them. */
export function rowElement(row: Node, look: Look): HTMLElement {
  const isBranch = "children" in row;
  const isMissing = row.kind === "signal" && (row.info.absent || look.status !== "");
  const marks = [
    look.isOpen && isBranch ? "open" : "",
    look.isSelected ? "selected" : "",
    look.isCurrent ? "current" : "",
    isMissing ? "missing" : "",
  ];
  const element = el(
    "div",
    {
      class: ["tree-row", row.kind, ...marks.filter((mark) => mark !== "")].join(" "),
      role: "treeitem",
      id: rowId(row.key),
      title: titleOf(row, look.isEstimate),
      "data-row": String(look.index),
      "aria-level": String(row.depth + 1),
      "aria-setsize": String(look.sibling.count),
      "aria-posinset": String(look.sibling.position),
      "aria-expanded": isBranch ? String(look.isOpen) : null,
      "aria-selected": row.kind === "signal" ? String(look.isTaken) : null,
    },
    ...contentOf(row, look),
  );
  element.style.top = `${look.index * look.height}px`;
  element.style.height = `${look.height}px`;
  element.style.paddingLeft = `${6 + row.depth * INDENT_PX}px`;
  return element;
}

function contentOf(row: Node, look: Look): Element[] {
  if (row.kind === "signal") return signalContent(row, look);
  const twist = el("span", { class: "twist" });
  if ("children" in row) twist.append(icon("twist"));
  const label =
    row.kind === "id" ? row.label : middleEllipsis(row.label, lettersThatFit(row.label, branchRoom(row, look), namePx()));
  return [
    twist,
    el("span", { class: "label" }, label),
    el("span", { class: "detail" }, row.detail),
    el("span", { class: "end" }, rateText(row.rateHz, look.isEstimate)),
    // In its place under the pointer.
    ...(row.rateHz === null ? [] : [el("span", { class: "end frames" }, countText(row.frames))]),
  ];
}

/** The id beside the name gives way first, but not all of it. */
function branchRoom({ depth, detail, rateHz }: Exclude<Node, SignalLeaf>, { room }: Look): number {
  const end = GAP_PX + textPx(rateText(rateHz), SMALL_PX);
  const both = room - LEFT_PX - depth * INDENT_PX - TWIST_PX - end - RIGHT_PX;
  return Math.max(both - GAP_PX - textPx(detail, SMALL_PX), both * NAME_SHARE) - 1;
}

/** The same before and after the small curve has come. */
function signalRoom({ depth, detail, mux }: SignalLeaf, { room, status }: Look): number {
  const end = Math.max(END_PX, Math.min(room * END_SHARE, GAP_PX + textPx(detail, SMALL_PX)));
  const curve = status === "" ? CURVE_PX : GAP_PX + textPx(status, SMALL_PX);
  const both = room - LEFT_PX - depth * INDENT_PX - SQUARE_PX - curve - end - RIGHT_PX - 1;
  if (mux === null) return both;
  return Math.max(both - MUX_GAP_PX - textPx(mux, SMALL_PX), both - MUX_GAP_PX - MUX_MIN_PX);
}

function signalContent(row: SignalLeaf, look: Look): Element[] {
  const { slot, lit, path, status } = look;
  const square = el("span", { class: `square${slot === null ? "" : ` slot${(slot % SLOT_COUNT) + 1}`}` });
  const letters = lettersThatFit(row.label, signalRoom(row, look), namePx());
  const label = el("span", { class: "label" });
  for (const piece of pieces(row.label, lit === "" ? [] : lit.split(",").map(Number), letters)) {
    label.append(piece.lit ? el("mark", {}, piece.text) : piece.text);
  }
  const mux = row.mux === null ? [] : [el("span", { class: "mux", title: "Only while its multiplexor has this value" }, row.mux)];
  const plus = slot === null && !row.info.absent ? [plusButton(row.label)] : [];
  const curve = path === "" ? [] : [sparkline(path)];
  const why = status === "" ? [] : [el("span", { class: "why" }, status)];
  return [square, label, ...mux, ...plus, ...curve, ...why, el("span", { class: "end" }, row.detail)];
}

const plusButton = (label: string): HTMLElement =>
  el(
    "button",
    { class: "plus", type: "button", tabindex: "-1", "aria-label": `Plot ${label} in a new stripe`, title: "New stripe" },
    icon("plus"),
  );

function titleOf(row: Node, isEstimate: boolean): string {
  const frames = `${countText(row.frames)} frames`;
  if (row.kind !== "signal") return `${row.label} ${row.detail}\n${frames}`;
  const { info, selectedBy } = row;
  const unit = info.unit === "" ? "" : ` (${info.unit})`;
  const lines = [`${info.name}${unit}`, info.source, `${frames}, ${rateText(info.rateHz, isEstimate)}`];
  if (selectedBy !== null) lines.push(`multiplexed by ${selectedBy}${row.mux === null ? "" : `, ${row.mux}`}`);
  if (info.comment !== null) lines.push(info.comment);
  return lines.join("\n");
}
