/** Every change of the page's state, as a pure function of the state before. */
import type { Loss } from "../../core/query/transport-losses.ts";
import type { Catalogue, DeviceHeard, Rhythm } from "../../worker/api.ts";
import { heardMore } from "./heard.ts";
import type {
  Bookmark,
  Cursors,
  Lane,
  LastAnswer,
  Limits,
  Notification,
  Plotted,
  Scene,
  SeriesId,
  SignalInfo,
  Span,
  State,
  Stripe,
  Style,
  Theme,
  Zone,
} from "./model.ts";
import { firstState } from "./model.ts";
import { merge, moveSignal, moveToNewStripe, splitAxis, stack, type Target } from "./moves.ts";
import { firstRange, recordingRange } from "./recording.ts";
import { newStripe, nextId, PLOTTED_MAX, type Place, plotSignal, removeSignal, toggleLane } from "./stripes.ts";
import { fit, pan, resize, type TimeRange, type View, zoom } from "./view.ts";

export interface Measured {
  readonly id: SeriesId;
  readonly extremes: Limits | null;
  readonly decimals: number | null;
  readonly valueTable: Readonly<Record<string, string>> | null;
  readonly lane: Lane | null;
  readonly notice: string | null;
  readonly rhythm: Rhythm | null;
}

export type Action =
  | { readonly type: "opened"; readonly catalogue: Catalogue }
  /** More is open, or other databases count: what is plotted stays, and is bound again by `rebound`. */
  | { readonly type: "reopened"; readonly catalogue: Catalogue }
  | { readonly type: "rebound"; readonly scene: Pick<Scene, "stripes" | "plotted"> }
  | { readonly type: "heard"; readonly heard: DeviceHeard }
  | { readonly type: "listening"; readonly devices: readonly string[] }
  | { readonly type: "losses"; readonly device: string; readonly losses: readonly Loss[]; readonly leftBytes: number }
  | SignalAction
  | StripeAction
  | TimeAction
  | CursorAction
  | PageAction;

type SignalAction =
  | { readonly type: "plot"; readonly info: SignalInfo; readonly place: Place }
  | { readonly type: "remove"; readonly id: SeriesId }
  | { readonly type: "hide"; readonly id: SeriesId }
  | { readonly type: "lane"; readonly id: SeriesId }
  | { readonly type: "style"; readonly id: SeriesId; readonly style: Partial<Style> }
  | { readonly type: "log"; readonly ids: readonly SeriesId[]; readonly log: boolean }
  | { readonly type: "measured"; readonly signals: readonly Measured[] }
  | { readonly type: "limits"; readonly limits: Readonly<Record<SeriesId, Limits | null>> }
  | { readonly type: "auto-values"; readonly on: boolean }
  | { readonly type: "select"; readonly id: SeriesId | null };

type StripeAction =
  | { readonly type: "move"; readonly id: SeriesId; readonly target: Target }
  | { readonly type: "moving"; readonly moving: State["moving"] }
  | { readonly type: "own-stripe"; readonly id: SeriesId }
  | { readonly type: "split-axis"; readonly id: SeriesId }
  | { readonly type: "stack" }
  | { readonly type: "merge" }
  | { readonly type: "new-stripe" }
  | { readonly type: "weights"; readonly weights: Readonly<Record<number, number>> }
  | { readonly type: "fold"; readonly stripe: number }
  | { readonly type: "rename"; readonly stripe: number; readonly name: string }
  | { readonly type: "activate"; readonly stripe: number | null };

type TimeAction =
  | { readonly type: "resize"; readonly columns: number; readonly pixelRatio: number }
  | { readonly type: "zoom"; readonly factor: number; readonly atColumn: number }
  | { readonly type: "pan"; readonly byColumns: number }
  | { readonly type: "show"; readonly range: TimeRange }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "scene"; readonly scene: Scene }
  | { readonly type: "restore"; readonly scene: Omit<Scene, "columns" | "view">; readonly more: Partial<State> };

type CursorAction =
  | { readonly type: "cursors"; readonly cursors: Partial<Cursors>; readonly steps?: keyof Cursors }
  | { readonly type: "bookmarks"; readonly bookmarks: readonly Bookmark[] }
  | { readonly type: "zero"; readonly timeNs: bigint | null }
  | { readonly type: "zone"; readonly zone: Zone }
  | { readonly type: "span"; readonly span: Span };

