/** The page of `uplot.ts`: the same random signals drawn by the viewer's own code and by uPlot, timed and compared pixel by pixel. */
import type { Segment } from "../../core/series/series.ts";
import type { Held } from "../../web/plot/data.ts";
import { drawCurve } from "../../web/plot/draw-curve.ts";
import { type Palette, readPalette } from "../../web/plot/palette.ts";
import type { SignalInfo } from "../../web/state/model.ts";
import { newPlotted } from "../../web/state/stripes.ts";
import { endNs, type View } from "../../web/state/view.ts";
import type { ViewSeries } from "../../worker/api.ts";

/** What is used of uPlot (a global: it is no dependency of the project). */
interface Chart {
  setScale(axis: string, limits: { min: number; max: number }): void;
  destroy(): void;
  readonly ctx: CanvasRenderingContext2D;
}
declare const uPlot: new (options: object, data: readonly ArrayLike<number>[], into: HTMLElement) => Chart;

const WIDTH = 1600;
const HEIGHT = 150;
const CHARTS = 5;
const PERIOD_NS = 1_000_000;
const COLOURS = ["#3975ea", "#ffcf4a", "#61f2d6", "#b17383"];

interface Signal {
  readonly segment: Segment;
  readonly info: SignalInfo;
}

interface Asked {
  readonly samples: number;
  /** Of them in the window. */
  readonly samplesInView: number;
  readonly frames: number;
  readonly seed: number;
}

/** `differing*` count windows in which the picture of four samples a column is not the picture of all samples. */
export interface Outcome {
  readonly oursMs: readonly number[];
  readonly uplotMs: readonly number[];
  readonly windows: number;
  readonly differingOurs: number;
  readonly differingUplot: number;
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Signals of one message: the same times, as uPlot wants them. */
function messageOf(samples: number, next: () => number): Signal[] {
  const timesNs = new Float64Array(samples);
  for (let i = 0; i < samples; i++) timesNs[i] = i * PERIOD_NS + Math.floor(next() * 400_000);
  return COLOURS.map((_, number) => {
    const values = new Float64Array(samples);
    for (let i = 1; i < samples; i++) values[i] = (values[i - 1] ?? 0) * 0.999 + next() - 0.5;
    const segment = { file: "", session: "", baseNs: 0n, timesNs, values };
    return { segment, info: infoOf(number, samples) };
  });
}

const infoOf = (number: number, samples: number): SignalInfo => ({
  id: `${number}`,
  selector: { device: "", signal: `${number}` },
  name: `${number}`,
  message: "",
  source: "",
  unit: "",
  frames: samples,
  rateHz: 1e9 / PERIOD_NS,
  firstNs: 0n,
  lastNs: BigInt(samples * PERIOD_NS),
  lane: null,
  comment: null,
  scaling: null,
  absent: false,
});

const lowerBound = (times: Float64Array, at: number): number => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** First, min, max and last sample of each column, in time order, and the neighbours of the window: what the engine answers. */
function cellsOf({ timesNs, values, ...where }: Segment, view: View): Segment {
  const [from, to, step] = [Number(view.fromNs), Number(endNs(view, WIDTH)), Number(view.stepNs)];
  const rows: number[] = [];
  let row = lowerBound(timesNs, from);
  if (row > 0) rows.push(row - 1);
  while (row < timesNs.length && (timesNs[row] ?? 0) < to) {
    const column = Math.floor(((timesNs[row] ?? 0) - from) / step);
    let [low, high, last] = [row, row, row];
    for (; last < timesNs.length && (timesNs[last] ?? 0) < to; last++) {
      if (Math.floor(((timesNs[last] ?? 0) - from) / step) !== column) break;
      if ((values[last] ?? 0) < (values[low] ?? 0)) low = last;
      if ((values[last] ?? 0) > (values[high] ?? 0)) high = last;
    }
    rows.push(...[...new Set([row, low, high, last - 1])].sort((a, b) => a - b));
    row = last;
  }
  if (row < timesNs.length) rows.push(row);
  return {
    ...where,
    timesNs: Float64Array.from(rows, (i) => timesNs[i] ?? 0),
    values: Float64Array.from(rows, (i) => values[i] ?? 0),
  };
}

function canvas(): CanvasRenderingContext2D {
  const element = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  document.body.append(element);
  const context = element.getContext("2d");
  if (context === null) throw new Error("no canvas");
  return context;
}

const pixelsOf = (context: CanvasRenderingContext2D): Uint8ClampedArray =>
  context.getImageData(0, 0, context.canvas.width, context.canvas.height).data;
const areEqual = (a: Uint8ClampedArray, b: Uint8ClampedArray): boolean => a.every((byte, i) => byte === b[i]);

const heldOf = (segment: Segment, view: View): Held => {
  const series: ViewSeries = {
    every: false,
    labels: { device: "", bus: "CAN", channel: 1, db: "", message: "", sourceAddress: null, signal: "" },
    unit: "",
    decimals: null,
    valueTable: null,
    segments: [segment],
    notices: [],
  };
  return { series, view, columns: WIDTH };
};

const limits: readonly [number, number] = [-40, 40];

function drawOurs(
  context: CanvasRenderingContext2D,
  palette: Palette,
  view: View,
  held: readonly (Held & { info: SignalInfo })[],
): void {
  context.clearRect(0, 0, WIDTH, HEIGHT);
  const scale = { low: limits[0], high: limits[1], top: 0, bottom: HEIGHT, log: false };
  held.forEach(({ info, ...window }, slot) => {
    const signal = { ...newPlotted(info, slot), extremes: limits };
    drawCurve({ context, palette, ratio: 1 }, { whole: null, window }, view, { left: 0, width: WIDTH, scale }, signal, {
      selected: false,
      faded: false,
    });
  });
}

/** Without axes, legend and cursor: curves only, as ours. */
function chartOf(segments: readonly Segment[]): Chart {
  const into = document.createElement("div");
  document.body.append(into);
  const options = {
    width: WIDTH,
    height: HEIGHT,
    pxAlign: 1,
    padding: [0, 0, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: (_: unknown, min: number, max: number) => [min, max] }, y: { range: () => [...limits] } },
    series: [{}, ...COLOURS.slice(0, segments.length).map((stroke) => ({ stroke, width: 1.5, points: { show: false } }))],
  };
  const ms = segments[0]?.timesNs.map((ns) => ns / 1e6) ?? new Float64Array();
  return new uPlot(options, [ms, ...segments.map(({ values }) => values)], into);
}

