/**
 * What the page needs a moment after its first paint: commands, statistics, File panel, palette, table, popovers, links and layouts. A chunk of its
 * own, so that the first load stays small; main.ts asks for it at once and goes on without waiting.
 */
import "./styles/dialogs.css";
import "./styles/later.css";
import "./styles/library.css";
import "./styles/panels.css";
import "./styles/print.css";
import "./styles/touch.css";
import { type CommandHost, createCommands, followValues, moveByKey, type Run } from "./commands.ts";
import { el, onChange } from "./dom.ts";
import type { LastFolder } from "./library/last-folder.ts";
import type { Library } from "./library/library.ts";
import type { PasswordAsker } from "./library/locked.ts";
import { createKeptHistory } from "./link/kept-history.ts";
import { createLastViews } from "./link/last-views.ts";
import { createLayouts, layoutOf, readLayoutFile } from "./link/layouts.ts";
import { createLinker } from "./link/linker.ts";
import { createLossFinder } from "./plot/losses.ts";
import type { Shown } from "./plot/pointer-layer.ts";
import type { Preview } from "./preview.ts";
import type { Actions } from "./shell/actions.ts";
import { createDbcManager } from "./shell/dbc-manager.ts";
import { createDialogs } from "./shell/dialogs.ts";
import { createFilePanel } from "./shell/file-panel.ts";
import type { Menu } from "./shell/menu.ts";
import { createPalette } from "./shell/palette.ts";
import { commandSource, layoutSource, signalSource, timeSource } from "./shell/palette-sources.ts";
import type { Panels } from "./shell/panels.ts";
import { createPasswordDialog } from "./shell/password-dialog.ts";
import { createPlotMenus, type PlotMenus } from "./shell/plot-menus.ts";
import { createPlotTable } from "./shell/plot-table.ts";
import { createPopover } from "./shell/popover.ts";
import { createSpeaker } from "./shell/speaker.ts";
import { createStatsPanel } from "./shell/stats-panel.ts";
import { createForgetting } from "./source/forgetting.ts";
import type { Opener } from "./source/open.ts";
import type { Origin } from "./source/origins.ts";
import { createSources } from "./source/sources.ts";
import { firstState, type NoticeAction, type SeriesId, type State } from "./state/model.ts";
import { kept, keptInTab, keptZone, ZONE } from "./storage.ts";
import { grow, leavesGrown, leavesOf } from "./tree/leaves.ts";
import { WORKER_GONE, watchWorker } from "./watchdog.ts";

export { createPhone } from "./shell/phone.ts";

export interface SecondHost extends Pick<CommandHost, "store" | "data" | "say"> {
  readonly preview: Preview;
  readonly commands: CommandHost;
  readonly actions: Actions;
  readonly menu: Menu;
  readonly panels: Panels;
  nextWork(): number;
  readonly library: Library;
  readonly opener: Opener;
  readonly lastFolder: LastFolder;
  /** Of the files that are open. */
  origins(): readonly Origin[];
  openOrigin(origin: Origin, beside: boolean): void;
}

export interface Second {
  /** Regions, in the order of reading. */
  readonly panels: readonly HTMLElement[];
  /** Windows over the page. */
  readonly windows: readonly HTMLElement[];
  render(state: State): void;
  values(shown: Shown): void;
  readonly run: Run;
  /** Keys while a signal is carried; true: the key was for that. */
  moveByKey(key: string): boolean;
  /** What "auto" does after each answer. */
  followValues(): void;
  openPalette(text: string): void;
  openTable(): void;
  style(id: SeriesId, x: number, y: number): void;
  readonly menus: PlotMenus;
  copyLink(): Promise<void>;
  /** What a notice offers to do about a source. */
  source(what: NoticeAction["run"]): void;
  openDatabases(): void;
  readonly askPassword: PasswordAsker;
}

