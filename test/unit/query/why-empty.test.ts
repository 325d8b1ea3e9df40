/** A series without points says why: each reason in words of its own, with what is there instead. */
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import { dbcText } from "../../../fixtures/dbc-text.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { message, signal } from "../../../fixtures/message.ts";
import { answersTo, driveStore, engineOver, queryFor, wrongIn } from "../../support/engine.ts";
import { FaultyStore } from "../../support/faulty.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const drive = generateDrive({ splitSeconds: 6 });
const [log] = drive.truth.logs;
const START_NS = log?.facts.startNs ?? 0n;
const DAY_NS = 86_400_000_000_000n;
const SPEED = { device: "B0551001", signal: "EngineSpeed" };
const engine = engineOver(nodeKernel(), driveStore(drive));

/** The only series there is, which must be empty, and its first notice. */
async function reason(of: Engine, query: Query): Promise<string> {
  const { series, ledger } = await answersTo(of, query);
  expect(wrongIn(ledger)).toEqual([]);
  expect(series).toHaveLength(query.selectors.length);
  for (const answer of series) expect([answer.segments, answer.stats ?? []]).toEqual([[], []]);
  expect(series[0]?.notices[0]?.severity).toBe("warning");
  return series[0]?.notices[0]?.text ?? "";
}

describe("the reason", () => {
  test("no DBC: the ids that were heard", async () => {
    const text = await reason(engineOver(nodeKernel(), driveStore({ ...drive, dbcs: [] })), queryFor([SPEED]));
    expect(text).toContain("No DBC is loaded");
    // EngineFast and the first J1939 sender.
    expect(text).toContain("0C8");
    expect(text).toMatch(/\d+ ids heard/);
  });

  test("a DBC whose messages nobody sends: its message, and the ids that were heard", async () => {
    const other = dbcText([message(0x7df, "Other", 8, "A", [signal("EngineSpeed", "0|16@1+", "(1,0)")])], "other");
    const text = await reason(
      engineOver(nodeKernel(), driveStore({ ...drive, dbcs: [{ name: "other.dbc", text: other }] })),
      queryFor([SPEED]),
    );
    expect(text).toContain("No frame of Other (7DF) occurs");
    expect(text).toContain("0C8");
  });

  test("a DBC that is not loaded: those that are", async () => {
    const text = await reason(engine, queryFor([{ ...SPEED, db: "wrong" }]));
    expect(text).toContain("There is no DBC wrong");
    expect(text).toContain("buslens-drive, buslens-fd");
  });

  test("a signal that no DBC has: the nearest name", async () => {
    expect(await reason(engine, queryFor([{ ...SPEED, signal: "EngineSpeeed" }]))).toMatch(
      /no signal EngineSpeeed\. Nearest: EngineSpeed/,
    );
    expect(await reason(engine, queryFor([{ ...SPEED, message: "Gearbox" }]))).toContain("no signal EngineSpeed in Gearbox");
  });

  test("a range without data: the data's own", async () => {
    const own = "2024-05-14T06:00:00.";
    for (const [fromNs, toNs] of [
      [START_NS - 9n * DAY_NS, START_NS - 8n * DAY_NS],
      [START_NS + 8n * DAY_NS, null],
      [null, START_NS - 1n],
    ] as const) {
      const text = await reason(engine, queryFor([SPEED], { fromNs, toNs }));
      expect(text).toContain(`Its data runs from ${own}`);
      expect(text).toMatch(/to 2024-05-14T07:15:1[78]/);
    }
  });

  test("a range that ends before it begins, or where it begins: that it is empty", async () => {
    for (const toNs of [START_NS + 5n, START_NS + 10n]) {
      const text = await reason(engine, queryFor([SPEED], { fromNs: START_NS + 10n, toNs }));
      expect(text).toContain("The range is empty");
    }
  });

  test("a device that is not there: those that are", async () => {
    const text = await reason(engine, queryFor([{ ...SPEED, device: "12345678" }]));
    expect(text).toContain("There is no device 12345678");
    expect(text).toContain("B0551001, B0551002");
  });

  test("a channel nobody sends it on: what is heard there", async () => {
    const text = await reason(engine, queryFor([{ ...SPEED, channel: 2 }]));
    expect(text).toContain("No frame of EngineFast (0C8) occurs on CAN 2");
    expect(text).toContain("ids heard on CAN 2");
  });

  test("a moment between two samples: that nothing is there", async () => {
    const series = log?.series.find((one) => one.signal.name === "CoolantTemp");
    const at = START_NS + BigInt(series?.timesNs[1] ?? 0) + 1n;
    const text = await reason(engine, queryFor([{ ...SPEED, signal: "CoolantTemp" }], { fromNs: at, toNs: at + 1000n }));
    expect(text).toMatch(
      /^CoolantTemp: frames of Temperatures \(200\) were read, but none of them carries this signal in this range/,
    );
  });

  test("each in its own words, and each method alike", async () => {
    const questions = [
      queryFor([{ ...SPEED, db: "wrong" }]),
      queryFor([{ ...SPEED, signal: "Nothing" }]),
      queryFor([{ ...SPEED, channel: 9 }]),
      queryFor([SPEED], { fromNs: START_NS + 8n * DAY_NS }),
    ];
    const texts = new Set<string>();
    for (const question of questions) {
      const own = new Set<string>();
      for (const method of ["raw", "envelope", "m4", "nearest", "min", "max", "stats"] as const)
        own.add(await reason(engine, { ...question, method }));
      expect(own.size).toBe(1);
      for (const text of own) texts.add(text);
    }
    expect(texts.size).toBe(questions.length);
  });
});

test("explain says the same", async () => {
  const { whyEmpty, ledger } = await engine.explain(
    queryFor([SPEED, { ...SPEED, signal: "EngineSpeeed" }]),
    new AbortController().signal,
  );
  expect(whyEmpty).toEqual([expect.stringContaining("Nearest: EngineSpeed")]);
  expect(wrongIn(ledger)).toEqual([]);
});

test("a series with points beside others without says nothing of the others", async () => {
  const { series } = await answersTo(engine, queryFor([SPEED], { toNs: START_NS + 10n * 1_000_000_000n }));
  // Channels on which the message could have been, but is not, are no series.
  expect(series.map(({ labels, notices }) => [labels.channel, notices])).toEqual([[1, []]]);
});

test("a store that fails while the reason is looked for ends in a notice, not in an error", async () => {
  for (const afterRequests of [0, 1, 2, 3, 4, 5]) {
    for (const failure of ["broken", "missing", "refused"] as const) {
      const store = new FaultyStore(driveStore(drive), [{ failure, afterRequests, key: ".MF4" }]);
      const failing = engineOver(nodeKernel(), store);
      for (const range of [{}, { fromNs: START_NS + 8n * DAY_NS }]) {
        const { series } = await answersTo(failing, queryFor([{ ...SPEED, channel: 9 }], range));
        expect(series.flatMap(({ notices }) => notices).length).toBeGreaterThan(0);
      }
    }
  }
});
