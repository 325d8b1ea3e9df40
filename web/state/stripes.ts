/** Which signal is drawn where: slots, stripes, and the moves between them. Pure. */
import type { Plotted, Scene, SeriesId, SignalInfo, Stripe } from "./model.ts";

export const PLOTTED_MAX = 24;
const PLOT_WEIGHT = 3;

/** The lowest slot that no plotted signal has (viewer.md §2, "Series colours"). */
export function freeSlot(plotted: Scene["plotted"]): number {
  const taken = new Set(Object.values(plotted).map((p) => p.slot));
  let slot = 0;
  while (taken.has(slot)) slot++;
  return slot;
}

const nextId = (stripes: readonly Stripe[]): number => Math.max(0, ...stripes.map((s) => s.id)) + 1;

export type Place = "fitting" | "active" | "new";

/**
 * Adds a signal. `fitting`: lanes gather in one stripe, a curve joins the stripe that already has its unit, otherwise a new stripe.
 * Returns the same scene if it is plotted already or the plot is full.
 */
export function plotSignal<S extends Scene>(scene: S, info: SignalInfo, place: Place, active: number | null): S {
  if (scene.plotted[info.id] !== undefined || Object.keys(scene.plotted).length >= PLOTTED_MAX) return scene;
  const signal: Plotted = {
    info,
    slot: freeSlot(scene.plotted),
    hidden: false,
    lane: info.lane,
    extremes: null,
    limits: null,
    decimals: null,
    valueTable: null,
    notice: null,
  };
  const home = place === "new" ? undefined : findHome(scene, info, place === "active" ? active : null);
  return { ...scene, plotted: { ...scene.plotted, [info.id]: signal }, stripes: put(scene.stripes, home, signal) };
}

function findHome(scene: Scene, info: SignalInfo, active: number | null): Stripe | undefined {
  const kind = info.lane === null ? "plot" : "lanes";
  const chosen = scene.stripes.find((s) => s.id === active && s.kind === kind);
  if (chosen !== undefined) return chosen;
  if (kind === "lanes") return scene.stripes.find((s) => s.kind === "lanes");
  if (info.unit === "") return undefined;
  return scene.stripes.find((s) => s.kind === "plot" && s.signals.some((id) => scene.plotted[id]?.info.unit === info.unit));
}

function put(stripes: readonly Stripe[], home: Stripe | undefined, signal: Plotted): readonly Stripe[] {
  if (home !== undefined) {
    return stripes.map((s) => (s.id === home.id ? withSignals(s, [...s.signals, signal.info.id]) : s));
  }
  const kind = signal.lane === null ? "plot" : "lanes";
  return [...stripes, withSignals({ id: nextId(stripes), kind, weight: PLOT_WEIGHT, signals: [] }, [signal.info.id])];
}

const withSignals = (stripe: Stripe, signals: readonly SeriesId[]): Stripe => ({
  ...stripe,
  signals,
});

/** Takes a signal off the plot; its stripe goes with the last one. */
export function removeSignal<S extends Scene>(scene: S, id: SeriesId): S {
  const { [id]: gone, ...plotted } = scene.plotted;
  if (gone === undefined) return scene;
  return { ...scene, plotted, stripes: without(scene.stripes, id) };
}

const without = (stripes: readonly Stripe[], id: SeriesId): Stripe[] =>
  stripes
    .map((s) =>
      s.signals.includes(id)
        ? withSignals(
            s,
            s.signals.filter((other) => other !== id),
          )
        : s,
    )
    .filter((s) => s.signals.length > 0);

/** Takes a signal out of its stripe and puts it into one of its own, right below. */
export function moveToNewStripe<S extends Scene>(scene: S, id: SeriesId): S {
  const at = scene.stripes.findIndex((s) => s.signals.includes(id));
  const stripe = scene.stripes[at];
  if (stripe === undefined || stripe.signals.length < 2) return scene;
  const fresh = withSignals({ id: nextId(scene.stripes), kind: stripe.kind, weight: PLOT_WEIGHT, signals: [] }, [id]);
  return { ...scene, stripes: without(scene.stripes, id).toSpliced(at + 1, 0, fresh) };
}

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

/** One stripe for each curve. */
export function stack<S extends Scene>(scene: S): S {
  let id = nextId(scene.stripes);
  const stripes = scene.stripes.flatMap((stripe) =>
    stripe.kind === "lanes" || stripe.signals.length < 2
      ? [stripe]
      : stripe.signals.map((signal, i) => withSignals({ ...stripe, id: i === 0 ? stripe.id : id++ }, [signal])),
  );
  return { ...scene, stripes };
}

/** All curves in one stripe, all lanes in another. */
export function merge<S extends Scene>(scene: S): S {
  const stripes: Stripe[] = [];
  for (const kind of ["plot", "lanes"] as const) {
    const same = scene.stripes.filter((s) => s.kind === kind);
    const first = same[0];
    if (first !== undefined)
      stripes.push(
        withSignals(
          first,
          same.flatMap((s) => s.signals),
        ),
      );
  }
  return { ...scene, stripes };
}

export interface StripeBox {
  readonly stripe: Stripe;
  /** CSS px within the stripes area. */
  readonly top: number;
  readonly height: number;
}

/** Lanes take what their rows need, curves share the rest by weight, at least `minimum`; more than fit: the area scrolls. */
export function layoutStripes(stripes: readonly Stripe[], heightPx: number, minimum: number): StripeBox[] {
  const curves = stripes.filter((s) => s.kind === "plot");
  const weights = curves.reduce((sum, s) => sum + s.weight, 0);
  const lanes = stripes.reduce((sum, s) => sum + (s.kind === "lanes" ? laneHeight(s.signals.length) : 0), 0);
  const room = heightPx - lanes;
  let top = 0;
  let share = 0;
  return stripes.map((stripe) => {
    const start = Math.round((room * share) / weights);
    if (stripe.kind === "plot") share += stripe.weight;
    const natural = Math.round((room * share) / weights) - start;
    const height = stripe.kind === "lanes" ? laneHeight(stripe.signals.length) : Math.max(minimum, natural);
    const box = { stripe, top, height };
    top += height;
    return box;
  });
}

export const LANE_ROW_PX = 26;
const laneHeight = (count: number): number => 12 + LANE_ROW_PX * count;
