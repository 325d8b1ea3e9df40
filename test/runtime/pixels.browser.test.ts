/**
 * The drawing rule of the viewer (docs/viewer.md): what the engine's answer to a window paints is, byte for byte, what all samples of the
 * recording paint. Real worker, real canvas, 500 random windows over curves, steps, lanes, gaps, splits and sessions, at DPR 1 and 2.
 */
import * as Comlink from "comlink";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Segment } from "../../core/series/series.ts";
import { generateDrive } from "../../fixtures/drive.ts";
import type { Held } from "../../web/plot/data.ts";
import { drawCurve } from "../../web/plot/draw-curve.ts";
import { drawLane } from "../../web/plot/draw-lane.ts";
import type { Paint } from "../../web/plot/paint.ts";
import type { Palette } from "../../web/plot/palette.ts";
import { type Plotted, plainStyle, type SignalInfo } from "../../web/state/model.ts";
import { samplesExpected } from "../../web/state/recording.ts";
import { newPlotted } from "../../web/state/stripes.ts";
import { endNs, type View } from "../../web/state/view.ts";
import { leavesOf } from "../../web/tree/leaves.ts";
import type { PreviewApi, Reply, ViewSeries } from "../../worker/api.ts";

const WINDOWS = 500;
const drive = generateDrive({ splitSeconds: 10 });
const device = "B0551001";
const worker = new Worker(new URL("../../worker/preview.ts", import.meta.url), { type: "module" });
const preview = Comlink.wrap<PreviewApi>(worker);
let signals: readonly SignalInfo[] = [];

function unwrap<T>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(JSON.stringify(reply.fault));
  return reply.value;
}

beforeAll(async () => {
  const given = [
    ...drive.files
      .filter(({ key }) => key.startsWith(device))
      .map(({ key, bytes }) => ({ path: key, file: new File([new Uint8Array(bytes)], key) })),
    ...drive.dbcs.map(({ name, text }) => ({ path: name, file: new File([text], name) })),
  ];
  unwrap(await preview.open(given, "files", false));
  signals = leavesOf({ heard: { [device]: unwrap(await preview.heard(1, device)) } });
});
afterAll(() => worker.terminate());

/** The generator's own samples, one segment a log as the engine has them. */
function truthOf({ name, message, selector }: SignalInfo): Segment[] {
  if (selector.kind === "channel") return [];
  const logs = drive.truth.logs.filter(({ key }) => key.startsWith(device));
  return logs.flatMap(({ key, facts, series }): Segment[] => {
    const own = series.filter(
      (s) => s.signal.name === name && s.message.name === message && s.db === selector.db && s.channel === selector.channel,
    );
    if (own.length !== 1 || own[0] === undefined || own[0].timesNs.length === 0) return [];
    const values = own[0].physical();
    return [
      {
        file: key,
        session: key.split("/")[1] ?? "",
        baseNs: facts.startNs,
        timesNs: Float64Array.from(own[0].timesNs),
        values,
      },
    ];
  });
}

const palette: Palette = {
  plot: "#0a0d11",
  raised: "#232a34",
  t1: "#e7ebf0",
  t2: "#adb7c4",
  t3: "#8f99a8",
  accent: "#6cb0ff",
  warn: "#e9b949",
  error: "#ff8078",
  control: "#6d7888",
  hair: "#262d37",
  minor: "#151a20",
  major: "#1e242c",
  series: ["#3975ea", "#ffcf4a", "#61f2d6"],
  font: "sans-serif",
  isForced: false,
};

const HEIGHT = 96;
const LEFT = 40;

interface Picture {
  readonly signal: Plotted;
  readonly view: View;
  /** Device px. */
  readonly columns: number;
  readonly ratio: number;
}

const surfaces = ["shown", "wanted"].map(() => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  return { canvas, context };
});

