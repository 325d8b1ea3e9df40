/** Boot: the store, the preview worker, the parts of the page, and the lines between them. */
import type { CommandHost, Run } from "./commands.ts";
import { el, once } from "./dom.ts";
import { commandOf } from "./keys.ts";
import { browserShelf } from "./library/browser-shelf.ts";
import { createLastFolder } from "./library/last-folder.ts";
import { createLibrary } from "./library/library.ts";
import { createDataStore } from "./plot/data.ts";
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
import type { Phone } from "./shell/phone.ts";
import { createStatusBar } from "./shell/statusbar.ts";
import { titleText } from "./shell/title.ts";
import { createTopBar } from "./shell/topbar.ts";
import { createOpener } from "./source/open.ts";
import type { Origin } from "./source/origins.ts";
import { firstState, type NoticeAction, type State } from "./state/model.ts";
import { createStore } from "./state/store.ts";
import { kept, keptZone, SINGLE_KEYS } from "./storage.ts";
import { createLook } from "./theme.ts";
import type { SparklineHost } from "./tree/sparklines.ts";
import { createTree } from "./tree/tree.ts";
import { inItsTurn } from "./tree/turn.ts";

const root = document.documentElement;
const app = document.getElementById("app") ?? document.body;
const narrow = matchMedia("(max-width: 959px)");

const store = createStore(
  {
    ...firstState,
    theme: root.dataset.theme === "light" ? "light" : "dark",
    zone: keptZone() ?? firstState.zone,
    panels: { ...firstState.panels, signals: !narrow.matches },
  },
  {
    nextFrame: (run) => requestAnimationFrame(run),
    later: (run, ms) => window.setTimeout(run, ms),
    stop: (timer) => window.clearTimeout(timer),
  },
);
const preview = connect(() =>
  partMissing("The part of this page that reads logs could not be loaded. Load the page again when there is a connection"),
);
const data = createDataStore();
const library = createLibrary(browserShelf("dbcs"), kept);
const lastFolder = createLastFolder(browserShelf("folders"), window);
const opener = createOpener({
  store,
  preview,
  data,
  library,
  askPassword: async (locked, wrong) => (await loading)?.askPassword(locked, wrong) ?? null,
  openDatabases: () => withSecond((part) => part.openDatabases()),
});
/** `?src=` and the address field: loaded by who comes by such a link, or types an address. */
const loadAddresses = once(async () => {
  const { createSourceLink } = await import("./source/source-link.ts");
  const address = {
    get: () => new URL(location.href),
    replace: (url: URL) => history.replaceState(history.state, "", url),
  };
  return createSourceLink(store, opener, { kept, address, say: (text) => statusBar.say(text) });
});
const namesSource = (): boolean => new URLSearchParams(location.search).has("src");
const openAddress = (text: string): void => void loadAddresses().then((link) => link.open(text));
const forgetAddress = (): void => void (namesSource() && loadAddresses().then((link) => link.forget()));
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
  goOn: () => requester.resume(),
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
    if (store.get().autoValues) second?.followValues();
  },
});

