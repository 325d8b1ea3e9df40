/** Things this browser keeps by name in IndexedDB. One that keeps nothing still works: reads give nothing, writes say false. */

export interface Shelf<T> {
  get(name: string): Promise<T | null>;
  all(): Promise<readonly T[]>;
  put(name: string, value: T): Promise<boolean>;
  remove(name: string): Promise<boolean>;
}

interface WholeShelf<T> extends Shelf<T> {
  clear(): Promise<boolean>;
}

const DATABASE = "buslens";
const SHELVES = ["dbcs", "folders"] as const;

export function browserShelf<T>(shelf: (typeof SHELVES)[number]): WholeShelf<T> {
  async function use<R>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<R>): Promise<R | null> {
    try {
      const database = await opened();
      return await settled(run(database.transaction(shelf, mode).objectStore(shelf)));
    } catch {
      return null; // private windows, no room, or forbidden
    }
  }
  return {
    get: (name) => use<T | undefined>("readonly", (store) => store.get(name)).then((value) => value ?? null),
    all: async () => (await use<T[]>("readonly", (store) => store.getAll())) ?? [],
    put: async (name, value) => (await use("readwrite", (store) => store.put(value, name))) !== null,
    clear: async () => (await use("readwrite", (store) => store.clear())) !== null,
    remove: async (name) => (await use("readwrite", (store) => store.delete(name))) !== null,
  };
}

/** A browser whose database never answers is one that keeps nothing: logs do not wait for it longer than this. */
const PATIENCE_MS = 2000;

let opening: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of SHELVES) request.result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error("the browser's database does not answer")), PATIENCE_MS);
    request.onblocked = () => reject(new Error("another tab holds an older version"));
  });
  return opening;
}

const settled = <R>(request: IDBRequest<R>): Promise<R> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