type PageAction =
  | { readonly type: "theme"; readonly theme: Theme }
  | { readonly type: "panel"; readonly panel: keyof State["panels"]; readonly open: boolean }
  | { readonly type: "filter"; readonly text: string }
  | { readonly type: "notify"; readonly notifications: readonly Notification[] }
  /** The newest without `at`. */
  | { readonly type: "dismiss"; readonly at?: number }
  | { readonly type: "follow"; readonly on: boolean }
  | { readonly type: "progress"; readonly progress: State["progress"] }
  | { readonly type: "answered"; readonly last: LastAnswer }
  | { readonly type: "stopped"; readonly ids: readonly SeriesId[] }
  | { readonly type: "token"; readonly tokenFor: State["tokenFor"] };

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "opened":
      return opened(state, action.catalogue);
    case "reopened":
      return reopened(state, action.catalogue);
    case "rebound":
      return keepActive({ ...state, ...action.scene });
    case "heard":
      return withFirstView(withDamage(heardMore(state, action.heard), action.heard));
    case "listening":
      return { ...state, listening: action.devices };
    case "losses":
      return withLosses(state, action.device, action.losses, action.leftBytes);
    case "plot":
      return plot(state, action.info, action.place);
    case "remove":
      return removed(state, action.id);
    case "hide":
      return changeSignal(state, action.id, (signal) => ({ ...signal, hidden: !signal.hidden }));
    case "lane":
      return keepActive(toggleLane(state, action.id));
    case "style":
      return changeSignal(state, action.id, (signal) => ({ ...signal, style: { ...signal.style, ...action.style } }));
    case "log":
      return action.ids.reduce((all, id) => changeSignal(all, id, (signal) => ({ ...signal, log: action.log })), state);
    case "measured":
      return action.signals.reduce(measured, state);
    case "limits":
      return Object.entries(action.limits).reduce(
        (all, [id, limits]) => changeSignal(all, id, (signal) => ({ ...signal, limits })),
        state,
      );
    case "auto-values":
      return { ...state, autoValues: action.on };
    case "select":
      return state.selected === action.id ? state : { ...state, selected: action.id };
    case "move":
      return action.target.kind === "remove"
        ? removed(state, action.id)
        : keepActive(moveSignal(state, action.id, action.target));
    case "moving":
      return { ...state, moving: action.moving };
    case "own-stripe":
      return moveToNewStripe(state, action.id);
    case "split-axis":
      return splitAxis(state, action.id);
    case "stack":
      return keepActive(stack(state));
    case "merge":
      return keepActive(merge(state));
    case "new-stripe":
      return addStripe(state);
    case "weights":
      return changeStripes(state, (stripe) => ({ ...stripe, weight: action.weights[stripe.id] ?? stripe.weight }));
    case "fold":
      return changeStripes(state, (stripe) => (stripe.id === action.stripe ? { ...stripe, folded: !stripe.folded } : stripe));
    case "rename":
      return changeStripes(state, (stripe) =>
        stripe.id === action.stripe ? { ...stripe, name: action.name.trim() === "" ? null : action.name.trim() } : stripe,
      );
    case "activate":
      return state.active === action.stripe ? state : { ...state, active: action.stripe };
    case "resize":
      return resized(state, action.columns, action.pixelRatio);
    case "zoom":
    case "pan":
      return moved(state, action);
    case "show":
      return { ...state, view: fit(action.range, Math.max(1, state.columns)) };
    case "view":
      return { ...state, view: action.view };
    case "scene":
      return travelled(state, action.scene);
    case "restore":
      return keepActive({ ...state, ...restored(state, action.scene), ...action.more, moving: null });
    case "cursors":
      return { ...state, cursors: { ...state.cursors, ...action.cursors }, cursor: action.steps ?? state.cursor };
    case "bookmarks":
      return { ...state, bookmarks: action.bookmarks };
    case "zero":
      return { ...state, zeroNs: action.timeNs, zone: "relative" };
    case "zone":
      return { ...state, zone: action.zone };
    case "span":
      return { ...state, span: action.span };
    case "theme":
      return { ...state, theme: action.theme };
    case "panel": {
      // Who has set both cursors measures between them.
      const measures = action.panel === "stats" && action.open && state.cursors.a !== null && state.cursors.b !== null;
      const panels = { ...state.panels, [action.panel]: action.open };
      return measures ? { ...state, panels, span: "cursors" } : { ...state, panels };
    }
    case "filter":
      return { ...state, filter: action.text };
    case "notify":
      return { ...state, notifications: withNews(state.notifications, action.notifications) };
    case "dismiss":
      return { ...state, notifications: state.notifications.filter((_, at) => at !== (action.at ?? 0)) };
    case "follow":
      return state.following === action.on ? state : { ...state, following: action.on };
    case "progress":
      return { ...state, progress: action.progress };
    case "answered":
      return { ...state, last: action.last };
    case "stopped":
      return { ...state, stopped: action.ids };
    case "token":
      return { ...state, tokenFor: action.tokenFor };
  }
}