/** Of the files that are open. */
let origins: readonly Origin[] = [];
const dropHost: DropHost = {
  open(origin, beside) {
    const { files, notice } = origin;
    origins = beside ? [...origins, origin] : [origin];
    // A database alone changes nothing about where the logs are.
    if (files.some(({ path }) => !/\.dbc$/i.test(path))) forgetAddress();
    void opener
      .files(files, "files", beside)
      .then(() => notice != null && store.dispatch({ type: "notify", notifications: [{ severity: "warning", text: notice }] }));
  },
  meets() {
    const source = store.get().catalogue?.source;
    if (source === undefined) return null;
    return source.kind === "files"
      ? { kind: "files" }
      : { kind: "other", name: source.kind === "sample" ? "the sample drive" : source.name };
  },
};
const pickers = createPickers(dropHost);
const openFolder = (): void => {
  if (!lastFolder.canPick) pickers.folder();
  else void lastFolder.pick().then((origin) => origin !== null && dropHost.open(origin, true));
};
const treeActions = {
  openDatabases: () => actions.openDatabases(),
  enterPassword: (device: string) => actions.enterPassword(device),
  run: (...asked: Parameters<Run>) => run(...asked),
  listenOn: () => actions.listenOn(),
  light: plot.light,
};
const sparkHost: SparklineHost = {
  state: store.get,
  nextWork: opener.nextWork,
  view: (work, query) => preview.view(work, query),
  cancel: (work) => void preview.cancel(work),
};
const tree = createTree(
  store,
  treeActions,
  (infos, event) => {
    const [first] = infos;
    if (first === undefined) return;
    const name = infos.length === 1 ? first.name : `${infos.length} signals`;
    plot.carry(
      infos.map(({ id }) => id),
      name,
      event,
      (target) => {
        if (target.kind === "remove") return;
        for (const info of infos) {
          store.dispatch({ type: "plot", info, place: "new" });
          store.dispatch({ type: "move", id: info.id, target });
        }
      },
    );
  },
  sparkHost,
  {
    sessionIds: (device, session) => preview.sessionIds(opener.nextWork(), device, session),
    silent: (device) => preview.silent(opener.nextWork(), device),
    about: (query) => preview.about(opener.nextWork(), query),
    state: store.get,
  },
);
const commandHost: CommandHost = {
  store,
  data,
  plot,
  palette: (text) => withSecond((part) => part.openPalette(text)),
  copyLink: () => withSecond((part) => void part.copyLink()),
  follow: () => withSecond((part) => part.source("follow")),
  forget: () => withSecond((part) => part.source("forget")),
  table: () => withSecond((part) => part.openTable()),
  say: (text) => statusBar.say(text),
  openFiles: pickers.files,
  openDatabases: () => withSecond((part) => part.openDatabases()),
  openFolder,
  findSignal() {
    store.dispatch({ type: "panel", panel: "signals", open: true });
    // Who presses / and goes on typing means this field, also in the frame that opens its panel.
    render(store.get());
    tree.focusFilter();
  },
  cancel() {
    // Who leaves a field or a panel by Esc does not mean what goes on in the background.
    const { activeElement } = document;
    const isInPlot = plot.element.contains(activeElement) && !(activeElement instanceof HTMLInputElement);
    if (!plot.element.hidden && activeElement !== document.body && !isInPlot) return;
    actions.cancel();
  },
  move: moveFocus,
};
const run: Run = (command, digit) => withSecond((part) => part.run(command, digit));

const actions: Actions = {
  openFiles: pickers.files,
  openFolder,
  openSample() {
    forgetAddress();
    void opener.sample();
  },
  openAddress,
  openDatabases: () => withSecond((part) => part.openDatabases()),
  enterPassword: (device) => void opener.password(device),
  listenOn: () => void opener.listenOn(),
  notice: followNotice,
  run,
  show: (range) => store.dispatch({ type: "show", range }),
  toggleTheme: () => look.toggle(),
  cancel() {
    requester.cancel();
    opener.cancel(true);
  },
  goOn: () => requester.resume(),
  sendToken(token) {
    const { tokenFor } = store.get();
    if (tokenFor !== null && token !== "") void opener.address(tokenFor.baseUrl, token);
  },
};

const topBar = createTopBar(store, actions, menu);
const noticeBar = createNoticeBar(store, actions);
const statusBar = createStatusBar(actions);
const empty = createEmpty(actions, {
  library,
  lastFolder,
  open: (origin) => dropHost.open(origin, true),
  refused: (name) =>
    store.dispatch({
      type: "notify",
      notifications: [
        {
          severity: "warning",
          text: `The browser needs permission again to read ${name}`,
          action: { label: "Allow", run: "allow" },
        },
      ],
    }),
});
const panels = createPanels(store, root, kept, () => plot.refresh());
tree.element.append(panels.divider("left"));
plot.element.append(panels.divider("legend"));
const hint = el("p", { class: "plot-hint" }, "Click a signal to plot it.");
plot.element.append(hint);
app.append(topBar.element, noticeBar.element, tree.element, plot.element, statusBar.element, empty, ...pickers.elements);
plot.onValues((shown) => {
  phone?.show(shown);
  second?.values(shown);
});

