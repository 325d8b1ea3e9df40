/** Moving signals and stripes about: between stripes, onto axes, one stripe each, all in one. Pure. */
import type { Plotted, Scene, SeriesId, Stripe } from "./model.ts";
import { kindOf, newStripe, nextId, without } from "./stripes.ts";

/** Where a dragged signal may be let go. */
export type Target =
  | { readonly kind: "stripe"; readonly stripe: number }
  /** A new stripe that will be the `at`-th. */
  | { readonly kind: "new"; readonly at: number }
  /** Beside another signal of a legend: before it, or behind the last. */
  | { readonly kind: "before"; readonly stripe: number; readonly id: SeriesId | null }
  /** Onto the axis of another signal, which it then shares. */
  | { readonly kind: "axis"; readonly stripe: number; readonly id: SeriesId }
  | { readonly kind: "remove" };

/** Puts a plotted signal elsewhere. A curve that goes among lanes becomes one, and the other way round. The same scene if nothing moves. */
export function moveSignal<S extends Scene>(scene: S, id: SeriesId, target: Exclude<Target, { kind: "remove" }>): S {
  const signal = scene.plotted[id];
  const from = scene.stripes.find((s) => s.signals.includes(id));
  if (signal === undefined || from === undefined) return scene;
  if (target.kind === "new") return moveToNew(scene, signal, from, target.at);
  const to = scene.stripes.find((s) => s.id === target.stripe);
  if (to === undefined || (target.kind === "before" && target.id === id)) return scene;
  if (target.kind === "stripe" && to === from) return scene;
  const others = to.signals.filter((other) => other !== id);
  const at = target.kind === "before" && target.id !== null ? others.indexOf(target.id) : others.length;
  const signals = target.kind === "axis" && to === from ? to.signals : others.toSpliced(at < 0 ? others.length : at, 0, id);
  const stripes = scene.stripes.flatMap((s) => {
    if (s.id === to.id) return [{ ...s, signals, folded: false }];
    return s.id === from.id ? without([s], id) : [s];
  });
  const moved = fitted({ ...signal, axis: to === from ? signal.axis : null }, to.kind);
  const next = { ...scene, stripes, plotted: { ...scene.plotted, [id]: moved } };
  return target.kind === "axis" ? shareAxis(next, id, target.id) : next;
}

function moveToNew<S extends Scene>(scene: S, signal: Plotted, from: Stripe, at: number): S {
  const { id } = signal.info;
  const isAlone = from.signals.length === 1;
  const index = scene.stripes.indexOf(from);
  const place = isAlone && at > index ? at - 1 : at;
  if (isAlone && place === index) return scene;
  const fresh = isAlone ? from : newStripe(nextId(scene.stripes), kindOf(signal.lane), [id]);
  const stripes = without(scene.stripes, id).toSpliced(place, 0, fresh);
  return { ...scene, stripes, plotted: { ...scene.plotted, [id]: { ...signal, axis: null } } };
}

const fitted = (signal: Plotted, kind: Stripe["kind"]): Plotted => {
  if (kind === "plot") return { ...signal, lane: null };
  return { ...signal, lane: signal.lane ?? signal.info.lane ?? "enum" };
};

/** A signal, and all that share its axis, on the axis of another of the same stripe. */
function shareAxis<S extends Scene>(scene: S, id: SeriesId, other: SeriesId): S {
  const stripe = scene.stripes.find((s) => s.signals.includes(id) && s.signals.includes(other));
  const host = scene.plotted[other];
  const guest = scene.plotted[id];
  if (stripe === undefined || host === undefined || guest === undefined || id === other) return scene;
  const axis = host.axis ?? freeAxis(scene, stripe);
  const onHost = (one: Plotted): boolean =>
    one === host || one === guest || (host.axis === null && one.axis === null && one.info.unit === host.info.unit);
  const plotted = { ...scene.plotted };
  for (const member of stripe.signals) {
    const one = plotted[member];
    if (one !== undefined && onHost(one)) plotted[member] = { ...one, axis, limits: host.limits };
  }
  return { ...scene, plotted };
}

/** The signal on an axis of its own. */
export function splitAxis<S extends Scene>(scene: S, id: SeriesId): S {
  const stripe = scene.stripes.find((s) => s.signals.includes(id));
  const signal = scene.plotted[id];
  if (stripe === undefined || signal === undefined || stripe.signals.length < 2) return scene;
  return { ...scene, plotted: { ...scene.plotted, [id]: { ...signal, axis: freeAxis(scene, stripe) } } };
}

const freeAxis = (scene: Scene, stripe: Stripe): number =>
  Math.max(-1, ...stripe.signals.map((id) => scene.plotted[id]?.axis ?? -1)) + 1;

/** Takes a signal out of its stripe and puts it into one of its own, right below. */
export function moveToNewStripe<S extends Scene>(scene: S, id: SeriesId): S {
  const at = scene.stripes.findIndex((s) => s.signals.includes(id));
  return (scene.stripes[at]?.signals.length ?? 0) < 2 ? scene : moveSignal(scene, id, { kind: "new", at: at + 1 });
}

/** One stripe for each curve. */
export function stack<S extends Scene>(scene: S): S {
  let id = nextId(scene.stripes);
  const stripes = scene.stripes.flatMap((stripe) =>
    stripe.kind === "lanes" || stripe.signals.length < 2
      ? [stripe]
      : stripe.signals.map((signal, i) => ({ ...stripe, id: i === 0 ? stripe.id : id++, signals: [signal] })),
  );
  return { ...scene, stripes };
}

/** All curves in one stripe, all lanes in another. */
export function merge<S extends Scene>(scene: S): S {
  const stripes = (["plot", "lanes"] as const).flatMap((kind) => {
    const same = scene.stripes.filter((s) => s.kind === kind);
    const first = same[0];
    return first === undefined ? [] : [{ ...first, folded: false, signals: same.flatMap((s) => s.signals) }];
  });
  return { ...scene, stripes };
}
