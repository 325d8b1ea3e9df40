/** What the tree asks the worker for: identifiers of one session, messages nobody sent, one signal in facts. */
import { expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import type { Engine, HeardId } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { aboutSignal } from "../../../worker/answers/about.ts";
import { idsOfSession, silentMessages } from "../../../worker/answers/lists.ts";

const forever = new AbortController().signal;
const text = `BO_ 256 Sent: 8 Vector__XXX
 SG_ Mode M : 0|8@1+ (1,0) [0|0] "" Vector__XXX
BO_ 512 Silent: 8 Vector__XXX
 SG_ Which M : 0|8@1+ (1,0) [0|0] "" Vector__XXX
 SG_ Level m3 : 8|8@1+ (0.5,0) [0|100] "%" Vector__XXX
BO_ 768 Empty: 8 Vector__XXX
CM_ SG_ 512 Level "how full";
VAL_ 512 Level 0 "empty" 200 "full" ;
`;
const dbcs = ["car", "other"].map((name) => parseDbc(new TextEncoder().encode(text), `${name}.dbc`, { encoding: null }));
const heard = (frames: number, firstNs: bigint, lastNs: bigint, number = 256): HeardId => ({
  bus: "CAN",
  channel: 2,
  id: number,
  extended: false,
  frames,
  rateHz: 1,
  firstNs,
  lastNs,
  minLengthBytes: frames,
  maxLengthBytes: frames,
  matches: [{ db: "car", message: "Sent", rule: "exact", sourceAddress: null, binding: "only", signals: [] }],
});

test("silent are the messages of databases in use on a channel; a database without a frame there says nothing of it", () => {
  const rival = { ...heard(1, 0n, 1n), matches: [{ ...heard(1, 0n, 1n).matches[0], db: "other", binding: null }] } as HeardId;
  const found = silentMessages(dbcs, [heard(3, 0n, 1n), rival]);
  expect(found).toEqual([
    {
      bus: "CAN",
      channel: 2,
      db: "car",
      id: 512,
      extended: false,
      message: "Silent",
      signals: [
        { name: "Level", unit: "%", selectedBy: "Which", mux: "m3", comment: "how full" },
        { name: "Which", unit: "", selectedBy: null, mux: null, comment: null },
      ],
    },
  ]);
  expect(silentMessages(dbcs, [])).toEqual([]);
});

test("a session's identifiers are those of its splits together; a log that cannot be read is left out", async () => {
  const asked: (string | undefined)[] = [];
  const engine = {
    logs: async () => [
      { key: "a", session: "1", fault: null },
      { key: "b", session: "1", fault: null },
      { key: "x", session: "1", fault: { code: "input/not-mdf" } },
      { key: "c", session: "2", fault: null },
    ],
    async heard({ key }: { key?: string }) {
      asked.push(key);
      return {
        ids: key === "a" ? [heard(11, 0n, 5_000_000_000n)] : [heard(10, 6_000_000_000n, 10_000_000_000n), heard(1, 7n, 7n, 1)],
      };
    },
  } as unknown as Engine;
  const ids = await idsOfSession(engine, "D", "1", forever, () => {});
  expect(asked).toEqual(["a", "b"]);
  expect(
    ids.map(({ id, frames, rateHz, lastNs, minLengthBytes, maxLengthBytes }) => [
      id,
      frames,
      rateHz,
      lastNs,
      minLengthBytes,
      maxLengthBytes,
    ]),
  ).toEqual([
    [256, 21, 2, 10_000_000_000n, 10, 11],
    [1, 1, 1, 7n, 1, 1],
  ]);
});

test("about a signal: its database's words, its samples, and how often it was not available", async () => {
  const labels = { device: "D", bus: "CAN", channel: 2, db: "car", message: "Silent", sourceAddress: null, signal: "Level" };
  const segment = {
    file: "a",
    session: "1",
    baseNs: 0n,
    timesNs: Float64Array.of(0, 1e9, 2e9),
    values: Float64Array.of(1, 5, 3),
  };
  const engine = {
    dbcs: async () => dbcs,
    query: () => ({
      series: (async function* () {
        yield { selector: 0, labels, segments: [segment] };
      })(),
      ledger: () => ({ ...emptyLedger, notAvailable: 4 }),
    }),
  } as unknown as Engine;
  const query = { selector: { device: "D", signal: "Level" }, samplesExpected: 3, gapNs: 5e9, fromNs: 0n, toNs: 3_000_000_000n };
  const { range, texts, textCount, statistics, notAvailable } = await aboutSignal(engine, query, forever, () => {});
  expect([range, texts, textCount, notAvailable]).toEqual([
    [0, 100],
    [
      ["0", "empty"],
      ["200", "full"],
    ],
    2,
    4,
  ]);
  expect(statistics).toMatchObject({ count: 3, min: 1, max: 5, rateHz: 1 });
});
