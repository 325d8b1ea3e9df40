/** Boot: the store, the preview worker, the parts of the page, and the lines between them. */
import { type CommandHost, createCommands, followValues, moveByKey } from "./commands.ts";
import { el } from "./dom.ts";
import { commandOf } from "./keys.ts";
import { createOpener } from "./open.ts";
import { createDataStore } from "./plot/data.ts";
import { type Palette, readPalette } from "./plot/palette.ts";
import { createPlot } from "./plot/plot.ts";
import { createRequester } from "./plot/requests.ts";
import { connect } from "./preview.ts";
import type { Second } from "./second.ts";
import type { Actions } from "./shell/actions.ts";
import { createPickers, type DropHost, listenToDrops } from "./shell/drop.ts";
import { createEmpty } from "./shell/empty.ts";
import { createMenu } from "./shell/menu.ts";
import { createNoticeBar } from "./shell/noticebar.ts";
import { createPanels } from "./shell/panels.ts";
import { createPhone } from "./shell/phone.ts";
import { createStatusBar } from "./shell/statusbar.ts";
import { titleText } from "./shell/title.ts";
import { createTopBar } from "./shell/topbar.ts";
import { firstState, type SignalInfo, type State, type Theme } from "./state/model.ts";
import { createStore } from "./state/store.ts";
import { kept, SINGLE_KEYS } from "./storage.ts";
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
const plot = createPlot(store, data, {
  at: (work, query) => preview.at(work, query),
  step: (work, query) => preview.step(work, query),
  cancel: (work) => void preview.cancel(work),
  nextWork: opener.nextWork,
  plotMenu: (x, y) => withSecond((part) => part.menus.plot(x, y)),
  timeMenu: (x, y) => withSecond((part) => part.menus.time(x, y)),
  axisMenu: (ids, x, y) => withSecond((part) => part.menus.axis(ids, x, y)),
  signalMenu: (id, x, y) => withSecond((part) => part.menus.signal(id, x, y)),
  stripeMenu: (stripe, x, y) => withSecond((part) => part.menus.stripe(stripe, x, y)),
  style(id, anchor) {
    const { left, bottom } = anchor.getBoundingClientRect();
    withSecond((part) => part.style(id, left, bottom + 4));
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
const commandHost: CommandHost = {
  store,
  data,
  plot,
  palette: (text) => withSecond((part) => part.openPalette(text)),
  copyLink: () => withSecond((part) => void part.copyLink()),
  table: () => withSecond((part) => part.openTable()),
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
const phone = createPhone(store);
const empty = createEmpty(actions);
const panels = createPanels(store, root, kept, () => plot.refresh());
tree.element.append(panels.divider("left"));
plot.element.append(panels.divider("legend"));
const hint = el("p", { class: "plot-hint" }, "Click a signal to plot it.");
plot.element.append(hint);
app.append(
  topBar.element,
  noticeBar.element,
  tree.element,
  plot.element,
  phone.values,
  phone.tabs,
  statusBar.element,
  empty,
  menu.element,
  ...pickers.elements,
);
plot.onValues((shown) => {
  phone.show(shown);
  second?.values(shown);
});

let second: Second | null = null;
const loading: Promise<Second | null> = import("./second.ts").then(
  ({ createSecond }) => {
    const made = createSecond({
      store,
      data,
      preview,
      run,
      actions,
      menu,
      panels,
      say: statusBar.say,
      nextWork: opener.nextWork,
      signals,
    });
    phone.tabs.before(...made.panels);
    app.append(...made.windows);
    second = made;
    made.render(store.get());
    return made;
  },
  () => {
    const text = "A part of this page could not be loaded. Plots work, links and statistics do not";
    store.dispatch({
      type: "notify",
      notifications: [{ severity: "error", text, action: { label: "Load again", run: "reload" } }],
    });
    return null;
  },
);

/** At once when it is there, otherwise when it has come. */
function withSecond(act: (part: Second) => void): void {
  if (second !== null) act(second);
  else void loading.then((part) => part !== null && act(part));
}

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
  second?.render(state);
  phone.render(state);
  document.title = titleText(state);
  requester.pump();
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
  const regions = [topBar.element, tree.element, plot.element, ...(second?.panels ?? []), statusBar.element].filter(
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
// A page that a buslens server hands out opens that server's logs; anywhere else it stays empty.
if (/\/view\/?(index\.html)?$/.test(location.pathname)) void opener.server(new URL("../", location.href).href, null, true);
