/** Everything a target can be besides a plain series, over real logs, against samples taken one by one. */
import { beforeAll, describe, expect, test } from "vitest";
import type { EventEntry } from "../../../core/query/engine.ts";
import { compareCells } from "../../../edge/app/tables/table.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, get, post } from "./app-of.ts";
import { fakeEngine, logEntry } from "./fake-engine.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICE = "B0551001";
const WHERE = { device: DEVICE, db: "buslens-drive" };
let app: App;

interface Sample {
  readonly timeNs: bigint;
  readonly value: number;
  readonly session: string;
}
interface Item {
  readonly refId: string;
  readonly target?: string;
  readonly unit?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly datapoints?: readonly (readonly [number | null, number])[];
  readonly columns?: readonly { readonly text: string; readonly type: string }[];
  readonly rows?: readonly (readonly (string | number | null)[])[];
  readonly meta?: { readonly notices: readonly { readonly severity: string; readonly text: string }[] };
}

let range: { from: string; to: string };
let fromMs: number;

beforeAll(async () => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
  const starts = drive.truth.logs
    .filter(({ key }) => key.startsWith(DEVICE))
    .map(({ facts }) => Number(facts.startNs / 1_000_000n));
  fromMs = Math.min(...starts) - 1000;
  range = { from: new Date(fromMs).toISOString(), to: new Date(Math.max(...starts) + 60_000).toISOString() };
});

async function ask(target: object, more: object = {}): Promise<readonly Item[]> {
  const body = {
    range,
    intervalMs: 1000,
    maxDataPoints: 1_000_000,
    targets: [{ refId: "A", target: JSON.stringify({ ...WHERE, ...target }) }],
    ...more,
  };
  return (await (await post(app, "/query", body)).json()) as Item[];
}
async function samplesOf(signal: string, message?: string): Promise<readonly Sample[]> {
  const named = message === undefined ? "" : `&message=${message}`;
  const answer = await get(app, `/api/series?device=${DEVICE}&db=buslens-drive&merge=1&method=raw&signal=${signal}${named}`);
  const { series } = (await answer.json()) as {
    series: { segments: { session: string; baseNs: string; timesNs: number[]; values: number[] }[] }[];
  };
  return (series[0]?.segments ?? []).flatMap(({ session, baseNs, timesNs, values }) =>
    timesNs.map((time, i) => ({ session, timeNs: BigInt(baseNs) + BigInt(time), value: Number(values[i]) })),
  );
}
const ms = (timeNs: bigint): number => Number(timeNs / 1_000_000n);
const points = (item: Item | undefined): (readonly [number | null, number])[] =>
  (item?.datapoints ?? []).filter(([value]) => value !== null);

/** Signals of the drive that occur, two of different messages. */
const FAST = "EngineSpeed";
const SLOW = "VehicleSpeed";
const MESSAGES = { fast: "", slow: "" };

beforeAll(() => {
  const all = drive.truth.logs.filter(({ key }) => key.startsWith(DEVICE)).flatMap(({ series }) => series);
  MESSAGES.fast = all.find(({ signal }) => signal.name === FAST)?.message.name ?? "";
  MESSAGES.slow = all.find(({ signal }) => signal.name === SLOW)?.message.name ?? "";
});

