/** One instance of the kernel's module with its memory, which never grows, so the views stay valid: 8 MiB, and more where there is more to hold. */
import { assert } from "../fault.ts";
import { ABI_VERSION, type KernelExports, MEMORY_PAGES, MEMORY_PAGES_MAX, PAGE_BYTES } from "./abi.ts";

export interface Instance {
  readonly exports: KernelExports;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly doubles: Float64Array;
}

/** `moreBytes`: memory behind the kernel's own, up to 56 MiB. Faults: `bug/unexpected` if the module is of another build. */
export function instantiate(module: WebAssembly.Module, moreBytes = 0): Instance {
  const pages = Math.min(MEMORY_PAGES_MAX, MEMORY_PAGES + Math.ceil(moreBytes / PAGE_BYTES));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  assert(exports.abiVersion() === ABI_VERSION, "The kernel and its host are of one build");
  const { buffer } = memory;
  return { exports, bytes: new Uint8Array(buffer), view: new DataView(buffer), doubles: new Float64Array(buffer) };
}
