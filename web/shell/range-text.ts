/** The times in view as words: for the status bar, and below the source on phones. */
import { stepDecimals } from "../plot/time-axis.ts";
import type { State, Zone } from "../state/model.ts";
import { logOffsetMinutes } from "../state/recording.ts";
import { endNs } from "../state/view.ts";
import { clockText, dateText, offsetNsOf } from "../text/time.ts";

/** "2024-05-14 09:15:00.4 to 09:17:59.9": as many decimals as a pixel can tell apart. */
export function rangeText(state: State): string {
  const { view } = state;
  if (view === null) return "";
  const [from, to] = ends(state);
  const decimals = Math.max(0, Math.min(9, stepDecimals(roundStep(view.stepNs))));
  const again = dateText(from) === dateText(to) ? "" : `${dateText(to)} `;
  return `${dateText(from)} ${clockText(from, decimals)} to ${again}${clockText(to, decimals)}`;
}

const ZONES: Readonly<Record<Zone, string>> = { relative: "UTC", log: "log time", utc: "UTC", local: "local time" };

/** "09:15:00 to 09:17:59, log time" */
export function shortRangeText(state: State): string {
  if (state.view === null) return "";
  const [from, to] = ends(state);
  return `${clockText(from, 0)} to ${clockText(to, 0)}, ${ZONES[state.zone]}`;
}

function ends(state: State): readonly [from: bigint, to: bigint] {
  const { view, zone, columns } = state;
  if (view === null) return [0n, 0n];
  const minutes = logOffsetMinutes(state);
  const local = (timeNs: bigint): bigint => timeNs + offsetNsOf(zone, minutes, timeNs);
  return [local(view.fromNs), local(endNs(view, columns))];
}

/** The power of ten below the time of one pixel: as many decimals as can be told apart. */
function roundStep(stepNs: bigint): bigint {
  let unit = 1n;
  while (unit * 10n <= stepNs && unit < 1_000_000_000n) unit *= 10n;
  return unit;
}
