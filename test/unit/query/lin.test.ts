/** LIN frames decode with a DBC: the bus is part of a frame's name, so CAN 1 and LIN 1 do not mix. */
import { expect, test } from "vitest";
import { imbalance } from "../../../core/query/ledger.ts";
import type { SignalSelector } from "../../../core/series/series.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { engineOver, never } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import {
  block,
  CAN_RECORD_BYTES,
  canChannels,
  canRecord,
  chain,
  channel,
  dataGroup,
  group,
  header,
  joinBytes,
  linear,
  mdfFile,
  pack,
} from "../../support/mdf.ts";

const LIN_RECORD_BYTES = 20;
const linChannels = () => [
  channel("Timestamp", { type: 2, sync: 1, at: 0, bits: 64, conversion: linear(0, 1e-9) }),
  channel("LIN_Frame", { dataType: 10, at: 8, bits: 8 * (LIN_RECORD_BYTES - 8) }),
  channel("LIN_Frame.ID", { at: 8, bits: 6 }),
  channel("LIN_Frame.BusChannel", { at: 9, bits: 4 }),
  channel("LIN_Frame.DataLength", { at: 10, bits: 4 }),
  channel("LIN_Frame.DataBytes", { dataType: 10, at: 12, bits: 64 }),
];

function linRecord(timeNs: number, id: number, payload: readonly number[]): Uint8Array {
  const record = new Uint8Array(LIN_RECORD_BYTES);
  record.set(pack(["u64", timeNs], ["u8", id], ["u8", 1], ["u8", payload.length]));
  record.set(payload, 12);
  return record;
}

const FRAMES = 50;
const rows = Array.from({ length: FRAMES }, (_, i) => i);
const can = joinBytes(...rows.map((i) => canRecord({ timeNs: i * 1e6, id: 33, payload: [i, 0] })));
const lin = joinBytes(...rows.map((i) => linRecord(i * 1e6 + 500_000, i % 2 === 0 ? 33 : 34, [100 + i, 1])));
const canGroup = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: FRAMES, name: "CAN" });
const linGroup = () => group({ bytes: LIN_RECORD_BYTES, channels: chain(linChannels()), records: FRAMES, name: "LIN" });
const both = mdfFile(header(dataGroup(0, canGroup, block("DT", [], can), dataGroup(0, linGroup(), block("DT", [], lin))))).bytes;
const alone = mdfFile(header(dataGroup(0, linGroup(), block("DT", [], lin)))).bytes;
const DBC = 'VERSION ""\nBU_:\nBO_ 33 Wiper: 2 X\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] "1/min" X\n';

async function answer(bytes: Uint8Array, selector: Omit<SignalSelector, "device">) {
  const text = new TextEncoder();
  const engine = engineOver(
    nodeKernel(),
    new MemoryStore([
      ["lin.MF4", bytes],
      ["body.dbc", text.encode(DBC)],
    ]),
  );
  const [first] = await engine.devices({ names: false }, never());
  const run = engine.query(
    {
      selectors: [{ device: first?.device ?? "", ...selector }],
      ...{ fromNs: null, toNs: null, method: "raw", grid: { kind: "fixed", originNs: 0n, stepNs: 1n } },
      ...{ wholeBuckets: false, neighbours: false, budgetBytes: null, budgetPoints: null },
    },
    never(),
  );
  const series = await Array.fromAsync(run.series);
  expect(imbalance(run.ledger())).toEqual([]);
  return {
    ledger: run.ledger(),
    values: series.map(({ labels, segments }) => [
      labels.kind !== "channel" && labels.bus,
      Array.from(segments[0]?.values ?? []),
    ]),
  };
}

test("LIN is decoded where it is named, or where there is nothing else", async () => {
  const even = rows.filter((i) => i % 2 === 0).map((i) => (100 + i + 256) / 2);
  const named = await answer(both, { bus: "LIN", signal: "Speed" });
  expect(named.values).toEqual([["LIN", even]]);
  expect(named.ledger).toMatchObject({ frames: 2 * FRAMES, used: 25, unmatched: 75, otherKind: 0 });
  expect((await answer(both, { bus: "CAN", signal: "Speed" })).values).toEqual([["CAN", rows.map((i) => i / 2)]]);
  expect((await answer(both, { signal: "Speed" })).values).toEqual([["CAN", rows.map((i) => i / 2)]]);
  expect((await answer(alone, { signal: "Speed", db: "body" })).values).toEqual([["LIN", even]]);
});
