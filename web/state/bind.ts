/** Names of a view bound to the signals that are here (viewer.md §7): exact, then another channel, then another source address, then not at all. */
import type { Plotted, Scene, SeriesId, SignalInfo, State, Stripe } from "./model.ts";
import { plainStyle } from "./model.ts";
import { kindOf, newPlotted, newStripe, PLOT_WEIGHT, PLOTTED_MAX } from "./stripes.ts";
import { fit } from "./view.ts";
import type { DocumentSignal, ViewDocument } from "./view-document.ts";

/** A name of a document taken apart. */
interface Name {
  readonly device: string | null;
  /** "CAN1", or the group of a plain channel. */
  readonly channel: string;
  /** null: a plain channel. */
  readonly message: string | null;
  readonly sourceAddress: number | null;
  readonly signal: string;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is a name too
  }
}

/** `[n:]channel/message[@SA]/signal`, or `[n:]group/channel` of a plain channel. */
function parseName(text: string, recordings: readonly string[]): Name {
  const [, index = "0", rest = text] = /^(?:(\d{1,3}):)?(.*)$/s.exec(text) ?? [];
  const parts = rest.split("/");
  const device = recordings[Number(index)]?.split("/")[0] ?? null;
  if (parts.length < 3) {
    return { device, channel: decoded(parts[0] ?? ""), message: null, sourceAddress: null, signal: decoded(parts[1] ?? rest) };
  }
  const [message = "", address] = (parts[1] ?? "").split("@");
  return {
    device,
    channel: decoded(parts[0] ?? ""),
    message: decoded(message),
    sourceAddress: address === undefined || !/^[0-9a-f]{1,2}$/i.test(address) ? null : Number.parseInt(address, 16),
    signal: decoded(parts.slice(2).join("/")),
  };
}

const channelOf = ({ selector }: SignalInfo): string =>
  selector.kind === "channel" ? (selector.group ?? "") : `${selector.bus ?? "CAN"}${selector.channel ?? 1}`;
const databaseOf = ({ selector }: SignalInfo): string | undefined => (selector.kind === "channel" ? undefined : selector.db);
const addressOf = ({ selector }: SignalInfo): number | null =>
  selector.kind === "channel" ? null : (selector.sourceAddress ?? null);
const isMessage = ({ message }: Name, info: SignalInfo): boolean =>
  message === null ? info.selector.kind === "channel" : info.message === message;

/** The signal a name means here, or null. Of several databases that know it, the one the view names first. */
export function bindName(
  text: string,
  document: Pick<ViewDocument, "recordings" | "dbcs">,
  here: readonly SignalInfo[],
): SignalInfo | null {
  const name = parseName(text, document.recordings);
  const rank = (info: SignalInfo): number => {
    const at = document.dbcs.findIndex((dbc) => dbc.split(/\.dbc/i)[0] === databaseOf(info));
    return at < 0 ? document.dbcs.length : at;
  };
  const same = here
    .filter((info) => info.name === name.signal && isMessage(name, info) && isDevice(name, info.selector.device))
    .sort((a, b) => rank(a) - rank(b));
  const address = (info: SignalInfo): boolean => addressOf(info) === name.sourceAddress;
  const channel = (info: SignalInfo): boolean => channelOf(info) === name.channel;
  const anyAddress = name.sourceAddress === null ? same.filter(channel) : [];
  return (
    same.find((info) => channel(info) && address(info)) ??
    (anyAddress.length === 1 ? anyAddress[0] : undefined) ??
    same.find(address) ??
    same.find(channel) ??
    same[0] ??
    null
  );
}

const isDevice = (name: Name, device: string): boolean => name.device === null || name.device === device;

/** The three names most alike, by pairs of letters in common. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const pairs = (text: string): string[] =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2).toLowerCase());
  const own = new Set(pairs(wanted));
  const likeness = (name: string): number => {
    const other = pairs(name);
    return other.filter((pair) => own.has(pair)).length / Math.max(1, own.size + other.length);
  };
  return [...new Set(names)]
    .map((name) => ({ name, like: likeness(name) }))
    .filter(({ like }) => like > 0.1)
    .sort((a, b) => b.like - a.like)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Stands in the plot for a name that nothing here answers to. `source` keeps the name as it came. */
