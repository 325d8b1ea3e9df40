/** Boot: the store, the preview worker, the parts of the page, and the lines between them. */
import { type CommandHost, createCommands, followValues, moveByKey } from "./commands.ts";
import { el } from "./dom.ts";
import { commandOf } from "./keys.ts";
import { createLayouts, layoutOf, readLayoutFile } from "./link/layouts.ts";
import { createLinker } from "./link/linker.ts";
import { createOpener } from "./open.ts";
import { createDataStore } from "./plot/data.ts";
import { type Palette, readPalette } from "./plot/palette.ts";
import { createPlot } from "./plot/plot.ts";
import { createRequester } from "./plot/requests.ts";
import { connect } from "./preview.ts";
import type { Actions } from "./shell/actions.ts";
import { createDialogs, SINGLE_KEYS } from "./shell/dialogs.ts";
import { createPickers, type DropHost, listenToDrops } from "./shell/drop.ts";
import { createEmpty } from "./shell/empty.ts";
import { createFilePanel } from "./shell/file-panel.ts";
import { createMenu } from "./shell/menu.ts";
import { createNoticeBar } from "./shell/noticebar.ts";
import { createPalette } from "./shell/palette.ts";
import { commandSource, layoutSource, signalSource, timeSource } from "./shell/palette-sources.ts";
import { createPanels } from "./shell/panels.ts";
import { createPhone } from "./shell/phone.ts";
import { createPlotMenus } from "./shell/plot-menus.ts";
import { createPlotTable } from "./shell/plot-table.ts";
import { createPopover } from "./shell/popover.ts";
import { createSpeaker } from "./shell/speaker.ts";
import { createStatsPanel } from "./shell/stats-panel.ts";
import { createStatusBar } from "./shell/statusbar.ts";
import { titleText } from "./shell/title.ts";
import { createTopBar } from "./shell/topbar.ts";
import { firstState, type SignalInfo, type State, type Theme } from "./state/model.ts";
import { createStore } from "./state/store.ts";
import { kept } from "./storage.ts";
import { leavesOf } from "./tree/leaves.ts";
import { createTree } from "./tree/tree.ts";

const root = document.documentElement;
const app = document.getElementById("app") ?? document.body;
const firstTheme: Theme = root.dataset.theme === "light" ? "light" : "dark";
const narrow = matchMedia("(max-width: 959px)");

const store = createStore(
  { ...firstState, theme: firstTheme, panels: { ...firstState.panels, signals: !narrow.matches } },
  {
    nextFrame: (run) => requestAnimationFrame(run),
    later: (run, ms) => window.setTimeout(run, ms),
    stop: (timer) => window.clearTimeout(timer),
  },
);
const preview = connect();
const opener = createOpener(store, preview);
const data = createDataStore();
const signals = (): readonly SignalInfo[] => leavesOf(store.get().heard);
const menu = createMenu();
const popover = createPopover(store);
const menus = createPlotMenus(store, menu, {
  run: (command) => run(command),
  style: popover.style,
  limits(ids, x, y) {
    const signal = store.get().plotted[ids[0] ?? ""];
    popover.limits(ids, signal?.limits ?? signal?.extremes ?? [0, 1], x, y);
  },
});
const plot = createPlot(store, data, {
  at: (work, query) => preview.at(work, query),
  step: (work, query) => preview.step(work, query),
  cancel: (work) => void preview.cancel(work),
  nextWork: opener.nextWork,
  plotMenu: menus.plot,
  timeMenu: menus.time,
  axisMenu: menus.axis,
  signalMenu: menus.signal,
  stripeMenu: menus.stripe,
  style(id, anchor) {
    const { left, bottom } = anchor.getBoundingClientRect();
    popover.style(id, left, bottom + 4);
  },
});
const requester = createRequester(store, data, preview, {
  now: () => performance.now(),
  nextWork: opener.nextWork,
  onFault: (fault) => store.dispatch({ type: "notify", notifications: [{ severity: "error", text: fault.message, fault }] }),
  redraw() {
    plot.refresh();
    if (store.get().autoValues) followValues({ store, data, plot });
  },
});

