/** A kernel for tests in Node. */
import { readFileSync } from "node:fs";
import type { DecodeHost } from "../../core/kernel/decode.ts";
import { Kernel } from "../../core/kernel/kernel.ts";

let module: WebAssembly.Module | undefined;

export function testKernel(): Kernel {
  module ??= new WebAssembly.Module(readFileSync(new URL("../../build/kernel.wasm", import.meta.url)));
  return new Kernel(module);
}

/** No pauses, and an end after 30 s. */
export const testHost = (): DecodeHost => ({ signal: AbortSignal.timeout(30_000), onWindow: () => undefined });
