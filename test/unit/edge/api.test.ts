import { describe, expect, test } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { readDurationNs, readInstant } from "../../../edge/app/instant.ts";
import { appOf, get, NOW_MS } from "./app-of.ts";
import { fakeEngine, logEntry, segment } from "./fake-engine.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at freely here
const json = async (response: Response): Promise<any> => response.json();
const T = 1641469577109999999n;
const speed = {
  series: {
    Speed: [
      segment([
        [0.5, T],
        [Number.NaN, T + 1n],
        [Number.NEGATIVE_INFINITY, T + 5_000_000_000n],
      ]),
    ],
  },
};

describe("times", () => {
  test("every form a client writes is the same instant", () => {
    const forms = [
      NOW_MS,
      String(NOW_MS),
      "2022-01-06T11:46:00.000Z",
      "2022-01-06T11:46:00Z",
      "2022-01-06T12:46:00.000000+01:00",
      "2022-01-06 11:46",
      `${NOW_MS}000000ns`,
      "now",
    ];
    for (const form of forms) expect([form, readInstant(form, "from", NOW_MS)]).toEqual([form, BigInt(NOW_MS) * 1_000_000n]);
    expect(readInstant("2022-01-06T11:46:00.000000001Z", "from", 0)).toBe(BigInt(NOW_MS) * 1_000_000n + 1n);
    expect(readInstant("1969-12-31T23:59:59.999999999Z", "from", 0)).toBe(-1n);
    expect(readInstant("now-6h", "from", NOW_MS)).toBe(BigInt(NOW_MS - 6 * 3600_000) * 1_000_000n);
    expect(readInstant(1.5, "from", 0)).toBe(1_500_000n);
  });

  test("what is no time is said to be none", () => {
    for (const form of ["yesterday", "", null, undefined, {}, Number.NaN, 1e300, "2022-13-01", "2022-01-06T11:46:00.000Zzz"])
      expect(() => readInstant(form, "range.from", NOW_MS)).toThrow(/"range.from" is no time/);
    expect([
      readDurationNs("2s"),
      readDurationNs("20000"),
      readDurationNs(1.5),
      readDurationNs("0"),
      readDurationNs(-1),
      readDurationNs("x"),
    ]).toEqual([2_000_000_000n, 20_000_000_000n, 1_500_000n, null, null, null]);
  });
});

