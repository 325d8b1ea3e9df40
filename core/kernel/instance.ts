/** One instance of the kernel's module with its memory: 8 MiB that never grow, so the views stay valid. */
import { assert } from "../fault.ts";
import { ABI_VERSION, type KernelExports, MEMORY_PAGES } from "./abi.ts";

export interface Instance {
  readonly exports: KernelExports;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly doubles: Float64Array;
}

/** Faults: `bug/unexpected` if the module is of another build. */
export function instantiate(module: WebAssembly.Module): Instance {
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  assert(exports.abiVersion() === ABI_VERSION, "The kernel and its host are of one build");
  const { buffer } = memory;
  return { exports, bytes: new Uint8Array(buffer), view: new DataView(buffer), doubles: new Float64Array(buffer) };
}
