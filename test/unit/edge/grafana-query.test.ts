import { describe, expect, test } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import { signalSelector } from "../../support/labels.ts";
import { appOf, panel, post, TARGET } from "./app-of.ts";
import { fakeEngine, segment } from "./fake-engine.ts";

const T = 1641469577109n * 1_000_000n;
const S = 1_000_000_000n;
const speed = segment([
  [0.5, T + 999_999n],
  [1.5, T + S],
]);

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at freely here
const answer = async (response: Response): Promise<any> => response.json();
const at = (signal: string) => ({ ...TARGET, signal });

describe("POST /query", () => {
  test("values with times rounded down to whole ms, named and in the order of the targets", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed], Heading: [segment([[204.5, T]])] } }));
    const response = await post(app, "/query", panel([at("(Heading|Speed)"), at("Speed")]));
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toContain("application/json");
    expect(await answer(response)).toEqual([
      { refId: "A", target: "2F6913DB:CAN:CH2:canmod-gps:Heading", datapoints: [[204.5, 1641469577109]] },
      {
        refId: "A",
        target: "2F6913DB:CAN:CH2:canmod-gps:Speed",
        datapoints: [
          [0.5, 1641469577109],
          [1.5, 1641469578109],
        ],
      },
      {
        refId: "B",
        target: "2F6913DB:CAN:CH2:canmod-gps:Speed",
        datapoints: [
          [0.5, 1641469577109],
          [1.5, 1641469578109],
        ],
      },
    ]);
  });

  test("one engine query per method, each series asked once, the seed's range holds both ends", async () => {
    const engine = fakeEngine({ series: { Speed: [speed], Roll: [speed] } });
    const targets = [
      at("Speed"),
      { ...at("Speed"), method: "MAX" },
      at("Roll"),
      at("Speed"),
      { device: "2F6913DB", signal: "Speed" },
    ];
    const items = await answer(await post(appOf(engine), "/query", panel(targets)));
    expect(items.map(({ refId }: { refId: string }) => refId)).toEqual(["A", "B", "C", "D", "E"]);
    expect(items.every(({ datapoints }: { datapoints: unknown[] }) => datapoints.length === 2)).toBe(true);
    const from = 1641469560000n * 1_000_000n;
    const to = 1641469680000n * 1_000_000n;
    expect(engine.queries).toMatchObject([
      {
        method: "nearest",
        fromNs: from,
        toNs: to + 1n,
        grid: { kind: "midnight-per-file", stepNs: 5n * S },
        wholeBuckets: false,
      },
      { method: "max", fromNs: from, toNs: to + 1n, grid: { kind: "midnight-per-file" } },
      { method: "envelope", fromNs: from, toNs: to, grid: { kind: "fixed", originNs: 0n, stepNs: 5n * S }, wholeBuckets: true },
    ]);
    expect(engine.queries[0]?.selectors.map((selector) => signalSelector(selector).signal)).toEqual(["Speed", "Roll"]);
  });

  test("sessions are parted by [null, 1 ms after the last sample], with nothing before the first point", async () => {
    const empty = segment([], "00000001");
    const first = segment([[1, T]], "00000002");
    const second = segment([[2, T + 9n * S]], "00000003");
    const app = appOf(fakeEngine({ series: { Speed: [empty, first, segment([], "00000002"), second] } }));
    const [item] = await answer(await post(app, "/query", panel([TARGET])));
    expect(item.datapoints).toEqual([
      [1, 1641469577109],
      [null, 1641469577110],
      [2, 1641469586109],
    ]);
  });

  test("splits that overlap and sessions out of order still ascend", async () => {
    const late = segment([
      [3, T + 5n * S],
      [5, T + 7n * S],
    ]);
    const early = segment([
      [1, T],
      [4, T + 6n * S],
    ]);
    const app = appOf(fakeEngine({ series: { Speed: [late, early] } }));
    const [item] = await answer(await post(app, "/query", panel([TARGET])));
    expect(item.datapoints.map(([value]: [number]) => value)).toEqual([1, 3, 4, 5]);
  });

  test("what is not finite is null, and no value is changed on its way", async () => {
    const values = [0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e21, 5e-324, 2 ** 53];
    const app = appOf(
      fakeEngine({ series: { Speed: [segment(values.map((value, at) => [value, T + BigInt(at) * S] as const))] } }),
    );
    const [item] = await answer(await post(app, "/query", panel([TARGET])));
    expect(item.datapoints.map(([value]: [number]) => value)).toEqual([0.1, 0, null, null, 1e21, 5e-324, 2 ** 53]);
  });

  test("a target that names nothing is answered with its reason and costs the others nothing", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed] } }));
    const targets = ["Speed", { ...TARGET, method: "AVG" }, { ...TARGET, device: null }, TARGET, at("Nope")];
    const items = await answer(await post(app, "/query", panel(targets)));
    expect(items).toHaveLength(5);
    for (const index of [0, 1, 2, 4]) {
      expect(items[index].datapoints).toEqual([]);
      expect(items[index].meta.notices[0]).toEqual({ severity: "warning", text: expect.any(String) });
    }
    expect(items[3].datapoints).toHaveLength(2);
    expect(items[3].meta).toBeUndefined();
  });

  test("hidden targets are left out; a table of a device that is not here has its columns and a sentence", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed] } }));
    const targets = [
      { refId: "A", target: JSON.stringify(TARGET), hide: true },
      { target: TARGET },
      { refId: "C", type: "table", target: '{"device":"2F6913DB"}' },
    ];
    const items = await answer(await post(app, "/query", panel([], { targets })));
    expect(items.map(({ refId }: { refId: string }) => refId)).toEqual(["B", "C"]);
    expect(items[1]).toMatchObject({ columns: [{ text: "TIME", type: "time" }, ...Array(6).fill({ type: "string" })], rows: [] });
    expect(items[1].meta.notices).toHaveLength(1);
  });

  test("no targets is an empty list; a range that runs backwards is empty and says so", async () => {
    const engine = fakeEngine({ series: { Speed: [speed] } });
    expect(await answer(await post(appOf(engine), "/query", panel([])))).toEqual([]);
    const range = { from: "2022-01-06T11:48:00Z", to: "2022-01-06T11:46:00Z" };
    const [item] = await answer(await post(appOf(engine), "/query", panel([TARGET], { range })));
    expect(item).toMatchObject({ target: "2F6913DB:CAN:CH2:canmod-gps:Speed", datapoints: [] });
    expect(item.meta.notices[0].text).toContain("before");
    expect(engine.queries).toEqual([]);
  });

  test("the interval may be text, absent or zero: then the range is divided by maxDataPoints", async () => {
    const stepOf = async (more: object): Promise<bigint | undefined> => {
      const engine = fakeEngine();
      await (await post(appOf(engine), "/query", panel([TARGET], more as Record<string, unknown>))).text();
      return engine.queries[0]?.grid.stepNs;
    };
    expect(await stepOf({ intervalMs: "20000" })).toBe(20n * S);
    expect(await stepOf({ intervalMs: "2s" })).toBe(2n * S);
    expect(await stepOf({ intervalMs: 0, maxDataPoints: 10 })).toBe(12n * S);
    expect(await stepOf({ intervalMs: undefined, maxDataPoints: undefined })).toBe(120_000_000n);
  });

  test("bodies that are no query are 400 with a sentence", async () => {
    const app = appOf(fakeEngine());
    const bodies = [
      "{",
      "",
      "[]",
      "5",
      {},
      { targets: 5 },
      panel([], { targets: [{ refId: "A" }] }),
      panel([TARGET], { range: null }),
    ];
    for (const body of [
      ...bodies,
      panel([{ ...TARGET, device: null }]),
      panel([TARGET], { range: { from: "yesterday", to: "now" } }),
    ]) {
      const response = await post(app, "/query", body);
      expect([response.status, body]).toEqual([400, body]);
      expect(await answer(response)).toEqual({
        message: expect.any(String),
        error: expect.objectContaining({ code: expect.stringMatching(/^request\//) }),
      });
    }
  });

  test("all signals of a DBC, in its order", async () => {
    const dbc = {
      name: "canmod-gps",
      file: "canmod-gps.dbc",
      version: "",
      nodes: [],
      warnings: [],
      messages: [{ signals: [{ name: "Speed" }, { name: "Roll" }] }],
    } as never;
    const app = appOf(fakeEngine({ series: { Speed: [speed], Roll: [speed] }, dbcs: [dbc] }));
    const items = await answer(await post(app, "/query", panel([at(".*")])));
    expect(items.map(({ target }: { target: string }) => target)).toEqual([
      "2F6913DB:CAN:CH2:canmod-gps:Speed",
      "2F6913DB:CAN:CH2:canmod-gps:Roll",
    ]);
  });

  test("our form: a series per message, named by its labels, which are its tags", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed] }, messages: ["GnssSpeed", "Odo"] }));
    const items = await answer(await post(app, "/query", panel([{ device: "2F6913DB", signal: "Speed" }])));
    expect(items.map(({ target }: { target: string }) => target)).toEqual([
      "2F6913DB:CAN:CH1::GnssSpeed:Speed",
      "2F6913DB:CAN:CH1::Odo:Speed",
    ]);
    expect(items[0].tags).toMatchObject({ device: "2F6913DB", message: "GnssSpeed", signal: "Speed" });
  });
});