const FULL: Notification = { severity: "warning", text: `A plot has room for ${PLOTTED_MAX} signals. Remove some to see others` };
const NOTIFICATIONS_MAX = 500;

/** Newest first; what is said already is not said twice, but is news again. */
function withNews(old: readonly Notification[], news: readonly Notification[]): readonly Notification[] {
  const isSaid = (one: Notification): boolean =>
    news.some(({ text, fault }) => text === one.text && fault?.code === one.fault?.code && fault?.object === one.fault?.object);
  return [...news, ...old.filter((one) => !isSaid(one))].slice(0, NOTIFICATIONS_MAX);
}

/** Another source empties the plot; signals are bound again by name once they are heard. */
function opened(state: State, catalogue: Catalogue): State {
  const { columns, pixelRatio, zone, theme, panels } = state;
  return {
    ...firstState,
    columns,
    pixelRatio,
    zone,
    theme,
    panels: { ...panels, help: false },
    catalogue,
    // What is wrong with the page itself stays wrong.
    notifications: [...catalogue.notices, ...state.notifications.filter(({ action }) => action?.run === "reload")],
  };
}

function reopened(state: State, catalogue: Catalogue): State {
  const here = new Set(catalogue.devices.map(({ device }) => device));
  const heard = Object.fromEntries(Object.entries(state.heard).filter(([device]) => here.has(device)));
  // What was wrong with a log was said when it came: it is no news, also to who dismissed it, and goes when it is right again.
  const [told, still] = [state.catalogue, catalogue].map((one) => new Set(one?.notices.flatMap(faultName)));
  const old = state.notifications.filter(
    (one) =>
      one.fault?.object === undefined ||
      one.action !== undefined ||
      faultName(one).some((name) => still?.has(name) || state.told.has(name)),
  );
  const news = catalogue.notices.filter((one) => !faultName(one).some((name) => told?.has(name)));
  return { ...state, catalogue, heard, notifications: withNews(old, news) };
}

/** What is wrong inside a log is said once, when all of it was heard: before, it may be less than it seems. It goes when it is no longer so. */
function withDamage(state: State, { isWhole, notices, logs }: DeviceHeard): State {
  if (!isWhole) return state;
  const here = new Set(notices.flatMap(faultName));
  const keys = new Set(logs.map(({ key }) => key));
  const isOver = (one: Notification): boolean =>
    keys.has(one.fault?.object ?? "") && faultName(one).some((name) => state.told.has(name) && !here.has(name));
  const news = notices.filter((one) => faultName(one).some((name) => !state.told.has(name)));
  const old = state.notifications.filter((one) => !isOver(one));
  if (news.length === 0 && old.length === state.notifications.length) return state;
  return { ...state, told: new Set([...state.told, ...here]), notifications: withNews(old, news) };
}

/** Those that were found before stay while some logs are not looked through. */
function withLosses(state: State, device: string, losses: readonly Loss[], leftBytes: number): State {
  const { [device]: _, ...others } = state.unsought;
  if (leftBytes > 0) return { ...state, unsought: { ...others, [device]: leftBytes } };
  return { ...state, unsought: others, losses: { ...state.losses, [device]: losses } };
}

/** Of a fault of one object; none for other notices. */
const faultName = ({ fault }: Notification): string[] =>
  fault?.object === undefined ? [] : [`${fault.code}\n${fault.object}\n${fault.message}`];

function withFirstView(state: State): State {
  const range = recordingRange(state);
  if (state.view !== null || range === null || state.columns === 0) return state;
  return { ...state, view: fit(range, state.columns) };
}

function plot(state: State, info: SignalInfo, place: Place): State {
  const next = plotSignal(state, info, place, state.active);
  if (next === state)
    return state.plotted[info.id] === undefined ? { ...state, notifications: withNews(state.notifications, [FULL]) } : state;
  const stripe = next.stripes.find((s) => s.signals.includes(info.id));
  const view = state.stripes.length === 0 && state.columns > 0 ? fit(firstRange(state, info), state.columns) : next.view;
  return { ...next, view, selected: info.id, active: stripe?.id ?? null };
}

