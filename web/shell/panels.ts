/** Sizes of the panels: dragged at their edges, kept for each width of window in this browser (viewer.md §1). */
import { setAttribute } from "../dom.ts";
import { createDivider } from "../plot/dividers.ts";
import type { State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import type { Kept } from "../storage.ts";

type Panel = "left" | "legend" | "right" | "bottom";

interface Range {
  readonly min: number;
  /** A height, at most 70 % of the window. */
  readonly max: number | "share";
  readonly first: number;
}

const WIDE: Readonly<Record<Panel, Range>> = {
  left: { min: 240, max: 560, first: 312 },
  legend: { min: 220, max: 420, first: 296 },
  right: { min: 280, max: 560, first: 344 },
  bottom: { min: 120, max: "share", first: 320 },
};
const LAPTOP: Readonly<Record<Panel, Range>> = {
  left: { min: 200, max: 400, first: 248 },
  legend: { min: 0, max: 0, first: 0 },
  right: { min: 280, max: 700, first: 468 },
  bottom: { min: 120, max: "share", first: 356 },
};
const KEY = "buslens.panels";
const BOTTOM_SHARE_MAX = 0.7;
/** What the plot keeps, CSS px; and what top bar, overview, time axis and status bar take of the height. */
const PLOT_MIN = { width: 320, height: 200 };
const BARS_PX = 124;
/** What closes when a panel is dragged below its minimum. */
const CLOSES: Readonly<Record<Panel, readonly (keyof State["panels"])[]>> = {
  left: ["signals"],
  legend: [],
  right: ["stats"],
  bottom: ["file", "stats"],
};

export interface Panels {
  /** A divider for the edge of a panel. */
  divider(panel: Panel): HTMLElement;
  apply(): void;
}

export function createPanels(store: Store, root: HTMLElement, storage: Kept, resized: () => void): Panels {
  const wide = matchMedia("(min-width: 1440px)");
  const laptop = matchMedia("(min-width: 960px)");
  const ranges = (): Readonly<Record<Panel, Range>> | null => (wide.matches ? WIDE : laptop.matches ? LAPTOP : null);
  const place = (): string => (wide.matches ? "wide" : "laptop");
  const kept = read(storage);
  const dividers: { readonly panel: Panel; readonly element: HTMLElement }[] = [];

  const sizeOf = (panel: Panel): number => {
    const range = ranges()?.[panel];
    if (range === undefined) return 0;
    return clamp(kept[`${place()}.${panel}`] ?? range.first, range, roomFor(panel));
  };

  /** What the plot can spare: the right side gives way first, then the bottom, which has its own direction, then the left. */
  function roomFor(panel: Panel): number {
    if (panel === "bottom") return innerHeight - BARS_PX - PLOT_MIN.height;
    const legend = wide.matches ? WIDE.legend.min : 0;
    const others = panel === "left" ? (wide.matches ? WIDE.right.min + legend : 0) : sizeOf("left");
    if (panel === "right") return wide.matches ? innerWidth - others - legend - PLOT_MIN.width : Number.POSITIVE_INFINITY;
    if (panel === "legend") return innerWidth - others - (store.get().panels.stats ? WIDE.right.min : 0) - PLOT_MIN.width;
    return innerWidth - others - PLOT_MIN.width;
  }

  function apply(): void {
    // Narrow windows have the sizes of the style sheet.
    for (const panel of ["left", "legend", "right", "bottom"] as const) {
      if (ranges() === null) root.style.removeProperty(`--${panel}`);
      else root.style.setProperty(`--${panel}`, `${sizeOf(panel)}px`);
    }
    for (const { panel, element } of dividers) tellSize(panel, element);
    resized();
  }

  /** A divider that can be focused says where it stands and how far it goes, px. */
  function tellSize(panel: Panel, element: HTMLElement): void {
    const range = ranges()?.[panel];
    if (range === undefined) return;
    setAttribute(element, "aria-valuenow", String(sizeOf(panel)));
    setAttribute(element, "aria-valuemin", String(range.min));
    setAttribute(element, "aria-valuemax", String(Math.max(range.min, clamp(Number.MAX_SAFE_INTEGER, range, roomFor(panel)))));
  }

  function set(panel: Panel, px: number): void {
    const range = ranges()?.[panel];
    if (range === undefined) return;
    const isOff = px < range.min - 40 && CLOSES[panel].length > 0;
    if (isOff) for (const closed of CLOSES[panel]) store.dispatch({ type: "panel", panel: closed, open: false });
    kept[`${place()}.${panel}`] = isOff ? range.first : clamp(px, range, roomFor(panel));
    storage.set(KEY, JSON.stringify(kept));
    apply();
  }

  addEventListener("resize", apply);

  return {
    divider(panel) {
      const sign = panel === "left" ? 1 : -1; // the others grow when their edge moves left or up
      let start = 0;
      const names: Readonly<Record<Panel, string>> = {
        left: "Width of the signals",
        legend: "Width of the legend",
        right: "Width of the statistics",
        bottom: "Height of the bottom panel",
      };
      const element = createDivider(names[panel], panel === "bottom" ? "horizontal" : "vertical", {
        drag(byPx, isStart) {
          if (isStart) start = sizeOf(panel);
          else if (byPx !== 0) set(panel, start + sign * byPx);
        },
        reset: () => set(panel, ranges()?.[panel].first ?? 0),
      });
      element.classList.add(`edge-${panel}`);
      dividers.push({ panel, element });
      tellSize(panel, element);
      return element;
    },
    apply,
  };
}

const clamp = (px: number, { min, max }: Range, room: number): number => {
  const most = max === "share" ? innerHeight * BOTTOM_SHARE_MAX : max;
  return Math.round(Math.max(min, Math.min(most, room, px)));
};

function read(storage: Kept): Record<string, number> {
  try {
    const value: unknown = JSON.parse(storage.get(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  } catch {
    return {};
  }
}
