/** The signals panel: filter box, the tree as a virtual list, DBCs at its foot. At most some sixty rows are in the DOM. */
import { el, onChange, setAttribute } from "../dom.ts";
import { SLOT_COUNT } from "../plot/palette.ts";
import type { Actions } from "../shell/actions.ts";
import { icon } from "../shell/icons.ts";
import type { SeriesId, SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { PLOTTED_MAX, type Place } from "../state/stripes.ts";
import { countText, rateText } from "../text/number.ts";
import { buildTree, type Node, type SignalLeaf } from "./build.ts";
import { type Filter, parseFilter } from "./filter.ts";
import { createFoot } from "./foot.ts";
import { pieces } from "./highlight.ts";
import { countSignals, type Entry, type Found, flatten, indexTree, rowsOf, search } from "./search.ts";
import { createSparklines, type SparklineHost } from "./sparklines.ts";

const SPARE_ROWS = 10;
const INDENT_PX = 13;

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
  /** Chosen with Shift and Ctrl, by key. */
  let chosen: ReadonlySet<string> = new Set();
  let anchor: string | null = null;
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
  const list = el("div", {
    class: "tree",
    role: "tree",
    tabindex: "0",
    "aria-label": "Signals that occur",
    onscroll: () => draw(),
    onkeydown: (event) => onKey(event as KeyboardEvent),
  });
  const space = el("div", { class: "tree-space" });
  list.append(space);
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
    list,
    foot.element,
  );
  new ResizeObserver(() => draw()).observe(list);

  const build = onChange((heard: State["heard"], catalogue: State["catalogue"]) => {
    const names = new Map(catalogue?.devices.map((d) => [d.device, d.name]));
    tree = buildTree(Object.values(heard), names);
    total = countSignals(tree);
    entries = null;
  });
  let tree: ReturnType<typeof buildTree> = [];
  let total = 0;
  /** Made when something is searched for the first time. */
  let entries: readonly Entry[] | null = null;

  const arrange = onChange((_heard: State["heard"], text: string, _plotted: State["plotted"] | null, _onlyPlotted: boolean) => {
    filter = parseFilter(onlyPlotted ? `${text} is:plotted` : text);
    if (filter.empty) rows = flatten(tree, (key) => !closed.has(key));
    else {
      entries ??= indexTree(tree);
      found = search(entries, filter, new Set(Object.keys(state.plotted)));
      rows = rowsOf(found.entries);
      current = found.best?.node.key ?? null;
    }
    count.textContent = filter.empty ? countText(total) : `${countText(found.signals)} of ${countText(total)}`;
    unknown.hidden = filter.unknown.length === 0;
    unknown.textContent = `No field is called ${filter.unknown.join(", ")}.`;
    chosen = new Set();
  });

  function render(next: State): void {
    state = next;
    build(next.heard, next.catalogue);
    arrange(next.heard, next.filter, onlyPlotted || next.filter.includes("is:plotted") ? next.plotted : null, onlyPlotted);
    if (document.activeElement !== input && input.value !== next.filter) input.value = next.filter;
    foot.render(next);
    redraw(rows, next.plotted, next.selected);
  }

  /** A view that moves changes no row. */
  const redraw = onChange((_rows: readonly Node[], _plotted: State["plotted"], _selected: SeriesId | null) => draw());

  function rearrange(): void {
    if (filter.empty) rows = flatten(tree, (key) => !closed.has(key));
    draw();
  }

  const rowPx = (): number => (matchMedia("(pointer: coarse), (max-width: 599px)").matches ? 40 : 22);

  function draw(): void {
    const height = rowPx();
    const first = Math.max(0, Math.floor(list.scrollTop / height) - SPARE_ROWS);
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + SPARE_ROWS);
    space.style.height = `${rows.length * height}px`;
    const room = list.clientWidth;
    const shown = rows.slice(first, last);
    space.replaceChildren(...shown.map((row, i) => drawRow(row, first + i, height, room)));
    sparklines.show(shown.flatMap((row) => (row.kind === "signal" && !row.info.absent ? [row.info] : [])));
    // It may have been scrolled away: only what is in the document can be named.
    const isShown = current !== null && shown.some((row) => row.key === current);
    setAttribute(list, "aria-activedescendant", isShown && current !== null ? rowId(current) : null);
  }

  const rowId = (key: string): string => `row-${key.replace(/[^\w@./-]/g, "_")}`;

  function drawRow(row: Node, index: number, height: number, room: number): HTMLElement {
    const isBranch = "children" in row;
    const isOpen = isBranch && (!filter.empty || !closed.has(row.key));
    const plotted = row.kind === "signal" ? state.plotted[row.info.id] : undefined;
    const selected = chosen.has(row.key) || (plotted !== undefined && state.selected === plotted.info.id);
    const isMissing = row.kind === "signal" && row.info.absent;
    const element = el(
      "div",
      {
        class: `tree-row ${row.kind}${isOpen ? " open" : ""}${selected ? " selected" : ""}${row.key === current ? " current" : ""}${isMissing ? " missing" : ""}`,
        role: "treeitem",
        id: rowId(row.key),
        title: titleOf(row),
        "aria-level": String(row.depth + 1),
        "aria-setsize": String(rows.length),
        "aria-posinset": String(index + 1),
        "aria-expanded": isBranch ? String(isOpen) : null,
        "aria-selected": row.kind === "signal" ? String(plotted !== undefined || chosen.has(row.key)) : null,
        onclick: (event) => onClick(row, event as MouseEvent),
        onpointerdown: (event) => {
          if (row.kind === "signal" && event instanceof PointerEvent && event.button === 0 && event.pointerType === "mouse")
            carry(
              chosen.has(row.key)
                ? chosenLeaves()
                    .map(({ info }) => info)
                    .filter(({ absent }) => !absent)
                : row.info.absent
                  ? []
                  : [row.info],
              event,
            );
        },
      },
      ...rowContent(row, plotted?.slot ?? null, room),
    );
    element.style.top = `${index * height}px`;
    element.style.height = `${height}px`;
    element.style.paddingLeft = `${6 + row.depth * INDENT_PX}px`;
    return element;
  }

  function rowContent(row: Node, slot: number | null, room: number): Element[] {
    const end = el("span", { class: "end" }, row.kind === "signal" ? row.detail : rateText(row.rateHz));
    if (row.kind === "signal") {
      const square = el("span", { class: `square${slot === null ? "" : ` slot${(slot % SLOT_COUNT) + 1}`}` });
      const letters = Math.max(8, Math.floor((room - row.depth * INDENT_PX - 96) / 6.6));
      const plus = el(
        "button",
        { class: "plus", type: "button", tabindex: "-1", "aria-label": `Plot ${row.label} in a new stripe`, title: "New stripe" },
        icon("plus"),
      );
      const label = el("span", { class: "label" });
      for (const piece of pieces(row.label, filter.lit(row.label), letters)) {
        label.append(piece.lit ? el("mark", {}, piece.text) : piece.text);
      }
      const mux =
        row.mux === null ? [] : [el("span", { class: "mux", title: "Only while its multiplexor has this value" }, row.mux)];
      return [square, label, ...mux, ...(slot === null && !row.info.absent ? [plus] : []), ...sparklines.of(row.info), end];
    }
    const twist = el("span", { class: "twist" });
    if ("children" in row) twist.append(icon("twist"));
    return [twist, el("span", { class: "label" }, row.label), el("span", { class: "detail" }, row.detail), end];
  }

  function onClick(row: Node, event: MouseEvent): void {
    if (row.kind === "signal" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      choose(row.key, event.shiftKey);
      draw();
      return;
    }
    current = row.key;
    anchor = row.key;
    chosen = new Set();
    if (row.kind === "signal") {
      const fresh = event.target instanceof Element && event.target.closest(".plus") !== null;
      toggle(row, fresh ? "new" : "fitting");
    } else if ("children" in row) toggleOpen(row.key);
    draw();
  }

  /** Ctrl takes one more or one less, Shift all signals from the last one. */
  function choose(key: string, toHere: boolean): void {
    const from = rows.findIndex((row) => row.key === anchor);
    const to = rows.findIndex((row) => row.key === key);
    if (toHere && from >= 0) {
      const span = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
      chosen = new Set([...chosen, ...span.flatMap((row) => (row.kind === "signal" ? [row.key] : []))]);
    } else {
      const next = new Set(chosen);
      if (!next.delete(key)) next.add(key);
      chosen = next;
      anchor = key;
    }
    current = key;
  }

  const chosenLeaves = (): SignalLeaf[] => rows.flatMap((row) => (row.kind === "signal" && chosen.has(row.key) ? [row] : []));

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
      list.focus();
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
    const row = rows[at];
    if (row === undefined || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      chosen = new Set(rows.flatMap((each) => (each.kind === "signal" ? [each.key] : [])));
      event.preventDefault();
      event.stopPropagation();
      draw();
      return;
    }
    if (event.key === "Enter" && chosen.size > 0) {
      plotAll(chosenLeaves(), event.shiftKey ? "new" : "fitting");
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(list.clientHeight / rowPx()) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[event.key];
    if (step !== undefined) goTo(Math.min(rows.length - 1, Math.max(0, at + step)));
    else if (event.key === "ArrowRight" && "children" in row) toggleOpen(row.key, true);
    else if (event.key === "ArrowLeft") {
      if ("children" in row && !closed.has(row.key)) toggleOpen(row.key, false);
      else
        goTo(
          Math.max(
            0,
            rows.slice(0, at).findLastIndex((r) => r.depth < row.depth),
          ),
        );
    } else if (event.key === "Enter" || event.key === " ") {
      if (row.kind === "signal") toggle(row, event.shiftKey ? "new" : event.key === " " ? "fitting" : "active");
      else if ("children" in row) toggleOpen(row.key);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function goTo(index: number): void {
    current = rows[index]?.key ?? null;
    const height = rowPx();
    if (index * height < list.scrollTop) list.scrollTop = index * height;
    else if ((index + 1) * height > list.scrollTop + list.clientHeight) list.scrollTop = (index + 1) * height - list.clientHeight;
    draw();
  }

  return {
    element,
    render,
    focusFilter() {
      input.focus();
      input.select();
    },
    focus: () => list.focus(),
  };
}

function titleOf(row: Node): string {
  const frames = `${countText(row.frames)} frames`;
  if (row.kind !== "signal") return `${row.label} ${row.detail}\n${frames}`;
  const { info, selectedBy } = row;
  const unit = info.unit === "" ? "" : ` (${info.unit})`;
  const lines = [`${info.name}${unit}`, info.source, `${frames}, ${rateText(info.rateHz)}`];
  if (selectedBy !== null) lines.push(`multiplexed by ${selectedBy}${row.mux === null ? "" : `, ${row.mux}`}`);
  if (info.comment !== null) lines.push(info.comment);
  return lines.join("\n");
}
