/** The legend of each stripe: names, units, values under the pointer and at the cursors. Beside the stripe when wide, its first row otherwise. */

import type { Sample } from "../../worker/api.ts";
import { el, onChange, setAttribute, setText } from "../dom.ts";
import { icon } from "../shell/icons.ts";
import type { StripeBox } from "../state/layout.ts";
import type { Cursors, Plotted, SeriesId, State } from "../state/model.ts";
import { lettersThatFit } from "../text/fit.ts";
import { middleEllipsis } from "../text/number.ts";
import { perPixelText } from "../text/time.ts";
import { deltaText, shownValue } from "../text/value.ts";
import { columnDecimals, paddingOf, widestValue } from "./align.ts";
import { saysOnlyCodes } from "./codes.ts";
import { SLOT_COUNT } from "./palette.ts";
import type { Shown } from "./pointer-layer.ts";

export interface LegendHost {
  select(id: SeriesId): void;
  light(id: SeriesId | null): void;
  activate(stripe: number): void;
  rename(stripe: number, name: string): void;
  hide(id: SeriesId): void;
  remove(id: SeriesId): void;
  /** What it says instead of data shall be drawn. */
  drawCodes(id: SeriesId): void;
  /** What was stopped shall be read. */
  goOn(): void;
  style(id: SeriesId, anchor: HTMLElement): void;
  signalMenu(id: SeriesId, x: number, y: number): void;
  stripeMenu(stripe: number, x: number, y: number): void;
  /** A row that is dragged. */
  carry(id: SeriesId, event: PointerEvent): void;
}

export interface Legend {
  readonly element: HTMLElement;
  render(boxes: readonly StripeBox[], state: State): void;
  /** Under the pointer (null: none), and at the cursors. */
  values(shown: Shown): void;
  /** Signals whose picture is not exact yet. */
  coarse(ids: ReadonlySet<SeriesId>): void;
}

/** Longer names are cut in the middle, where they differ least. */
const NAME_LETTERS = 28;
/** Its reading was cancelled. */
const STOPPED = "stopped";
/** Of a lane beside its values at A and B. */
const LANE_NAME_PX = 60;

/** The legend stands beside the stripes, with columns of its own for A, B and Δ. */
const beside = matchMedia("(min-width: 1440px)");

interface Cells {
  readonly hover: HTMLElement;
  readonly a: HTMLElement;
  readonly b: HTMLElement;
  readonly delta: HTMLElement;
  readonly source: HTMLElement;
  /** Of the columns it stands in. */
  readonly decimals: number;
}

export function createLegend(host: LegendHost): Legend {
  const element = el("div", { class: "legends" });
  const cells = new Map<SeriesId, Cells>();
  let plotted: State["plotted"] = {};
  let coarse: ReadonlySet<SeriesId> = new Set();
  let stopped: State["stopped"] = [];

  const rebuild = onChange(
    (
      boxes: readonly StripeBox[],
      signals: State["plotted"],
      selected: SeriesId | null,
      active: number | null,
      cursors: string,
      halted: State["stopped"],
    ) => {
      plotted = signals;
      stopped = halted;
      const focused = document.activeElement?.closest<HTMLElement>(".legend-row")?.dataset.series;
      cells.clear();
      element.replaceChildren(
        ...boxes.map((box, i) => stripeLegend({ box, plotted, selected, active, cursors, stopped, cells, host }, i)),
      );
      if (focused !== undefined)
        element.querySelector<HTMLElement>(`[data-series="${CSS.escape(focused)}"] .legend-name`)?.focus();
      for (const [id, { source }] of cells) source.classList.toggle("coarse", coarse.has(id));
    },
  );

  function sourceOf(signal: Plotted): string {
    const { id, source } = signal.info;
    if (stopped.includes(id)) return STOPPED;
    return signal.notice ?? (coarse.has(id) ? "coarse" : source);
  }

  return {
    element,
    render(boxes, { plotted: signals, selected, active, cursors, stopped: halted }) {
      rebuild(boxes, signals, selected, active, cursorsKey(cursors), halted);
    },
    values({ hover, timeNs, a, b }) {
      for (const [id, cell] of cells) {
        const signal = plotted[id];
        if (signal === undefined) continue;
        const [at, atA, atB] = [hover?.get(id), a.get(id), b.get(id)];
        // Inside the stripe there is room for one value: under the pointer, otherwise at A.
        const main = at ?? (beside.matches ? undefined : atA);
        const textOf = (sample: Sample | undefined): string =>
          sample === undefined ? "" : shownValue(signal, sample.value, sample.exact);
        setNumber(cell.hover, textOf(main), cell.decimals);
        setNumber(cell.a, textOf(atA), cell.decimals);
        setNumber(cell.b, textOf(atB), cell.decimals);
        const delta = atA === undefined || atB === undefined ? "" : deltaText(signal, atA.value, atB.value);
        setNumber(cell.delta, delta, cell.decimals);
        const age = at === undefined || timeNs === null || at.timeNs >= timeNs ? null : ageText(timeNs - at.timeNs);
        setText(cell.source, age ?? sourceOf(signal));
      }
    },
    coarse(ids) {
      if (sameSet(ids, coarse)) return;
      coarse = ids;
      for (const [id, cell] of cells) {
        const signal = plotted[id];
        if (signal !== undefined) setText(cell.source, sourceOf(signal));
        cell.source.classList.toggle("coarse", ids.has(id));
      }
    },
  };
}

