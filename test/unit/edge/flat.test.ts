/** The flat forms of /api/series hold the same numbers to the bit, read back by programs that are not ours. */
import { tableFromIPC } from "@uwdata/flechette";
import { json as jq } from "jq-wasm";
import jsonata from "jsonata";
import { readParquet, Table } from "parquet-wasm/node";
import { describe, expect, test } from "vitest";
import type { Segment } from "../../../core/series/series.ts";
import { appOf, get } from "./app-of.ts";
import { fakeEngine, segment } from "./fake-engine.ts";

const T = 1641469577109999999n;
const app = appOf(
  fakeEngine({
    series: {
      Speed: [
        segment([
          [0.1, T],
          [-0, T + 1n],
          [5e-324, T + 1_000_000_000n],
          [Number.NaN, T + 1_500_000_000n],
        ]),
        segment([[1.7976931348623157e308, T + 60_000_000_000n]], "00000002"),
      ],
      Latitude: [segment([[48.1, -1n]]), segment([[48.2, T]], "00000002")],
      Many: [many(501_000)],
    },
  }),
);
const path = "/api/series?device=2F6913DB&signal=Speed&signal=Latitude&from=0&to=1&points=1";
const values = [0.1, -0, 5e-324, Number.NaN, 1.7976931348623157e308, 48.1, 48.2];
const times = [T, T + 1n, T + 1_000_000_000n, T + 1_500_000_000n, T + 60_000_000_000n, -1n, T];

function many(count: number): Segment {
  const timesNs = Float64Array.from({ length: count }, (_, i) => i);
  return { file: "f", session: "1", baseNs: T, timesNs, values: timesNs };
}

