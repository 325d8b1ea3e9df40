/** One kernel with its memory, and the pool they come from. */
import { HEAD, type KernelExports, MEMORY_PAGES, OUT, OUT_END, PAGE_BYTES } from "./abi.ts";
import { Codecs } from "./codecs.ts";
import { instantiate } from "./instance.ts";

/** An instance: 8 MiB, or more for cells, that never grow, so the views stay valid. */
export class Kernel {
  readonly exports: KernelExports;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly doubles: Float64Array;
  /** Unpacks the data blocks of the logs that this kernel walks; shared by the kernels of a pool. */
  readonly codecs: Codecs;
  /** Where cells lie. */
  readonly cellsAt: number;
  readonly cellsEnd: number;

  constructor(module: WebAssembly.Module, codecs = new Codecs(module), cellBytes = 0) {
    ({ exports: this.exports, bytes: this.bytes, view: this.view, doubles: this.doubles } = instantiate(module, cellBytes));
    this.codecs = codecs;
    const own = MEMORY_PAGES * PAGE_BYTES;
    const isWide = this.bytes.length - own > OUT_END - OUT;
    this.cellsAt = isWide ? own : OUT;
    this.cellsEnd = isWide ? this.bytes.length : OUT_END;
  }

  u32(at: number): number {
    return this.view.getUint32(at, true);
  }
  setU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }
  setU64(at: number, value: bigint): void {
    this.view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
  setF64(at: number, value: number): void {
    this.view.setFloat64(at, value, true);
  }
  head(offset: number): number {
    return this.u32(HEAD + offset);
  }
  setHead(offset: number, value: number): void {
    this.setU32(HEAD + offset, value);
  }
  /** A counter of the ledger; below 2^53 by the size of any file. */
  counter(offset: number): number {
    return Number(this.view.getBigUint64(HEAD + offset, true));
  }
}

/** Instances are reused: dropped WASM memory waits for the collector (kernel.md §3). At most `max` at work; the others wait their turn. */
export class KernelPool {
  readonly codecs: Codecs;
  readonly #module: WebAssembly.Module;
  readonly #max: number;
  readonly #cellBytes: number;
  readonly #idle: Kernel[] = [];
  readonly #waiting: ((kernel: Kernel) => void)[] = [];
  #made = 0;

  /** `cellBytes`: room for cells in each, besides what every kernel has. */
  constructor(module: WebAssembly.Module, max: number, cellBytes = 0) {
    this.codecs = new Codecs(module);
    this.#module = module;
    this.#max = max;
    this.#cellBytes = cellBytes;
  }

  async use<T>(work: (kernel: Kernel) => Promise<T>): Promise<T> {
    const lease = await this.lease();
    try {
      return await work(lease.kernel);
    } finally {
      lease.release();
    }
  }

  /** A kernel until `release`, which may be called once. */
  async lease(): Promise<{ readonly kernel: Kernel; release(): void }> {
    const kernel = await this.#take();
    return {
      kernel,
      release: () => {
        const next = this.#waiting.shift();
        if (next) next(kernel);
        else this.#idle.push(kernel);
      },
    };
  }

  async #take(): Promise<Kernel> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#made < this.#max) {
      const kernel = new Kernel(this.#module, this.codecs, this.#cellBytes);
      // Counted once it is there: one that cannot be made must not leave the others waiting for it.
      this.#made++;
      return kernel;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
