/** The top bar: mark, source, views, zone, ledger badge, theme, help. */
import { el, onChange, setAttribute, setText } from "../dom.ts";
import { type Command, keysText } from "../keys.ts";
import type { State, Zone } from "../state/model.ts";
import { type Condition, conditionOf, logOffsetMinutes, unsoughtBytes } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { bytesText } from "../text/number.ts";
import { offsetText } from "../text/time.ts";
import type { Actions } from "./actions.ts";
import { type IconName, icon } from "./icons.ts";
import type { Menu } from "./menu.ts";
import { shortRangeText } from "./range-text.ts";

/** What its buttons open is loaded by the first click. */
const loadMenus = () => import("./topbar-menus.ts");

export interface TopBar {
  readonly element: HTMLElement;
  render(state: State): void;
}

/** There the source has a second line, and no status bar says the times. */
const phone = matchMedia("(max-width: 599px)");
const FIND = "Find a signal, a command, a time";

export function createTopBar(store: Store, actions: Actions, menu: Menu): TopBar {
  const sourceName = el("span", { class: "name" });
  const sourceDetail = el("span", { class: "detail" });
  const sourceTimes = el("span", { class: "times" });
  const source = el(
    "button",
    {
      class: "source",
      type: "button",
      "aria-haspopup": "menu",
      onclick: () => void loadMenus().then(({ sourceItems }) => menu.open(source, sourceItems(store.get(), actions))),
    },
    icon("folder"),
    sourceName,
    sourceDetail,
    sourceTimes,
  );
  const undo = tool("undo", "Undo", "undo", actions);
  const redo = tool("redo", "Redo", "redo", actions);
  const fit = tool("fit", "Fit", "fit", actions);
  const cursors = tool("cursors", "Cursors", "cursors", actions);
  const stats = tool("stats", "Statistics", "toggle-stats", actions);
  const find = el(
    "button",
    { class: "find", type: "button", title: FIND, onclick: () => actions.run("palette") },
    icon("search"),
    el("span", { class: "word" }, FIND),
    el("kbd", { "aria-hidden": "true" }, keysText("palette")),
  );
  const link = tool("link", "Copy link", "copy-link", actions);
  const zones = el("div", { class: "zones", role: "group", "aria-label": "Time zone" });
  const zoneText = el("span");
  const zoneMenu = el(
    "button",
    {
      class: "zone-menu",
      type: "button",
      "aria-label": "Time zone",
      "aria-haspopup": "menu",
      onclick: () => void loadMenus().then(({ zoneItems }) => menu.open(zoneMenu, zoneItems(store))),
    },
    zoneText,
    icon("down"),
  );
  const badge = el("button", { class: "badge", type: "button", onclick: () => actions.run("toggle-file") });
  const theme = el(
    "button",
    {
      class: "theme",
      type: "button",
      "aria-label": "Switch between dark and light",
      title: "Dark or light",
      onclick: actions.toggleTheme,
    },
    icon("theme"),
  );
  const help = el(
    "button",
    { class: "help", type: "button", "aria-label": "Help: keys", title: "Keys (?)", onclick: () => actions.run("help") },
    icon("help"),
  );
  const more = el(
    "button",
    {
      class: "more",
      type: "button",
      "aria-label": "Menu",
      "aria-haspopup": "menu",
      onclick: () => void loadMenus().then(({ moreItems }) => menu.open(more, moreItems(store, actions))),
    },
    icon("menu"),
  );
  const progress = el("div", { class: "progress-line", role: "progressbar", "aria-label": "Reading", hidden: true });
  const element = el(
    "header",
    { class: "topbar" },
    el("div", { class: "mark" }, icon("mark"), el("span", { class: "word" }, "buslens")),
    source,
    undo,
    redo,
    fit,
    cursors,
    stats,
    el("span", { class: "spacer" }),
    find,
    el("span", { class: "spacer" }),
    zones,
    zoneMenu,
    badge,
    link,
    theme,
    help,
    more,
    progress,
    menu.element,
  );

  const drawSource = onChange((catalogue: State["catalogue"]) => {
    source.hidden = catalogue === null;
    for (const button of [undo, redo, fit, cursors, stats, find, zones, zoneMenu, link]) button.hidden = catalogue === null;
    if (catalogue === null) return;
    sourceName.textContent = sourceText(catalogue);
    const splits = catalogue.logs.length;
    sourceDetail.textContent = `${splits} split${splits === 1 ? "" : "s"} · ${bytesText(catalogue.source.bytes)}`;
  });
  const drawZones = onChange((zone: Zone, minutes: number) => {
    const labels: readonly (readonly [Zone, string, string])[] = [
      ["relative", "+0.0 s", "Seconds from the start of the recording"],
      ["log", `Log ${offsetText(minutes)}`, "The logger's own time zone"],
      ["utc", "UTC", "UTC"],
      ["local", "Local", "This computer's time zone"],
    ];
    zoneText.textContent = labels.find(([value]) => value === zone)?.[1] ?? "";
    zones.replaceChildren(
      ...labels.map(([value, text, title]) =>
        el(
          "button",
          {
            type: "button",
            title,
            "aria-pressed": String(value === zone),
            onclick: () => store.dispatch({ type: "zone", zone: value }),
          },
          text,
        ),
      ),
    );
  });
  const drawBadge = onChange(
    (heard: State["heard"], catalogue: State["catalogue"], losses: State["losses"], unsought: number) => {
      const condition = conditionOf({ heard, catalogue, losses });
      badge.hidden = catalogue === null;
      // Its place is kept until the sums are there, so that nothing beside it moves then.
      badge.style.visibility = condition === null ? "hidden" : "visible";
      const { text, name, why } = badgeLook(condition ?? { kind: "balanced" });
      badge.className = `badge ${condition?.kind ?? ""}`;
      const left = unsought > 0 ? ` Lost messages were not looked for (${bytesText(unsought)} to read).` : "";
      badge.title = `${why}${left} Click for the sums.`;
      badge.replaceChildren(icon(name), text);
    },
  );

  return {
    element,
    render(state) {
      drawSource(state.catalogue);
      if (phone.matches) setText(sourceTimes, shortRangeText(state));
      drawZones(state.zone, logOffsetMinutes(state));
      drawBadge(state.heard, state.catalogue, state.losses, unsoughtBytes(state));
      cursors.setAttribute("aria-pressed", String(state.cursors.a !== null || state.cursors.b !== null));
      stats.setAttribute("aria-pressed", String(state.panels.stats));
      undo.disabled = !store.canUndo();
      redo.disabled = !store.canRedo();
      progress.hidden = state.progress === null;
      if (state.progress !== null) {
        const share = state.progress.bytesAll > 0 ? Math.min(1, state.progress.bytes / state.progress.bytesAll) : 0.1;
        progress.style.width = `${share * 100}%`;
        setAttribute(progress, "aria-valuenow", String(Math.round(share * 100)));
      }
    },
  };
}

