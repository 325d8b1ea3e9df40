/** Rows chosen with Shift and Ctrl, by key. */
import type { Node, SignalLeaf } from "./build.ts";

export interface Choice {
  has(key: string): boolean;
  readonly size: number;
  /** Ctrl takes one more or one less, Shift all signals from the last one. */
  take(key: string, toHere: boolean): void;
  all(): void;
  /** Nothing is chosen; the next Shift counts from `anchor`. */
  clear(anchor?: string): void;
  leaves(): SignalLeaf[];
}

export function createChoice(rows: () => readonly Node[]): Choice {
  let chosen = new Set<string>();
  let anchor: string | null = null;
  const signals = (some: readonly Node[]): string[] => some.flatMap((row) => (row.kind === "signal" ? [row.key] : []));

  return {
    has: (key) => chosen.has(key),
    get size() {
      return chosen.size;
    },
    take(key, toHere) {
      const from = rows().findIndex((row) => row.key === anchor);
      const to = rows().findIndex((row) => row.key === key);
      if (toHere && from >= 0) {
        const span = rows().slice(Math.min(from, to), Math.max(from, to) + 1);
        chosen = new Set([...chosen, ...signals(span)]);
        return;
      }
      if (!chosen.delete(key)) chosen.add(key);
      anchor = key;
    },
    all() {
      chosen = new Set(signals(rows()));
    },
    clear(next) {
      chosen = new Set();
      anchor = next ?? anchor;
    },
    leaves: () => rows().flatMap((row) => (row.kind === "signal" && chosen.has(row.key) ? [row] : [])),
  };
}