describe("methods of our form", () => {
  test.each(["mean", "count", "last", "min", "max", "envelope"])(
    "%s of every bucket equals that of its samples",
    async (method) => {
      const samples = await samplesOf(FAST);
      const [item] = await ask({ signal: FAST, message: MESSAGES.fast, method });
      const buckets = Map.groupBy(samples, ({ timeNs }) => Number(timeNs / 1_000_000_000n) * 1000);
      const expected = [...buckets].flatMap(([start, own]) => {
        const least = own.reduce((a, b) => (b.value < a.value ? b : a));
        const most = own.reduce((a, b) => (b.value > a.value ? b : a));
        const last = own.at(-1) as Sample;
        if (method === "mean") return [[own.reduce((sum, { value }) => sum + value, 0) / own.length, start]];
        if (method === "count") return [[own.length, start]];
        if (method === "last") return [[last.value, ms(last.timeNs)]];
        const both = [least, most].filter(
          ({ value }, i) => method === "envelope" || (method === "min" ? i === 0 : i === 1 && value >= 0),
        );
        return [...new Set(both)].sort((a, b) => Number(a.timeNs - b.timeNs)).map(({ value, timeNs }) => [value, ms(timeNs)]);
      });
      const found = points(item);
      expect(found.map(([, time]) => time)).toEqual(expected.map(([, time]) => time));
      for (const [i, [value]] of found.entries()) expect(value).toBeCloseTo(Number(expected[i]?.[0]), 9);
      expect(found.length).toBeGreaterThan(3);
    },
  );

  test("a step that contradicts maxDataPoints gives way to a round one", async () => {
    const [item] = await ask({ signal: FAST, message: MESSAGES.fast, method: "count" }, { intervalMs: 1, maxDataPoints: 10 });
    expect(points(item).length).toBeLessThanOrEqual(11);
    expect(points(item).reduce((sum, [value]) => sum + Number(value), 0)).toBe((await samplesOf(FAST)).length);
  });

  test("units are converted by name, others by factor; a unit without a way is told", async () => {
    const raw = { signal: FAST, message: MESSAGES.fast, method: "raw" };
    const [plain, doubled, unknown] = await Promise.all([
      ask(raw),
      ask({ ...raw, scale: "2", offset: 1, unit: "x" }),
      ask({ ...raw, unit: "furlong" }),
    ]);
    expect(points(doubled?.[0])).toEqual(points(plain?.[0]).map(([value, time]) => [Number(value) * 2 + 1, time]));
    expect(doubled?.[0]?.unit).toBe("x");
    expect(points(unknown?.[0])).toEqual(points(plain?.[0]));
    expect(unknown?.[0]?.meta?.notices[0]?.text).toContain("no known way");
  });

  test("patterns and lists mean each series that has data, and ad hoc filters choose among them", async () => {
    const items = await ask({ signal: "*Speed*", method: "count" });
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) expect([item.refId, points(item).length > 0]).toEqual(["A", true]);
    const one = await ask(
      { signal: "*Speed*", method: "count" },
      { adhocFilters: [{ key: "signal", operator: "=", value: FAST }] },
    );
    expect(one.map(({ tags }) => tags?.signal)).toEqual(one.map(() => FAST));
    const others = await ask(
      { signal: "*Speed*", method: "count" },
      { filters: [{ key: "signal", operator: "!=", value: FAST }] },
    );
    expect(one.length + others.length).toBe(items.length);
    const [none] = await ask({ signal: "Nope*" });
    expect([none?.datapoints, none?.meta?.notices.length]).toEqual([[], 1]);
    const both = await ask({ device: "(B0551001|B0551002)", signal: FAST, method: "count" });
    expect(new Set(both.map(({ tags, target }) => tags?.device ?? target?.split(":")[0]))).toEqual(
      new Set(["B0551001", "B0551002"]),
    );
  });
});

