/** The command palette (Ctrl K): commands, signals, times, layouts. Each source finds by itself; a prefix asks one of them. */
import { el } from "../dom.ts";

export interface Hit {
  /** Unique; the last ones used come first. */
  readonly key: string;
  readonly text: string;
  readonly detail: string;
  /** Higher is better. */
  readonly score: number;
  run(): void;
}

/** Signal search over fifty thousand names is a source like any other. */
export interface PaletteSource {
  /** ">" commands, "@" signals, ":" times; null: always asked, never alone. */
  readonly prefix: string | null;
  find(query: string): readonly Hit[];
  /** What was used before, by its key, where an empty query does not find it. */
  recall?(key: string): Hit | null;
}

export interface CommandPalette {
  readonly element: HTMLDialogElement;
  open(text: string): void;
}

/** So many are listed. */
export const HITS_MAX = 50;
const LAST_MAX = 5;

export function createPalette(sources: readonly PaletteSource[]): CommandPalette {
  let hits: readonly Hit[] = [];
  let current = 0;
  let last: readonly string[] = [];
  const input = el("input", {
    type: "text",
    role: "combobox",
    "aria-label": "Find a command, a signal or a time",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    placeholder: "Command, signal, or time  (> @ :)",
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => {
      current = 0;
      search();
    },
    onkeydown: (event) => onKey(event as KeyboardEvent),
  });
  const list = el("div", { class: "palette-list", role: "listbox", id: "palette-list", "aria-label": "Found" });
  const more = el("p", { class: "hint", hidden: true }, `The best ${HITS_MAX} are listed. Type more to find others.`);
  const element = el("dialog", { class: "palette", "aria-label": "Command palette" }, input, list, more);
  element.addEventListener("pointerdown", (event) => {
    if (event.target === element) element.close(); // on the backdrop
  });

  function search(): void {
    const text = input.value;
    const own = sources.filter(({ prefix }) => prefix !== null && text.startsWith(prefix));
    const query = own.length > 0 ? text.slice(1).trim() : text.trim();
    const asked = own.length > 0 ? own : sources;
    const recency = (hit: Hit): number => (query === "" && last.includes(hit.key) ? 1000 - 10 * last.indexOf(hit.key) : 0);
    const found = asked.flatMap((source) => source.find(query));
    const known = new Set(found.map(({ key }) => key));
    const again = query === "" ? last.filter((key) => !known.has(key)) : [];
    const every = [...found, ...again.flatMap((key) => asked.flatMap((source) => source.recall?.(key) ?? []))]
      .map((hit) => ({ hit, score: hit.score + recency(hit) }))
      .sort((a, b) => b.score - a.score)
      .map(({ hit }) => hit);
    hits = every.slice(0, HITS_MAX);
    more.hidden = every.length <= HITS_MAX;
    draw();
  }

  function draw(): void {
    list.replaceChildren(
      ...(hits.length === 0
        ? [el("p", { class: "hint" }, input.value === "" ? "" : "Nothing is called that.")]
        : hits.map((hit, i) =>
            el(
              "div",
              {
                class: `palette-hit${i === current ? " current" : ""}`,
                role: "option",
                id: `palette-${i}`,
                "aria-selected": String(i === current),
                onclick: () => take(hit),
              },
              el("span", {}, hit.text),
              el("span", { class: "detail" }, hit.detail),
            ),
          )),
    );
    input.setAttribute("aria-activedescendant", `palette-${current}`);
    list.children[current]?.scrollIntoView({ block: "nearest" });
  }

  function onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && hits.length > 0) {
      current = (current + step + hits.length) % hits.length;
      draw();
    } else if (event.key === "Enter") {
      const hit = hits[current];
      if (hit !== undefined) take(hit);
    } else return;
    event.preventDefault();
  }

  function take(hit: Hit): void {
    last = [hit.key, ...last.filter((key) => key !== hit.key)].slice(0, LAST_MAX);
    element.close();
    hit.run();
  }

  return {
    element,
    open(text) {
      if (!element.open) element.showModal();
      input.value = text;
      current = 0;
      search();
      input.focus();
    },
  };
}
