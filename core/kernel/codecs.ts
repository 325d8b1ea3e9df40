/** The kernel that unpacks data blocks, beside those that decode. */
import { PACKED_END, UNPACKED } from "./codec-abi.ts";
import { type Instance, instantiate } from "./instance.ts";

/** Somebody whose state lies in the kernel. */
export interface Tenant {
  /** Copies what must stay out of the kernel. */
  moveOut(): void;
}

/** Bytes turned at once, and the room for them: what stays in the cache (bench/unpack; 1 MiB loses 20 %). */
const SLAB_BYTES = 128 * 1024;
const COLUMNS = UNPACKED;
const ROWS = PACKED_END - SLAB_BYTES - 64;

/**
 * One instance, made when the first packed block is met. Every step of work in it is synchronous, so that any number of readers share it: whoever
 * comes moves the one before out. None ever waits for another, so none can be waited for in a circle.
 */
export class Codecs {
  readonly #module: WebAssembly.Module;
  #instance: Instance | null = null;
  #tenant: Tenant | null = null;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** The kernel, to be used until the next await. True: it is as the tenant left it. */
  moveIn(tenant: Tenant): { readonly instance: Instance; readonly isOwn: boolean } {
    this.#instance ??= instantiate(this.#module);
    const isOwn = this.#tenant === tenant;
    if (!isOwn) this.#tenant?.moveOut();
    this.#tenant = tenant;
    return { instance: this.#instance, isOwn };
  }

  /** The tenant has nothing left to keep. */
  leave(tenant: Tenant): void {
    if (this.#tenant === tenant) this.#tenant = null;
  }

  /**
   * Rows [fromRow, toRow) of bytes that were stored column by column, to the start of `into`. `columns` × (toRow − fromRow) must be at most
   * `rowsAtOnce(columns)` rows. Source: formats/mdf4.md §8, inverse transposition.
   */
  untranspose(stored: Uint8Array, columns: number, fromRow: number, toRow: number, into: Uint8Array): void {
    const rowCount = Math.floor(stored.length / columns);
    const rows = toRow - fromRow;
    if (columns > SLAB_BYTES) {
      for (let i = 0; i < columns; i++) into[i] = stored[i * rowCount + fromRow] ?? 0;
      return;
    }
    const guest: Tenant = { moveOut: () => undefined };
    const { bytes, exports } = this.moveIn(guest).instance;
    this.leave(guest);
    for (let column = 0; column < columns; column++) {
      const at = column * rowCount + fromRow;
      bytes.set(stored.subarray(at, at + rows), COLUMNS + column * rows);
    }
    exports.untranspose(COLUMNS, rows, columns, ROWS);
    into.set(bytes.subarray(ROWS, ROWS + rows * columns));
  }
}

/** Rows that `Codecs.untranspose` takes at once: whole vectors, where there are so many. */
export function rowsAtOnce(columns: number): number {
  const rows = Math.max(1, Math.floor(SLAB_BYTES / columns));
  return rows < 16 ? rows : rows - (rows % 16);
}
