/** What a key does in the tree (WAI-ARIA "Tree View"), without knowing how. */
import type { Node } from "./build.ts";

export type TreeKey =
  | { readonly kind: "go"; readonly to: number }
  | { readonly kind: "open"; readonly key: string; readonly open: boolean }
  | { readonly kind: "plot"; readonly how: "active" | "fitting" | "new" }
  | { readonly kind: "plot-chosen"; readonly how: "fitting" | "new" }
  /** Picked up: arrows choose where it goes. */
  | { readonly kind: "carry" }
  | { readonly kind: "choose-all" };

export interface TreeKeyState {
  readonly rows: readonly Node[];
  /** Index of the current row. */
  readonly at: number;
  /** Rows that fit. */
  readonly page: number;
  readonly chosen: number;
  isClosed(key: string): boolean;
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** null: the key means nothing here. */
export function treeKey(event: Pressed, { rows, at, page, chosen, isClosed }: TreeKeyState): TreeKey | null {
  const row = rows[at];
  if (row === undefined || event.altKey) return null;
  const isCtrl = event.ctrlKey || event.metaKey;
  if (isCtrl && event.key.toLowerCase() === "a") return { kind: "choose-all" };
  if (event.key === "Enter" && chosen > 0) return { kind: "plot-chosen", how: event.shiftKey ? "new" : "fitting" };
  if (isCtrl) return null;
  if (event.key.toLowerCase() === "m" && row.kind === "signal") return { kind: "carry" };
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows.length,
    End: rows.length,
  };
  const step = steps[event.key];
  if (step !== undefined) return { kind: "go", to: Math.min(rows.length - 1, Math.max(0, at + step)) };
  const isBranch = "children" in row;
  if (event.key === "ArrowRight") return isBranch ? { kind: "open", key: row.key, open: true } : null;
  if (event.key === "ArrowLeft") {
    if (isBranch && !isClosed(row.key)) return { kind: "open", key: row.key, open: false };
    const parent = rows.slice(0, at).findLastIndex(({ depth }) => depth < row.depth);
    return { kind: "go", to: Math.max(0, parent) };
  }
  if (event.key !== "Enter" && event.key !== " ") return null;
  if (row.kind === "signal") return { kind: "plot", how: event.shiftKey ? "new" : event.key === " " ? "fitting" : "active" };
  return isBranch ? { kind: "open", key: row.key, open: isClosed(row.key) } : null;
}
