/** How a signal comes, and so where its silence begins. */
import type { Plotted } from "../state/model.ts";
import type { Held } from "./data.ts";
import { gapNsOf } from "./gaps.ts";

/** Values hold until the next sample instead of sloping to it. */
export const isStep = ({ style, info }: Pick<Plotted, "style" | "info">): boolean =>
  style.line === "step" || (style.line === "auto" && info.lane !== null);

/**
 * ns after which the next sample begins anew: five of its own periods, at least 1 s. A step that comes only with its events holds until
 * recording stops. Until its rhythm is known, the rate of its frames stands in.
 */
export function gapOf(signal: Pick<Plotted, "style" | "info" | "rhythm">): number {
  const { rhythm, info } = signal;
  if (rhythm === null || rhythm.medianNs === null) return gapNsOf(info.rateHz);
  return !rhythm.isSteady && isStep(signal) ? Number.POSITIVE_INFINITY : gapNsOf(1e9 / rhythm.medianNs);
}

/** The same for an answer: of a coarse one nobody knows what lies between its samples. */
export const gapIn = ({ isCoarse }: Pick<Held, "isCoarse">, signal: Parameters<typeof gapOf>[0]): number =>
  isCoarse === true ? Number.POSITIVE_INFINITY : gapOf(signal);

const SAMPLES = 600;

/** Where to look for it: the first frames of the signal. null: there are none. */
export function rhythmRange({
  firstNs,
  lastNs,
  frames,
}: Plotted["info"]): { readonly fromNs: bigint; readonly toNs: bigint } | null {
  if (frames < 2 || lastNs <= firstNs) return null;
  const spanNs = BigInt(Math.ceil((Number(lastNs - firstNs) / frames) * SAMPLES));
  return { fromNs: firstNs, toNs: firstNs + spanNs + 1n };
}
