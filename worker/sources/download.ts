/** A log from a server that sends whole files only: fetched to its end, because a person asked for it. */
import { FaultError } from "../../core/fault.ts";
import { shortFault, throwIfCancelled, unreachableFault } from "../../core/store/ask.ts";
import { reasonOf } from "../../core/store/windows.ts";
import type { OpenFile } from "../api.ts";
import { faultOfStatus } from "./http.ts";
import { reach } from "./reach.ts";

/** Above, bytes go to the browser's own storage for this page, where it has one; they stay there until they are forgotten or another follows. */
export const MEMORY_BYTES_MAX = 500_000_000;
/** The folder in that storage. */
export const DOWNLOADS = "downloads";

type OnBytes = (done: { readonly bytes: number; readonly bytesAll: number }) => void;

/** Faults: `storage/*`; `limit/too-large` with both numbers; `request/cancelled`, after which nothing of it is kept. */
export async function download(address: string, signal: AbortSignal, onBytes: OnBytes): Promise<OpenFile> {
  const url = new URL(address);
  const path =
    url.pathname
      .split("/")
      .slice(-3)
      .map(plain)
      .filter((part) => part !== "")
      .join("/") || url.host;
  const name = path.split("/").at(-1) ?? path;
  const response = await reach(address, { object: path, signal });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw faultOfStatus(address, path, response.status) ?? unreachableFault(path, "an answer without a body");
  }
  const bytesAll = Number(response.headers.get("content-length") ?? 0);
  // A length of packed bytes is not that of the file.
  const isExact = bytesAll > 0 && response.headers.get("content-encoding") === null;
  const sink = bytesAll > MEMORY_BYTES_MAX ? await diskSink(name, bytesAll) : memorySink(name);
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(response.body, path, signal)) {
      bytes += chunk.length;
      sink.write(chunk, bytes);
      onBytes({ bytes, bytesAll });
    }
    if (isExact && bytes !== bytesAll) throw shortFault(path, 0, bytesAll, bytes);
    return { path, file: await sink.end() };
  } catch (error) {
    await sink.drop();
    throw error;
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>, object: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throwIfCancelled(signal);
        throw unreachableFault(object, reasonOf(error));
      });
      throwIfCancelled(signal);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

interface Sink {
  /** `bytes`: with those before. */
  write(chunk: Uint8Array, bytes: number): void;
  end(): Promise<File>;
  drop(): Promise<void>;
}

function memorySink(name: string): Sink {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  return {
    write(chunk, bytes) {
      if (bytes > MEMORY_BYTES_MAX)
        throw tooLarge(name, bytes, "this tab keeps in memory, and the server does not say how many there are");
      chunks.push(chunk as Uint8Array<ArrayBuffer>);
    },
    end: async () => new File(chunks, name),
    async drop() {
      chunks.length = 0;
    },
  };
}

async function diskSink(name: string, bytesAll: number): Promise<Sink> {
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  const free = await navigator.storage?.estimate?.().then(
    ({ quota = 0, usage = 0 }) => quota - usage,
    () => 0,
  );
  if (!root) throw tooLarge(name, bytesAll, "this tab keeps in memory, and this browser has no storage for more");
  await root.removeEntry(DOWNLOADS, { recursive: true }).catch(() => undefined); // those before
  if (free < bytesAll) throw tooLarge(name, bytesAll, "are free in this browser's storage", free);
  const folder = await root.getDirectoryHandle(DOWNLOADS, { create: true });
  const handle = await folder.getFileHandle(name.replaceAll(/[^\w.-]/g, "_"), { create: true });
  const access = await handle.createSyncAccessHandle();
  return {
    write: (chunk) => void access.write(chunk as Uint8Array<ArrayBuffer>),
    async end() {
      access.close();
      const file = await handle.getFile();
      return new File([file], name, { lastModified: file.lastModified });
    },
    async drop() {
      access.close();
      await root.removeEntry(DOWNLOADS, { recursive: true }).catch(() => undefined);
    },
  };
}

const tooLarge = (object: string, found: number, why: string, allowed = MEMORY_BYTES_MAX): FaultError =>
  new FaultError({ code: "limit/too-large", message: `${found} bytes; ${allowed} ${why}`, object, found, allowed });

function plain(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("/", "_");
  } catch {
    return part;
  }
}