const sameSet = (a: ReadonlySet<SeriesId>, b: ReadonlySet<SeriesId>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));

/** Which columns the legend has: "", "a", "b" or "ab". */
const cursorsKey = ({ a, b }: Cursors): string => `${a === null ? "" : "a"}${b === null ? "" : "b"}`;

/** How much older than the pointer's time the sample is whose value is shown (viewer.md §4, "Hover"). */
const ageText = (ns: bigint): string => `at −${perPixelText(Number(ns))}`;

function setNumber(cell: HTMLElement, text: string, decimals: number): void {
  setText(cell, text);
  setAttribute(cell, "title", text.length > LONG ? text : null);
  setAttribute(cell, "data-pad", paddingOf(text, decimals) || null);
}

interface Given {
  readonly box: StripeBox;
  readonly plotted: State["plotted"];
  readonly selected: SeriesId | null;
  readonly active: number | null;
  readonly cursors: string;
  readonly stopped: State["stopped"];
  readonly cells: Map<SeriesId, Cells>;
  readonly host: LegendHost;
}

/** Longer numbers and texts may be cut: the whole stands in a title. */
const LONG = 8;
const [HEAD_PX, ROW_PX] = [22, 38];
/** The rows fit only without the head. */
const isTight = ({ stripe, height }: StripeBox): boolean => {
  const rows = stripe.signals.length * ROW_PX;
  return rows > 0 && rows <= height && rows + HEAD_PX > height;
};

function stripeLegend(given: Given, index: number): HTMLElement {
  const { box, active, cursors, host, plotted } = given;
  const { stripe } = box;
  const decimals = columnDecimals(stripe, plotted);
  const rows = stripe.folded
    ? []
    : stripe.signals.flatMap((id) => (plotted[id] === undefined ? [] : [legendRow(plotted[id], decimals, given)]));
  const element = el(
    "div",
    {
      class: `legend of-${stripe.kind} at-${cursors || "none"}${isTight(box) ? " tight" : ""}${stripe.id === active ? " active" : ""}${stripe.folded ? " folded" : ""}`,
      role: "group",
      "aria-label": stripe.name ?? `Stripe ${index + 1}`,
      "data-stripe": String(stripe.id),
      onpointerdown: () => host.activate(stripe.id),
    },
    stripeHead(given, index),
    ...rows,
  );
  element.style.top = `${box.top}px`;
  element.style.height = `${box.height - 1}px`;
  return element;
}

/** Name (editable), names of the columns, menu. */
function stripeHead({ box: { stripe }, cursors, host }: Given, index: number): HTMLElement {
  const name = el("input", {
    class: "stripe-name",
    type: "text",
    value: stripe.name ?? "",
    placeholder: `Stripe ${index + 1}`,
    "aria-label": `Name of stripe ${index + 1}`,
    maxlength: "80",
    onchange: () => host.rename(stripe.id, name.value),
    onkeydown: (event) => {
      if ((event as KeyboardEvent).key === "Enter") name.blur();
    },
  });
  const menu = el(
    "button",
    {
      class: "stripe-menu",
      type: "button",
      "aria-label": `Menu of stripe ${index + 1}`,
      onclick: () => {
        const { left, bottom } = menu.getBoundingClientRect();
        host.stripeMenu(stripe.id, left, bottom);
      },
    },
    icon("more"),
  );
  const head = (text: string): HTMLElement => el("span", { class: "head" }, text);
  const heads = [...(cursors.includes("a") ? [head("A")] : []), ...(cursors.includes("b") ? [head("B")] : [])];
  return el("div", { class: "legend-head" }, name, ...heads, ...(cursors === "ab" ? [head("Δ")] : []), menu);
}

