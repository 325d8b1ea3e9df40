/** More was heard of a device: the view that showed all of the recording goes on doing so. */
import type { DeviceHeard } from "../../worker/api.ts";
import type { State } from "./model.ts";
import { recordingRange } from "./recording.ts";
import { fit, type TimeRange } from "./view.ts";

export function heardMore(state: State, heard: DeviceHeard): State {
  const before = recordingRange(state);
  const next = { ...state, heard: { ...state.heard, [heard.device]: heard } };
  const now = recordingRange(next);
  if (state.view === null || before === null || now === null || isSame(before, now)) return next;
  const all = fit(before, state.columns);
  const isAll = state.view.fromNs === all.fromNs && state.view.stepNs === all.stepNs;
  return isAll ? { ...next, view: fit(now, state.columns) } : next;
}

const isSame = (a: TimeRange, b: TimeRange): boolean => a.fromNs === b.fromNs && a.toNs === b.toNs;

/** Nothing more is going to come. */
export const isAllHeard = ({ heard, catalogue }: Pick<State, "heard" | "catalogue">): boolean =>
  (catalogue?.devices ?? []).every(({ device }) => heard[device]?.isWhole === true);

/** Devices of which not all is heard, and nobody listens on. */
export const unheard = ({ heard, listening }: Pick<State, "heard" | "listening">): readonly DeviceHeard[] =>
  listening.length > 0 ? [] : Object.values(heard).filter(({ isWhole }) => !isWhole);
