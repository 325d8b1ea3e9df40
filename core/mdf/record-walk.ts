/** The records of a data group, group by group in batches: sorted and unsorted, in one pass over windows of any size (formats/mdf4.md §9). */
import { Places, type RecordBatch } from "./record-batch.ts";

/** One kind of record in the stream. */
export interface RecordKind {
  readonly recordId: bigint;
  /** Data and invalidation bytes together; null: u32 length and bytes. */
  readonly recordBytes: number | null;
  readonly dataBytes: number;
  /** cg_cycle_count, at most so many are taken; null: as many as there are. */
  readonly most: number | null;
  /** Its batches are asked for. Otherwise it is walked over and counted. */
  readonly isWanted: boolean;
}

export interface WalkedRecords {
  readonly kind: RecordKind;
  readonly batch: RecordBatch;
}

/** The account of a walk, filled while it goes on. */
export interface RecordCounts {
  /** Records of each kind, in the order of the kinds. */
  readonly counts: number[];
  /** Bytes of values of variable length, with 4 bytes for the length of each. */
  readonly valueBytes: number[];
  /** Bytes of the stream that whole records took. */
  doneBytes: number;
  /** Why the walk stopped in front of the stream's end: the record that begins at `doneBytes`. */
  stop: { readonly why: string; readonly found: string; readonly allowed: string } | null;
}

/** A record or value is in memory as a whole. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;

export const noCounts = (kinds: readonly RecordKind[]): RecordCounts => ({
  counts: kinds.map(() => 0),
  valueBytes: kinds.map(() => 0),
  doneBytes: 0,
  stop: null,
});

/**
 * Batches of the wanted kinds, lent until the next step; `counts` is right when it ends. `recordIdBytes` 0 takes the first kind alone. A record
 * that the stream's end cuts is not given.
 */
export async function* walkRecords(
  windows: AsyncIterable<Uint8Array>,
  recordIdBytes: 0 | 1 | 2 | 4 | 8,
  kinds: readonly RecordKind[],
  counts: RecordCounts,
): AsyncGenerator<WalkedRecords> {
  const walker = recordIdBytes === 0 ? new Sorted(kinds, counts) : new Unsorted(recordIdBytes, kinds, counts);
  const carry = new Carry();
  for await (const window of windows) {
    const bytes = carry.join(window, walker.skipBytes);
    walker.skipBytes = Math.max(0, walker.skipBytes - window.length);
    if (bytes === null) continue;
    const usedBytes = walker.walk(bytes);
    yield* walker.batches(bytes);
    if (walker.isDone) return;
    carry.keep(bytes.subarray(usedBytes));
  }
  walker.end();
}

/** What a window left of its last record stands in front of the next one. */
class Carry {
  #left = new Uint8Array();

