/** Which signal is drawn where: slots, stripes, and adding to and taking from them. Pure. Moves between them: `moves.ts`. */
import { type Plotted, plainStyle, type Scene, type SeriesId, type SignalInfo, type Stripe } from "./model.ts";

/** So many at once are asked about first, and a plain link brings no more (viewer.md §3 and §7). */
export const MANY = 24;
export const PLOTTED_MAX = 256;
export const PLOT_WEIGHT = 3;

/** The lowest slot that no plotted signal has (viewer.md §2, "Series colours"). */
export function freeSlot(plotted: Scene["plotted"]): number {
  const taken = new Set(Object.values(plotted).map((p) => p.slot));
  let slot = 0;
  while (taken.has(slot)) slot++;
  return slot;
}

export const nextId = (stripes: readonly Stripe[]): number => Math.max(0, ...stripes.map((s) => s.id)) + 1;

export const newStripe = (id: number, kind: Stripe["kind"], signals: readonly SeriesId[]): Stripe => ({
  id,
  kind,
  weight: PLOT_WEIGHT,
  name: null,
  folded: false,
  signals,
});

/** A signal as it starts: nothing known of its samples, nothing chosen. */
export const newPlotted = (info: SignalInfo, slot: number): Plotted => ({
  info,
  slot,
  hidden: false,
  lane: info.lane,
  extremes: null,
  limits: null,
  axis: null,
  log: false,
  style: plainStyle,
  decimals: null,
  valueTable: null,
  rhythm: null,
  notice: null,
});

export type Place = "fitting" | "active" | "new";

/**
 * Adds a signal. `fitting`: lanes gather in one stripe, a curve joins the stripe that already has its unit, otherwise a new stripe.
 * Returns the same scene if it is plotted already or the plot is full.
 */
export function plotSignal<S extends Scene>(scene: S, info: SignalInfo, place: Place, active: number | null): S {
  if (scene.plotted[info.id] !== undefined || Object.keys(scene.plotted).length >= PLOTTED_MAX) return scene;
  const signal = newPlotted(info, freeSlot(scene.plotted));
  const home = place === "new" ? undefined : findHome(scene, info, place === "active" ? active : null);
  return { ...scene, plotted: { ...scene.plotted, [info.id]: signal }, stripes: put(scene.stripes, home, signal) };
}

/** An empty stripe that was made for it takes any first signal. */
function findHome(scene: Scene, info: SignalInfo, active: number | null): Stripe | undefined {
  const kind = kindOf(info.lane);
  const chosen = scene.stripes.find((s) => s.id === active && (s.kind === kind || s.signals.length === 0));
  if (chosen !== undefined) return chosen;
  const empty = scene.stripes.find((s) => s.signals.length === 0);
  if (empty !== undefined) return empty;
  if (kind === "lanes") return scene.stripes.find((s) => s.kind === "lanes");
  if (info.unit === "") return undefined;
  return scene.stripes.find((s) => s.kind === "plot" && s.signals.some((id) => scene.plotted[id]?.info.unit === info.unit));
}

export const kindOf = (lane: Plotted["lane"]): Stripe["kind"] => (lane === null ? "plot" : "lanes");

export function put(stripes: readonly Stripe[], home: Stripe | undefined, { lane, info }: Plotted): readonly Stripe[] {
  if (home === undefined) return [...stripes, newStripe(nextId(stripes), kindOf(lane), [info.id])];
  return stripes.map((s) =>
    s.id === home.id
      ? { ...s, kind: s.signals.length === 0 ? kindOf(lane) : s.kind, signals: [...s.signals, info.id], folded: false }
      : s,
  );
}

/** Takes a signal off the plot; its stripe goes with the last one. */
export function removeSignal<S extends Scene>(scene: S, id: SeriesId): S {
  const { [id]: gone, ...plotted } = scene.plotted;
  if (gone === undefined) return scene;
  return { ...scene, plotted, stripes: without(scene.stripes, id) };
}

/** Stripes without the signal; the one it leaves empty goes. */
export const without = (stripes: readonly Stripe[], id: SeriesId): Stripe[] =>
  stripes.flatMap((s) => {
    if (!s.signals.includes(id)) return [s];
    const signals = s.signals.filter((other) => other !== id);
    return signals.length === 0 ? [] : [{ ...s, signals }];
  });

/** Draws a signal as a lane or as a curve. */
export function toggleLane<S extends Scene>(scene: S, id: SeriesId): S {
  const signal = scene.plotted[id];
  if (signal === undefined) return scene;
  const lane = signal.lane === null ? (signal.info.lane ?? "enum") : null;
  const changed: Plotted = { ...signal, lane };
  const stripes = without(scene.stripes, id);
  const home = lane === null ? undefined : stripes.find((s) => s.kind === "lanes");
  return { ...scene, plotted: { ...scene.plotted, [id]: changed }, stripes: put(stripes, home, changed) };
}
