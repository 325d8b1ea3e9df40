/** The view that is shown, as the JSON of a link or a layout (viewer.md §7): what has its default is left out. */
import type { Plotted, SeriesId, SignalInfo, State, Stripe, Zone } from "./model.ts";
import { sessionsOf } from "./recording.ts";
import { PLOT_WEIGHT } from "./stripes.ts";
import { endNs } from "./view.ts";
import { VERSION } from "./view-document.ts";

export interface Parts {
  /** Without recordings, time and cursors: a layout. */
  readonly layout?: boolean;
  /** What may go when a link gets too long, in this order (viewer.md §7). */
  readonly without?: "marks" | "limits" | "styles";
}

type Json = Readonly<Record<string, unknown>>;

const ZONES: Readonly<Record<Zone, string>> = { relative: "rel", log: "log", utc: "utc", local: "local" };
const LEVELS = ["marks", "limits", "styles"] as const;

/** JSON value with the keys of viewer.md §7; unknown parts of a newer version stay where they were. */
export function documentOf(state: State, { layout = false, without }: Parts = {}): Json {
  const lost = without === undefined ? -1 : LEVELS.indexOf(without);
  const signals = state.stripes.flatMap((stripe) => stripe.signals).flatMap((id) => state.plotted[id] ?? []);
  const devices = [...new Set(signals.map(({ info }) => info.selector.device))];
  const indexOf = new Map<SeriesId, number>(signals.map(({ info }, i) => [info.id, i]));
  const dbcs = [...new Set(signals.flatMap(({ info }) => (info.selector.kind === "channel" ? [] : (info.selector.db ?? []))))];
  const panels = (["stats", "file"] as const).filter((panel) => state.panels[panel]);
  const marks = lost >= 0 ? [] : state.bookmarks.map(({ timeNs, text }) => [String(timeNs), text]);
  const other = { ...(panels.length > 0 ? { x: panels.join(" ") } : {}), ...(marks.length > 0 && !layout ? { m: marks } : {}) };
  return {
    v: VERSION,
    ...(layout ? {} : { d: devices.map((device) => recordingOf(state, device)) }),
    s: signals.map(({ info }) => nameOf(info, devices.indexOf(info.selector.device))),
    p: state.stripes.map((stripe) => stripeOf(stripe, state, indexOf, lost)),
    ...(layout ? {} : timeOf(state)),
    ...(Object.keys(other).length > 0 ? { o: other } : {}),
    ...(dbcs.length > 0 ? { b: dbcs.map((name) => `${name}.dbc`) } : {}),
    ...state.foreign,
  };
}

/** With its session where the device has only one. */
function recordingOf(state: State, device: string): string {
  const sessions = sessionsOf(state).filter((session) => session.device === device);
  return sessions.length === 1 && sessions[0] !== undefined ? `${device}/${sessions[0].session}` : device;
}

function timeOf({ view, columns, zone, zeroNs, cursors }: State): Json {
  const { a, b } = cursors;
  const k = { ...(a === null ? {} : { a: String(a) }), ...(b === null ? {} : { b: String(b) }) };
  const zero = zeroNs === null ? {} : { zero: String(zeroNs) };
  const time =
    view === null
      ? { z: ZONES[zone] }
      : { f: String(view.fromNs), w: String(endNs(view, columns) - view.fromNs), z: ZONES[zone], ...zero };
  return { t: time, ...(Object.keys(k).length > 0 ? { k } : {}) };
}

function stripeOf(stripe: Stripe, { plotted }: State, indexOf: ReadonlyMap<SeriesId, number>, lost: number): Json {
  const g = stripe.signals.flatMap((id) => {
    const [signal, s] = [plotted[id], indexOf.get(id)];
    return signal === undefined || s === undefined ? [] : [signalOf(signal, s, stripe.kind, lost)];
  });
  return {
    ...(stripe.weight === PLOT_WEIGHT ? {} : { h: Number(stripe.weight.toPrecision(4)) }),
    ...(stripe.name === null ? {} : { n: stripe.name }),
    ...(stripe.kind === "lanes" ? { k: "lanes" } : {}),
    ...(stripe.folded ? { f: 1 } : {}),
    g,
  };
}

function signalOf(
  { info, limits, axis, slot, log, hidden, lane, style }: Plotted,
  s: number,
  kind: Stripe["kind"],
  lost: number,
): Json {
  const line =
    lane === info.lane
      ? style.line === "auto"
        ? null
        : style.line === "step"
          ? "step"
          : "line"
      : lane === null
        ? lineOf(style)
        : lane === "bool"
          ? "bool"
          : "lane";
  const styles = {
    ...(style.widthPx === null ? {} : { w: style.widthPx }),
    ...(style.markers === "auto" ? {} : { m: style.markers }),
    ...(style.decimals === null ? {} : { n: style.decimals }),
    ...(style.form === "physical" ? {} : { r: style.form }),
    ...(style.codes === "gap" ? {} : { na: 1 }),
  };
  return {
    s,
    ...(limits === null || lost >= 1 ? {} : { y: limits }),
    ...(axis === null ? {} : { a: axis }),
    ...colourOf(style.colour, slot, s, lost),
    ...(line === null || (line === "step" && kind === "plot" && lost >= 2) ? {} : { l: line }),
    ...(log ? { log: 1 } : {}),
    ...(hidden ? { hide: 1 } : {}),
    ...(lost >= 2 ? {} : styles),
  };
}

/** `k` is the slot or a person's colour; then `q` keeps the slot, which also says the dashes. The slots of a fresh view are left out. */
function colourOf(colour: string | null, slot: number, s: number, lost: number): Json {
  const own = slot === s ? null : slot + 1;
  if (colour === null || lost >= 2) return own === null ? {} : { k: own };
  return { k: colour, ...(own === null ? {} : { q: own }) };
}

/** A signal that would be a lane and is a curve says so. */
const lineOf = ({ line }: Plotted["style"]): string => (line === "linear" ? "line" : "step");

const encoded = (name: string): string => name.replace(/[%/@:]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** `[n:]channel/message[@SA]/signal`; names that nothing answered to are written as they came. */
function nameOf({ selector, message, name, absent, source }: SignalInfo, device: number): string {
  const ahead = device > 0 ? `${device}:` : "";
  if (absent) return `${ahead}${source}`;
  if (selector.kind === "channel") return `${ahead}${encoded(selector.group ?? "")}/${encoded(name)}`;
  const address =
    selector.sourceAddress === undefined ? "" : `@${selector.sourceAddress.toString(16).toUpperCase().padStart(2, "0")}`;
  return `${ahead}${selector.bus ?? "CAN"}${selector.channel ?? 1}/${encoded(message)}${address}/${encoded(name)}`;
}
