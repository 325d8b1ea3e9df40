/** The preview worker as the page talks to it: a real Web Worker, Comlink, transferred columns. Compared with what the generator put in. */
import * as Comlink from "comlink";
import { describe, expect, test } from "vitest";
import type { Segment } from "../../core/series/series.ts";
import { generateDrive } from "../../fixtures/drive.ts";
import { toColumns } from "../../web/plot/columns.ts";
import { toExtents } from "../../web/plot/extents.ts";
import type { PreviewApi, Reply, ViewAnswer } from "../../worker/api.ts";

const drive = generateDrive({ splitSeconds: 10 });
const truth = drive.truth.logs.filter(({ key }) => key.startsWith("B0551001/00000002/"));
const files = drive.files.filter(({ key }) => key.startsWith("B0551001/00000002/"));

function connect(): { preview: Comlink.Remote<PreviewApi>; end: () => void } {
  const worker = new Worker(new URL("../../worker/preview.ts", import.meta.url), { type: "module" });
  return { preview: Comlink.wrap<PreviewApi>(worker), end: () => worker.terminate() };
}

function unwrap<T>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(JSON.stringify(reply.fault));
  return reply.value;
}

/** All samples of one signal over the three splits, sorted, in ns since 1970. */
function samplesOf(signal: string, message: string): { start: bigint; times: number[]; values: number[] } {
  const pairs = truth.flatMap(({ series }) => {
    const own = series.find((s) => s.signal.name === signal && s.message.name === message);
    const physical = own?.physical() ?? [];
    return (own?.timesNs ?? []).map((ns, i) => [ns, physical[i] ?? Number.NaN] as const);
  });
  const sorted = pairs.sort(([a], [b]) => a - b);
  return { start: truth[0]?.facts.startNs ?? 0n, times: sorted.map(([ns]) => ns), values: sorted.map(([, value]) => value) };
}

const asSegment = ({ start, times, values }: ReturnType<typeof samplesOf>): Segment => ({
  file: "",
  session: "",
  baseNs: start,
  timesNs: Float64Array.from(times),
  values: Float64Array.from(values),
});

describe("the preview worker", { timeout: 60_000 }, () => {
  test("opens files, says what occurs, and answers windows that paint like all samples", async () => {
    const { preview, end } = connect();
    const given = [
      ...files.map(({ key, bytes }) => ({ path: `LOG/${key}`, file: new File([new Uint8Array(bytes)], key) })),
      ...drive.dbcs.map(({ name, text }) => ({ path: name, file: new File([text], name) })),
    ];
    const catalogue = unwrap(await preview.open(given, "files", false));
    expect(catalogue.devices.map(({ device }) => device)).toEqual(["B0551001"]);
    expect(catalogue.logs.map(({ split }) => split)).toEqual([1, 2, 3]);
    expect(catalogue.dbcs.map(({ name }) => name).sort()).toEqual(["buslens-drive", "buslens-fd"]);
    expect(catalogue.moduleHash).toMatch(/^[0-9a-f]{64}$/);

    const heard = unwrap(await preview.heard(1, "B0551001"));
    const frames = truth.reduce((sum, log) => sum + log.frames.length, 0);
    expect(heard.ledger.frames).toBe(frames);
    expect(heard.facts["buslens-drive/EngineFast/EngineSpeed"]?.isFloat).toBe(false);

    const all = samplesOf("EngineSpeed", "EngineFast");
    const selector = { device: "B0551001", db: "buslens-drive", message: "EngineFast", signal: "EngineSpeed" };
    const scale = { low: 0, high: 4000, top: 0, bottom: 300, log: false };
    const first = all.start + BigInt(all.times[0] ?? 0);
    for (const [from, step, columns, expected] of [
      [0n, 30_000_000n, 1000, 1],
      [7_000_000_000n, 2_500_000n, 800, 1e9],
      [9_000_000_000n, 11_111_111n, 333, 1e9],
      [12_345_678_901n, 300_001n, 500, 1],
      [29_000_000_000n, 5_000_000n, 640, 1],
    ] as const) {
      const view = { fromNs: first + from, stepNs: step };
      const asked = { series: [{ selector, samplesExpected: expected }], ...view, columns };
      const answer: ViewAnswer = unwrap(await preview.view(2, asked));
      const series = answer.series[0];
      if (series === undefined) throw new Error("no series");
      const paint = (segments: readonly Segment[]) =>
        structuredClone(toExtents(toColumns(segments, view, columns, 1e12), scale, columns, Number(step), 1.5, false));
      const [shown, wanted] = [paint(series.segments.map((s) => ({ ...s, session: "" }))), paint([asSegment(all)])];
      expect([...shown.top]).toEqual([...wanted.top]);
      expect([...shown.bottom]).toEqual([...wanted.bottom]);
    }
    end();
  });

  test("faults come back as data, and cancelled work says so", async () => {
    const { preview, end } = connect();
    const nothing = await preview.open([{ path: "a.blf", file: new File(["LOGG"], "a.blf") }], "files", false);
    expect(nothing).toEqual({
      ok: false,
      fault: {
        code: "input/unsupported",
        object: "a.blf",
        found: "4C 4F 47 47",
        message: "is a Vector BLF file. buslens reads MF4, MFC, MFE, MFM and DBC",
      },
    });
    const early = await preview.heard(1, "B0551001");
    expect(early.ok ? null : early.fault.code).toBe("request/not-found");

    unwrap(
      await preview.open(
        files.map(({ key, bytes }) => ({ path: key, file: new File([new Uint8Array(bytes)], key) })),
        "files",
        false,
      ),
    );
    const running = preview.heard(7, "B0551001");
    await preview.cancel(7);
    const reply = await running;
    expect(reply.ok || reply.fault.code === "request/cancelled").toBe(true);
    expect((await preview.heard(8, "B0551001")).ok).toBe(true);
    end();
  });
});