const dropHost: DropHost = {
  open: (files, beside) => void opener.files(files, "files", beside),
  isOpen: () => store.get().catalogue !== null,
};
const pickers = createPickers(dropHost);
const tree = createTree(store, (info, event) =>
  plot.carry([info.id], info.name, event, (target) => {
    if (target.kind === "remove") return;
    store.dispatch({ type: "plot", info, place: "new" });
    store.dispatch({ type: "move", id: info.id, target });
  }),
);
const layouts = createLayouts(kept);
const linker = createLinker(store, {
  signals,
  address: {
    get: () => new URL(location.href),
    replace: (url) => history.replaceState(history.state, "", url),
  },
  later: (act, ms) => window.setTimeout(act, ms),
  stop: (timer) => window.clearTimeout(timer),
});
const table = createPlotTable();
const commandHost: CommandHost = {
  store,
  data,
  plot,
  palette: (text) => finder.open(text),
  copyLink: () => void copyLink(),
  table: () => table.open(store.get(), data),
  say: (text) => statusBar.say(text),
  openFiles: pickers.files,
  openFolder: pickers.folder,
  findSignal() {
    store.dispatch({ type: "panel", panel: "signals", open: true });
    store.dispatch({ type: "tab", tab: "signals" });
    requestAnimationFrame(() => tree.focusFilter());
  },
  cancel() {
    requester.cancel();
    opener.cancel();
  },
  move: moveFocus,
};
const run = createCommands(commandHost);

const actions: Actions = {
  openFiles: pickers.files,
  openFolder: pickers.folder,
  openSample: () => void opener.sample(),
  openAddress(address) {
    const url = addressOf(address);
    if (url !== null) void opener.server(url, null);
    else
      store.dispatch({
        type: "notify",
        notifications: [{ severity: "warning", text: `${address || "Nothing"} is not an address` }],
      });
  },
  run,
  show: (range) => store.dispatch({ type: "show", range }),
  toggleTheme() {
    const theme: Theme = store.get().theme === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    kept.set("buslens.theme", theme);
    palette = readPalette(root);
    store.dispatch({ type: "theme", theme });
  },
  cancel: () => run("escape"),
  sendToken(token) {
    const { tokenFor } = store.get();
    if (tokenFor !== null && token !== "") void opener.server(tokenFor.baseUrl, token);
  },
};

const topBar = createTopBar(store, actions, menu);
const noticeBar = createNoticeBar(store, actions);
const statusBar = createStatusBar(actions);
const filePanel = createFilePanel(store);
const dialogs = createDialogs(store, actions);
const phone = createPhone(store);
const empty = createEmpty(actions);
const speaker = createSpeaker(store);
const stats = createStatsPanel(
  store,
  { statistics: (work, query) => preview.statistics(work, query), cancel: (work) => void preview.cancel(work) },
  { nextWork: opener.nextWork, say: statusBar.say },
);
const layoutFile = el("input", {
  type: "file",
  accept: ".json,application/json",
  hidden: true,
  onchange: () => void importLayout(),
});
const finder = createPalette([
  commandSource(run),
  timeSource(store),
  signalSource(signals, (info) => store.dispatch({ type: "plot", info, place: "active" })),
  layoutSource(store, layouts, {
    show: linker.show,
    say: statusBar.say,
    exportFile: exportLayout,
    importFile: () => layoutFile.click(),
  }),
]);
const panels = createPanels(store, root, kept, () => plot.refresh());
tree.element.append(panels.divider("left"));
plot.element.append(panels.divider("legend"));
stats.element.append(panels.divider("right"), panels.divider("bottom"));
filePanel.element.append(panels.divider("bottom"));
const hint = el("p", { class: "plot-hint" }, "Click a signal to plot it.");
plot.element.append(hint);
app.append(
  topBar.element,
  noticeBar.element,
  tree.element,
  plot.element,
  phone.values,
  stats.element,
  filePanel.element,
  phone.tabs,
  statusBar.element,
  empty,
  ...dialogs.elements,
  finder.element,
  table.element,
  menu.element,
  popover.element,
  speaker.element,
  layoutFile,
  ...pickers.elements,
);
plot.onValues((shown) => {
  phone.show(shown);
  stats.values(shown);
  speaker.values(shown);
});

