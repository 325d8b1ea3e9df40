/** "Not available" between samples: where a line breaks, and what is drawn when the codes are wanted. */
import { describe, expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import type { Engine } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import type { Query } from "../../../core/query/query.ts";
import type { Segment, SeriesLabels } from "../../../core/series/series.ts";
import { codesOf, withCodes, withNotAvailable } from "../../../worker/answers/not-available.ts";
import { samplesAt } from "../../../worker/answers/samples.ts";
import type { ViewAnswer } from "../../../worker/api.ts";

const text = `BO_ 2364540158 EEC1: 8 Vector__XXX
 SG_ EngineSpeed : 24|16@1+ (0.125,0) [0|8031.875] "rpm" Vector__XXX
 SG_ Torque : 16|8@1- (1,-125) [-125|125] "%" Vector__XXX
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";
BA_ "VFrameFormat" BO_ 2364540158 3;
`;
const dbc = parseDbc(new TextEncoder().encode(text), "truck.dbc", { encoding: null });
const labels = (signal: string, sourceAddress: number | null = 0): SeriesLabels => ({
  device: "D",
  bus: "CAN",
  channel: 1,
  db: "truck",
  message: "EEC1",
  sourceAddress,
  signal,
});
const segment = (times: number[], values: number[], more: Partial<Segment> = {}): Segment => ({
  file: "a",
  session: "1",
  baseNs: 0n,
  timesNs: Float64Array.from(times),
  values: Float64Array.from(values),
  ...more,
});
const rows = (segments: readonly Segment[]) => segments.map(({ file, timesNs, values }) => [file, [...timesNs], [...values]]);
const CODE = 8191.875; // 0xFFFF · 0.125

describe("codes", () => {
  test("are the highest raw values of a parameter group's unsigned signals, and of nothing else", () => {
    const isCode = codesOf([dbc], labels("EngineSpeed"));
    expect([8031.875, 8032, CODE].map((value) => isCode?.(value))).toEqual([false, true, true]);
    expect(codesOf([dbc], labels("EngineSpeed", null))).toBeNull();
    expect(codesOf([dbc], labels("Torque"))).toBeNull();
    expect(codesOf([dbc], { kind: "channel", device: "D", group: "g", channel: "c" })).toBeNull();
  });

  const isCode = (value: number): boolean => value >= 100;
  test("stand as NaN in the order of time, log by log", () => {
    const data = [segment([10, 30], [1, 3]), segment([0], [7], { file: "c", baseNs: 90n })];
    const all = [segment([10, 20, 30, 40], [1, 200, 3, 201]), segment([5], [250], { file: "b", baseNs: 50n })];
    expect(rows(withCodes(data, all, isCode, false))).toEqual([
      ["a", [10, 20, 30, 40], [1, Number.NaN, 3, Number.NaN]],
      ["b", [5], [Number.NaN]],
      ["c", [0], [7]],
    ]);
    expect(rows(withCodes(data, all, isCode, true))[0]).toEqual(["a", [10, 20, 30, 40], [1, 200, 3, 201]]);
  });

  test("keep the last digits of the samples around them", () => {
    const data = [segment([10, 30], [1, 3], { rests: Float64Array.of(0.5, 0.25) })];
    expect([...(withCodes(data, [segment([20], [200])], isCode, false)[0]?.rests ?? [])]).toEqual([0.5, Number.NaN, 0.25]);
  });
});

describe("a window", () => {
  const asked: Query[] = [];
  const engine = {
    dbcs: async () => [dbc],
    query(query: Query) {
      asked.push(query);
      const answer = { selector: 0, labels: labels("EngineSpeed"), segments: [segment([1, 2, 3], [800, CODE, 801])] };
      return {
        series: (async function* () {
          yield answer;
        })(),
      };
    },
  } as unknown as Engine;
  const selector = { device: "D", signal: "EngineSpeed" };
  const answer: ViewAnswer = {
    series: [
      {
        every: true,
        labels: labels("EngineSpeed"),
        unit: "rpm",
        decimals: 3,
        valueTable: null,
        segments: [segment([1, 3], [800, 801])],
        notices: [],
      },
    ],
    ledger: { ...emptyLedger, values: 3, samples: 2, notAvailable: 1 },
    elapsedMs: 1,
  };
  const forever = new AbortController().signal;
  const view = (codes?: "gap" | "draw") => ({
    series: [{ selector, samplesExpected: 3, ...(codes === undefined ? {} : { codes }) }],
    fromNs: 0n,
    stepNs: 1n,
    columns: 10,
  });

  test("is read once more where codes are wanted, and only there", async () => {
    const values = async (codes?: "gap" | "draw") => [
      ...((await withNotAvailable(engine, view(codes), answer, forever, () => {})).series[0]?.segments[0]?.values ?? []),
    ];
    expect(await values()).toEqual([800, 801]);
    expect(asked).toEqual([]);
    expect(await values("gap")).toEqual([800, Number.NaN, 801]);
    expect(await values("draw")).toEqual([800, CODE, 801]);
    expect(asked.map(({ keepInvalid, method }) => [keepInvalid, method])).toEqual([
      [true, "m4"],
      [true, "m4"],
    ]);
  });

  test("a cursor on a code says so, one behind it has the sample there", async () => {
    const rowsBefore = (toNs: bigint, all: readonly (readonly [number, number])[]) => all.filter(([timeNs]) => timeNs < toNs);
    const recorded = {
      dbcs: async () => [dbc],
      query({ toNs, keepInvalid }: Query & { readonly toNs: bigint }) {
        const all = rowsBefore(toNs, [
          [1, 800],
          [2, CODE],
          [3, 801],
        ]);
        const seen = keepInvalid === true ? all : all.filter(([, value]) => value !== CODE);
        const times = seen.map(([timeNs]) => timeNs);
        const segments = [
          segment(
            times,
            seen.map(([, value]) => value),
          ),
        ];
        return {
          series: (async function* () {
            yield { selector: 0, labels: labels("EngineSpeed"), segments };
          })(),
          ledger: () => ({ ...emptyLedger, notAvailable: all.length - all.filter(([, value]) => value !== CODE).length }),
        };
      },
    } as unknown as Engine;
    const at = async (timeNs: bigint, codes?: "gap" | "draw") => {
      const series = [{ selector, reachNs: 100n, ...(codes === undefined ? {} : { codes }) }];
      const [sample] = await samplesAt(recorded, { series, timeNs }, forever);
      return sample === null || sample === undefined ? null : [sample.timeNs, sample.value];
    };
    expect([await at(1n, "gap"), await at(2n, "gap"), await at(3n, "gap")]).toEqual([
      [1n, 800],
      [2n, Number.NaN],
      [3n, 801],
    ]);
    expect([await at(2n), await at(2n, "draw")]).toEqual([
      [1n, 800],
      [2n, CODE],
    ]);
  });
});
