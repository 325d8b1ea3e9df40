/** A log of a store as the plain MF4 inside it, whatever it is wrapped in. Most are wrapped in nothing: the rest is loaded for those that are. */
import type { ByteSource, LogStore } from "../store/source.ts";
import type { Measured } from "./compressed.ts";
import type { CompressedHeader, OpenLog } from "./container.ts";
import { CONTAINER_HEAD_BYTES, isContainer } from "./container-head.ts";
import type { Passwords } from "./passwords.ts";
import type { Unwrap } from "./unwrap.ts";

/** What a host keeps of the first passes over compressed logs. */
export interface PassIndex {
  open(outer: ByteSource, signal: AbortSignal): Promise<KeptPass>;
}

export interface KeptPass {
  /** null: nothing is kept, or nothing that can be understood. */
  measured(header: CompressedHeader): Promise<Measured | null>;
  keepMeasured(measured: Measured, header: CompressedHeader): void;
}

export interface OpenLogsOptions {
  readonly module: WebAssembly.Module;
  /** Kernels that unpack at the same time, for each depth of layers. */
  readonly kernelsMax: number;
  /** Count before those of the store; asked for whenever a log needs one. */
  readonly passwords?: () => Passwords;
  /** Callers who want the same log at the same time wait for one first pass. Not in a Worker, where a request may not await another's promise. */
  readonly shared?: boolean;
  /** First passes made before; absent = nothing is kept. Nothing of an encrypted log ever is. */
  readonly index?: PassIndex;
  /** A first pass goes on. May ask it to wait. */
  readonly onPass?: (pass: PassWindow) => Promise<void> | undefined;
}

/** The window a first pass has just gone through. */
export interface PassWindow {
  readonly key: string;
  readonly windowBytes: number;
  /** Of the layer, up to now and in all. */
  readonly bytes: number;
  readonly bytesAll: number;
}

/** Versions of logs whose first bytes are known. */
const KNOWN_MAX = 16_384;

export function openLogs(store: LogStore, options: OpenLogsOptions): OpenLog {
  /** First bytes of containers; null: a plain log. */
  const heads = new Map<string, Uint8Array | null>();
  let unwrapping: Promise<Unwrap> | null = null;
  return async (key, signal) => {
    const outer = await store.open(key, signal);
    const name = `${outer.version}\n${key}`;
    let head = heads.get(name);
    if (head === undefined) {
      const first = await outer.read(0, Math.min(CONTAINER_HEAD_BYTES, outer.sizeBytes), signal);
      head = isContainer(first) ? first : null;
      if (heads.size >= KNOWN_MAX) heads.delete(heads.keys().next().value ?? "");
      heads.set(name, head);
    }
    if (head === null) return { source: outer, outer, container: null };
    unwrapping ??= import("./unwrap.ts").then(({ unwrapper }) => unwrapper(store, options));
    return (await unwrapping)(outer, head, signal);
  };
}