export function createSecond({
  store,
  data,
  preview,
  commands,
  actions,
  menu,
  panels,
  say,
  nextWork,
  library,
  opener,
  lastFolder,
  origins,
  openOrigin,
}: SecondHost): Second {
  const run = createCommands(commands);
  const losses = createLossFinder(store, {
    ask: (work, device, isAsked) => preview.losses(work, device, isAsked),
    nextWork,
    work: opener.work,
    fail: (fault) => store.dispatch({ type: "notify", notifications: [{ severity: "error", text: fault.message, fault }] }),
  });
  const filePanel = createFilePanel(store, losses.look);
  const stats = createStatsPanel(
    store,
    {
      quickStatistics: (work, query) => preview.quickStatistics(work, query),
      statistics: (work, query) => preview.statistics(work, query),
      cancel: (work) => void preview.cancel(work),
    },
    { nextWork, say },
  );
  stats.element.append(panels.divider("right"), panels.divider("bottom"));
  filePanel.element.append(panels.divider("bottom"));
  const popover = createPopover(store);
  const menus = createPlotMenus(store, menu, {
    run,
    style: popover.style,
    limits(ids, x, y) {
      const signal = store.get().plotted[ids[0] ?? ""];
      popover.limits(ids, signal?.limits ?? signal?.extremes ?? [0, 1], x, y);
    },
  });
  const dialogs = createDialogs(store, actions);
  const password = createPasswordDialog();
  const manager = createDbcManager(store, library, {
    async fits(device) {
      const reply = await preview.fits(nextWork(), device);
      return reply.ok ? reply.value : [];
    },
    changed: opener.databases,
    assign: opener.assign,
    openFiles: actions.openFiles,
  });
  // Cancelling nothing is a question that is answered at once.
  watchWorker({
    ping: () => preview.cancel(0),
    later: (act, ms) => setTimeout(act, ms),
    gone: () => store.dispatch({ type: "notify", notifications: [WORKER_GONE] }),
  });
  const sources = createSources({
    store,
    preview,
    opener,
    lastFolder,
    origins,
    openOrigin,
    openFiles: actions.openFiles,
    say,
    emptyView: () => lastViews.empty(),
    forget: () => void forgetting.run(),
  });
  const forgetting = createForgetting({
    preview,
    say,
    async forget() {
      lastViews.forget();
      keptHistory.forget();
      for (const { file } of library.entries()) library.remove(file);
      await opener.databases();
    },
  });
  document.querySelector(".empty-inner")?.append(forgetting.row);
  document.querySelector(".topbar .badge")?.before(sources.chip);
  const table = createPlotTable();
  const speaker = createSpeaker(store);
  const linker = createLinker(store, {
    signals: () => leavesGrown(store.get()),
    grow: () => grow(store.get()),
    address: {
      get: () => new URL(location.href),
      replace: (url) => history.replaceState(history.state, "", url),
    },
    later: (act, ms) => window.setTimeout(act, ms),
    stop: (timer) => window.clearTimeout(timer),
  });
  const lastViews = createLastViews(store, {
    kept,
    show: linker.show,
    isLinked: linker.isWaiting,
    later: (act, ms) => window.setTimeout(act, ms),
    stop: (timer) => window.clearTimeout(timer),
  });
  const keptHistory = createKeptHistory(store, keptInTab, () => leavesOf(store.get()));
  addEventListener("pagehide", keptHistory.save);
  const keepZone = onChange((zone: State["zone"]) => void (zone !== (keptZone() ?? firstState.zone) && kept.set(ZONE, zone)));
  const layoutFile = el("input", {
    type: "file",
    accept: ".json,application/json",
    hidden: true,
    onchange: () => void importLayout(),
  });
  const palette = createPalette([
    commandSource(run),
    timeSource(store),
    signalSource(
      () => Object.keys(store.get().heard).length < 2,
      (info) => store.dispatch({ type: "plot", info, place: "active" }),
    ),
    layoutSource(store, createLayouts(kept), { show: linker.show, say, exportFile, importFile: () => layoutFile.click() }),
  ]);

  function exportFile(): void {
    const url = URL.createObjectURL(new Blob([JSON.stringify(layoutOf(store.get()))], { type: "application/json" }));
    el("a", { href: url, download: "view.buslens.json" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  async function importLayout(): Promise<void> {
    const file = layoutFile.files?.[0];
    layoutFile.value = "";
    if (file === undefined) return;
    const found = await readLayoutFile(file);
    if (typeof found === "string") store.dispatch({ type: "notify", notifications: [{ severity: "warning", text: found }] });
    else linker.show(found);
  }

  addEventListener("hashchange", () => void linker.read());
  void linker.read();

  return {
    panels: [stats.element, filePanel.element],
    windows: [
      ...dialogs.elements,
      password.element,
      manager.element,
      palette.element,
      table.element,
      popover.element,
      speaker.element,
      layoutFile,
    ],
    render(state) {
      filePanel.render(state);
      dialogs.render(state);
      manager.render(state);
      stats.render(state);
      linker.pump(state);
      lastViews.pump(state);
      keptHistory.pump(state);
      keepZone(state.zone);
      sources.render(state);
      losses.pump(state);
    },
    values(shown) {
      stats.values(shown);
      speaker.values(shown);
    },
    run,
    moveByKey: (key) => moveByKey(commands, key),
    followValues: () => followValues(commands),
    openPalette: palette.open,
    openTable: () => table.open(store.get(), data),
    style: popover.style,
    menus,
    source: sources.run,
    openDatabases: manager.open,
    askPassword: password.ask,
    async copyLink() {
      const url = await linker.address();
      if (url === null) return;
      const isCopied = await navigator.clipboard?.writeText(url.href).then(
        () => true,
        () => false,
      );
      say(isCopied === true ? "Link copied" : "The link is in the address field");
    },
  };
}
