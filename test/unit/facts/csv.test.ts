import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CSV_HEADER, CSV_TEXT_HEADER, type CsvLane, csvRows } from "../../../core/facts/csv.ts";

const lane = (parts: Partial<CsvLane> = {}): CsvLane => ({
  channel: 1,
  message: "Message",
  signal: "Signal",
  unit: "",
  baseNs: 1_700_000_000_000_000_000n,
  timesNs: new Float64Array([0]),
  values: new Float64Array([0]),
  ...parts,
});

const rows = (...lanes: CsvLane[]) => [...csvRows(lanes)].join("").split("\n").slice(0, -1);

describe("csvRows", () => {
  test("the header names what stands in a line", () => {
    expect(CSV_HEADER.trim().split(",").length).toBe(rows(lane({ unit: "V" }))[0]?.split(",").length);
    expect(CSV_HEADER).toBe("timeNs,channel,message,signal,value,unit\n");
  });

  test("one line a sample: time, channel, message, signal, value, unit", () => {
    const one = lane({ unit: "km/h", timesNs: new Float64Array([5, 1e9]), values: new Float64Array([0.1, -3]) });
    expect(rows(one)).toEqual(["1700000000000000005,1,Message,Signal,0.1,km/h", "1700000001000000000,1,Message,Signal,-3,km/h"]);
  });

  test("values are the shortest texts that read back", () => {
    const values = [0.1, 1e21, 1e-7, -0, 123456789012345680, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const one = lane({ timesNs: new Float64Array(values.length), values: new Float64Array(values) });
    const texts = rows(one).map((row) => row.split(",")[4] ?? "");
    expect(texts).toEqual(["0.1", "1e+21", "1e-7", "-0", "123456789012345680", "NaN", "Infinity", "-Infinity"]);
    expect(texts.map(Number)).toEqual(values);
  });

  test("64-bit integers keep every digit", () => {
    const unsigned = lane({ values: new Float64Array([2 ** 64]), rests: new Float64Array([-1]) });
    const signed = lane({ values: new Float64Array([-(2 ** 63)]), rests: new Float64Array([1]) });
    expect(rows(unsigned, signed).map((row) => row.split(",")[4])).toEqual(["18446744073709551615", "-9223372036854775807"]);
  });

  test("where the rest is not known, the double is shown", () => {
    expect(rows(lane({ values: new Float64Array([2 ** 64]), rests: new Float64Array([Number.NaN]) }))[0]).toContain(
      `,${2 ** 64},`,
    );
  });

  test("texts stand in a column of their own, empty where a value has none", () => {
    const texts = new Map([
      [1, "On"],
      [0, "Off, really"],
    ]);
    const one = lane({ timesNs: new Float64Array(3), values: new Float64Array([1, -0, 2]), texts });
    expect(rows(one).map((row) => row.slice(row.indexOf("Signal,") + 7))).toEqual(["1,,On", '-0,,"Off, really"', "2,,"]);
    expect(CSV_TEXT_HEADER.trim().split(",").length).toBe(rows(one)[0]?.split(",").length);
  });

  test("names with commas, quotes and line ends are quoted", () => {
    expect(rows(lane({ message: 'a,"b"', unit: "°C" }))).toEqual(['1700000000000000000,1,"a,""b""",Signal,0,°C']);
    expect([...csvRows([lane({ unit: "x\ny" })])].join("")).toBe('1700000000000000000,1,Message,Signal,0,"x\ny"\n');
  });

  test("times before 1970 and beyond what a double holds are exact", () => {
    expect(rows(lane({ baseNs: -1_500_000_001n, timesNs: new Float64Array([1]) }))[0]).toMatch(/^-1500000000,/);
    expect(rows(lane({ baseNs: -1n, timesNs: new Float64Array([5]) }))[0]).toMatch(/^4,/);
    expect(rows(lane({ baseNs: 2n ** 63n - 10n, timesNs: new Float64Array([3]) }))[0]).toMatch(/^9223372036854775801,/);
  });

  test("lanes are merged by time, equal times in the order of the lanes and rows", () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 });
    const anyLane = fc.record({ times, baseNs: fc.constantFrom(0n, 10n, 3_000_000_000n, 2n ** 60n) });
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 9 }), (given) => {
        const expected = given
          .flatMap(({ times: ns, baseNs }, number) =>
            [...ns].sort((a, b) => a - b).map((time, row) => ({ at: baseNs + BigInt(time), number, row })),
          )
          .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.number - b.number || a.row - b.row))
          .map(({ at, number, row }) => `${at},${number},Message,Signal,${row},`);
        const lanes = given.map(({ times: ns, baseNs }, channel) =>
          lane({ channel, baseNs, timesNs: Float64Array.from(ns).sort(), values: Float64Array.from(ns, (_, row) => row) }),
        );
        expect(rows(...lanes)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
