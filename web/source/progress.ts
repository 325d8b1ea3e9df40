/** The line under the top bar and its words in the status bar: the newest work that tells of itself. */
import type { WorkId } from "../../worker/api.ts";
import type { Store } from "../state/store.ts";
import { bytesText } from "../text/number.ts";

export interface Progress {
  /** `bytesAll` 0: not known; below 0: it has ended. */
  tell(work: WorkId, bytes: number, bytesAll: number): void;
  clear(): void;
}

export function createProgress(store: Pick<Store, "dispatch">): Progress {
  let shown: WorkId | null = null;
  const clear = (): void => {
    shown = null;
    store.dispatch({ type: "progress", progress: null });
  };
  return {
    tell(work, bytes, bytesAll) {
      if (bytesAll < 0) {
        if (work === shown) clear();
        return;
      }
      shown = work;
      const text = `Reading, ${bytesText(bytes)}${bytesAll > 0 ? ` of ${bytesText(bytesAll)}` : ""}`;
      store.dispatch({ type: "progress", progress: { text, bytes, bytesAll } });
    },
    clear,
  };
}
