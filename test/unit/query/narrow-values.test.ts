/** Reading only the parts that a range needs must not lose what lies elsewhere: values that come late, records far out of order. */
import { expect, test } from "vitest";
import { MemoryStore } from "../../../core/store/memory.ts";
import { compressedLog } from "../../../fixtures/container.ts";
import { dbcText } from "../../../fixtures/dbc-text.ts";
import { frame } from "../../../fixtures/frame.ts";
import { message, signal } from "../../../fixtures/message.ts";
import { answersTo, DEVICE, engineOver, oneLog, queryFor, START_NS, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const rows = [message(0x100, "Message", 8, "A", [signal("Value", "0|32@1+", "(1,0)")])];
/** Over 1 MB in either generation: a shorter log, or a plain one below 4 MB, is read whole. */
const FRAMES = 66_000;
const MS = 1_000_000;
/** A record with its value, generation B: 1 + 22 and 1 + 4 + 8 bytes. */
const FRAME_BYTES = 23;
const VALUE_BYTES = 13;
const RECORD_BYTES = FRAME_BYTES + VALUE_BYTES;
const OFFSET_AT = 15;

const frames = (timeMs: (i: number) => number) =>
  Array.from({ length: FRAMES }, (_, i) => {
    const payload = new Uint8Array(8);
    new DataView(payload.buffer).setUint32(0, i, true);
    return frame({ timeNs: timeMs(i) * MS, id: 0x100, payload });
  });

const key = `${DEVICE}/00000001/00000001.MF4`;

const packed = (bytes: Uint8Array): MemoryStore =>
  new MemoryStore([
    [key, compressedLog(bytes, DEVICE)],
    ["test.dbc", new TextEncoder().encode(dbcText(rows, "test"))],
  ]);

async function bytesOf(store: MemoryStore): Promise<Uint8Array> {
  const source = await store.open(key, AbortSignal.timeout(5000));
  return source.read(0, source.sizeBytes, AbortSignal.timeout(5000));
}

/** The value of frame `late` comes behind that of frame `behind`, with the offsets that its place gives. */
function withLateValue(log: Uint8Array, late: number, behind: number): Uint8Array {
  const first = log.length - FRAMES * RECORD_BYTES;
  const recordAt = (i: number) => first + i * RECORD_BYTES;
  const bytes = log.slice();
  const offsets = new DataView(bytes.buffer);
  const value = bytes.slice(recordAt(late) + FRAME_BYTES, recordAt(late + 1));
  const end = recordAt(behind + 1);
  bytes.copyWithin(recordAt(late) + FRAME_BYTES, recordAt(late + 1), end);
  bytes.set(value, end - VALUE_BYTES);
  const offsetOf = (i: number) => BigInt(i * (VALUE_BYTES - 1));
  offsets.setBigUint64(recordAt(late) + OFFSET_AT, offsetOf(behind), true);
  for (let i = late + 1; i <= behind; i++) offsets.setBigUint64(recordAt(i) - VALUE_BYTES + OFFSET_AT, offsetOf(i - 1), true);
  return bytes;
}

async function narrowAndWhole(store: MemoryStore, fromMs: number, toMs: number) {
  const range = { fromNs: START_NS + BigInt(fromMs * MS), toNs: START_NS + BigInt(toMs * MS) };
  const query = queryFor([{ device: DEVICE, signal: "Value" }], range);
  const engine = engineOver(nodeKernel(), store);
  // All of it once; that is what the engine knows the log by afterwards.
  const all = await answersTo(engine, queryFor([{ device: DEVICE, signal: "Value" }]));
  const narrow = await answersTo(engine, query);
  const whole = await answersTo(engineOver(nodeKernel(), store), query);
  const samples = ({ series }: typeof narrow) => series.flatMap(({ segments }) => segments.flatMap(({ values }) => [...values]));
  for (const { ledger } of [all, narrow, whole]) expect(wrongIn(ledger)).toEqual([]);
  expect(samples(all)).toHaveLength(FRAMES);
  expect(samples(narrow)).toEqual(samples(whole));
  return { samples: samples(narrow), bytesRead: narrow.ledger.bytesRead, bytesAll: whole.ledger.bytesRead };
}

test("a value that comes 300 kB after its frame is found: such a question reads the log whole", async () => {
  const log = await bytesOf(
    oneLog(
      "B",
      frames((i) => i),
      rows,
    ),
  );
  const store = packed(withLateValue(log, 30_000, 38_000));
  const late = await narrowAndWhole(store, 29_998, 30_003);
  expect(late.samples).toEqual([29_998, 29_999, 30_000, 30_001, 30_002]);
  expect(late.bytesRead).toBe(late.bytesAll);
  const other = await narrowAndWhole(store, 50_000, 50_002);
  expect(other.samples).toEqual([50_000, 50_001]);
  expect(other.bytesRead).toBeLessThan(other.bytesAll / 10);
});

test("a frame a minute out of order belongs to the range all the same", async () => {
  const store = packed(
    await bytesOf(
      oneLog(
        "D",
        frames((i) => (i === 59_999 ? 10 : i === 5 ? 30_000 : i)),
        rows,
      ),
    ),
  );
  const early = await narrowAndWhole(store, 9, 12);
  expect(early.samples.toSorted((a, b) => a - b)).toEqual([9, 10, 11, 59_999]);
  const middle = await narrowAndWhole(store, 29_999, 30_002);
  expect(middle.samples.toSorted((a, b) => a - b)).toEqual([5, 29_999, 30_000, 30_001]);
  expect(middle.bytesRead).toBeLessThan(middle.bytesAll / 3);
});
