/** A listing of keys that are all known: what memory and dropped files answer, and what every store must agree with. */
import { compareKeys } from "./check-key.ts";
import type { Entry, ListOptions } from "./source.ts";

type ObjectEntry = Extract<Entry, { kind: "object" }>;

/**
 * Entries of `objects` (in key order) below `prefix`; with a delimiter, what lies deeper is one prefix entry.
 * The rule for `after` holds for both kinds: an entry comes if its own key is greater.
 */
export function* listKnown(
  objects: Iterable<ObjectEntry>,
  prefix: string,
  options: Omit<ListOptions, "signal">,
): Generator<Entry> {
  let folder: string | undefined;
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const cut = options.delimiter ? object.key.indexOf(options.delimiter, prefix.length) : -1;
    if (cut < 0) {
      if (isAfter(object.key, options.after)) yield object;
      continue;
    }
    const key = object.key.slice(0, cut + 1);
    if (key === folder) continue;
    folder = key;
    if (isAfter(key, options.after)) yield { kind: "prefix", key };
  }
}

/** Whether an entry with this key comes after the one a page ended with. */
export const isAfter = (key: string, after: string | undefined): boolean => after === undefined || compareKeys(key, after) > 0;

/** One page of a bucket's answer, objects and prefixes, in key order. */
export function inKeyOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => compareKeys(a.key, b.key));
}
