/** What this browser keeps of settings. One that keeps nothing, or forbids to look, still works: reads give null, writes say false. */
import type { Zone } from "./state/model.ts";

/** "off": single letters are no commands. */
export const SINGLE_KEYS = "buslens.singleKeys";
/** "scroll": the wheel pans, and zooms with Shift (viewer.md §4, "Pointer"). */
export const WHEEL = "buslens.wheel";
export const ZONE = "buslens.zone";

export interface Kept {
  get(key: string): string | null;
  set(key: string, value: string): boolean;
}

const keptIn = (storage: () => Storage): Kept => ({
  get(key) {
    try {
      return storage().getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      storage().setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
});

export const kept = keptIn(() => localStorage);
/** As long as this tab, also over a reload. */
export const keptInTab = keptIn(() => sessionStorage);

/** null: none was chosen, or it is none of ours. */
export const keptZone = (): Zone | null => ZONES.find((zone) => zone === kept.get(ZONE)) ?? null;
const ZONES: readonly Zone[] = ["relative", "log", "utc", "local"];
