/** What is plotted, bound to the signals that are there now: other databases, or more logs, may have come meanwhile. */
import type { Plotted, Scene, SeriesId, SignalInfo } from "./model.ts";

export interface Rebound {
  readonly scene: Pick<Scene, "stripes" | "plotted">;
  /** Signals whose samples must be read again. */
  readonly stale: readonly SeriesId[];
}

/**
 * A signal keeps its place, colour and style. It is bound by its id, else by name, message, channel and device whatever database has it now.
 * `isStale`: whether samples of a signal, bound as before, may be others now. One that is gone keeps its row and says so.
 */
export function rebind(
  { stripes, plotted }: Pick<Scene, "stripes" | "plotted">,
  here: readonly SignalInfo[],
  isStale: (info: SignalInfo) => boolean,
): Rebound {
  const byId = new Map(here.map((info) => [info.id, info]));
  const byName = new Map(here.map((info) => [nameOf(info), info]));
  const renamed = new Map<SeriesId, SeriesId>();
  const next: Record<SeriesId, Plotted> = {};
  const stale: SeriesId[] = [];
  for (const [id, before] of Object.entries(plotted)) {
    const found = byId.get(id) ?? byName.get(nameOf(before.info));
    const info = found ?? { ...before.info, absent: true };
    if (next[info.id] !== undefined) continue;
    renamed.set(id, info.id);
    const isSame = found !== undefined && id === info.id && !isStale(info) && !before.info.absent;
    if (!isSame) stale.push(id, info.id);
    const forgotten = { extremes: null, decimals: null, valueTable: null, lane: info.lane && (before.lane ?? info.lane) };
    next[info.id] = {
      ...before,
      ...(isSame || found === undefined ? {} : forgotten),
      info,
      notice: found === undefined ? "not in this log" : isSame ? before.notice : null,
    };
  }
  return {
    scene: {
      stripes: stripes.map((stripe) => ({ ...stripe, signals: stripe.signals.flatMap((id) => renamed.get(id) ?? []) })),
      plotted: next,
    },
    stale,
  };
}

function nameOf({ selector, message, name }: SignalInfo): string {
  if (selector.kind === "channel") return `${selector.device}\n${selector.group}\n${selector.channel}`;
  const { device, bus, channel, sourceAddress } = selector;
  return `${device}\n${bus}${channel}\n${message}@${sourceAddress ?? ""}\n${name}`;
}
