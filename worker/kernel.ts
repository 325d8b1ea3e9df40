/** The one decoder, fetched from beside the page and compiled here. */

import wasmUrl from "../build/kernel.wasm?url";
import { FaultError } from "../core/fault.ts";
import { reasonOf } from "../core/store/windows.ts";

export interface Kernel {
  readonly module: WebAssembly.Module;
  /** SHA-256, lower-case hex; "" where the browser has switched off its cryptography (plain http to another host). */
  readonly hash: string;
  readonly bytes: number;
}

/** Faults: `bug/unexpected` with a sentence for a person: without it nothing can be read. */
export async function loadKernel(): Promise<Kernel> {
  if (globalThis.WebAssembly === undefined)
    throw missing(
      "This browser has WebAssembly switched off, without which no log can be decoded. Switch it on, or use another browser",
    );
  try {
    const response = await fetch(wasmUrl);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const bytes = await response.arrayBuffer();
    const [module, hash] = await Promise.all([WebAssembly.compile(bytes), sha256(bytes)]);
    return { module, hash, bytes: bytes.byteLength };
  } catch (error) {
    throw missing(`The decoder could not be loaded (${reasonOf(error)}). Load the page again`);
  }
}

const missing = (message: string): FaultError => new FaultError({ code: "bug/unexpected", message });

async function sha256(bytes: ArrayBuffer): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
