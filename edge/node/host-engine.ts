/** The engine on Node: the one kernel file, compiled once, and its hash. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Passwords } from "../../core/canedge/passwords.ts";
import { FaultError } from "../../core/fault.ts";
import { createEngine } from "../../core/query/create.ts";
import type { Engine } from "../../core/query/engine.ts";
import { SharedStore } from "../../core/store/shared.ts";
import type { LogStore } from "../../core/store/source.ts";
import type { GivenDbc } from "../app/context.ts";

export interface Kernel {
  readonly module: WebAssembly.Module;
  /** SHA-256 of the file, lower-case hex. */
  readonly moduleHash: string;
}

/** Faults: `bug/unexpected` if the package came without it. */
export async function loadKernel(): Promise<Kernel> {
  // The same distance from edge/node/ and from build/node/, where the published command lies.
  const bytes = await readFile(new URL("../../build/kernel.wasm", import.meta.url)).catch(() => {
    throw new FaultError({ code: "bug/unexpected", message: "kernel.wasm is missing; npm run build makes it" });
  });
  return { module: await WebAssembly.compile(bytes), moduleHash: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * Given databases replace those of the store; none given: the store's own. Requests of this process share what they read: at the same
 * time, and up to `cacheBytes` of log bytes later on.
 */
export function hostEngine(
  kernel: Kernel,
  store: LogStore,
  givenDbcs: readonly GivenDbc[],
  passwords: Passwords = new Map(),
  cacheBytes = 0,
): Engine {
  return createEngine({
    ...kernel,
    store: new SharedStore(store, { streamedBytesMax: cacheBytes }),
    ...(givenDbcs.length === 0 ? {} : { dbcs: givenDbcs }),
    passwords: () => passwords,
    sharesWork: true,
    host: { yield: () => new Promise((resolve) => setImmediate(resolve)) },
  });
}