describe("calculated series", () => {
  test("has a value wherever one of its series has a sample, the other holding its last one", async () => {
    const [fast, slow] = [await samplesOf(FAST), await samplesOf(SLOW)];
    const times = [...new Set([...fast, ...slow].map(({ timeNs }) => timeNs))].sort((a, b) => Number(a - b));
    const sessionOf = new Map([...fast, ...slow].map(({ timeNs, session }) => [timeNs, session]));
    const heldAt = (samples: readonly Sample[], timeNs: bigint) =>
      samples.findLast((one) => one.timeNs <= timeNs && one.session === sessionOf.get(timeNs));
    const expected = times.flatMap((timeNs) => {
      const [a, b] = [heldAt(fast, timeNs), heldAt(slow, timeNs)];
      return a === undefined || b === undefined ? [] : [[a.value * b.value + 1, ms(timeNs)]];
    });
    const [item] = await ask({
      expr: `{${FAST}} * s + 1`,
      with: { s: { signal: SLOW } },
      method: "raw",
      name: "power",
      unit: "W",
    });
    expect(points(item)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(50);
    expect([item?.target, item?.unit]).toEqual(["power", "W"]);
    const gaps = (item?.datapoints ?? []).filter(([value]) => value === null);
    expect(gaps).toHaveLength(new Set(fast.map(({ session }) => session)).size - 1);
  });

  test("is reduced as other series: least and greatest of each bucket, so that a spike is seen", async () => {
    const [raw, reduced] = [await ask({ expr: `${FAST} * 2`, method: "raw" }), await ask({ expr: `${FAST} * 2` })];
    const buckets = Map.groupBy(points(raw[0]), ([, time]) => Math.floor(time / 1000));
    for (const [bucket, own] of buckets) {
      const values = points(reduced[0])
        .filter(([, time]) => Math.floor(time / 1000) === bucket)
        .map(([value]) => Number(value));
      expect([Math.min(...values), Math.max(...values)]).toEqual([
        Math.min(...own.map(([v]) => Number(v))),
        Math.max(...own.map(([v]) => Number(v))),
      ]);
    }
  });

  test("a wrong expression is 400 by itself and a notice among others", async () => {
    const body = (targets: object[]) => ({
      range,
      targets: targets.map((target) => ({ target: JSON.stringify({ ...WHERE, ...target }) })),
    });
    const wrong = await post(app, "/query", body([{ expr: "1 +" }]));
    expect([wrong.status, ((await wrong.json()) as { message: string }).message]).toEqual([
      400,
      expect.stringContaining("character 4"),
    ]);
    const mixed = (await (await post(app, "/query", body([{ expr: "1 +" }, { signal: FAST }]))).json()) as Item[];
    expect(mixed[0]?.meta?.notices[0]?.text).toContain("character 4");
    expect(points(mixed[1]).length).toBeGreaterThan(0);
    const [unknown] = await ask({ expr: "{Nope} * 2" });
    expect([unknown?.datapoints, unknown?.meta?.notices[0]?.text]).toEqual([[], expect.stringContaining("Nope")]);
  });
});

describe("tables of values", () => {
  test("decoded: every sample of every series by time, in pages", async () => {
    const signal = [FAST, SLOW];
    const [all] = await ask({ type: "decoded", signal, limit: 100_000 });
    const count = (await samplesOf(FAST)).length + (await samplesOf(SLOW)).length;
    expect(all?.rows).toHaveLength(count);
    const times = (all?.rows ?? []).map((row) => BigInt(row.at(-1) ?? 0));
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
    const [page] = await ask({ type: "decoded", signal, offset: 5, limit: 7 });
    expect(page?.rows).toEqual(all?.rows?.slice(5, 12));
    expect(page?.meta?.notices[0]?.text).toContain('"offset": 12');
    const [last] = await ask({ type: "decoded", signal, sort: "-time", limit: 3 });
    expect(last?.rows).toEqual(all?.rows?.toReversed().slice(0, 3));
  });

  test("decoded by any column: over all samples, of equal ones the earlier first, what is not there last", async () => {
    const names = ["time", "device", "itf", "chn", "db", "message", "sa", "signal", "value", "text", "unit", "timeNs"];
    const [all] = await ask({ type: "decoded", signal: [FAST, SLOW], limit: 100_000 });
    const at = names.indexOf("value");
    const byValue = (all?.rows ?? []).toSorted((a, b) => Number(a[at]) - Number(b[at]));
    expect((await ask({ type: "decoded", signal: [FAST, SLOW], sort: "value", offset: 2, limit: 9 }))[0]?.rows).toEqual(
      byValue.slice(2, 11),
    );
    const [down] = await ask({ type: "decoded", signal: [FAST, SLOW], sort: "-Signal", limit: 5 });
    expect(down?.rows).toEqual(all?.rows?.filter((row) => row[names.indexOf("signal")] === SLOW).slice(0, 5));
    expect([compareCells(null, "a", true), compareCells(null, 1, false), compareCells(2, 1, true)]).toEqual([1, 1, -1]);
    const wrong = await post(app, "/query", {
      range,
      targets: [{ target: { ...WHERE, type: "decoded", signal: FAST, sort: "raw" } }],
    });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining("sort")]);
  });

  test("frames of several devices are in one order, in pages", async () => {
    type Row = { timeNs: string; device: string; id: number; log: string };
    const page = async (query: string): Promise<{ rows: Row[]; more: string | null }> => {
      const answer = await get(app, `/api/frames?chn=CH1&${query}`);
      return { rows: (await answer.json()) as Row[], more: answer.headers.get("X-Buslens-More") };
    };
    const each = await Promise.all(["B0551001", "B0551002"].map((device) => page(`device=${device}&limit=100000`)));
    const all = each.flatMap(({ rows }) => rows);
    expect(new Set(all.map(({ device }) => device)).size).toBe(2);
    for (const [sort, keyOf] of [
      ["time", (row: Row) => BigInt(row.timeNs)],
      ["-id", (row: Row) => -BigInt(row.id)],
    ] as const) {
      const order = (a: Row, b: Row): number => Number(keyOf(a) - keyOf(b)) || Number(BigInt(a.timeNs) - BigInt(b.timeNs));
      const expected = all.toSorted(order);
      const half = expected.length >> 1;
      const found = await page(`device=*&sort=${sort}&offset=${half}&limit=20`);
      expect(found).toEqual({ rows: expected.slice(half, half + 20), more: "1" });
      const end = await page(`device=*&sort=${sort}&offset=${expected.length - 3}&limit=3`);
      expect(end).toEqual({ rows: expected.slice(-3), more: "0" });
    }
  });

  test("states: a row where the text changes, and an empty one where the recording stops", async () => {
    const table = drive.truth.logs.flatMap(({ series }) => series).find(({ signal }) => signal.values !== undefined);
    const signal = table?.signal.name ?? "";
    const [item] = await ask({ device: DEVICE, db: table?.db, message: table?.message.name, type: "states", signal });
    const words = (item?.rows ?? []).map(([, word]) => word);
    expect(words.length).toBeGreaterThan(1);
    expect(words.some((word) => typeof word === "string" && !/^[\d.-]+$/.test(word))).toBe(true);
    for (const [at, word] of words.entries()) if (at > 0) expect(word).not.toBe(words[at - 1]);
    expect(words.at(-1)).toBeNull();
  });

  test("track: latitude and longitude as Geomap finds them, and what else was asked for", async () => {
    const [item] = await ask({ type: "track", signal: `(Latitude|Longitude|${FAST})` });
    expect(item?.columns?.map(({ text }) => text)).toEqual(["time", "latitude", "longitude", FAST]);
    const [latitudes, longitudes] = [await samplesOf("Latitude"), await samplesOf("Longitude")];
    expect(item?.rows?.length).toBeGreaterThan(1);
    for (const [time, latitude, longitude] of item?.rows ?? []) {
      const at = latitudes.findIndex(({ timeNs }) => ms(timeNs) === time);
      expect([latitude, longitude]).toEqual([latitudes[at]?.value, longitudes[at]?.value]);
    }
  });
});

