/** Looks at what is open again: which logs grew, changed or came since. Files are looked at here, an address by the worker. */
import type { OpenFile, Reply, WorkId } from "../../worker/api.ts";
import type { Preview } from "../preview.ts";
import type { Origin } from "./origins.ts";

export interface Found {
  /** Paths or keys. */
  readonly grown: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
  /** What to read instead; null: the address's newest. */
  readonly files: readonly OpenFile[] | null;
  /** The browser hands some of it out only when it is picked again. */
  readonly mustBePicked: boolean;
}

export interface Watcher {
  /** Faults come as a reply; a folder that may not be read any more is a DOMException "NotAllowedError". */
  look(): Promise<Reply<Found>>;
  /** What was found is open now. */
  took(found: Found): void;
  canLook(): boolean;
}

/** Files that were picked are read to see whether they can be: only so many of the last. */
const PICKED_LOOKED_AT = 50;

export interface WatcherHost {
  origins(): readonly Origin[];
  isAddress(): boolean;
  work<T>(run: (id: WorkId) => PromiseLike<Reply<T>>): Promise<Reply<T>>;
}

export function createWatcher(preview: Pick<Preview, "look">, host: WatcherHost): Watcher {
  /** By path, as it is open. */
  const held = new WeakMap<Origin, Map<string, File>>();
  const heldOf = (origin: Origin): Map<string, File> => {
    const known = held.get(origin) ?? new Map(origin.files.map(({ path, file }) => [path, file]));
    held.set(origin, known);
    return known;
  };

  async function lookAtFiles(): Promise<Found> {
    const found = { grown: [] as string[], changed: [] as string[], added: [] as string[], files: [] as OpenFile[] };
    let mustBePicked = false;
    for (const origin of host.origins()) {
      if (origin.again === null) {
        const gone = await unreadable(origin.files.slice(-PICKED_LOOKED_AT));
        found.changed.push(...gone);
        mustBePicked ||= gone.length > 0;
        continue;
      }
      const before = heldOf(origin);
      for (const now of await origin.again()) {
        const old = before.get(now.path);
        if (old !== undefined && isSame(old, now.file)) continue;
        found.files.push(now);
        if (old === undefined) found.added.push(now.path);
        else found[now.file.size > old.size ? "grown" : "changed"].push(now.path);
      }
    }
    return { ...found, mustBePicked };
  }

  return {
    canLook: () => host.isAddress() || host.origins().some(({ again }) => again !== null),
    async look() {
      if (!host.isAddress()) return { ok: true, value: await lookAtFiles() };
      const reply = await host.work((id) => preview.look(id));
      return reply.ok ? { ok: true, value: { ...reply.value, files: null, mustBePicked: false } } : reply;
    },
    took({ files }) {
      for (const origin of host.origins()) {
        if (origin.again === null) continue;
        const known = heldOf(origin);
        for (const { path, file } of files ?? []) if (known.has(path) || isOf(origin, path)) known.set(path, file);
      }
    },
  };
}

const isSame = (a: File, b: File): boolean => a.size === b.size && a.lastModified === b.lastModified;

/** A path that came later belongs to the folder that was given. */
const isOf = ({ files }: Origin, path: string): boolean => {
  const top = (text: string): string => text.split("/")[0] ?? "";
  return path.includes("/") && files.some((file) => top(file.path) === top(path));
};

/** A File that changed on disk since it was picked cannot be read any more. */
async function unreadable(files: readonly OpenFile[]): Promise<string[]> {
  const gone: string[] = [];
  for (const { path, file } of files)
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "NotReadableError") gone.push(path);
      });
  return gone;
}
