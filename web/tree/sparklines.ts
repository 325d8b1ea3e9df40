/** The little curves in the tree: the whole recording in forty columns, read once a row has been in sight for a moment. */
import type { Reply, ViewAnswer, ViewQuery, ViewSeries, WorkId } from "../../worker/api.ts";
import { type Growth, inSlices, nextTask } from "../slices.ts";
import type { SeriesId, SignalInfo, State } from "../state/model.ts";
import { recordingRange, samplesExpected } from "../state/recording.ts";

const WIDTH = 40;
/** Asked for over the whole recording; those in which nothing was recorded are left out, so that pauses do not squeeze the rest. */
const COLUMNS = 400;
const HEIGHT = 14;
const REST_MS = 150;
/** A curve in the tree is not worth reading more than this. */
const BYTES_MAX = 64e6;
/** Nor this much from elsewhere, unasked. */
const DISTANT_BYTES_MAX = 4e6;

/** Each is some hundred columns. */
const CURVES_PER_TASK = 8;

export interface SparklineHost {
  state(): State;
  nextWork(): WorkId;
  view(work: WorkId, query: ViewQuery): Promise<Reply<ViewAnswer>>;
  cancel(work: WorkId): void;
}

export interface Sparklines {
  /** What is in sight now. */
  show(infos: readonly SignalInfo[]): void;
  /** The curve of a row as an SVG path; "" where none is known. */
  pathOf(id: SeriesId): string;
  /** Why there is none: "never sent", "not available"; "" where there is one, or nothing is known. */
  statusOf(id: SeriesId): string;
}

/** `redraw`: curves have come. */
export function createSparklines(host: SparklineHost, redraw: () => void): Sparklines {
  const paths = new Map<SeriesId, string>();
  const statuses = new Map<SeriesId, string>();
  let catalogue: State["catalogue"] = null;
  let sought: readonly SignalInfo[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: WorkId | null = null;

  async function read(): Promise<void> {
    const state = host.state();
    const range = recordingRange(state);
    if (range === null || running !== null || state.progress !== null) return;
    running = host.nextWork();
    const asked = sought;
    const stepNs = (range.toNs - range.fromNs) / BigInt(COLUMNS) + 1n;
    const series = asked.map((info) => ({
      selector: info.selector,
      samplesExpected: samplesExpected(info, range),
      codes: "gap" as const,
    }));
    const reply = await host.view(running, { series, fromNs: range.fromNs, stepNs, columns: COLUMNS });
    running = null;
    if (catalogue !== host.state().catalogue) return;
    const take = function* (): Growth<void> {
      for (const [i, info] of asked.entries()) {
        const answer = reply.ok ? reply.value.series[i] : undefined;
        // Also what could not be read is not asked again.
        if (reply.ok || reply.fault.code !== "request/cancelled")
          paths.set(info.id, answer === undefined ? "" : pathOf(answer, range.fromNs, stepNs));
        if (answer !== undefined) statuses.set(info.id, statusIn(answer));
        yield 1;
      }
    };
    await inSlices(take(), CURVES_PER_TASK, nextTask);
    redraw();
  }

  return {
    show(infos) {
      const state = host.state();
      if (catalogue !== state.catalogue) {
        catalogue = state.catalogue;
        paths.clear();
        statuses.clear();
        if (running !== null) host.cancel(running);
      }
      sought = infos.filter(({ id }) => !paths.has(id));
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const { kind, bytes } = catalogue?.source ?? { kind: "files", bytes: Number.POSITIVE_INFINITY };
      const isSmall = bytes <= (kind === "address" || kind === "server" ? DISTANT_BYTES_MAX : BYTES_MAX);
      if (sought.length > 0 && isSmall) timer = setTimeout(() => void read(), REST_MS);
    },
    pathOf: (id) => paths.get(id) ?? "",
    statusOf: (id) => statuses.get(id) ?? "",
  };
}

/** Frames that do not carry a multiplexed signal leave nothing of it; those that say nothing of it leave NaN. */
export function statusIn({ segments }: Pick<ViewSeries, "segments">): string {
  const samples = segments.flatMap(({ values }) => [...values]);
  if (samples.length === 0) return "never sent";
  return samples.every(Number.isNaN) ? "not available" : "";
}

export function sparkline(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const element = document.createElementNS(space, "svg");
  element.setAttribute("class", "sparkline");
  element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  element.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  element.append(line);
  return element;
}

/** Forty bars, from the lowest to the highest value of their share of the recorded columns; fewer columns are as many bars wide as it takes. */
export function pathOf({ segments }: Pick<ViewSeries, "segments">, fromNs: bigint, stepNs: bigint): string {
  const low = new Float64Array(COLUMNS).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(COLUMNS).fill(Number.NEGATIVE_INFINITY);
  for (const { baseNs, timesNs, values } of segments) {
    const offset = Number(baseNs - fromNs);
    for (const [i, time] of timesNs.entries()) {
      const column = Math.floor((time + offset) / Number(stepNs));
      const value = values[i] ?? Number.NaN;
      if (column < 0 || column >= COLUMNS || !Number.isFinite(value)) continue;
      low[column] = Math.min(low[column] ?? value, value);
      high[column] = Math.max(high[column] ?? value, value);
    }
  }
  const [bottom, top] = [low.reduce((a, b) => Math.min(a, b)), high.reduce((a, b) => Math.max(a, b))];
  const y = (value: number): string =>
    (top === bottom ? HEIGHT / 2 : HEIGHT - 1 - shareOf(value, bottom, top) * (HEIGHT - 2)).toFixed(1);
  const recorded = [...low.keys()].filter((column) => (low[column] ?? 0) <= (high[column] ?? 0));
  const perBar = recorded.length / WIDTH;
  const bars: string[] = [];
  for (let bar = 0; bar < WIDTH && recorded.length > 0; bar++) {
    const own = recorded.slice(Math.floor(bar * perBar), Math.max(Math.floor(bar * perBar) + 1, Math.floor((bar + 1) * perBar)));
    const [from, to] = [Math.min(...own.map((c) => low[c] ?? 0)), Math.max(...own.map((c) => high[c] ?? 0))];
    bars.push(`M${bar + 0.5} ${y(from)}L${bar + 0.5} ${(Number(y(to)) - 0.7).toFixed(1)}`);
  }
  return bars.join("");
}

/** Where a value lies between two, 0 … 1; halves, where the distance of the two is more than a number can be. */
const shareOf = (value: number, low: number, high: number): number =>
  Number.isFinite(high - low) ? (value - low) / (high - low) : (value / 2 - low / 2) / (high / 2 - low / 2);
