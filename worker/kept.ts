/** The index this browser keeps, loaded with the first log that is opened. */
import type { LogIndex } from "../core/query/log-index.ts";
import type { IndexShelf } from "./index-shelf.ts";

export interface KeptHere {
  readonly index: LogIndex;
  /** For "Forget everything", and for what it shows before. */
  shelf(): Promise<IndexShelf>;
}

export function keptHere(): KeptHere {
  let loading: Promise<{ readonly shelf: IndexShelf; readonly index: LogIndex }> | null = null;
  const loaded = () => {
    loading ??= Promise.all([import("./index-shelf.ts"), import("../core/query/kept-index.ts")]).then(
      ([{ indexShelf }, { keptIndex }]) => {
        const shelf = indexShelf(indexedDB, Date.now);
        return { shelf, index: keptIndex(shelf) };
      },
    );
    return loading;
  };
  return {
    index: { open: async (outer, signal) => (await loaded()).index.open(outer, signal) },
    shelf: async () => (await loaded()).shelf,
  };
}
