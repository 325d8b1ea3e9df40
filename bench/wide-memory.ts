/** The product's kernel over a larger memory, so that a whole workload lies in it and nothing has to be copied: the same code, other limits. */
import { setFlagsFromString } from "node:v8";
import { MEMORY_PAGES, MEMORY_PAGES_MAX, OUT, OUT_END, PAGE_BYTES } from "../core/kernel/abi.ts";
import { Kernel } from "../core/kernel/kernel.ts";

// Optimized code from the first call: otherwise it comes when the background compiler finds time, in the middle of a measurement.
setFlagsFromString("--no-liftoff");

const WIDE_PAGES = MEMORY_PAGES_MAX;

export function wideKernel(wasm: Uint8Array<ArrayBuffer>): Kernel {
  const kernel = new Kernel(new WebAssembly.Module(wasm), undefined, (WIDE_PAGES - MEMORY_PAGES) * PAGE_BYTES);
  // Records lie where a page would have its cells.
  return Object.assign(kernel, { cellsAt: OUT, cellsEnd: OUT_END });
}
