/** Boot: the store, the preview worker, the parts of the page, and the lines between them. */
import { createCommands } from "./commands.ts";
import { el } from "./dom.ts";
import { commandOf } from "./keys.ts";
import { connect } from "./link.ts";
import { createOpener } from "./open.ts";
import { createDataStore } from "./plot/data.ts";
import { type Palette, readPalette } from "./plot/palette.ts";
import { createPlot } from "./plot/plot.ts";
import { createRequester } from "./plot/requests.ts";
import type { Actions } from "./shell/actions.ts";
import { createDialogs } from "./shell/dialogs.ts";
import { createPickers, type DropHost, listenToDrops } from "./shell/drop.ts";
import { createEmpty } from "./shell/empty.ts";
import { createFilePanel } from "./shell/file-panel.ts";
import { createNoticeBar } from "./shell/noticebar.ts";
import { createPhone } from "./shell/phone.ts";
import { createStatusBar } from "./shell/statusbar.ts";
import { titleText } from "./shell/title.ts";
import { createTopBar } from "./shell/topbar.ts";
import { firstState, type State, type Theme } from "./state/model.ts";
import { createStore } from "./state/store.ts";
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
const plot = createPlot(store, data);
const requester = createRequester(store, data, preview, {
  now: () => performance.now(),
  nextWork: opener.nextWork,
  onFault: (fault) => store.dispatch({ type: "notify", notifications: [{ severity: "error", text: fault.message, fault }] }),
  redraw: () => plot.render(store.get(), palette),
});

const dropHost: DropHost = {
  open: (files, beside) => void opener.files(files, "files", beside),
  isOpen: () => store.get().catalogue !== null,
};
const pickers = createPickers(dropHost);
const tree = createTree(store);
const run = createCommands({
  store,
  data,
  plot,
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
});

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
    try {
      localStorage.setItem("buslens.theme", theme);
    } catch {
      // A browser that keeps nothing still switches.
    }
    palette = readPalette(root);
    store.dispatch({ type: "theme", theme });
  },
  cancel: () => run("escape"),
  sendToken(token) {
    const { tokenFor } = store.get();
    if (tokenFor !== null && token !== "") void opener.server(tokenFor.baseUrl, token);
  },
};

const topBar = createTopBar(store, actions);
const noticeBar = createNoticeBar(store, actions);
const statusBar = createStatusBar(actions);
const filePanel = createFilePanel(store);
const dialogs = createDialogs(store, actions);
const phone = createPhone(store);
const empty = createEmpty(actions);
const hint = el("p", { class: "plot-hint" }, "Click a signal to plot it.");
plot.element.append(hint);
app.append(
  topBar.element,
  noticeBar.element,
  tree.element,
  plot.element,
  phone.values,
  filePanel.element,
  phone.tabs,
  statusBar.element,
  empty,
  ...dialogs.elements,
  ...pickers.elements,
);
plot.onHover(phone.show);

let palette: Palette = readPalette(root);

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
  if (!tree.element.hidden) tree.render(state);
  if (isOpen) plot.render(state, palette);
  statusBar.render(state);
  filePanel.render(state);
  dialogs.render(state);
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
  const regions = [topBar.element, tree.element, plot.element, filePanel.element, statusBar.element].filter(
    (region) => !region.hidden,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  next?.querySelector<HTMLElement>("[tabindex='0'], button:not(:disabled), input")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") !== null) return;
  const inText = event.target instanceof HTMLInputElement;
  const found = commandOf(event, inText);
  if (found === null) return;
  event.preventDefault();
  run(found.command, found.digit);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  palette = readPalette(root);
});

listenToDrops(document.body, dropHost);
store.subscribe(render);
render(store.get());
// A page that a buslens server hands out opens that server's logs; anywhere else it stays empty.
if (/\/view\/?(index\.html)?$/.test(location.pathname)) void opener.server(new URL("../", location.href).href, null, true);
