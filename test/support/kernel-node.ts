/** The kernel as Node's hosts load it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { LoadedKernel } from "./engine.ts";

let loaded: LoadedKernel | undefined;

export function nodeKernel(): LoadedKernel {
  if (loaded) return loaded;
  const bytes = readFileSync(new URL("../../build/kernel.wasm", import.meta.url));
  loaded = { module: new WebAssembly.Module(bytes), moduleHash: createHash("sha256").update(bytes).digest("hex") };
  return loaded;
}
