/** Warnings of one file, bounded, in the order of their places. */
import type { DbcWarning } from "./model.ts";

// Enough to mend a file by; a hostile one may hold millions.
const WARNINGS_MAX = 500;

export class Warnings {
  readonly #kept: DbcWarning[] = [];
  readonly #seen = new Set<string>();
  #more = 0;

  add(at: { readonly line: number; readonly column: number }, text: string): void {
    if (this.#kept.length === WARNINGS_MAX) {
      this.#more++;
      return;
    }
    const key = `${at.line}:${at.column}:${text}`;
    if (this.#seen.has(key)) return; // a wrong default is met once per message
    this.#seen.add(key);
    this.#kept.push({ line: at.line, column: at.column, text });
  }

  list(): readonly DbcWarning[] {
    const sorted = this.#kept.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (this.#more > 0)
      sorted.push({ line: sorted.at(-1)?.line ?? 1, column: 1, text: `${this.#more} more warnings are not listed` });
    return sorted;
  }
}

/** A piece of the file in quotation marks, cut short. */
export const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