describe("events and trips", () => {
  test("when a condition held, as a table, as annotations and as flat rows", async () => {
    const samples = await samplesOf(FAST);
    const values = samples.map(({ value }) => value).sort((a, b) => a - b);
    const limit = values[values.length >> 1] ?? 0;
    const when = `${FAST} > ${limit}`;
    const [item] = await ask({ type: "events", when });
    const expected: [number, number][] = [];
    for (const [i, { timeNs, value, session }] of samples.entries()) {
      const before = samples[i - 1];
      if (!(value > limit) || (before !== undefined && before.value > limit && before.session === session)) continue;
      const own = samples.slice(i).filter((one) => one.session === session);
      const end = own.find((one) => !(one.value > limit)) ?? own.at(-1);
      expected.push([ms(timeNs), ms(end?.timeNs ?? 0n)]);
    }
    expect(item?.rows?.map(([time, end]) => [time, end])).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    const marks = (await (
      await post(app, "/annotations", { range, annotation: { query: JSON.stringify({ ...WHERE, annotation: "event", when }) } })
    ).json()) as { time: number; timeEnd: number }[];
    expect(marks.map(({ time, timeEnd }) => [time, timeEnd])).toEqual(expected);
    const query = new URLSearchParams({ device: DEVICE, db: "buslens-drive", when, ...range });
    const rows = (await (await get(app, `/api/events?${query}`)).json()) as { time: number; partial: number }[];
    expect(rows.map(({ time, partial }) => [time, partial])).toEqual(expected.map(([time]) => [time, 0]));
    const least = Math.max(...expected.map(([start, end]) => end - start));
    expect((await ask({ type: "events", when: `${when} for ${least + 1} ms` }))[0]?.rows).toEqual([]);
  });

  test("trips end where nothing is heard for longer than the gap", async () => {
    const samples = await samplesOf(FAST);
    const [item] = await ask({ type: "trips", gap: "30s", signal: FAST });
    const sessions = [...Map.groupBy(samples, ({ session }) => session).values()];
    expect(item?.rows?.length).toBe(sessions.length);
    for (const [i, own] of sessions.entries()) {
      const [time, timeEnd, , device, least, most, mean] = item?.rows?.[i] ?? [];
      const values = own.map(({ value }) => value);
      expect([time, timeEnd, device, least, most]).toEqual([
        ms(own[0]?.timeNs ?? 0n),
        ms(own.at(-1)?.timeNs ?? 0n),
        DEVICE,
        Math.min(...values),
        Math.max(...values),
      ]);
      expect(mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9);
    }
    const [recorded] = await ask({ type: "trips", gap: "30s" });
    expect(recorded?.rows?.length).toBe(sessions.length);
  });

  test("sessions and splits by /query, as newer plugins ask", async () => {
    const splits = drive.files.filter(({ key }) => key.startsWith(DEVICE));
    const [sessions, marks] = [await ask({ annotation: "session" }), await ask({ type: "splits" })];
    expect(marks[0]?.rows).toHaveLength(splits.length);
    expect(sessions[0]?.rows).toHaveLength(new Set(splits.map(({ key }) => key.split("/")[1])).size);
    expect(sessions[0]?.columns?.map(({ text }) => text)).toEqual(["time", "title", "text", "tags", "id"]);
  });

  test("marks in the files, in every form", async () => {
    const event: EventEntry = {
      device: DEVICE,
      session: "00000001",
      key: "x.mf4",
      timeNs: 5_000_000_000n,
      name: "",
      comment: "hit",
      kind: "trigger",
      range: "point",
      cause: "user",
    };
    const engine = fakeEngine({ logs: [logEntry(`${DEVICE}/00000001/00000001.MF4`, 1, 9)] });
    const other = appOf({ ...engine, events: async () => ({ events: [event], notices: [] }) });
    const target = JSON.stringify({ annotation: "mark", device: DEVICE });
    const body = { range: { from: 0, to: 10_000 }, targets: [{ refId: "Anno", target }], annotation: { query: target } };
    const [item] = (await (await post(other, "/query", body)).json()) as Item[];
    expect(item?.rows?.[0]?.slice(0, 3)).toEqual([5000, "trigger", "hit"]);
    expect(await (await post(other, "/annotations", body)).json()).toMatchObject([{ time: 5000, title: "trigger", text: "hit" }]);
    expect(await (await get(other, `/api/events?device=${DEVICE}&type=mark`)).json()).toMatchObject([{ time: 5000, partial: 0 }]);
    const asked = await get(other, `/annotations?annotation=mark&device=${DEVICE}&from=0&to=10000`);
    expect(await asked.json()).toHaveLength(1);
  });
});
