/** Samples of several series in long form, one a line, by time: RFC 4180 with LF, as `decode --csv` and `format=csv` print them. */
import { exactText } from "../series/value-text.ts";

export const CSV_HEADER = "timeNs,channel,message,signal,value,unit\n";
/** With `texts`. */
export const CSV_TEXT_HEADER = "timeNs,channel,message,signal,value,unit,text\n";

/** Samples of one series in ascending time; equal lengths. */
export interface CsvLane {
  /** "" for series that come from no bus. */
  readonly channel: number | "";
  readonly message: string;
  readonly signal: string;
  readonly unit: string;
  /** ns since 1970 UTC of relative time 0. */
  readonly baseNs: bigint;
  readonly timesNs: Float64Array;
  readonly values: Float64Array;
  /** Of integers that doubles may not hold, as in a Segment. */
  readonly rests?: Float64Array;
  /** A column more: the text of each value, "" where it has none. */
  readonly texts?: ReadonlyMap<number, string>;
}

const ROWS_PER_PIECE = 2000;

/** Lines without the header, in pieces: ascending in time, samples of the same time in the order of the lanes. */
export function* csvRows(lanes: readonly CsvLane[]): Generator<string> {
  const merge = new Merge(lanes.filter((lane) => lane.timesNs.length > 0).map((lane, order) => new Cursor(lane, order)));
  let text = "";
  let rows = 0;
  for (let next = merge.first(); next; next = merge.first()) {
    text += next.line();
    merge.advance();
    if (++rows % ROWS_PER_PIECE !== 0) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** A place in a lane. Its time is seconds and ns of the second, so that neither loses a digit in a double. */
class Cursor {
  seconds = 0;
  restNs = 0;
  readonly order: number;
  readonly #lane: CsvLane;
  readonly #names: string;
  readonly #unit: string;
  readonly #baseSeconds: number;
  readonly #baseRestNs: number;
  #row = 0;

  constructor(lane: CsvLane, order: number) {
    this.order = order;
    this.#lane = lane;
    this.#names = `,${lane.channel},${field(lane.message)},${field(lane.signal)},`;
    this.#unit = `,${field(lane.unit)}`;
    const restNs = ((lane.baseNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    this.#baseRestNs = Number(restNs);
    this.#baseSeconds = Number((lane.baseNs - restNs) / 1_000_000_000n);
    this.#readTime();
  }

  /** False at the end of the lane. */
  next(): boolean {
    this.#row++;
    if (this.#row >= this.#lane.timesNs.length) return false;
    this.#readTime();
    return true;
  }

  line(): string {
    const { values, rests, texts } = this.#lane;
    const value = values[this.#row] ?? Number.NaN;
    const text = texts ? `,${field(texts.get(value) ?? "")}` : "";
    return `${this.#timeText()}${this.#names}${exactText(value, rests?.[this.#row])}${this.#unit}${text}\n`;
  }

  #readTime(): void {
    const sinceNs = this.#baseRestNs + (this.#lane.timesNs[this.#row] ?? 0);
    const seconds = Math.floor(sinceNs / 1e9);
    this.seconds = this.#baseSeconds + seconds;
    this.restNs = sinceNs - seconds * 1e9;
  }

  #timeText(): string {
    if (this.seconds > 0) return `${this.seconds}${String(this.restNs).padStart(9, "0")}`;
    return String(BigInt(this.seconds) * 1_000_000_000n + BigInt(this.restNs));
  }
}

/** A binary heap of cursors; the earliest stands first. */
class Merge {
  readonly #heap: Cursor[];

  constructor(cursors: readonly Cursor[]) {
    this.#heap = [...cursors];
    for (let i = this.#heap.length >> 1; i >= 0; i--) this.#sink(i);
  }

  first(): Cursor | undefined {
    return this.#heap[0];
  }

  /** Moves the first cursor on, or drops it at its end. */
  advance(): void {
    const [first] = this.#heap;
    if (first && !first.next()) {
      const last = this.#heap.pop();
      if (last && last !== first) this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    let at = from;
    while (true) {
      const here = this.#heap[at];
      if (!here) return;
      let least = here;
      let leastAt = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2; child++) {
        const there = this.#heap[child];
        if (there && isBefore(there, least)) {
          least = there;
          leastAt = child;
        }
      }
      if (leastAt === at) return;
      this.#heap[at] = least;
      this.#heap[leastAt] = here;
      at = leastAt;
    }
  }
}

function isBefore(a: Cursor, b: Cursor): boolean {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  return a.restNs === b.restNs ? a.order < b.order : a.restNs < b.restNs;
}

/** Quoted if it holds a comma, a quote or a line end. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
