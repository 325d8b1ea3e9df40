/** The records of column-oriented storage: data bytes and invalidation bytes come in two streams and meet by their number. */
import { Places, type RecordBatch } from "./record-batch.ts";

const BATCH_BYTES = 512 * 1024;
const BATCH_ROWS_MAX = 65_536;

export interface ColumnShape {
  readonly dataBytes: number;
  readonly invalidBytes: number;
  /** At most so many records; null: as many as there are. */
  readonly most: number | null;
}

/** Batches, lent until the next step. `invalid` null: every value is valid. What one stream has more than the other is not given. */
export async function* walkColumns(
  data: AsyncIterable<Uint8Array>,
  invalid: AsyncIterable<Uint8Array> | null,
  { dataBytes, invalidBytes, most }: ColumnShape,
): AsyncGenerator<RecordBatch> {
  if (dataBytes === 0) return;
  const [dataPuller, invalidPuller] = [new Puller(data), invalid === null ? null : new Puller(invalid)];
  const [places, invalidPlaces] = [new Places(), new Places()];
  const rowsMax = Math.min(BATCH_ROWS_MAX, Math.max(1, Math.floor(BATCH_BYTES / dataBytes)));
  try {
    for (let firstRow = 0; ; ) {
      const wanted = Math.min(rowsMax, (most ?? Number.POSITIVE_INFINITY) - firstRow);
      if (wanted <= 0) return;
      const own = await dataPuller.pull(wanted * dataBytes);
      const bits = (await invalidPuller?.pull(wanted * invalidBytes)) ?? new Uint8Array(wanted * invalidBytes);
      const rowCount = Math.floor(Math.min(own.length / dataBytes, invalidBytes === 0 ? wanted : bits.length / invalidBytes));
      if (rowCount === 0) return;
      places.fill(0, dataBytes, rowCount);
      invalidPlaces.fill(0, invalidBytes, rowCount);
      yield {
        firstRow,
        rowCount,
        view: viewOf(own),
        at: places.taken(),
        invalidView: viewOf(bits),
        invalidAt: invalidPlaces.taken(),
      };
      firstRow += rowCount;
      if (rowCount < wanted) return;
    }
  } finally {
    await dataPuller.close();
    await invalidPuller?.close();
  }
}

/** So many bytes at a time of windows of any size. */
class Puller {
  readonly #windows: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(windows: AsyncIterable<Uint8Array>) {
    this.#windows = windows[Symbol.asyncIterator]();
  }

  /** Fewer at the end of the windows; the bytes belong to the caller. */
  async pull(lengthBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(lengthBytes);
    let filled = 0;
    while (filled < lengthBytes) {
      if (this.#left.length === 0) {
        const { done, value } = await this.#windows.next();
        if (done === true) break;
        this.#left = value;
      }
      const part = this.#left.subarray(0, lengthBytes - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#left = this.#left.subarray(part.length);
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#windows.return?.();
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