describe("streaming", () => {
  const unreachable = new FaultError({
    code: "storage/unreachable",
    message: "the store does not answer",
    object: "2F6913DB/x.MF4",
  });

  test("a fault before the first byte has its status", async () => {
    const response = await post(appOf(fakeEngine({ failAt: { Speed: unreachable } })), "/query", panel([TARGET]));
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).not.toBeNull();
    expect((await answer(response)).message).toBe("2F6913DB/x.MF4: the store does not answer");
  });

  test("a later fault ends its series with a notice and leaves the JSON whole", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed], Roll: [speed] }, failAt: { Heading: unreachable } }));
    const response = await post(app, "/query", panel([at("Speed"), at("Heading"), at("Roll"), { ...at("Roll"), method: "MAX" }]));
    expect(response.status).toBe(200);
    const items = await answer(response);
    expect(items.map(({ datapoints }: { datapoints: unknown[] }) => datapoints.length)).toEqual([2, 0, 0, 2]);
    expect(items[1].meta.notices).toEqual([
      { severity: "error", text: "stopped here: 2F6913DB/x.MF4: the store does not answer" },
    ]);
  });

  test("our own mistake breaks the stream and is reported, not shown", async () => {
    const seen: unknown[] = [];
    // Signs of life: the answer is on its way when the mistake happens.
    const app = appOf(fakeEngine({ series: { Speed: [speed] }, failAt: { Heading: new Error("boom /home/me") }, works: 1 }), {
      report: (error) => seen.push(error),
    });
    const response = await post(app, "/query", panel([at("Speed"), at("Heading")]));
    await expect(response.text()).rejects.toThrow();
    expect(seen).toHaveLength(1);
    const short = appOf(fakeEngine({ series: { Speed: [speed] }, failAt: { Heading: new Error("boom /home/me") } }), {
      report: (error) => seen.push(error),
    });
    const early = await post(short, "/query", panel([at("Speed"), at("Heading")]));
    expect([early.status, seen.length]).toEqual([500, 2]);
    expect(await early.text()).not.toContain("/home/me");
  });

  test("blanks keep the line alive while work goes on, and the JSON stays valid", async () => {
    const app = appOf(fakeEngine({ series: { Speed: [speed], Roll: [speed] }, works: 5 }));
    const response = await post(app, "/query", panel([at("Speed"), at("Roll")]));
    const text = await response.text();
    expect(text).toMatch(/ {2,}/);
    expect(JSON.parse(text)).toHaveLength(2);
  });

  test("a client that goes away stops the engine, which may be waiting or working", async () => {
    for (const waitsAt of [1, 2]) {
      const signals: AbortSignal[] = [];
      let reached: () => void = () => undefined;
      const waiting = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const gate = async (signal: AbortSignal): Promise<void> => {
        if (signals.push(signal) < waitsAt) return;
        reached();
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      };
      const engine = fakeEngine({ series: { Speed: [speed], Roll: [speed], Pitch: [speed] }, gate, works: 1 });
      const response = await post(appOf(engine), "/query", panel([at("Speed"), at("Roll"), at("Pitch")]));
      const reader = response.body?.getReader();
      const readAll = async (): Promise<void> => {
        while (reader !== undefined && !(await reader.read()).done);
      };
      const reading = readAll();
      await waiting;
      await reader?.cancel();
      await reading;
      expect(signals).toHaveLength(waitsAt);
      expect(signals[0]?.aborted).toBe(true);
    }
  });
});