function absentInfo(text: string, document: ViewDocument, here: readonly SignalInfo[]): SignalInfo {
  const name = parseName(text, document.recordings);
  return {
    id: `absent/${name.device ?? ""}/${text}`,
    selector: { device: name.device ?? here[0]?.selector.device ?? "", signal: name.signal },
    name: name.signal,
    message: name.message ?? "",
    source: text.replace(/^\d{1,3}:/, ""),
    unit: "",
    frames: 0,
    rateHz: null,
    firstNs: 0n,
    lastNs: 0n,
    lane: null,
    comment: null,
    scaling: null,
    absent: true,
  };
}

const absentText = (name: string, here: readonly SignalInfo[]): string => {
  const nearest = nearestNames(
    name,
    here.map((info) => info.name),
  );
  return `${name} is not in this log.${nearest.length === 0 ? "" : ` Nearest: ${nearest.join(", ")}.`}`;
};

export interface Bound {
  readonly scene: Omit<Scene, "columns" | "view">;
  readonly more: Partial<State>;
  readonly absent: readonly string[];
}

/** What the state becomes; names that are not here keep their row and say so. */
export function bindDocument(document: ViewDocument, state: State, here: readonly SignalInfo[]): Bound {
  const plotted: Record<SeriesId, Plotted> = {};
  const absent: string[] = [];
  const stripes = document.stripes.map((given, i): Stripe => {
    const signals = given.signals.flatMap((one): SeriesId[] => {
      const text = document.names[one.s] ?? "";
      const found = bindName(text, document, here);
      const info = found ?? absentInfo(text, document, here);
      if (plotted[info.id] !== undefined || Object.keys(plotted).length >= PLOTTED_MAX) return [];
      if (found === null) absent.push(info.name);
      plotted[info.id] = plottedOf(info, one, found === null ? absentText(info.name, here) : null);
      return [info.id];
    });
    const stripe = newStripe(i + 1, given.kind, signals);
    return { ...stripe, weight: given.weight ?? PLOT_WEIGHT, name: given.name, folded: given.folded };
  });
  const { time, zone, cursors, panels, marks } = document;
  const view =
    time === null ? state.view : fit({ fromNs: time.fromNs, toNs: time.fromNs + time.widthNs }, Math.max(1, state.columns));
  const more: Partial<State> = {
    view,
    zone: zone ?? state.zone,
    zeroNs: document.zeroNs,
    cursors: time === null ? state.cursors : cursors,
    panels: { ...state.panels, stats: panels.includes("stats"), file: panels.includes("file") },
    bookmarks: time === null ? state.bookmarks : marks,
    active: stripes[0]?.id ?? null,
    selected: null,
    foreign: document.foreign,
  };
  return { scene: { stripes, plotted }, more, absent };
}

function plottedOf(info: SignalInfo, given: DocumentSignal, notice: string | null): Plotted {
  const fresh = newPlotted(info, given.slot ?? given.s);
  return {
    ...fresh,
    limits: given.limits,
    axis: given.axis,
    log: given.log,
    hidden: given.hidden,
    lane: given.lane === "default" ? fresh.lane : given.lane === null ? null : given.lane,
    style: { ...plainStyle, ...given.style },
    notice,
  };
}

/** Rows that waited for their signal, once more of the data is known; null: none has come. */
export function bindAbsent(
  state: State,
  document: ViewDocument,
  here: readonly SignalInfo[],
): Pick<Scene, "stripes" | "plotted"> | null {
  let { plotted, stripes } = state;
  let hasCome = false;
  for (const signal of Object.values(state.plotted)) {
    if (!signal.info.absent) continue;
    const index = Math.max(
      0,
      document.recordings.findIndex((r) => r.split("/")[0] === signal.info.selector.device),
    );
    const info = bindName(`${index}:${signal.info.source}`, document, here);
    if (info === null || plotted[info.id] !== undefined) continue;
    const { [signal.info.id]: _gone, ...rest } = plotted;
    const lane = kindOf(info.lane) === kindOf(signal.lane) ? signal.lane : info.lane;
    plotted = { ...rest, [info.id]: { ...signal, info, lane: laneIn(stripes, signal.info.id, lane), notice: null } };
    stripes = stripes.map((stripe) => ({
      ...stripe,
      signals: stripe.signals.map((id) => (id === signal.info.id ? info.id : id)),
    }));
    hasCome = true;
  }
  return hasCome ? { stripes, plotted } : null;
}

/** Among lanes it is a lane, among curves a curve: the stripe was made for it. */
function laneIn(stripes: readonly Stripe[], id: SeriesId, lane: Plotted["lane"]): Plotted["lane"] {
  const kind = stripes.find((stripe) => stripe.signals.includes(id))?.kind;
  return kind === "lanes" ? (lane ?? "enum") : null;
}