const removed = (state: State, id: SeriesId): State =>
  keepActive({ ...removeSignal(state, id), selected: state.selected === id ? null : state.selected });

/** An empty stripe below the active one; the next signal goes there. */
function addStripe(state: State): State {
  const at = state.stripes.findIndex((s) => s.id === state.active);
  const fresh = newStripe(nextId(state.stripes), "plot", []);
  return { ...state, stripes: state.stripes.toSpliced(at < 0 ? state.stripes.length : at + 1, 0, fresh), active: fresh.id };
}

const changeStripes = (state: State, change: (stripe: Stripe) => Stripe): State => ({
  ...state,
  stripes: state.stripes.map(change),
});

/** The plot may have another width than when the scene was seen. */
function travelled(state: State, { columns, view, stripes, plotted }: Scene): State {
  return keepActive({ ...state, stripes, plotted, view: view === null ? null : resize(view, columns, state.columns) });
}

function changeSignal(state: State, id: SeriesId, change: (signal: Plotted) => Plotted): State {
  const signal = state.plotted[id];
  return signal === undefined ? state : { ...state, plotted: { ...state.plotted, [id]: change(signal) } };
}

function measured(state: State, { id, extremes, decimals, valueTable, lane, notice, rhythm }: Measured): State {
  const before = state.plotted[id];
  if (before === undefined) return state;
  const facts = {
    decimals,
    valueTable: valueTable ?? before.valueTable,
    notice,
    extremes: extremes ?? before.extremes,
    rhythm: before.rhythm ?? rhythm,
  };
  const next = isKnown(before, facts) ? state : changeSignal(state, id, (signal) => ({ ...signal, ...facts }));
  // The table did not cover the values after all: a curve says more than a lane without texts.
  return before.extremes === null && before.lane === "enum" && before.info.lane === "enum" && lane === null
    ? keepActive(toggleLane(next, id))
    : next;
}

/** What is known of samples that are here stays known: nothing asks for them again. */
function restored({ plotted }: State, scene: Omit<Scene, "columns" | "view">): Omit<Scene, "columns" | "view"> {
  const known = Object.entries(scene.plotted).map(([id, signal]): [SeriesId, Plotted] => {
    const before = plotted[id];
    if (before === undefined || signal.extremes !== null) return [id, signal];
    const { extremes, decimals, valueTable, notice } = before;
    return [id, { ...signal, extremes, decimals, valueTable, notice: signal.notice ?? notice }];
  });
  return { ...scene, plotted: Object.fromEntries(known) };
}

/** Every answer says the same again: only news may redraw legend and tree. */
const isKnown = (before: Plotted, facts: Pick<Plotted, "decimals" | "valueTable" | "notice" | "extremes" | "rhythm">): boolean =>
  before.decimals === facts.decimals &&
  before.rhythm === facts.rhythm &&
  before.notice === facts.notice &&
  (before.valueTable === null) === (facts.valueTable === null) &&
  before.extremes?.[0] === facts.extremes?.[0] &&
  before.extremes?.[1] === facts.extremes?.[1];

function resized(state: State, columns: number, pixelRatio: number): State {
  const view = state.view === null ? null : resize(state.view, state.columns, columns);
  return withFirstView({ ...state, columns, pixelRatio, view });
}

function moved(state: State, action: Extract<Action, { type: "zoom" | "pan" }>): State {
  const all = recordingRange(state);
  if (state.view === null || all === null) return state;
  const view =
    action.type === "pan"
      ? pan(state.view, action.byColumns, state.columns, all)
      : zoom(state.view, action.factor, action.atColumn, state.columns, { all, stepNsMin: finestStep(state) });
  return { ...state, view };
}

/** One sample of the fastest plotted signal per 50 CSS px. */
function finestStep(state: State): bigint {
  const periods = Object.values(state.plotted).map(({ rhythm, info }) => rhythm?.medianNs ?? 1e9 / (info.rateHz ?? 1));
  const periodNs = Math.min(1e9, ...periods);
  return BigInt(Math.max(1, Math.floor(periodNs / (50 * state.pixelRatio))));
}

function keepActive(state: State): State {
  if (state.stripes.some((s) => s.id === state.active)) return state;
  return { ...state, active: state.stripes.at(-1)?.id ?? null };
}
