/** What is known of where the samples of one lane of one log lie: found out by whoever decoded it, so that the next neighbour needs no search. */

/** `time`: ns from the start of the log. */
export interface Sample {
  readonly time: number;
  readonly value: number;
}

/** All of the lane's samples with from ≤ time < to lie between these two; null: there is none. */
export interface KnownSpan {
  readonly from: number;
  readonly to: number;
  readonly first: Sample | null;
  readonly last: Sample | null;
}

/** A sample, or null where there is none to the log's end; or how far it is known that there is none. */
export type Nearest = { readonly sample: Sample | null } | { readonly knownTo: number };

/** Of one lane: 40 bytes each, and some 200. */
const TILES_MAX = 256;
const RECENT_MAX = 64;

export class KnownSamples {
  #tiles = new Tiles([]);
  /** What was looked at besides, oldest first. */
  #recent: KnownSpan[] = [];

  /** Spans that follow each other without a break: they take the place of those that reach less far, or are fewer. */
  tile(spans: readonly KnownSpan[]): void {
    let tiles = withoutEmpty(spans);
    while (tiles.length > TILES_MAX) tiles = inPairs(tiles);
    const found = new Tiles(tiles);
    const isWider = found.width > this.#tiles.width;
    if (isWider || (found.width === this.#tiles.width && found.count > this.#tiles.count)) this.#tiles = found;
  }

  add(span: KnownSpan): void {
    if (span.to <= span.from) return;
    let added = span;
    // An empty span joins what it touches: nothing is forgotten by that.
    for (let i = this.#recent.length - 1; i >= 0; i--) {
      const there = this.#recent[i];
      if (there === undefined || there.from > added.to || added.from > there.to) continue;
      if (there.last !== null && added.last !== null) continue;
      const holder = there.last === null ? added : there;
      added = { ...holder, from: Math.min(there.from, added.from), to: Math.max(there.to, added.to) };
      this.#recent.splice(i, 1);
    }
    this.#recent.push(added);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
  }

  /** The last sample before a time. */
  before(time: number): Nearest {
    let known = time;
    while (known > Number.NEGATIVE_INFINITY) {
      let next = known;
      for (const span of this.#spansAt(known, (one) => one.from < known && known <= one.to)) {
        if (span.last !== null && span.last.time < known) return { sample: span.last };
        if ((span.first === null || span.first.time >= known) && span.from < next) next = span.from;
      }
      if (next === known) return { knownTo: known };
      known = next;
    }
    return { sample: null };
  }

  /** The first sample at or after a time. */
  after(time: number): Nearest {
    let known = time;
    while (known < Number.POSITIVE_INFINITY) {
      let next = known;
      for (const span of this.#spansAt(known, (one) => one.from <= known && known < one.to)) {
        if (span.first !== null && span.first.time >= known) return { sample: span.first };
        if ((span.last === null || span.last.time < known) && span.to > next) next = span.to;
      }
      if (next === known) return { knownTo: known };
      known = next;
    }
    return { sample: null };
  }

  #spansAt(time: number, holds: (span: KnownSpan) => boolean): KnownSpan[] {
    return [...this.#recent, ...this.#tiles.around(time)].filter(holds);
  }
}

/** Spans in a row, as numbers: from, first, last; NaN where there is none. */
class Tiles {
  readonly count: number;
  readonly #words: Float64Array;
  readonly #to: number;

  constructor(spans: readonly KnownSpan[]) {
    this.count = spans.length;
    this.#to = spans.at(-1)?.to ?? 0;
    this.#words = Float64Array.from(spans.flatMap(({ from, first, last }) => [from, ...wordsOf(first), ...wordsOf(last)]));
  }

  get width(): number {
    return this.#to - (this.#words[0] ?? this.#to);
  }

  /** The spans that hold a time or touch it. */
  around(time: number): KnownSpan[] {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#from(middle) < time) low = middle + 1;
      else high = middle;
    }
    return [low - 1, low].filter((i) => i >= 0 && i < this.count).map((i) => this.#span(i));
  }

  #from(i: number): number {
    return this.#words[TILE_WORDS * i] ?? this.#to;
  }

  #span(i: number): KnownSpan {
    const sample = (at: number): Sample | null => {
      const [time = Number.NaN, value = Number.NaN] = this.#words.subarray(TILE_WORDS * i + at, TILE_WORDS * i + at + 2);
      return Number.isNaN(time) ? null : { time, value };
    };
    return { from: this.#from(i), to: this.#from(i + 1), first: sample(1), last: sample(3) };
  }
}

const TILE_WORDS = 5;
const wordsOf = (sample: Sample | null): readonly [number, number] =>
  sample === null ? [Number.NaN, Number.NaN] : [sample.time, sample.value];

/** Empty spans become part of the next one that is not, or of the last. */
function withoutEmpty(spans: readonly KnownSpan[]): KnownSpan[] {
  const kept: KnownSpan[] = [];
  let from: number | null = null;
  for (const span of spans) {
    from ??= span.from;
    if (span.last === null) continue;
    kept.push({ ...span, from });
    from = null;
  }
  const to = spans.at(-1)?.to ?? 0;
  const last = kept.pop();
  if (last) kept.push({ ...last, to });
  else if (from !== null) kept.push({ from, to, first: null, last: null });
  return kept;
}

function inPairs(spans: readonly KnownSpan[]): KnownSpan[] {
  const pairs: KnownSpan[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const [a, b] = spans.slice(i, i + 2);
    if (a) pairs.push(b ? { from: a.from, to: b.to, first: a.first ?? b.first, last: b.last ?? a.last } : a);
  }
  return pairs;
}

/** Lanes of all logs of an engine. */
const LANES_MAX = 1024;

/** By log and lane; those that were asked for last are kept. */
export class SampleMemory {
  readonly #lanes = new Map<string, KnownSamples>();

  of(name: string): KnownSamples {
    const known = this.#lanes.get(name) ?? new KnownSamples();
    this.#lanes.delete(name);
    this.#lanes.set(name, known);
    if (this.#lanes.size > LANES_MAX) this.#lanes.delete(this.#lanes.keys().next().value ?? "");
    return known;
  }
}

/** A value and its time in cells. */
export const sampleAt = (cells: Float64Array, at: number): Sample | null =>
  Number.isNaN(cells[at + 1]) ? null : { value: cells[at] ?? Number.NaN, time: cells[at + 1] ?? Number.NaN };
/** Of equal times the one that is stored last. */
export const later = (a: Sample | null, b: Sample | null): Sample | null => (a && b ? (b.time >= a.time ? b : a) : (a ?? b));
/** Of equal times the one that is stored first. */
export const earlier = (a: Sample | null, b: Sample | null): Sample | null => (a && b ? (b.time < a.time ? b : a) : (a ?? b));
