/** Rows of several series side by side: one row per time, one column per series, as Geomap and tables like it. */
import { nameOfSeries, type SeriesAnswer, type SeriesLabels } from "../../../../core/series/series.ts";
import { numberOrNull } from "../json.ts";
import { isPartial } from "./columns.ts";
import { TimeText } from "./time-text.ts";

/** One series with its column's name. */
interface Column {
  readonly name: string;
  readonly cursor: Cursor;
}

/** Rows ascending in time, without brackets; null where a series has no sample at exactly that time. */
export function* wideRows(answers: readonly SeriesAnswer[]): Generator<string> {
  const names = columnNames(answers.map(({ labels }) => labels));
  const columns: readonly Column[] = answers.map((answer, i) => ({ name: JSON.stringify(names[i]), cursor: new Cursor(answer) }));
  const end = `,"partial":${answers.some(isPartial) ? 1 : 0}}`;
  while (true) {
    const first = earliest(columns);
    if (first === null) return;
    const { ms, ns } = first.text();
    const key = first.key();
    let row = `{"time":${ms},"timeNs":"${ns}"`;
    for (const { name, cursor } of columns) row += `,${name}:${cursor.take(key)}`;
    yield row + end;
  }
}

/** The signal's name where it is one of a kind, else with its message, else in full. */
export function columnNames(all: readonly SeriesLabels[]): readonly string[] {
  const forms = [nameOfSeries, withMessage, inFull];
  return all.map((labels) => {
    const form = forms.find((one) => all.filter((other) => one(other) === one(labels)).length === 1) ?? inFull;
    const name = form(labels);
    return TAKEN.has(name) ? withMessage(labels) : name;
  });
}

const TAKEN = new Set(["time", "timeNs", "partial"]);

const withMessage = (labels: SeriesLabels): string =>
  labels.kind === "channel" ? `${labels.group}.${labels.channel}` : `${labels.message}.${labels.signal}`;

function inFull(labels: SeriesLabels): string {
  if (labels.kind === "channel") return `${labels.device}:${labels.group}.${labels.channel}`;
  const { device, bus, channel, db, message, sourceAddress, signal } = labels;
  const source = sourceAddress === null ? "" : `:${sourceAddress}`;
  return `${device}:${bus}${channel}:${db}:${message}${source}.${signal}`;
}

function earliest(columns: readonly Column[]): Cursor | null {
  let first: Cursor | null = null;
  for (const { cursor } of columns) if (!cursor.isDone() && (first === null || cursor.key() < first.key())) first = cursor;
  return first;
}

/** A place in the points of one series, over its segments. */
class Cursor {
  readonly #answer: SeriesAnswer;
  #segment = 0;
  #row = -1;
  #key = 0n;
  #time: TimeText | null = null;

  constructor(answer: SeriesAnswer) {
    this.#answer = answer;
    this.#next();
  }

  isDone(): boolean {
    return this.#time === null;
  }

  /** ns since 1970 UTC. */
  key(): bigint {
    return this.#key;
  }

  text(): { readonly ms: number; readonly ns: string } {
    const sinceNs = this.#answer.segments[this.#segment]?.timesNs[this.#row] ?? 0;
    return { ms: this.#time?.ms(sinceNs) ?? 0, ns: this.#time?.ns(sinceNs) ?? "0" };
  }

  /** The value at that time as JSON, and on to the next sample. Of several samples at one time the last. */
  take(key: bigint): string {
    let value = Number.NaN;
    while (!this.isDone() && this.#key === key) {
      value = this.#answer.segments[this.#segment]?.values[this.#row] ?? Number.NaN;
      this.#next();
    }
    return numberOrNull(value);
  }

  #next(): void {
    this.#row++;
    for (;;) {
      const segment = this.#answer.segments[this.#segment];
      if (segment === undefined) {
        this.#time = null;
        return;
      }
      if (this.#row < segment.timesNs.length) {
        if (this.#row === 0 || this.#time === null) this.#time = new TimeText(segment.baseNs);
        this.#key = segment.baseNs + BigInt(segment.timesNs[this.#row] ?? 0);
        return;
      }
      this.#segment++;
      this.#row = 0;
    }
  }
}