describe("GET /api/series", () => {
  const path = "/api/series?device=2F6913DB&signal=Speed";

  test("JSON keeps every nanosecond and every double", async () => {
    const app = appOf(fakeEngine(speed));
    const answer = await json(await get(app, `${path}&from=0&to=1000000&points=3&channel=2&sa=0x47&db=x&message=M`));
    expect(answer.query).toEqual({
      selectors: [{ device: "2F6913DB", channel: 2, db: "x", sourceAddress: 71, message: "M", signal: "Speed" }],
      fromNs: "0",
      toNs: "1000000000000",
      method: "envelope",
      stepNs: "333333333334",
      originNs: "0",
      edges: "whole",
      neighbours: false,
    });
    expect(answer.series[0]).toMatchObject({
      device: "2F6913DB",
      channel: 2,
      signal: "Speed",
      unit: "m/s",
      decimals: 2,
      notices: [],
    });
    expect(answer.series[0].segments).toEqual([
      {
        file: "2F6913DB/00000001/00000001.MF4",
        session: "00000001",
        baseNs: String(T),
        timesNs: [0, 1, 5_000_000_000],
        values: [0.5, "NaN", "-Infinity"],
      },
    ]);
    expect(answer.ledger.files).toBe(0);
    expect(answer.notices).toEqual([]);
  });

  test("CSV is the command's: ns, channel, message, signal, value, unit", async () => {
    const app = appOf(fakeEngine({ ...speed, messages: ['Odd "name", here'] }));
    const response = await get(app, `${path}&method=raw&format=csv`);
    expect(response.headers.get("Content-Type")).toContain("text/csv");
    expect(await response.text()).toBe(
      [
        "timeNs,channel,message,signal,value,unit",
        '1641469577109999999,1,"Odd ""name"", here",Speed,0.5,m/s',
        '1641469577110000000,1,"Odd ""name"", here",Speed,NaN,m/s',
        '1641469582109999999,1,"Odd ""name"", here",Speed,-Infinity,m/s',
        "",
      ].join("\n"),
    );
    expect(await (await get(appOf(fakeEngine()), `${path}&method=raw&format=csv`)).text()).toBe(
      "timeNs,channel,message,signal,value,unit\n",
    );
  });

  test("step, origin, edges and neighbours reach the engine; an open range is the data's own", async () => {
    const logs = [logEntry("2F6913DB/00000001/00000001.MF4", 100, 200), logEntry("2F6913DB/00000002/00000001.MF4", 300, 400)];
    const engine = fakeEngine({ ...speed, logs });
    const app = appOf(engine, { budgetBytes: 7 });
    await (await get(app, `${path}&method=m4&from=5ns&to=105ns&step=10&origin=5&edges=cut&neighbours=1&signal=Roll`)).text();
    await (await get(app, `${path}&points=10`)).text();
    await (await get(app, `${path}&method=stats&from=0&to=1000`)).text();
    expect(engine.queries).toMatchObject([
      {
        method: "m4",
        fromNs: 5n,
        toNs: 105n,
        grid: { originNs: 5n, stepNs: 10n },
        wholeBuckets: false,
        neighbours: true,
        budgetBytes: 7,
        selectors: [{ signal: "Speed" }, { signal: "Roll" }],
      },
      { fromNs: null, toNs: null, grid: { stepNs: 30_000_000_001n }, wholeBuckets: true },
      { method: "stats", wholeBuckets: false },
    ]);
  });

  test("wrong parameters are 400 and name the parameter", async () => {
    const app = appOf(fakeEngine(speed));
    const wrong: Readonly<Record<string, string>> = {
      "device=A": "signal",
      "signal=A": "device",
      "device=A&signal=B&chanel=1": "chanel",
      "device=A&signal=B&method=avg": "method",
      "device=A&signal=B&from=x": "from",
      "device=A&signal=B&from=2&to=1": "to",
      "device=A&signal=B&points=0": "points",
      "device=A&signal=B&step=-5": "step",
      "device=A&device=B&signal=B": "device",
      "device=A&signal=B&method=stats&format=csv": "CSV",
      "device=A&signal=B&sa=256": "sa",
    };
    for (const [query, word] of Object.entries(wrong)) {
      const response = await get(app, `/api/series?${query}`);
      expect([query, response.status]).toEqual([query, 400]);
      const { message, error } = await json(response);
      expect(message).toContain(word);
      expect(error.hint).toContain("/openapi.json");
    }
  });

  test("a fault at once has its status, a later one is a notice of the answer", async () => {
    const lost = new FaultError({ code: "storage/missing", message: "there is no such object", object: "a.MF4" });
    const app = appOf(fakeEngine({ ...speed, failAt: { Roll: lost } }));
    expect((await get(app, `/api/series?device=A&signal=Roll&from=0&to=1`)).status).toBe(404);
    const answer = await json(await get(app, `${path}&signal=Roll&from=0&to=1`));
    expect(answer.series).toHaveLength(1);
    expect(answer.notices[0]).toMatchObject({ severity: "error", text: "stopped here: a.MF4: there is no such object" });
  });

  test("explain answers the same parameters", async () => {
    const answer = await json(await get(appOf(fakeEngine(speed)), "/api/explain?device=2F6913DB&signal=Speed&from=0&to=1"));
    expect(answer).toMatchObject({ query: { method: "envelope" }, files: [], rules: [], whyEmpty: ["nothing asked"] });
  });

  test("HEAD starts no answer that nobody reads", async () => {
    const response = await appOf(fakeEngine(speed)).request(`http://server${path}&from=0&to=1`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("GET /api/catalogue, /api/signals, /api/dbcs", () => {
  test("the file that binds databases is given out where it counts", async () => {
    const text = '{"bindings": []}';
    const store = new MemoryStore([["buslens.json", new TextEncoder().encode(text)]]);
    const app = appOf(fakeEngine({}), { store });
    expect(await json(await get(app, "/api/dbcs"))).toEqual({ dbcs: [], bindings: "buslens.json" });
    expect(await (await get(app, "/api/dbcs/buslens.json")).text()).toBe(text);
    const given = appOf(fakeEngine({}), { store, givenDbcs: [{ file: "a.dbc", bytes: new Uint8Array() }] });
    expect(await json(await get(given, "/api/dbcs"))).toEqual({ dbcs: [] });
    expect((await get(given, "/api/dbcs/buslens.json")).status).toBe(404);
  });

  test("devices, sessions and splits, with faults where a log cannot be read", async () => {
    const logs = [
      logEntry("2F6913DB/00000004/00000001.MF4", 100, 200),
      logEntry("2F6913DB/00000005/00000001.MF4", null, null, { code: "input/empty", message: "the file is empty" }),
      logEntry("AA000001/00000001/00000001.MF4", 300, null),
    ];
    const app = appOf(fakeEngine({ logs }));
    const answer = await json(await get(app, "/api/catalogue"));
    expect(answer.devices.map(({ device, name }: { device: string; name: string }) => [device, name])).toEqual([
      ["2F6913DB", "my car"],
      ["AA000001", ""],
    ]);
    expect(answer.devices[0].sessions[0]).toEqual({
      session: "00000004",
      splits: [
        {
          key: "2F6913DB/00000004/00000001.MF4",
          split: 1,
          sizeBytes: 3_000_000,
          version: "v1",
          startNs: "100000000000",
          endNs: "200000000000",
        },
      ],
    });
    expect(answer.devices[0].sessions[1].splits[0]).toMatchObject({ startNs: null, fault: { code: "input/empty" } });
    expect((await json(await get(app, "/api/catalogue?device=AA000001"))).devices).toHaveLength(1);
  });

  test("what was heard, with its times as text", async () => {
    const answer = await json(await get(appOf(fakeEngine()), "/api/signals?device=2F6913DB"));
    expect(answer).toMatchObject({ device: "2F6913DB", firstNs: "1000000000", lastNs: "61000000000", ids: [], notices: [] });
  });

  test("a DBC's text by name in any case, from the store or as it was given", async () => {
    const bytes = new TextEncoder().encode('VERSION "1"');
    const dbc = (name: string): never =>
      ({ name, file: `${name}.dbc`, version: "1", nodes: [], warnings: [], messages: [{ signals: [1, 2] }] }) as never;
    const app = appOf(fakeEngine({ dbcs: [dbc("canmod-gps"), dbc("Given")] }), {
      store: new MemoryStore([["canmod-gps.dbc", bytes]]),
      givenDbcs: [{ file: "Given.dbc", bytes: new TextEncoder().encode("given") }],
    });
    expect((await json(await get(app, "/api/dbcs"))).dbcs[0]).toEqual({
      name: "canmod-gps",
      file: "canmod-gps.dbc",
      version: "1",
      messageCount: 1,
      signalCount: 2,
      warnings: [],
    });
    expect(await (await get(app, "/api/dbcs/canmod-gps")).text()).toBe('VERSION "1"');
    expect(await (await get(app, "/api/dbcs/CANMOD%2DGPS.DBC")).text()).toBe('VERSION "1"');
    expect(await (await get(app, "/api/dbcs/given")).text()).toBe("given");
    expect((await get(app, "/api/dbcs/nope")).status).toBe(404);
    expect((await get(app, "/api/dbcs/%zz")).status).toBe(400);
  });
});

describe("GET /api/logs/<key>", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
  const store = new MemoryStore(
    [
      ["2F6913DB/00000001/00000001.MF4", bytes],
      ["passwords.json", bytes],
    ],
    { windowBytes: 64 },
  );
  const app = appOf(fakeEngine(), { store });
  const path = "/api/logs/2F6913DB/00000001/00000001.MF4";
  const read = async (headers: Record<string, string>): Promise<[number, string | null, Uint8Array]> => {
    const response = await get(app, path, headers);
    return [response.status, response.headers.get("Content-Range"), new Uint8Array(await response.arrayBuffer())];
  };

  test("the whole log, or a range of it", async () => {
    expect(await read({})).toEqual([200, null, bytes]);
    expect(await read({ Range: "bytes=100-299" })).toEqual([206, "bytes 100-299/1000", bytes.subarray(100, 300)]);
    expect(await read({ Range: "bytes=990-" })).toEqual([206, "bytes 990-999/1000", bytes.subarray(990)]);
    expect(await read({ Range: "bytes=-10" })).toEqual([206, "bytes 990-999/1000", bytes.subarray(990)]);
    expect(await read({ Range: "bytes=990-5000" })).toEqual([206, "bytes 990-999/1000", bytes.subarray(990)]);
    expect((await read({ Range: "bytes=1000-" })).slice(0, 2)).toEqual([416, "bytes */1000"]);
    expect((await read({ Range: "bytes=0-1,5-6" }))[0]).toBe(200);
    expect((await read({ Range: "bytes=5-2" }))[0]).toBe(200);
  });

  test("an etag that holds, and one that does not", async () => {
    const head = await app.request(`http://server${path}`, { method: "HEAD" });
    const etag = head.headers.get("ETag") ?? "";
    expect([head.headers.get("Content-Length"), head.headers.get("Accept-Ranges"), etag.length > 2]).toEqual([
      "1000",
      "bytes",
      true,
    ]);
    expect((await read({ "If-None-Match": etag }))[0]).toBe(304);
    expect((await read({ "If-Match": etag, Range: "bytes=0-0" }))[0]).toBe(206);
    expect((await read({ "If-Match": '"old"' }))[0]).toBe(412);
    expect((await read({ "If-Range": '"old"', Range: "bytes=0-0" }))[0]).toBe(200);
  });

  test("only logs are given out, and nothing outside the store can be named", async () => {
    for (const key of [
      "passwords.json",
      "canmod-gps.dbc",
      "nope/x.MF4",
      "..%2f..%2fx.MF4",
      "%2fetc%2fx.MF4",
      "a%5c..%5cx.MF4",
      "",
      "%zz.MF4",
    ]) {
      const response = await get(app, `/api/logs/${key}`);
      expect([key, [400, 404].includes(response.status)]).toEqual([key, true]);
      expect(typeof (await json(response)).message).toBe("string");
    }
  });
});
