/** Some records of one group, as places in bytes that are lent until the next batch. */

export interface RecordBatch {
  /** Number of the first record in its group. */
  readonly firstRow: number;
  readonly rowCount: number;
  readonly view: DataView;
  /** First data byte of each record, behind its id. */
  readonly at: Int32Array;
  readonly invalidView: DataView;
  /** First invalidation byte of each record. */
  readonly invalidAt: Int32Array;
}

/** The first records of a batch. */
export const firstRecords = (batch: RecordBatch, rowCount: number): RecordBatch =>
  rowCount >= batch.rowCount ? batch : { ...batch, rowCount };

/** Places that grow, and are used again for the next batch. Small at first: a data group may have any number of channel groups. */
export class Places {
  #places = new Int32Array(16);
  count = 0;

  push(place: number): void {
    if (this.count === this.#places.length) {
      const wider = new Int32Array(2 * this.#places.length);
      wider.set(this.#places);
      this.#places = wider;
    }
    this.#places[this.count++] = place;
  }

  /** `count` places `stride` bytes apart. */
  fill(first: number, stride: number, count: number): void {
    if (count > this.#places.length) this.#places = new Int32Array(count);
    for (let i = 0; i < count; i++) this.#places[i] = first + i * stride;
    this.count = count;
  }

  /** Lent until the next change. */
  taken(): Int32Array {
    return this.#places.subarray(0, this.count);
  }
}
