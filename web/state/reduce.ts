/** Every change of the page's state, as a pure function of the state before. */
import type { Catalogue, DeviceHeard } from "../../worker/api.ts";
import type {
  Lane,
  LastAnswer,
  Limits,
  Notification,
  Plotted,
  Scene,
  SeriesId,
  SignalInfo,
  State,
  Theme,
  Zone,
} from "./model.ts";
import { firstState } from "./model.ts";
import { firstRange, recordingRange } from "./recording.ts";
import { merge, moveToNewStripe, type Place, plotSignal, removeSignal, stack, toggleLane } from "./stripes.ts";
import { fit, pan, resize, type TimeRange, type View, zoom } from "./view.ts";

export interface Measured {
  readonly id: SeriesId;
  readonly extremes: Limits | null;
  readonly decimals: number | null;
  readonly valueTable: Readonly<Record<string, string>> | null;
  readonly lane: Lane | null;
  readonly notice: string | null;
}

export type Action =
  | { readonly type: "opened"; readonly catalogue: Catalogue }
  | { readonly type: "heard"; readonly heard: DeviceHeard }
  | { readonly type: "plot"; readonly info: SignalInfo; readonly place: Place }
  | { readonly type: "remove"; readonly id: SeriesId }
  | { readonly type: "hide"; readonly id: SeriesId }
  | { readonly type: "lane"; readonly id: SeriesId }
  | { readonly type: "own-stripe"; readonly id: SeriesId }
  | { readonly type: "stack" }
  | { readonly type: "merge" }
  | { readonly type: "measured"; readonly signals: readonly Measured[] }
  | { readonly type: "limits"; readonly limits: Readonly<Record<SeriesId, Limits | null>> }
  | { readonly type: "resize"; readonly columns: number; readonly pixelRatio: number }
  | { readonly type: "zoom"; readonly factor: number; readonly atColumn: number }
  | { readonly type: "pan"; readonly byColumns: number }
  | { readonly type: "show"; readonly range: TimeRange }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "scene"; readonly scene: Scene }
  | { readonly type: "activate"; readonly stripe: number | null }
  | { readonly type: "select"; readonly id: SeriesId | null }
  | { readonly type: "zone"; readonly zone: Zone }
  | { readonly type: "theme"; readonly theme: Theme }
  | { readonly type: "panel"; readonly panel: keyof State["panels"]; readonly open: boolean }
  | { readonly type: "tab"; readonly tab: State["tab"] }
  | { readonly type: "filter"; readonly text: string }
  | { readonly type: "notify"; readonly notifications: readonly Notification[] }
  | { readonly type: "dismiss" }
  | { readonly type: "progress"; readonly progress: State["progress"] }
  | { readonly type: "answered"; readonly last: LastAnswer }
  | { readonly type: "token"; readonly tokenFor: State["tokenFor"] };

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "opened":
      return opened(state, action.catalogue);
    case "heard":
      return withFirstView({ ...state, heard: { ...state.heard, [action.heard.device]: action.heard } });
    case "plot":
      return plot(state, action.info, action.place);
    case "remove":
      return keepActive({ ...removeSignal(state, action.id), selected: state.selected === action.id ? null : state.selected });
    case "hide":
      return changeSignal(state, action.id, (signal) => ({ ...signal, hidden: !signal.hidden }));
    case "lane":
      return keepActive(toggleLane(state, action.id));
    case "own-stripe":
      return moveToNewStripe(state, action.id);
    case "stack":
      return keepActive(stack(state));
    case "merge":
      return keepActive(merge(state));
    case "measured":
      return action.signals.reduce(measured, state);
    case "limits":
      return Object.entries(action.limits).reduce(
        (all, [id, limits]) => changeSignal(all, id, (signal) => ({ ...signal, limits })),
        state,
      );
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
    case "activate":
      return { ...state, active: action.stripe };
    case "select":
      return state.selected === action.id ? state : { ...state, selected: action.id };
    case "zone":
      return { ...state, zone: action.zone };
    case "theme":
      return { ...state, theme: action.theme };
    case "panel":
      return { ...state, panels: { ...state.panels, [action.panel]: action.open } };
    case "tab":
      return { ...state, tab: action.tab };
    case "filter":
      return { ...state, filter: action.text };
    case "notify":
      return { ...state, notifications: [...action.notifications, ...state.notifications].slice(0, 50) };
    case "dismiss":
      return { ...state, notifications: state.notifications.slice(1) };
    case "progress":
      return { ...state, progress: action.progress };
    case "answered":
      return { ...state, last: action.last };
    case "token":
      return { ...state, tokenFor: action.tokenFor };
  }
}

/** Another source empties the plot; signals are bound again by name once they are heard. */
function opened(state: State, catalogue: Catalogue): State {
  const { columns, pixelRatio, zone, theme, panels, tab } = state;
  return {
    ...firstState,
    columns,
    pixelRatio,
    zone,
    theme,
    tab,
    panels: { ...panels, help: false },
    catalogue,
    notifications: catalogue.notices,
  };
}

function withFirstView(state: State): State {
  const range = recordingRange(state);
  if (state.view !== null || range === null || state.columns === 0) return state;
  return { ...state, view: fit(range, state.columns) };
}

function plot(state: State, info: SignalInfo, place: Place): State {
  const next = plotSignal(state, info, place, state.active);
  if (next === state) return state;
  const stripe = next.stripes.find((s) => s.signals.includes(info.id));
  const view = state.stripes.length === 0 && state.columns > 0 ? fit(firstRange(state, info), state.columns) : next.view;
  return { ...next, view, selected: info.id, active: stripe?.id ?? null };
}

/** The plot may have another width than when the scene was seen. */
function travelled(state: State, { columns, view, stripes, plotted }: Scene): State {
  return keepActive({ ...state, stripes, plotted, view: view === null ? null : resize(view, columns, state.columns) });
}

function changeSignal(
  state: State,
  id: SeriesId,
  change: (signal: NonNullable<State["plotted"][string]>) => NonNullable<State["plotted"][string]>,
): State {
  const signal = state.plotted[id];
  return signal === undefined ? state : { ...state, plotted: { ...state.plotted, [id]: change(signal) } };
}

function measured(state: State, { id, extremes, decimals, valueTable, lane, notice }: Measured): State {
  const before = state.plotted[id];
  if (before === undefined) return state;
  const facts = { decimals, valueTable: valueTable ?? before.valueTable, notice, extremes: extremes ?? before.extremes };
  const next = isKnown(before, facts) ? state : changeSignal(state, id, (signal) => ({ ...signal, ...facts }));
  // The table did not cover the values after all: a curve says more than a lane without texts.
  return before.extremes === null && before.lane === "enum" && lane === null ? keepActive(toggleLane(next, id)) : next;
}

/** Every answer says the same again: only news may redraw legend and tree. */
const isKnown = (before: Plotted, facts: Pick<Plotted, "decimals" | "valueTable" | "notice" | "extremes">): boolean =>
  before.decimals === facts.decimals &&
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
  const rates = Object.values(state.plotted).map((p) => p.info.rateHz ?? 1);
  const periodNs = 1e9 / Math.max(1, ...rates);
  return BigInt(Math.max(1, Math.floor(periodNs / (50 * state.pixelRatio))));
}

function keepActive(state: State): State {
  if (state.stripes.some((s) => s.id === state.active)) return state;
  return { ...state, active: state.stripes.at(-1)?.id ?? null };
}
