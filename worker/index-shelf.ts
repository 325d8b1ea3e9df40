/** Where this browser keeps what was learnt of logs: IndexedDB, up to so many bytes; what was used longest ago goes first. */
import type { TextShelf } from "../core/query/kept-index.ts";

export interface IndexShelf extends TextShelf {
  sizes(): Promise<KeptSizes>;
  /** Keeps nothing any more until the page is loaded again: what is open would bring back what was just forgotten. */
  clear(): Promise<void>;
}

export interface KeptSizes {
  readonly documents: number;
  readonly bytes: number;
}

/** Thousands of logs: some 100 kB are the times of one of a gigabyte. */
const BYTES_MAX = 64 * 1024 * 1024;
const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;
const DATABASE = "buslens-index";
const TEXTS = "texts";
const USES = "uses";

/** Of one document; looked through without reading the documents. */
interface Use {
  readonly name: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** `nowMs`: only for the order in which documents go. A browser that keeps nothing still works. */
export function indexShelf(factory: IDBFactory, nowMs: () => number, bytesMax = BYTES_MAX): IndexShelf {
  let opening: Promise<IDBDatabase> | null = null;
  let isCleared = false;

  async function use<T>(mode: IDBTransactionMode, run: (stores: Stores) => Promise<T>, otherwise: T): Promise<T> {
    try {
      opening ??= opened(factory);
      const transaction = (await opening).transaction([TEXTS, USES], mode);
      const result = await run({ texts: transaction.objectStore(TEXTS), uses: transaction.objectStore(USES) });
      await finished(transaction);
      return result;
    } catch {
      return otherwise; // private windows, no room, or forbidden
    }
  }

  return {
    get: (name) =>
      use(
        "readwrite",
        async ({ texts, uses }) => {
          const text: unknown = await settled(texts.get(name));
          if (typeof text !== "string") return null;
          uses.put({ name, bytes: text.length, usedMs: nowMs() } satisfies Use, name);
          return text;
        },
        null,
      ),
    async put(name, text) {
      if (isCleared || text.length > Math.min(bytesMax, DOCUMENT_BYTES_MAX)) return;
      await use(
        "readwrite",
        async ({ texts, uses }) => {
          texts.put(text, name);
          uses.put({ name, bytes: text.length, usedMs: nowMs() } satisfies Use, name);
          const all = (await settled<Use[]>(uses.getAll())).sort((a, b) => a.usedMs - b.usedMs);
          let bytes = all.reduce((sum, one) => sum + one.bytes, 0);
          for (const oldest of all) {
            if (bytes <= bytesMax) break;
            if (oldest.name === name) continue;
            texts.delete(oldest.name);
            uses.delete(oldest.name);
            bytes -= oldest.bytes;
          }
        },
        undefined,
      );
    },
    sizes: () =>
      use(
        "readonly",
        async ({ uses }) => {
          const all = await settled<Use[]>(uses.getAll());
          return { documents: all.length, bytes: all.reduce((sum, one) => sum + one.bytes, 0) };
        },
        { documents: 0, bytes: 0 },
      ),
    async clear() {
      isCleared = true;
      await use(
        "readwrite",
        async ({ texts, uses }) => {
          texts.clear();
          uses.clear();
        },
        undefined,
      );
    },
  };
}

interface Stores {
  readonly texts: IDBObjectStore;
  readonly uses: IDBObjectStore;
}

function opened(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const store of [TEXTS, USES]) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds another version"));
  });
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