function legendRow(signal: Plotted, decimals: number, { box, selected, cells, host, cursors, stopped }: Given): HTMLElement {
  const { info } = signal;
  const { id, name } = info;
  const isShort = beside.matches && cursors === "ab" && box.stripe.kind === "lanes";
  const letters = isShort ? lettersThatFit(name, LANE_NAME_PX, 12) : NAME_LETTERS;
  const isStopped = stopped.includes(id);
  const said = isStopped ? STOPPED : signal.notice;
  const own: Cells = {
    hover: el("span", { class: "value" }),
    a: el("span", { class: "at" }),
    b: el("span", { class: "at" }),
    delta: el("span", { class: "at" }),
    source: el("span", { class: `source${said === null ? "" : " notice"}` }, said ?? info.source),
    decimals,
  };
  own.hover.style.minWidth = `${widestValue(signal)}ch`;
  own.source.title = said ?? info.source;
  cells.set(id, own);
  const select = el(
    "button",
    {
      class: "legend-name",
      type: "button",
      title: `${name}\n${info.source}${info.comment === null ? "" : `\n${info.comment}`}`,
      "aria-pressed": String(id === selected),
      onclick: () => host.select(id),
    },
    swatch(signal),
    el("span", { class: "name" }, middleEllipsis(name, letters)),
    own.hover,
    el("span", { class: "unit" }, info.unit),
  );
  const at = [...(cursors.includes("a") ? [own.a] : []), ...(cursors.includes("b") ? [own.b] : [])];
  return el(
    "div",
    {
      class: `legend-row${id === selected ? " selected" : ""}${signal.hidden ? " hidden" : ""}`,
      "data-series": id,
      onpointerenter: () => host.light(id),
      onpointerleave: () => host.light(null),
      onpointerdown: (event) => {
        if (event instanceof PointerEvent && event.button === 0) host.carry(id, event);
      },
      ondblclick: () => host.style(id, select),
      oncontextmenu: (event) => {
        event.preventDefault();
        if (event instanceof MouseEvent) host.signalMenu(id, event.clientX, event.clientY);
      },
    },
    select,
    el(
      "span",
      { class: "second" },
      own.source,
      ...(isStopped
        ? [wayOn("Go on", host.goOn)]
        : saysOnlyCodes(signal)
          ? [wayOn("Draw raw values", () => host.drawCodes(id))]
          : []),
      ...at,
      ...(cursors === "ab" ? [own.delta] : []),
    ),
    el(
      "span",
      { class: "row-tools" },
      tool("hide", `${signal.hidden ? "Show" : "Hide"} ${name}`, signal.hidden ? "eye-off" : "eye", () => host.hide(id)),
      tool("remove", `Remove ${name}`, "close", () => host.remove(id)),
    ),
  );
}

/** Beside what a row says instead of its source. */
const wayOn = (text: string, run: () => void): HTMLElement =>
  el("button", { class: "link way-on", type: "button", onclick: run }, text);

const tool = (name: string, label: string, symbol: "eye" | "eye-off" | "close", run: () => void): HTMLElement =>
  el(
    "button",
    {
      class: name,
      type: "button",
      "aria-label": label,
      title: label,
      onclick: run,
      onpointerdown: (event) => event.stopPropagation(),
    },
    icon(symbol),
  );

/** The colour of a signal as a short line: dashed where the slot repeats, ringed where a person's colour is faint. */
export function swatch(signal: Plotted): HTMLElement {
  const element = el("span", {
    class: `swatch slot${(signal.slot % SLOT_COUNT) + 1}${signal.slot >= SLOT_COUNT ? " dashed" : ""}`,
  });
  if (signal.style.colour !== null) element.style.setProperty("--slot", signal.style.colour);
  return element;
}
