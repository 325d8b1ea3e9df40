/** "name of the layout or first signal · device · buslens" */
import type { State } from "../state/model.ts";

export function titleText(state: State): string {
  const first = state.stripes[0]?.signals[0];
  const signal = first === undefined ? undefined : state.plotted[first]?.info;
  const device = signal?.selector.device ?? state.catalogue?.devices[0]?.device;
  return [state.name ?? signal?.name, device, "buslens"].filter((part) => part !== undefined).join(" · ");
}
