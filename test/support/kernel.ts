/** A kernel for tests in Node. */
import { readFileSync } from "node:fs";
import type { DecodeHost } from "../../core/kernel/decode.ts";
import { Kernel } from "../../core/kernel/kernel.ts";

let module: WebAssembly.Module | undefined;

export function testModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(readFileSync(new URL("../../build/kernel.wasm", import.meta.url)));
  return module;
}

export const testKernel = (): Kernel => new Kernel(testModule());

/** No pauses, and an end after 30 s. */
export const testHost = (): DecodeHost => ({ signal: AbortSignal.timeout(30_000), onWindow: () => undefined });
