/** The one decoder, fetched from beside the page and compiled here. */
import wasmUrl from "../build/kernel.wasm?url";

export interface Kernel {
  readonly module: WebAssembly.Module;
  /** SHA-256, lower-case hex; "" where the browser has switched off its cryptography (plain http to another host). */
  readonly hash: string;
  readonly bytes: number;
}

export async function loadKernel(): Promise<Kernel> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`The decoder could not be loaded (HTTP ${response.status}).`);
  const bytes = await response.arrayBuffer();
  const [module, hash] = await Promise.all([WebAssembly.compile(bytes), sha256(bytes)]);
  return { module, hash, bytes: bytes.byteLength };
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
