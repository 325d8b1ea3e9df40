/** The product's kernel over a larger memory, so that a whole workload lies in it and nothing has to be copied: the same code, other limits. */
import { setFlagsFromString } from "node:v8";
import type { KernelExports } from "../core/kernel/abi.ts";
import { Kernel } from "../core/kernel/kernel.ts";

// Optimized code from the first call: otherwise it comes when the background compiler finds time, in the middle of a measurement.
setFlagsFromString("--no-liftoff");

const IMPORT_SECTION = 2;
export const WIDE_PAGES = 1024;

/** Where the section's bytes start. */
function importSection(wasm: Uint8Array): number {
  let at = 8;
  while (at < wasm.length) {
    const id = wasm[at];
    let size = 0;
    let shift = 0;
    for (at += 1; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (id === IMPORT_SECTION) return at;
    at += size;
  }
  throw new Error("the kernel imports nothing");
}

/** One import, the memory: 1, "env", "memory", kind 2, flags 1, then initial and maximum, 128 pages each in two bytes. */
function withWideMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const wide = wasm.slice();
  let at = importSection(wide) + 1;
  for (let name = 0; name < 2; name++) at += 1 + (wide[at] ?? 0);
  const found = [...wide.subarray(at, at + 6)].join();
  if (found !== "2,1,128,1,128,1") throw new Error(`the kernel's memory is imported otherwise: ${found}`);
  for (const limit of [at + 2, at + 4]) wide.set([(WIDE_PAGES & 0x7f) | 0x80, WIDE_PAGES >> 7], limit);
  return wide;
}

export function wideKernel(wasm: Uint8Array): Kernel {
  const memory = new WebAssembly.Memory({ initial: WIDE_PAGES, maximum: WIDE_PAGES });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(withWideMemory(wasm)), { env: { memory } });
  const { buffer } = memory;
  return Object.assign(Object.create(Kernel.prototype) as Kernel, {
    exports: instance.exports as unknown as KernelExports,
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    doubles: new Float64Array(buffer),
  });
}