async function scaleTo(chart: Chart, view: View): Promise<void> {
  chart.setScale("x", { min: Number(view.fromNs) / 1e6, max: Number(endNs(view, WIDTH)) / 1e6 });
  await Promise.resolve(); // uPlot draws in a microtask
  await Promise.resolve();
}

/** Each frame shows another window: exact curves of all signals, pixels read back so that rasterising counts. */
export async function compare({ samples, samplesInView, frames, seed }: Asked): Promise<Outcome> {
  const next = random(seed);
  const palette = readPalette(document.documentElement);
  const messages = Array.from({ length: CHARTS }, () => messageOf(samples, next));
  const stepNs = BigInt(Math.round((samplesInView * PERIOD_NS) / WIDTH));
  const views = Array.from({ length: frames }, (): View => {
    const room = Math.max(0, samples * PERIOD_NS - Number(stepNs) * WIDTH);
    return { fromNs: BigInt(Math.floor(next() * room)), stepNs };
  });
  const contexts = messages.map(canvas);
  const charts = messages.map((signals) => chartOf(signals.map(({ segment }) => segment)));
  const [oursMs, uplotMs]: [number[], number[]] = [[], []];
  let [differingOurs, differingUplot] = [0, 0];
  for (const view of views) {
    const held = messages.map((signals) =>
      signals.map(({ segment, info }) => ({ ...heldOf(cellsOf(segment, view), view), info })),
    );
    let started = performance.now();
    held.forEach((signals, i) => {
      const context = contexts[i];
      if (context) drawOurs(context, palette, view, signals);
    });
    for (const context of contexts) context.getImageData(0, 0, 1, 1);
    oursMs.push(performance.now() - started);
    started = performance.now();
    for (const chart of charts) await scaleTo(chart, view);
    for (const { ctx } of charts) ctx.getImageData(0, 0, 1, 1);
    uplotMs.push(performance.now() - started);

    // One signal of each: the picture of the cells against the picture of all samples.
    const [signal] = messages[0] ?? [];
    const [context] = contexts;
    if (signal === undefined || context === undefined) continue;
    const cells = cellsOf(signal.segment, view);
    const ours = [cells, signal.segment].map((segment) => {
      drawOurs(context, palette, view, [{ ...heldOf(segment, view), info: signal.info }]);
      return pixelsOf(context);
    });
    const theirs: Uint8ClampedArray[] = [];
    for (const segment of [cells, signal.segment]) {
      const chart = chartOf([segment]);
      await scaleTo(chart, view);
      theirs.push(pixelsOf(chart.ctx));
      chart.destroy();
    }
    const [a, b] = ours;
    const [c, d] = theirs;
    if (!a || !b || !c || !d || !a.some((byte) => byte > 0) || !d.some((byte) => byte > 0)) throw new Error("a picture is empty");
    if (!areEqual(a, b)) differingOurs++;
    if (!areEqual(c, d)) differingUplot++;
  }
  for (const chart of charts) chart.destroy();
  document.body.replaceChildren();
  return { oursMs, uplotMs, windows: views.length, differingOurs, differingUplot };
}