  /** null: the window is skipped whole. */
  join(window: Uint8Array, skipBytes: number): Uint8Array | null {
    if (skipBytes >= window.length) return null;
    const rest = window.subarray(skipBytes);
    if (this.#left.length === 0) return rest;
    const joined = new Uint8Array(this.#left.length + rest.length);
    joined.set(this.#left);
    joined.set(rest, this.#left.length);
    return joined;
  }

  keep(left: Uint8Array): void {
    this.#left = left.slice();
  }
}

interface Walker {
  /** Of the windows to come: the rest of a value that nobody wants. */
  skipBytes: number;
  readonly isDone: boolean;
  /** Bytes of whole records. */
  walk(bytes: Uint8Array): number;
  /** The stream is over: what it cut is no record. */
  end(): void;
  batches(bytes: Uint8Array): Generator<WalkedRecords>;
}

/** Records of one group back to back. */
class Sorted implements Walker {
  skipBytes = 0;
  isDone = false;
  readonly #kind: RecordKind | undefined;
  readonly #counts: RecordCounts;
  readonly #places = new Places();
  readonly #invalidPlaces = new Places();
  #firstRow = 0;

  constructor(kinds: readonly RecordKind[], counts: RecordCounts) {
    this.#kind = kinds[0];
    this.#counts = counts;
    this.isDone = !(this.#kind?.recordBytes ?? 0);
  }

  walk(bytes: Uint8Array): number {
    const { recordBytes, dataBytes, most } = this.#kind ?? { recordBytes: 0, dataBytes: 0, most: 0 };
    if (recordBytes === null || recordBytes === 0) return 0;
    const before = this.#counts.counts[0] ?? 0;
    const count = Math.min(Math.floor(bytes.length / recordBytes), (most ?? Number.POSITIVE_INFINITY) - before);
    this.#places.fill(0, recordBytes, count);
    this.#invalidPlaces.fill(dataBytes, recordBytes, count);
    this.#firstRow = before;
    this.#counts.counts[0] = before + count;
    this.#counts.doneBytes += count * recordBytes;
    this.isDone = before + count === most;
    return count * recordBytes;
  }

  end(): void {}

  *batches(bytes: Uint8Array): Generator<WalkedRecords> {
    if (this.#places.count === 0 || !this.#kind?.isWanted) return;
    yield { kind: this.#kind, batch: batchOf(bytes, this.#firstRow, this.#places, this.#invalidPlaces) };
  }
}

interface Growing {
  readonly kind: RecordKind;
  readonly number: number;
  readonly places: Places;
  readonly invalidPlaces: Places;
  firstRow: number;
}

/** Records of several groups, each behind its id. Of two groups with the same id the first has the records. */
class Unsorted implements Walker {
  skipBytes = 0;
  isDone = false;
  readonly #idBytes: 1 | 2 | 4 | 8;
  readonly #growing: readonly Growing[];
  readonly #byId: ReadonlyMap<number | bigint, Growing>;
  readonly #counts: RecordCounts;
  #last: { readonly one: Growing; readonly lengthBytes: number } | null = null;

  constructor(idBytes: 1 | 2 | 4 | 8, kinds: readonly RecordKind[], counts: RecordCounts) {
    this.#idBytes = idBytes;
    this.#counts = counts;
    this.#growing = kinds.map((kind, number) => ({
      kind,
      number,
      places: new Places(),
      invalidPlaces: new Places(),
      firstRow: 0,
    }));
    const key = (id: bigint) => (idBytes === 8 ? id : Number(id));
    this.#byId = new Map(this.#growing.toReversed().map((one) => [key(one.kind.recordId), one]));
  }

  walk(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const one of this.#growing) {
      one.firstRow = this.#counts.counts[one.number] ?? 0;
      one.places.count = 0;
      one.invalidPlaces.count = 0;
    }
    let at = 0;
    while (at + this.#idBytes <= bytes.length) {
      const id = this.#idAt(view, at);
      const one = this.#byId.get(id);
      if (one === undefined) {
        const known = this.#growing
          .map(({ kind }) => kind.recordId)
          .slice(0, 8)
          .join(", ");
        this.#stop(`no group has the record id ${id}`, String(id), known);
        break;
      }
      const end = this.#endOf(one, view, at + this.#idBytes);
      if (end !== null && one.kind.isWanted && end - at > RECORD_BYTES_MAX) {
        this.#stop(`a value has ${end - at} bytes`, String(end - at), String(RECORD_BYTES_MAX));
        break;
      }
      if (end === null || (end > bytes.length && (one.kind.isWanted || one.kind.recordBytes !== null))) break;
      this.#take(one, at + this.#idBytes, end - at);
      // A value that nobody wants need not be in memory to be walked over.
      this.skipBytes = Math.max(0, end - bytes.length);
      this.#last = { one, lengthBytes: end - at };
      at = Math.min(end, bytes.length);
    }
    return at;
  }

  end(): void {
    if (this.skipBytes === 0 || this.#last === null) return;
    const { one, lengthBytes } = this.#last;
    this.#counts.doneBytes -= lengthBytes;
    this.#counts.counts[one.number] = (this.#counts.counts[one.number] ?? 0) - 1;
    this.#counts.valueBytes[one.number] = (this.#counts.valueBytes[one.number] ?? 0) - lengthBytes + this.#idBytes;
  }

  #stop(why: string, found: string, allowed: string): void {
    this.#counts.stop = { why, found, allowed };
    this.isDone = true;
  }

  *batches(bytes: Uint8Array): Generator<WalkedRecords> {
    for (const { kind, places, invalidPlaces, firstRow } of this.#growing)
      if (kind.isWanted && places.count > 0) yield { kind, batch: batchOf(bytes, firstRow, places, invalidPlaces) };
  }

  #idAt(view: DataView, at: number): number | bigint {
    switch (this.#idBytes) {
      case 1:
        return view.getUint8(at);
      case 2:
        return view.getUint16(at, true);
      case 4:
        return view.getUint32(at, true);
      case 8:
        return view.getBigUint64(at, true);
    }
  }

  #endOf({ kind }: Growing, view: DataView, at: number): number | null {
    if (kind.recordBytes !== null) return at + kind.recordBytes;
    return at + 4 <= view.byteLength ? at + 4 + view.getUint32(at, true) : null;
  }

  #take({ kind, number, places, invalidPlaces }: Growing, at: number, lengthBytes: number): void {
    const { counts } = this.#counts;
    this.#counts.doneBytes += lengthBytes;
    if (kind.recordBytes === null)
      this.#counts.valueBytes[number] = (this.#counts.valueBytes[number] ?? 0) + lengthBytes - this.#idBytes;
    else if (kind.most !== null && (counts[number] ?? 0) >= kind.most) return;
    counts[number] = (counts[number] ?? 0) + 1;
    if (!kind.isWanted) return;
    places.push(at);
    invalidPlaces.push(at + kind.dataBytes);
  }
}

function batchOf(bytes: Uint8Array, firstRow: number, places: Places, invalidPlaces: Places): RecordBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    firstRow,
    rowCount: places.count,
    view,
    at: places.taken(),
    invalidView: view,
    invalidAt: invalidPlaces.taken(),
  };
}