function painted(surface: number, { signal, view, columns, ratio }: Picture, series: ViewSeries): Uint8ClampedArray {
  const own = surfaces[surface];
  if (own === undefined) throw new Error("no surface");
  own.canvas.width = LEFT + columns;
  own.canvas.height = HEIGHT * ratio;
  const paint: Paint = { context: own.context, palette, ratio };
  const held: Held = { series, view, columns };
  const data = { whole: null, window: held };
  const [low, high] = signal.extremes ?? [0, 1];
  own.context.beginPath();
  own.context.rect(LEFT, 0, columns, HEIGHT * ratio);
  own.context.clip();
  if (signal.lane === null) {
    const scale = { low, high, top: 10 * ratio, bottom: (HEIGHT - 9) * ratio, log: false };
    drawCurve(paint, data, view, { left: LEFT, width: columns, scale }, signal, { selected: false, faded: false });
  } else drawLane(paint, data, view, { left: LEFT, width: columns, top: 8 * ratio, bottom: 34 * ratio }, signal);
  return own.context.getImageData(0, 0, own.canvas.width, own.canvas.height).data;
}

/** The same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function plottedOf(info: SignalInfo, truth: readonly Segment[], next: () => number): Plotted {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of truth) for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  // Some windows cut the values off above and below, some have dashes, some hold their values.
  const cut = next() < 0.2 ? (high - low) / 4 : 0;
  const style = { ...plainStyle, line: next() < 0.25 ? ("step" as const) : ("auto" as const) };
  const slot = next() < 0.1 ? 13 : Math.floor(next() * 3);
  return { ...newPlotted(info, slot), style, extremes: high > low ? [low + cut, high - cut] : [low - 1, high + 1] };
}

test(`${WINDOWS} windows of the engine paint what all samples paint: 0 pixels differ`, { timeout: 120_000 }, async () => {
  const next = random(20240917);
  const known = signals
    .map((info) => ({ info, truth: truthOf(info) }))
    .filter(({ truth }) => truth.reduce((sum, s) => sum + s.timesNs.length, 0) > 300);
  expect(known.length).toBeGreaterThan(20);
  let [differing, inked, dense, lanes] = [0, 0, 0, 0];
  const first: string[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    const one = known[Math.floor(next() * known.length)];
    if (one === undefined) continue;
    const signal = plottedOf(one.info, one.truth, next);
    const ratio = i % 2 === 0 ? 1 : 2;
    const columns = (30 + Math.floor(next() * 90)) * ratio;
    // Around some sample: from both sessions with the silence between them down to a few samples.
    const spanNs = next() < 0.1 ? Number(one.info.lastNs - one.info.firstNs) : 60e9 * 10 ** (-3 * next());
    const stepNs = BigInt(Math.max(1, Math.round(spanNs / columns)));
    const segment = one.truth[Math.floor(next() * one.truth.length)];
    const sample = segment?.timesNs[Math.floor(next() * (segment?.timesNs.length ?? 0))] ?? 0;
    const fromNs = (segment?.baseNs ?? 0n) + BigInt(sample) - BigInt(Math.round(next() * spanNs));
    const view = { fromNs, stepNs };
    const samples = samplesExpected(one.info, { fromNs, toNs: endNs(view, columns) });
    const answer = unwrap(
      await preview.view(2, { series: [{ selector: one.info.selector, samplesExpected: samples }], ...view, columns }),
    );
    const series = answer.series[0];
    if (series === undefined) throw new Error("no series");
    const picture = { signal: { ...signal, valueTable: series.valueTable }, view, columns, ratio };
    const shown = painted(0, picture, series);
    const wanted = painted(1, picture, { ...series, segments: one.truth });
    let wrong = 0;
    for (let at = 0; at < shown.length; at += 4) {
      if (shown[at + 3] !== 0) inked++;
      if ([0, 1, 2, 3].some((c) => shown[at + c] !== wanted[at + c])) wrong++;
    }
    differing += wrong;
    if (!series.every) dense++;
    if (signal.lane !== null) lanes++;
    if (wrong > 0)
      first.push(`${one.info.name} from ${fromNs} step ${stepNs} columns ${columns} every ${series.every}: ${wrong} px`);
  }
  expect(first.slice(0, 5)).toEqual([]);
  expect(differing).toBe(0);
  // The comparison has seen something: ink, dense and sparse windows, lanes.
  expect(inked).toBeGreaterThan(100_000);
  expect(Math.min(dense, WINDOWS - dense, lanes)).toBeGreaterThan(40);
});
