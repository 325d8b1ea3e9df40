/** The signals panel: filter box, the tree as a virtual list, DBCs at its foot. */
import { el, onChange } from "../dom.ts";
import type { Actions } from "../shell/actions.ts";
import { icon } from "../shell/icons.ts";
import type { SeriesId, SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { PLOTTED_MAX, type Place } from "../state/stripes.ts";
import { countText } from "../text/number.ts";
import type { Node, SignalLeaf } from "./build.ts";
import { createChoice } from "./choice.ts";
import { type Filter, parseFilter } from "./filter.ts";
import { createFoot } from "./foot.ts";
import { type Grown, grow, nothingGrown } from "./leaves.ts";
import { createList } from "./list.ts";
import type { Look } from "./row.ts";
import { countSignals, type Found, flatten, rowsOf, search } from "./search.ts";
import { createSparklines, type SparklineHost } from "./sparklines.ts";
import { treeKey } from "./tree-keys.ts";

export interface Tree {
  readonly element: HTMLElement;
  render(state: State): void;
  focusFilter(): void;
  focus(): void;
}

/** `carry`: a row that is dragged onto the plot. */
export function createTree(
  store: Store,
  actions: Pick<Actions, "openDatabases" | "enterPassword">,
  carry: (infos: readonly SignalInfo[], event: PointerEvent) => void,
  sparks: SparklineHost,
): Tree {
  const closed = new Set<string>();
  const choice = createChoice(() => rows);
  let onlyPlotted = false;
  let found: Found = { entries: [], signals: 0, best: null };
  let rows: readonly Node[] = [];
  let filter: Filter = parseFilter("");
  let current: string | null = null;
  let state = store.get();

  const input = el("input", {
    type: "text",
    placeholder: "Find a signal",
    "aria-label": "Find a signal",
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => store.dispatch({ type: "filter", text: input.value }),
    onkeydown: (event) => onFilterKey(event as KeyboardEvent),
  });
  const count = el("span", { class: "count" });
  const list = createList({ look, shown, click, press, key: onKey });
  const foot = createFoot(actions);
  const sparklines = createSparklines(sparks, () => draw());
  const unknown = el("div", { class: "inline-notice warning", role: "status", hidden: true });
  const chip = (text: string, plotted: boolean): HTMLButtonElement =>
    el(
      "button",
      {
        class: "chip",
        type: "button",
        "aria-pressed": String(!plotted),
        onclick: () => {
          onlyPlotted = plotted;
          allChip.setAttribute("aria-pressed", String(!plotted));
          plottedChip.setAttribute("aria-pressed", String(plotted));
          render(store.get());
        },
      },
      text,
    );
  const allChip = chip("In this log", false);
  const plottedChip = chip("Plotted", true);
  const element = el(
    "nav",
    { class: "signals", "aria-label": "Signals", id: "signals" },
    el("div", { class: "filter" }, icon("search"), input, count),
    el("div", { class: "chips", role: "group", "aria-label": "Show" }, allChip, plottedChip),
    unknown,
    foot.notices,
    list.element,
    foot.element,
  );
  let grown = nothingGrown;
  let total = 0;
  let isGrowing = false;
  /** What is heard meanwhile is taken up after it: one growth at a time. */
  async function build(): Promise<void> {
    if (isGrowing || grown.heard === state.heard) return;
    isGrowing = true;
    grown = await grow(state);
    isGrowing = false;
    total = countSignals(grown.tree);
    render(store.get());
  }

  const arrange = onChange((_grown: Grown, text: string, _plotted: State["plotted"] | null, _onlyPlotted: boolean) => {
    filter = parseFilter(onlyPlotted ? `${text} is:plotted` : text);
    if (filter.empty) rows = flatten(grown.tree, (key) => !closed.has(key));
    else {
      found = search(grown.entries, filter, new Set(Object.keys(state.plotted)));
      rows = rowsOf(found.entries);
      current = found.best?.node.key ?? null;
    }
    count.textContent = filter.empty ? countText(total) : `${countText(found.signals)} of ${countText(total)}`;
    unknown.hidden = filter.unknown.length === 0;
    unknown.textContent = `No field is called ${filter.unknown.join(", ")}.`;
    choice.clear();
  });

  function render(next: State): void {
    state = next;
    void build();
    arrange(grown, next.filter, onlyPlotted || next.filter.includes("is:plotted") ? next.plotted : null, onlyPlotted);
    if (document.activeElement !== input && input.value !== next.filter) input.value = next.filter;
    foot.render(next);
    redraw(rows, next.plotted, next.selected);
  }

  /** A view that moves changes no row. */
  const redraw = onChange((_rows: readonly Node[], _plotted: State["plotted"], _selected: SeriesId | null) => draw());

  function rearrange(): void {
    if (filter.empty) rows = flatten(grown.tree, (key) => !closed.has(key));
    draw();
  }

  const draw = (): void => list.draw(rows, current);

  function look(row: Node, place: Pick<Look, "index" | "count" | "height" | "room">): Look {
    const plotted = row.kind === "signal" ? state.plotted[row.info.id] : undefined;
    return {
      ...place,
      slot: plotted?.slot ?? null,
      isSelected: choice.has(row.key) || (plotted !== undefined && state.selected === plotted.info.id),
      isTaken: plotted !== undefined || choice.has(row.key),
      isCurrent: row.key === current,
      isOpen: "children" in row && (!filter.empty || !closed.has(row.key)),
      lit: row.kind === "signal" ? filter.lit(row.label).join() : "",
      path: row.kind === "signal" ? sparklines.pathOf(row.info.id) : "",
    };
  }

  function shown(inSight: readonly Node[]): void {
    sparklines.show(inSight.flatMap((row) => (row.kind === "signal" && !row.info.absent ? [row.info] : [])));
  }

  function press(row: Node, event: PointerEvent): void {
    if (row.kind !== "signal" || event.button !== 0 || event.pointerType !== "mouse") return;
    const leaves = choice.has(row.key) ? choice.leaves() : [row];
    carry(
      leaves.map(({ info }) => info).filter(({ absent }) => !absent),
      event,
    );
  }

  function click(row: Node, event: MouseEvent): void {
    current = row.key;
    if (row.kind === "signal" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      choice.take(row.key, event.shiftKey);
      draw();
      return;
    }
    choice.clear(row.key);
    if (row.kind === "signal") {
      const fresh = event.target instanceof Element && event.target.closest(".plus") !== null;
      toggle(row, fresh ? "new" : "fitting");
    } else if ("children" in row) toggleOpen(row.key);
    draw();
  }

  /** All of them, up to what a plot holds; more are asked about. */
  function plotAll(leaves: readonly SignalLeaf[], place: Place): void {
    const fresh = leaves.filter(({ info }) => !info.absent && state.plotted[info.id] === undefined);
    const room = PLOTTED_MAX - Object.keys(state.plotted).length;
    if (fresh.length > room) {
      const text = `${countText(fresh.length)} signals are chosen, ${room} more have room in the plot`;
      store.dispatch({ type: "notify", notifications: [{ severity: "info", text }] });
    }
    for (const { info } of fresh.slice(0, Math.max(0, room))) store.dispatch({ type: "plot", info, place });
  }

  function toggleOpen(key: string, open = closed.has(key)): void {
    if (open) closed.delete(key);
    else closed.add(key);
    rearrange();
  }

  function toggle(row: SignalLeaf, place: Place): void {
    const id: SeriesId = row.info.id;
    if (row.info.absent) {
      const text = `${row.info.name} has no curve${row.info.comment === null ? "" : `: ${row.info.comment}`}`;
      store.dispatch({ type: "notify", notifications: [{ severity: "info", text }] });
    } else if (state.plotted[id] === undefined) store.dispatch({ type: "plot", info: row.info, place });
    else store.dispatch({ type: "remove", id });
  }

  function onFilterKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.element.focus();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      plotAll(
        found.entries.flatMap(({ node }) => (node.kind === "signal" ? [node] : [])),
        "fitting",
      );
    } else if (event.key === "Enter") {
      const row = rows.find((r) => r.key === current);
      if (row?.kind === "signal") toggle(row, event.shiftKey ? "new" : "active");
    } else if (event.key === "Escape" && input.value !== "") {
      event.stopPropagation();
      input.value = "";
      store.dispatch({ type: "filter", text: "" });
    }
  }

  function onKey(event: KeyboardEvent): void {
    const at = Math.max(
      0,
      rows.findIndex((row) => row.key === current),
    );
    const isClosed = (key: string): boolean => closed.has(key);
    const act = treeKey(event, { rows, at, page: list.page(), chosen: choice.size, isClosed });
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    const row = rows[at];
    if (act.kind === "go") goTo(act.to);
    else if (act.kind === "open") toggleOpen(act.key, act.open);
    else if (act.kind === "plot-chosen") plotAll(choice.leaves(), act.how);
    else if (act.kind === "choose-all") {
      choice.all();
      draw();
    } else if (row?.kind === "signal") toggle(row, act.how);
  }

  function goTo(index: number): void {
    current = rows[index]?.key ?? null;
    list.reveal(index);
    draw();
  }

  return {
    element,
    render,
    focusFilter() {
      input.focus();
      input.select();
    },
    focus: () => list.element.focus(),
  };
}