let palette: Palette = readPalette(root);

let treeWaits = false;
/** In a task of its own: rows of a tree and a plot together would hold the page for too long when a log opens. */
function renderTree(): void {
  if (treeWaits) return;
  treeWaits = true;
  setTimeout(() => {
    treeWaits = false;
    tree.render(store.get());
  });
}

function render(state: State): void {
  const isOpen = state.catalogue !== null;
  empty.hidden = isOpen;
  plot.element.hidden = !isOpen;
  const phoneWidth = root.clientWidth < 600;
  tree.element.hidden = !isOpen || (phoneWidth ? state.tab !== "signals" : !state.panels.signals);
  hint.hidden = state.stripes.length > 0;
  hint.textContent = hintText(state);
  topBar.render(state);
  noticeBar.render(state);
  if (!tree.element.hidden) renderTree();
  if (isOpen) plot.render(state, palette);
  statusBar.render(state);
  filePanel.render(state);
  stats.render(state);
  dialogs.render(state);
  phone.render(state);
  document.title = titleText(state);
  requester.pump();
  linker.pump(state);
}

async function copyLink(): Promise<void> {
  const url = await linker.address();
  const isCopied = await navigator.clipboard?.writeText(url.href).then(
    () => true,
    () => false,
  );
  statusBar.say(isCopied === true ? "Link copied" : "The link is in the address field");
}

function exportLayout(): void {
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

function hintText({ catalogue, heard, progress }: State): string {
  if (catalogue === null) return "";
  if (catalogue.devices.length === 0)
    return catalogue.dbcs.length > 0 ? "A DBC is open. Drop a log to see it decoded." : "No log is open.";
  if (progress !== null && Object.keys(heard).length === 0) return "";
  return "Click a signal to plot it.";
}

/** "localhost:8080" and "https://host/path/" alike; ends in "/". */
function addressOf(text: string): string | null {
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || text.trim() === "") return null;
  const url = new URL(full);
  return `${url.origin}${url.pathname.replace(/(view\/?)?$/, "").replace(/\/?$/, "/")}`;
}

function moveFocus(step: 1 | -1): void {
  const regions = [topBar.element, tree.element, plot.element, stats.element, filePanel.element, statusBar.element].filter(
    (region) => !region.hidden,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  next?.querySelector<HTMLElement>("[tabindex='0'], button:not(:disabled), input")?.focus();
}

/** WCAG 2.1.4: single letters can be turned off, in the help sheet. */
const singleKeys = (): boolean => kept.get(SINGLE_KEYS) !== "off";

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") !== null) return;
  const inText = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (!inText && moveByKey(commandHost, event.key)) {
    event.preventDefault();
    return;
  }
  const found = commandOf(event, { inText, singles: singleKeys() });
  if (found === null) return;
  event.preventDefault();
  run(found.command, found.digit);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  palette = readPalette(root);
});

listenToDrops(document.body, dropHost);
store.subscribe(render);
panels.apply();
render(store.get());
addEventListener("hashchange", () => void linker.read());
void linker.read();
// A page that a buslens server hands out opens that server's logs; anywhere else it stays empty.
if (/\/view\/?(index\.html)?$/.test(location.pathname)) void opener.server(new URL("../", location.href).href, null, true);
