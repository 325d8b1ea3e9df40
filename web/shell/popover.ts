/** Small windows beside what they change: the style of a signal, the limits of an axis. Escape or a press outside closes. */
import { el } from "../dom.ts";
import { SLOT_COUNT } from "../plot/palette.ts";
import type { Limits, Plotted, SeriesId, Style } from "../state/model.ts";
import type { Store } from "../state/store.ts";

export interface Popover {
  readonly element: HTMLElement;
  style(id: SeriesId, x: number, y: number): void;
  limits(ids: readonly SeriesId[], now: Limits, x: number, y: number): void;
}

const LINES = ["auto", "linear", "step"] as const;
const MARKERS = ["auto", "always", "never"] as const;
const FORMS = ["physical", "raw", "hex"] as const;
const CODES = ["gap", "draw"] as const;

export function createPopover(store: Store): Popover {
  const element = el("div", { class: "popover", role: "dialog", hidden: true });
  let before: HTMLElement | null = null;

  function close(): void {
    if (element.hidden) return;
    element.hidden = true;
    before?.focus();
  }
  element.addEventListener("keydown", (event) => {
    event.stopPropagation(); // keys of the plot do nothing here
    if (event.key === "Escape") close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !element.contains(event.target)) close();
  });

  function open(label: string, x: number, y: number, ...content: readonly HTMLElement[]): void {
    before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    element.setAttribute("aria-label", label);
    element.replaceChildren(el("h2", {}, label), ...content);
    element.hidden = false;
    const { clientWidth, clientHeight } = document.documentElement;
    element.style.left = `${Math.max(8, Math.min(x, clientWidth - element.offsetWidth - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(y, clientHeight - element.offsetHeight - 8))}px`;
    element.querySelector<HTMLElement>("button, input, select")?.focus();
  }

  return {
    element,
    style(id, x, y) {
      const signal = store.get().plotted[id];
      if (signal === undefined) return;
      const change = (style: Partial<Style>): void => store.dispatch({ type: "style", id, style });
      open(`Style of ${signal.info.name}`, x, y, ...styleFields(signal, change));
    },
    limits(ids, now, x, y) {
      open(
        "Limits of the axis",
        x,
        y,
        limitFields(now, (limits) => {
          store.dispatch({ type: "limits", limits: Object.fromEntries(ids.map((id) => [id, limits])) });
          close();
        }),
      );
    },
  };
}

const field = (label: string, input: HTMLElement): HTMLElement => el("label", {}, el("span", {}, label), input);

function choice<T extends string>(values: readonly T[], now: T, choose: (value: T) => void): HTMLElement {
  const select = el(
    "select",
    {
      onchange: () => {
        const value = values[select.selectedIndex];
        if (value !== undefined) choose(value);
      },
    },
    ...values.map((value) => el("option", { value, selected: value === now }, value)),
  );
  return select;
}

function styleFields({ style, slot }: Plotted, change: (style: Partial<Style>) => void): HTMLElement[] {
  const own = el("input", {
    type: "color",
    "aria-label": "Own colour",
    value: style.colour ?? "#808080",
    oninput: () => change({ colour: own.value }),
  });
  const automatic = el(
    "button",
    { type: "button", class: "framed", onclick: () => change({ colour: null }) },
    `Slot ${(slot % SLOT_COUNT) + 1}`,
  );
  const widths = ["auto", "1", "1.5", "2", "3"] as const;
  const decimals = ["auto", "0", "1", "2", "3"] as const;
  const numberOf = (text: string): number | null => (text === "auto" ? null : Number(text));
  const nameOf = <T extends string>(values: readonly T[], value: number | null): T =>
    values.find((text) => text === String(value)) ?? (values[0] as T);
  return [
    el("div", { class: "row" }, automatic, own),
    field(
      "Width",
      choice(widths, nameOf(widths, style.widthPx), (text) => change({ widthPx: numberOf(text) })),
    ),
    field(
      "Line",
      choice(LINES, style.line, (line) => change({ line })),
    ),
    field(
      "Markers",
      choice(MARKERS, style.markers, (markers) => change({ markers })),
    ),
    field(
      "Decimals",
      choice(decimals, nameOf(decimals, style.decimals), (text) => change({ decimals: numberOf(text) })),
    ),
    field(
      "Values",
      choice(FORMS, style.form, (form) => change({ form })),
    ),
    field(
      "Not available",
      choice(CODES, style.codes, (codes) => change({ codes })),
    ),
  ];
}

function limitFields([low, high]: Limits, set: (limits: Limits) => void): HTMLElement {
  const number = (label: string, value: number): HTMLInputElement =>
    el("input", { type: "text", inputmode: "decimal", "aria-label": label, value: String(value) });
  const [top, bottom] = [number("Upper limit", high), number("Lower limit", low)];
  const wrong = el("p", { class: "wrong", role: "alert" });
  const read = (input: HTMLInputElement): number => Number(input.value.replace("−", "-").replace(",", "."));
  return el(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        const [from, to] = [read(bottom), read(top)];
        if (Number.isFinite(to - from) && to > from) set([from, to]);
        else wrong.textContent = "The upper limit must be a number above the lower one.";
      },
    },
    field("Upper", top),
    field("Lower", bottom),
    wrong,
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "primary" }, "Set")),
  );
}
