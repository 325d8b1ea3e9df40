/** The signals panel: filter box, the tree as a virtual list, DBCs at its foot. */
import { el, onChange } from "../dom.ts";
import type { Actions } from "../shell/actions.ts";
import { icon } from "../shell/icons.ts";
import type { SeriesId, SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { MANY, PLOTTED_MAX, type Place } from "../state/stripes.ts";
import { countText } from "../text/number.ts";
import type { Node, SignalLeaf } from "./build.ts";
import { createChips, type Scope } from "./chips.ts";
import { createChoice } from "./choice.ts";
import { createExtras, type ExtrasHost } from "./extras.ts";
import { type Filter, narrows, parseFilter } from "./filter.ts";
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

export interface TreeActions extends Pick<Actions, "openDatabases" | "enterPassword" | "listenOn" | "run"> {
  /** The row of a plotted signal is pointed at; null: no more. */
  light(id: SeriesId | null): void;
}

/** `carry`: a row that is dragged onto the plot. */
export function createTree(
  store: Store,
  actions: TreeActions,
  carry: (infos: readonly SignalInfo[], event: PointerEvent) => void,
  sparks: SparklineHost,
  extrasHost: ExtrasHost,
): Tree {
  const closed = new Set<string>();
  const choice = createChoice(() => rows);
  let scope: Scope = "log";
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
  const list = createList({ look, shown, click, press, hover, key: onKey });
  const foot = createFoot(actions);
  let version = 0;
  const extras = createExtras(extrasHost, {
    close: (key) => closed.add(key),
    changed() {
      version++;
      render(store.get());
    },
  });
  const sparklines = createSparklines(sparks, () => draw());
  const unknown = el("div", { class: "inline-notice warning", role: "status", hidden: true });
  const chips = createChips((next) => {
    scope = next;
    render(store.get());
  });
  const element = el(
    "nav",
    { class: "signals", "aria-label": "Signals", id: "signals" },
    el("div", { class: "filter" }, icon("search"), input, count),
    chips,
    unknown,
    extras.element,
    list.element,
    foot.notices,
    foot.element,
  );
  let grown = nothingGrown;
  let heardTotal = 0;
  let isGrowing = false;
  /** What is heard meanwhile is taken up after it: one growth at a time. */
  async function build(): Promise<void> {
    if (isGrowing || grown.heard === state.heard) return;
    isGrowing = true;
    grown = await grow(state);
    isGrowing = false;
    heardTotal = countSignals(grown.tree);
    render(store.get());
  }

  /** What is searched: what was heard, or with it what the databases know. */
  const all = (): Grown => (scope === "dbc" ? extras.withSilent(grown, state.heard) : grown);

  /** What was found last is found in: each letter that follows looks only there. */
  let searched: { readonly shown: Grown | null; readonly text: string } = { shown: null, text: "" };

  const arrange = onChange((shown: Grown, text: string, _plotted: State["plotted"] | null, _scope: Scope, _version: number) => {
    filter = parseFilter(scope === "plotted" ? `${text} is:plotted` : text);
    const total = shown === grown ? heardTotal : countSignals(shown.tree);
    if (filter.empty) rows = browsed();
    else {
      const isPart = searched.shown === shown && narrows(searched.text, text) && scope !== "plotted";
      found = search(isPart ? found.entries : shown.entries, filter, new Set(Object.keys(state.plotted)));
      searched = { shown, text };
      rows = rowsOf(found.entries);
      current = found.best?.node.key ?? null;
    }
    count.textContent = filter.empty ? countText(total) : `${countText(found.signals)} of ${countText(total)}`;
    unknown.hidden = filter.unknown.length === 0;
    unknown.textContent = `No field is called ${filter.unknown.join(", ")}.`;
    choice.clear();
  });

  const isOpen = (key: string): boolean => !closed.has(key);
  const browsed = (): Node[] =>
    flatten(scope === "log" ? extras.withSessions(grown.tree, grown.heard, isOpen) : all().tree, isOpen);

  function render(next: State): void {
    state = next;
    void build();
    const shown = all();
    const asksPlotted = scope === "plotted" || next.filter.includes("is:plotted");
    arrange(shown, next.filter, asksPlotted ? next.plotted : null, scope, version);
    if (document.activeElement !== input && input.value !== next.filter) input.value = next.filter;
    foot.render(next);
    redraw(rows, next.plotted, next.selected);
  }

  /** A view that moves changes no row. */
  const redraw = onChange((_rows: readonly Node[], _plotted: State["plotted"], _selected: SeriesId | null) => draw());

  function rearrange(): void {
    if (filter.empty) rows = browsed();
    draw();
  }

  const draw = (): void => list.draw(rows, current);

  function look(row: Node, place: Pick<Look, "index" | "sibling" | "height" | "room">): Look {
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
      status: row.kind !== "signal" ? "" : row.never === true ? "never sent" : sparklines.statusOf(row.info.id),
      isEstimate: state.heard[row.key.split("/")[0] ?? ""]?.isWhole === false,
    };
  }

  function shown(inSight: readonly Node[]): void {
    sparklines.show(inSight.flatMap((row) => (row.kind === "signal" && !row.info.absent ? [row.info] : [])));
  }

  function hover(row: Node | null, element: HTMLElement): void {
    actions.light(row?.kind === "signal" && state.plotted[row.info.id] !== undefined ? row.info.id : null);
    if (row?.kind === "signal" && !row.info.absent) extras.hover(row.info, element);
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

  /** More than are told apart at a glance are asked about. */
  function plotAll(leaves: readonly SignalLeaf[], place: Place): void {
    const fresh = leaves.filter(({ info }) => !info.absent && state.plotted[info.id] === undefined);
    const plot = (some: readonly SignalLeaf[]): void => {
      for (const { info } of some) store.dispatch({ type: "plot", info, place });
    };
    const room = PLOTTED_MAX - Object.keys(state.plotted).length;
    if (fresh.length <= MANY) plot(fresh);
    else
      extras.ask(`${countText(fresh.length)} signals would be plotted.`, [
        { label: `Plot ${fresh.length <= room ? "all" : `the first ${countText(room)}`}`, run: () => plot(fresh.slice(0, room)) },
        { label: `Only the first ${MANY}`, run: () => plot(fresh.slice(0, MANY)) },
      ]);
  }

  function toggleOpen(key: string, open = closed.has(key)): void {
    if (open) closed.delete(key);
    else closed.add(key);
    rearrange();
  }

  function toggle(row: SignalLeaf, place: Place): void {
    const id: SeriesId = row.info.id;
    if (row.never === true) {
      const text = `${row.info.name} was never sent: no frame of ${row.info.message} is in this log`;
      store.dispatch({ type: "notify", notifications: [{ severity: "info", text }] });
    } else if (row.info.absent) {
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
    else if (act.kind === "carry") carryByKey(row);
    else if (act.kind === "choose-all") {
      choice.all();
      draw();
    } else if (row?.kind === "signal") toggle(row, act.how);
  }

  /** It is plotted first if it is not, and then goes where the arrows say. */
  function carryByKey(row: Node | undefined): void {
    if (row?.kind !== "signal" || row.info.absent) return;
    if (state.plotted[row.info.id] === undefined) store.dispatch({ type: "plot", info: row.info, place: "fitting" });
    store.dispatch({ type: "select", id: row.info.id });
    actions.run("move");
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