let second: Second | null = null;
let phone: Phone | null = null;
const loading: Promise<Second | null> = import("./second.ts").then(
  ({ createSecond, createPhone }) => {
    const made = createSecond({
      store,
      data,
      preview,
      commands: commandHost,
      actions,
      menu,
      panels,
      say: statusBar.say,
      nextWork: opener.nextWork,
      library,
      opener,
      origins: () => origins,
      openOrigin: dropHost.open,
      lastFolder,
    });
    phone = createPhone(store);
    plot.element.after(phone.values);
    statusBar.element.before(...made.panels, phone.tabs);
    phone.render(store.get());
    app.append(...made.windows);
    second = made;
    made.render(store.get());
    return made;
  },
  () => {
    partMissing("A part of this page could not be loaded. Plots work, links and statistics do not");
    return null;
  },
);

function partMissing(text: string): void {
  const action = { label: "Load again", run: "reload" } as const;
  store.dispatch({ type: "notify", notifications: [{ severity: "error", text, action }] });
}

/** At once when it is there, otherwise when it has come. */
function withSecond(act: (part: Second) => void): void {
  if (second !== null) act(second);
  else void loading.then((part) => part !== null && act(part));
}

const look = createLook(root, kept, (theme) => {
  store.dispatch({ type: "theme", theme });
  render(store.get());
});

const renderTree = inItsTurn(tree, store.get);

function render(state: State): void {
  const isOpen = state.catalogue !== null;
  empty.hidden = isOpen;
  plot.element.hidden = !isOpen;
  tree.element.hidden = !isOpen || !state.panels.signals;
  hint.hidden = state.stripes.length > 0;
  hint.textContent = hintText(state);
  topBar.render(state);
  noticeBar.render(state);
  if (!tree.element.hidden) renderTree(state);
  if (isOpen) plot.render(state, look.palette());
  statusBar.render(state);
  second?.render(state);
  phone?.render(state);
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

function followNotice(run: NoticeAction["run"]): void {
  if (run === "open-files") pickers.files();
  else if (run === "reload") location.reload();
  else if (run === "databases") actions.openDatabases();
  else if (typeof run === "string" || "unpack" in run || "download" in run || "copy" in run)
    withSecond((part) => part.source(run));
  else if ("openAddress" in run) openAddress(run.openAddress);
  else if ("password" in run) void opener.password(run.password);
  else void opener.assign(run, [run.assign], run.from);
}

function moveFocus(step: 1 | -1): void {
  const regions = [topBar.element, tree.element, plot.element, ...(second?.panels ?? []), statusBar.element].filter(
    (region) => !region.hidden,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  const stops = [...(next?.querySelectorAll<HTMLElement>("[tabindex='0'], button:not(:disabled), input") ?? [])];
  stops.find((stop) => stop.checkVisibility())?.focus();
}

/** WCAG 2.1.4: single letters can be turned off, in the help sheet. */
const singleKeys = (): boolean => kept.get(SINGLE_KEYS) !== "off";

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") !== null) return;
  const inText = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (!inText && second?.moveByKey(event.key) === true) {
    event.preventDefault();
    return;
  }
  const found = commandOf(event, { inText, singles: singleKeys() });
  if (found === null) return;
  event.preventDefault();
  run(found.command, found.digit);
});

listenToDrops(document.body, dropHost);
store.subscribe(render);
panels.apply();
render(store.get());
// A page that a buslens server hands out opens that server's logs, unless the link names others; anywhere else it stays empty.
if (namesSource()) void loadAddresses().then((link) => link.read());
else if (/\/view\/?(index\.html)?$/.test(location.pathname)) void opener.address(new URL("../", location.href).href, null, true);

// Works without a connection after the first visit; where the browser keeps nothing, it works with one.
addEventListener("load", () => void navigator.serviceWorker?.register("./offline.js", { scope: "./" }).catch(() => undefined));
