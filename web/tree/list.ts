/** The rows in sight, and some above and below, as elements: at most some sixty, whatever the count. What did not change is kept. */
import { el, setAttribute } from "../dom.ts";
import type { Node } from "./build.ts";
import { isSame, type Look, rowElement, rowId } from "./row.ts";
import { type Sibling, siblingsOf } from "./siblings.ts";

const SPARE_ROWS = 10;
/** In the document at once, unless more are in sight. */
const ROWS_MAX = 60;
const ALONE: Sibling = { position: 1, count: 1 };
const isCoarse = matchMedia("(pointer: coarse), (max-width: 599px)");
const rowPx = (): number => (isCoarse.matches ? 40 : 22);

export interface ListHost {
  look(row: Node, place: Pick<Look, "index" | "sibling" | "height" | "room">): Look;
  /** What is in the document now. */
  shown(rows: readonly Node[]): void;
  click(row: Node, event: MouseEvent): void;
  press(row: Node, event: PointerEvent): void;
  /** The pointer came over a row; null: it left the list. */
  hover(row: Node | null, element: HTMLElement): void;
  key(event: KeyboardEvent): void;
}

export interface List {
  readonly element: HTMLElement;
  draw(rows: readonly Node[], current: string | null): void;
  /** Scrolls until a row is in sight; drawn by the next `draw`. */
  reveal(index: number): void;
  /** Rows that fit. */
  page(): number;
}

interface Drawn {
  readonly row: Node;
  readonly look: Look;
  readonly element: HTMLElement;
}

export function createList(host: ListHost): List {
  const space = el("div", { class: "tree-space" });
  const element = el(
    "div",
    {
      class: "tree",
      role: "tree",
      tabindex: "0",
      "aria-label": "Signals that occur",
      onkeydown: (e) => host.key(e as KeyboardEvent),
    },
    space,
  );
  let rows: readonly Node[] = [];
  let current: string | null = null;
  let drawn = new Map<string, Drawn>();
  // Measured by the browser after layout: no drawing asks for it. CSS px.
  let size = { width: 0, height: 0 };
  let scrolledPx = 0;

  new ResizeObserver(([entry]) => {
    size = { width: entry?.contentRect.width ?? 0, height: entry?.contentRect.height ?? 0 };
    redraw();
  }).observe(element);
  element.addEventListener("scroll", () => {
    scrolledPx = element.scrollTop;
    redraw();
  });
  const rowOf = (event: Event): Node | undefined => {
    const at = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    return at === null ? undefined : rows[Number(at.dataset.row)];
  };
  element.addEventListener("click", (event) => {
    const row = rowOf(event);
    if (row !== undefined) host.click(row, event);
  });
  element.addEventListener("pointerdown", (event) => {
    const row = rowOf(event);
    if (row !== undefined) host.press(row, event);
  });

  element.addEventListener("pointerover", (event) => {
    const row = rowOf(event);
    const over = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    if (row !== undefined && over !== null) host.hover(row, over);
  });
  element.addEventListener("pointerleave", () => host.hover(null, element));

  function redraw(): void {
    const height = rowPx();
    const spare = Math.max(1, Math.min(SPARE_ROWS, Math.floor((ROWS_MAX - Math.ceil(size.height / height) - 1) / 2)));
    const first = Math.max(0, Math.floor(scrolledPx / height) - spare);
    const last = Math.min(rows.length, Math.ceil((scrolledPx + size.height) / height) + spare);
    const heightText = `${rows.length * height}px`;
    if (space.style.height !== heightText) space.style.height = heightText;
    const shown = rows.slice(first, last);
    const places = siblingsOf(rows, first, last);
    const next = new Map<string, Drawn>();
    shown.forEach((row, i) => {
      const look = host.look(row, { index: first + i, sibling: places[i] ?? ALONE, height, room: size.width });
      const old = drawn.get(row.key);
      const same = old !== undefined && old.row === row && isSame(old.look, look);
      next.set(row.key, same ? old : { row, look, element: rowElement(row, look) });
    });
    put([...next.values()].map((one) => one.element));
    drawn = next;
    host.shown(shown);
    // It may have been scrolled away: only what is in the document can be named.
    const active = current !== null && next.has(current) ? rowId(current) : null;
    setAttribute(element, "aria-activedescendant", active);
  }

  /** Only what is new enters the document: rows are placed by number, but read in the order they stand in. */
  function put(elements: readonly HTMLElement[]): void {
    const stay = new Set<Element>(elements);
    for (const old of [...space.children]) if (!stay.has(old)) old.remove();
    elements.forEach((one, i) => {
      if (space.children[i] !== one) space.insertBefore(one, space.children[i] ?? null);
    });
  }

  return {
    element,
    draw(nextRows, nextCurrent) {
      rows = nextRows;
      current = nextCurrent;
      redraw();
    },
    reveal(index) {
      const height = rowPx();
      if (index * height < scrolledPx) scrolledPx = index * height;
      else if ((index + 1) * height > scrolledPx + size.height) scrolledPx = (index + 1) * height - size.height;
      else return;
      element.scrollTop = scrolledPx;
    },
    page: () => Math.max(1, Math.floor(size.height / rowPx()) - 1),
  };
}