async function rowsOf(format: string, shape = "long"): Promise<Record<string, unknown>[]> {
  const answer = await get(app, `${path}&format=${format}&shape=${shape}`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  return format === "json"
    ? JSON.parse(text)
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}

/** Through the Rust implementation of Arrow and back. */
async function columnsOf(format: "arrow" | "parquet", more = ""): Promise<Record<string, unknown[]>> {
  const answer = await get(app, `${path}&format=${format}${more}`);
  expect(answer.status).toBe(200);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const table = format === "arrow" ? Table.fromIPCStream(bytes) : readParquet(bytes);
  const read = tableFromIPC(table.intoIPCStream(), { useBigInt: true, useBigIntTimestamp: true });
  return Object.fromEntries(read.names.map((name) => [name, [...(read.getChild(name) ?? [])]]));
}

describe("flat rows", () => {
  test.each(["json", "ndjson"])("%s: one object a sample, times exact, what is not finite null", async (format) => {
    const rows = await rowsOf(format);
    expect(rows.map(({ value }) => value)).toEqual(values.map((value) => (Number.isFinite(value) ? value : null)));
    expect(rows.map(({ timeNs }) => BigInt(String(timeNs)))).toEqual(times);
    expect(rows[0]).toEqual({
      time: 1641469577109,
      timeNs: String(T),
      device: "2F6913DB",
      bus: "CAN",
      channel: 1,
      db: "",
      message: "Message1",
      sourceAddress: null,
      signal: "Speed",
      unit: "m/s",
      value: 0.1,
      partial: 0,
    });
    expect(rows[5]).toMatchObject({ time: -1, timeNs: "-1" });
  });

  test("JSONata and jq, which Infinity runs on Grafana's server, take them as they are", async () => {
    const rows = await rowsOf("json");
    const picked = await jsonata('$[signal = "Speed" and value != null and value > 0].{"t": time, "v": value}').evaluate(rows);
    expect([...picked]).toEqual([
      { t: 1641469577109, v: 0.1 },
      { t: 1641469578109, v: 5e-324 },
      { t: 1641469637109, v: 1.7976931348623157e308 },
    ]);
    const sum = (await jq(rows, '[.[] | select(.signal == "Latitude") | .value] | add')) as unknown;
    expect(sum).toBe(48.1 + 48.2);
  });

  test("wide: a row a time, a column a series", async () => {
    const rows = await rowsOf("json", "wide");
    expect(rows).toEqual([
      { time: -1, timeNs: "-1", Speed: null, Latitude: 48.1, partial: 0 },
      { time: 1641469577109, timeNs: String(T), Speed: 0.1, Latitude: 48.2, partial: 0 },
      { time: 1641469577110, timeNs: String(T + 1n), Speed: -0, Latitude: null, partial: 0 },
      { time: 1641469578109, timeNs: String(T + 1_000_000_000n), Speed: 5e-324, Latitude: null, partial: 0 },
      { time: 1641469578609, timeNs: String(T + 1_500_000_000n), Speed: null, Latitude: null, partial: 0 },
      { time: 1641469637109, timeNs: String(T + 60_000_000_000n), Speed: 1.7976931348623157e308, Latitude: null, partial: 0 },
    ]);
    expect(await rowsOf("ndjson", "wide")).toEqual(rows);
  });

  test("nothing there is an empty list, and empty files that can be read", async () => {
    const nothing = "/api/series?device=2F6913DB&signal=None&from=0&to=1&points=1";
    expect(await (await get(app, `${nothing}&format=json`)).json()).toEqual([]);
    expect(await (await get(app, `${nothing}&format=ndjson`)).text()).toBe("");
    for (const format of ["arrow", "parquet"]) {
      const bytes = new Uint8Array(await (await get(app, `${nothing}&format=${format}`)).arrayBuffer());
      const table = format === "arrow" ? Table.fromIPCStream(bytes) : readParquet(bytes);
      expect(tableFromIPC(table.intoIPCStream()).numRows).toBe(0);
    }
  });

  test("a series that is not whole says so in each row", async () => {
    const partly = fakeEngine({ series: { Speed: [segment([[1, T]])] } });
    const engine = {
      ...partly,
      query: (...asked: Parameters<typeof partly.query>) => {
        const run = partly.query(...asked);
        return {
          ...run,
          series: (async function* () {
            for await (const one of run.series) yield { ...one, notices: [{ severity: "warning" as const, text: "cut" }] };
          })(),
        };
      },
    };
    const rows = (await (
      await get(appOf(engine), "/api/series?device=x&signal=Speed&from=0&to=1&format=json")
    ).json()) as unknown[];
    expect(rows).toMatchObject([{ value: 1, partial: 1 }]);
  });

  test("what fails half way is a last row, and the JSON stays whole", async () => {
    const failing = appOf(
      fakeEngine({ series: { Speed: [segment([[1, T]])] }, failAt: { Broken: new TypeError("x") }, works: 1 }),
      {
        report: () => undefined,
      },
    );
    const broken = "/api/series?device=x&signal=Speed&signal=Broken&from=0&to=1";
    await expect(get(failing, `${broken}&format=json`).then((answer) => answer.text())).rejects.toThrow();
    const { FaultError } = await import("../../../core/fault.ts");
    const late = appOf(
      fakeEngine({
        series: { Speed: [segment([[1, T]])] },
        failAt: { Broken: new FaultError({ code: "storage/unreachable", message: "the bucket does not answer" }) },
      }),
    );
    const rows = (await (await get(late, `${broken}&format=json`)).json()) as Record<string, unknown>[];
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ time: null, partial: 1 });
    expect(rows[1]?.notice).toMatch(/stopped here: .*the bucket does not answer/);
  });
});

describe("Arrow and Parquet", () => {
  test.each(["arrow", "parquet"] as const)("%s: the same bits, read by another implementation", async (format) => {
    const columns = await columnsOf(format);
    expect(columns.time).toEqual(times);
    expect(columns.value).toEqual(values);
    expect(Object.is(columns.value?.[1], -0)).toBe(true);
    expect(columns.signal).toEqual([...Array(5).fill("Speed"), ...Array(2).fill("Latitude")]);
    expect(columns.channel).toEqual(Array(7).fill(1));
    expect(columns.sourceAddress).toEqual(Array(7).fill(null));
    expect(columns.text).toEqual(Array(7).fill(null));
    expect(columns.partial).toEqual(Array(7).fill(0));
  });

  test("more rows than fit are refused with both numbers", async () => {
    const answer = await get(app, "/api/series?device=x&signal=Many&from=0&to=1&format=parquet");
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: "limit/too-large", found: 501000, allowed: 500000 } });
  });

  test("statistics have columns of their own, and no wide form", async () => {
    expect(Object.keys(await columnsOf("arrow", "&method=stats"))).toEqual(
      expect.arrayContaining(["count", "sum", "sumOfSquares", "min", "max", "first", "last", "partial"]),
    );
    expect((await get(app, `${path}&method=stats&format=json&shape=wide`)).status).toBe(400);
  });
});
