/** What this browser keeps of settings. One that keeps nothing, or forbids to look, still works: reads give null, writes say false. */

/** "off": single letters are no commands. */
export const SINGLE_KEYS = "buslens.singleKeys";

export interface Kept {
  get(key: string): string | null;
  set(key: string, value: string): boolean;
}

export const kept: Kept = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};
