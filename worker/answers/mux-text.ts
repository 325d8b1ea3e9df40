/** When a multiplexed signal is sent, as the tree says it. */
import type { DbcSignal } from "../../core/dbc/model.ts";

/** "m3", "m1-3,5": values of the multiplexor for which it is sent; null = always. */
export const muxText = (selectedWhen: DbcSignal["selectedWhen"]): string | null =>
  selectedWhen === null ? null : `m${selectedWhen.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(",")}`;
