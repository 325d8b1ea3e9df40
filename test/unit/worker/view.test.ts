import { describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import type { Query } from "../../../core/query/query.ts";
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";
import { noticeSentence } from "../../../web/text/sentences.ts";
import { countIn, withNeighbours } from "../../../worker/answers/neighbours.ts";
import { answerView } from "../../../worker/answers/view.ts";
import { sniff } from "../../../worker/sniff.ts";
import { dbcFilesOf, logsOf } from "../../../worker/sources/server.ts";

const segment = (times: number[], more: Partial<Segment> = {}): Segment => ({
  file: "a",
  session: "1",
  baseNs: 0n,
  timesNs: Float64Array.from(times),
  values: Float64Array.from(times.map((t) => t * 10)),
  ...more,
});
const window = { fromNs: 100n, toNs: 200n };

describe("neighbours", () => {
  test("stand around the samples of their own file", () => {
    const joined = withNeighbours([segment([100, 150, 199])], [segment([90, 100, 199, 210])], window);
    expect(joined.map(({ timesNs }) => [...timesNs])).toEqual([[90, 100, 150, 199, 210]]);
    expect([...(joined[0]?.values ?? [])]).toEqual([900, 1000, 1500, 1990, 2100]);
  });

  test("of files without a sample inside are kept, in order", () => {
    const joined = withNeighbours(
      [segment([120], { file: "b", baseNs: 1n })],
      [segment([50]), segment([119, 230], { file: "b", baseNs: 1n })],
      window,
    );
    expect(joined.map(({ file, timesNs }) => [file, ...timesNs])).toEqual([
      ["a", 50],
      ["b", 120, 230],
    ]);
    expect(countIn(joined, window)).toBe(1);
  });
});

describe("a window", () => {
  const samples = Array.from({ length: 1000 }, (_, i) => i);
  const asked: Query["method"][] = [];
  /** Gives every `stepNs`-th sample as cells, all as raw. */
  const engine = (samplesIn: number): Engine => {
    const query: Engine["query"] = (given) => {
      asked.push(given.method);
      const inside = samples.filter((t) => t >= Number(given.fromNs) && t < Number(given.toNs)).slice(0, samplesIn);
      const kept = given.method === "raw" ? inside : [0, ...inside.filter((t) => t % Number(given.grid.stepNs) === 0), 999];
      const answer = {
        selector: 0,
        unit: "",
        decimals: 0,
        valueTable: null,
        segments: [segment(kept)],
        stats: null,
        notices: [],
      };
      return {
        series: (async function* () {
          yield answer as unknown as SeriesAnswer;
        })(),
        ledger: () => ({ ...emptyLedger, samples: inside.length, bytesRead: 7 }),
        files: () => [],
      };
    };
    return { query } as Engine;
  };
  const ask = (samplesIn: number, samplesExpected: number) => {
    asked.length = 0;
    const series = [{ selector: { device: "D", signal: "s" }, samplesExpected }];
    const view = { series, fromNs: 100n, stepNs: 10n, columns: 50 };
    return answerView(engine(samplesIn), view, new AbortController().signal, () => {});
  };

  test("with many samples is answered in cells, in one pass", async () => {
    const { series, ledger } = await ask(500, 500);
    expect(asked).toEqual(["m4"]);
    expect(series[0]?.every).toBe(false);
    expect(ledger.bytesRead).toBe(7);
  });

  test("with few samples brings all of them and both neighbours", async () => {
    const { series } = await ask(80, 80);
    expect(asked).toEqual(["m4", "raw"]);
    expect(series[0]?.every).toBe(true);
    expect(series[0]?.segments[0]?.timesNs.length).toBe(82);
  });

  test("whose cells hold all samples is not asked twice", async () => {
    const { series } = await ask(1, 80);
    expect(asked).toEqual(["m4"]);
    expect(series[0]?.every).toBe(true);
  });

  test("that was thought sparse and is not stays in cells", async () => {
    const { series } = await ask(500, 10);
    expect(asked).toEqual(["m4", "raw"]);
    expect(series[0]?.every).toBe(false);
  });
});

describe("a dropped file", () => {
  const drop = (name: string, bytes: string) => sniff({ path: name, file: new File([bytes], name) });
  test.each([
    ["a.MF4", "", "log"],
    ["body.dbc", "", "dbc"],
    ["buslens.json", "{}", "dbc"],
    ["raw.bin", "UnFinMF 4.11", "log"],
    ["db.txt", '\nVERSION ""', "dbc"],
  ])("%s is a %s", async (name, bytes, kind) => {
    expect((await drop(name, bytes)).kind).toBe(kind);
  });

  test.each([
    ["trace.blf", "LOGG....", "trace.blf is a Vector BLF file. buslens reads MF4, MFC, MFE, MFM and DBC."],
    ["notes.bin", "PK\x03\x04", "notes.bin is not a log: it starts with 50 4B 03 04 (a ZIP archive)."],
    ["x.bin", "\x01\x02\x03\x04", "x.bin is not a log: it starts with 01 02 03 04. buslens reads MF4, MFC, MFE, MFM and DBC."],
    ["x.txt", "", "x.txt is empty (0 bytes). The logger may have lost power before the first write."],
  ])("%s is named for what it is", async (name, bytes, text) => {
    const found = await drop(name, bytes);
    expect(found.kind === "ignored" && noticeSentence(found.notice)).toBe(text);
  });
});

test("a server's lists are read with care", () => {
  const split = { key: "D/1/1.MF4", sizeBytes: 5, version: "v", startNs: "0" };
  expect(logsOf({ devices: [{ sessions: [{ splits: [split, { key: 3 }, null] }] }, 7] })).toEqual([
    { key: "D/1/1.MF4", sizeBytes: 5, version: "v" },
  ]);
  expect(dbcFilesOf({ dbcs: [{ file: "a.dbc" }, {}, "x"] })).toEqual(["a.dbc"]);
  expect(logsOf("<html>")).toEqual([]);
});
