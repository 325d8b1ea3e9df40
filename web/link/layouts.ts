/** Layouts: views without recordings, time and cursors, kept by name in this browser, and as files. */
import { documentOf } from "../state/document-of.ts";
import type { State } from "../state/model.ts";
import { parseDocument, type ViewDocument } from "../state/view-document.ts";
import type { Kept } from "../storage.ts";

const KEY = "buslens.layouts";
const LAYOUTS_MAX = 100;
const FILE_BYTES_MAX = 64 * 1024;

export interface Layouts {
  names(): readonly string[];
  /** null: it is kept. Otherwise why not. */
  save(name: string, state: State): string | null;
  get(name: string): ViewDocument | null;
  remove(name: string): void;
}

export function createLayouts(storage: Kept): Layouts {
  function all(): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(storage.get(KEY) ?? "{}");
      return typeof value === "object" && value !== null ? { ...value } : {};
    } catch {
      return {};
    }
  }
  const keep = (layouts: Readonly<Record<string, unknown>>): boolean => storage.set(KEY, JSON.stringify(layouts));
  return {
    names: () => Object.keys(all()).sort(),
    save(name, state) {
      const before = all();
      if (!Object.hasOwn(before, name) && Object.keys(before).length >= LAYOUTS_MAX)
        return `${LAYOUTS_MAX} layouts are kept, no more fit. Save this one as a file`;
      return keep({ ...before, [name]: layoutOf(state) }) ? null : "This browser keeps nothing";
    },
    get(name) {
      const parsed = parseDocument(all()[name]);
      return parsed.ok ? parsed.document : null;
    },
    remove(name) {
      const { [name]: _gone, ...left } = all();
      keep(left);
    },
  };
}

export const layoutOf = (state: State): unknown => documentOf(state, { layout: true });

/** A layout from a `.buslens.json` file; a sentence if it is none. */
export async function readLayoutFile(file: File): Promise<ViewDocument | string> {
  if (file.size > FILE_BYTES_MAX) return `${file.name} is too large for a layout (${FILE_BYTES_MAX / 1024} kB at most).`;
  try {
    const parsed = parseDocument(JSON.parse(await file.text()));
    return parsed.ok ? parsed.document : `${file.name} is not a layout: ${parsed.why}.`;
  } catch {
    return `${file.name} is not a layout: it is no JSON.`;
  }
}