function tool(name: IconName, word: string, command: Command, actions: Actions): HTMLButtonElement {
  return el(
    "button",
    {
      class: `tool of-${name}`,
      type: "button",
      "aria-label": name === "cursors" ? "Cursors A B" : word,
      title: `${word} (${keysText(command)})`,
      onclick: () => actions.run(command),
    },
    icon(name),
    name === "undo" || name === "redo" ? null : el("span", { class: "word" }, name === "cursors" ? "A B" : word),
  );
}

/** From the catalogue alone: it does not change its width while logs are listened to. */
function sourceText(catalogue: NonNullable<State["catalogue"]>): string {
  const sessions = new Set(catalogue.logs.flatMap((log) => (log.startNs === null ? [] : `${log.device} / ${log.session}`)));
  const [only] = sessions;
  if (sessions.size === 1 && only !== undefined) return only;
  const names = catalogue.devices.map((d) => d.device);
  if (catalogue.source.kind === "sample") return "Sample drive";
  return names.length === 1 ? (names[0] ?? "") : names.length === 0 ? catalogue.source.name : `${names.length} devices`;
}

/** Shape differs as well as colour: dot, triangle, broken square, cross. */
function badgeLook(condition: Condition): { readonly text: string; readonly name: IconName; readonly why: string } {
  switch (condition.kind) {
    case "balanced":
      return { text: "Balanced", name: "dot", why: "Every byte and frame is accounted for." };
    case "losses":
      return {
        text: condition.count === 1 ? "1 loss" : `${condition.count} losses`,
        name: "triangle",
        why: "Pieces of files are missing.",
      };
    case "damaged":
      return { text: "Damaged", name: "broken", why: "A file is readable only up to some byte." };
    case "unbalanced":
      return { text: "Does not add up", name: "cross", why: "The sums are wrong: this is our fault." };
  }
}
