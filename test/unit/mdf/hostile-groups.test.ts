/** Files broken at random give columns or a fault, never another error, and never much work: the seeds are fixed. */
import { expect, test } from "vitest";
import { groupsFacts } from "../../../core/facts/groups-facts.ts";
import { FaultError } from "../../../core/fault.ts";
import { readContents } from "../../../core/mdf/contents.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { type Random, random } from "../../../fixtures/random.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import {
  type BuiltBlock,
  block,
  chain,
  channel,
  dataGroup,
  group,
  header,
  linear,
  mdfFile,
  pack,
  text,
  xml,
} from "../../support/mdf.ts";

const RECORDS = 40;
const RECORD_BYTES = 12;
const host = { ...testHost(), codecs: testKernel().codecs };

/** A time, a number, a table of texts, a formula, an array, a text of variable length; an event and an attachment. */
function built(): Uint8Array {
  const conversion = (type: number, refs: readonly BuiltBlock[], values: readonly number[]): BuiltBlock => {
    const sizes = pack(["u8", type], ["u8", 0], ["u16", 0], ["u16", refs.length], ["u16", values.length], ["f64", 0], ["f64", 0]);
    return block(
      "CC",
      [null, null, null, null, ...refs],
      Uint8Array.from([...sizes, ...values.flatMap((v) => [...pack(["f64", v])])]),
    );
  };
  const values = new Uint8Array(RECORDS * 8);
  const records = new Uint8Array(RECORDS * RECORD_BYTES);
  for (let row = 0; row < RECORDS; row++) {
    values.set(pack(["u32", 4], ["u32", 0x64636261]), row * 8);
    records.set(pack(["u32", row], ["u32", row * 8], ["u32", row * 77]), row * RECORD_BYTES);
  }
  const shape = pack(["u8", 0], ["u8", 0], ["u16", 1], ["u32", 0], ["u32", 1], ["u32", 0], ["u64", 3]);
  const channels = [
    channel("t", { type: 2, sync: 1, bits: 32, conversion: linear(0, 0.001) }),
    channel("state", { at: 8, bits: 8, conversion: conversion(7, [text("off"), text("on")], [0, 77]) }),
    channel("formula", { at: 8, bits: 16, dataType: 3, conversion: conversion(3, [text("sqrt(X) * 2")], []) }),
    channel("array", { at: 8, bits: 8, members: block("CA", [null], shape) }),
    channel("words", { type: 1, at: 4, bits: 32, dataType: 7, data: block("SD", [], values) }),
  ];
  const cg = group({
    bytes: RECORD_BYTES - 1,
    invalidBytes: 1,
    records: RECORDS,
    flags: 0,
    channels: chain(channels),
    name: "all",
  });
  const hd = header(
    dataGroup(
      0,
      cg,
      block("DL", [null, block("DT", [], records)], pack(["u8", 1], ["u8", 0], ["u16", 0], ["u32", 1], ["u64", 480])),
    ),
  );
  hd.links[1] = block("FH", [null, xml("<FHcomment><tool_id>x</tool_id></FHcomment>")]);
  hd.links[3] = block("AT", [null, text("a.txt"), null, null], new Uint8Array(48).fill(1));
  hd.links[4] = block("EV", [null, null, null, text("mark"), null], new Uint8Array(40));
  return mdfFile(hd).bytes;
}

const RIGHT = built();
const EXTREMES = [0n, 1n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 60n, 2n ** 64n - 1n];

function broken(chance: Random): Uint8Array {
  const bytes = RIGHT.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let changes = 1 + chance.int(4); changes > 0; changes--) {
    const at = 64 + 8 * chance.int((bytes.length - 72) / 8);
    const kind = chance.int(4);
    if (kind === 0) bytes[at + chance.int(8)] = chance.int(256);
    else if (kind === 1) view.setBigUint64(at, EXTREMES[chance.int(EXTREMES.length)] ?? 0n, true);
    else if (kind === 2) view.setUint32(at + 4 * chance.int(2), Number((EXTREMES[chance.int(5)] ?? 0n) & 0xffffffffn), true);
    // A link to somewhere else in the file.
    else view.setBigUint64(at, BigInt(64 + 8 * chance.int((bytes.length - 72) / 8)), true);
  }
  return chance.int(12) === 0 ? bytes.slice(0, chance.int(bytes.length)) : bytes;
}

async function outcome(bytes: Uint8Array): Promise<"read" | "fault"> {
  const source = memorySource("broken.mf4", bytes);
  try {
    const { text: facts } = await groupsFacts({
      log: { source, outer: source, container: null },
      fileName: "broken.mf4",
      host,
    });
    JSON.parse(facts);
    await readContents(source, host.signal);
    return "read";
  } catch (error) {
    if (error instanceof FaultError && /^(input|limit)\//.test(error.fault.code)) return "fault";
    throw error;
  }
}

test("the file that is broken is right", async () => {
  const source = memorySource("right.mf4", built());
  const log = { source, outer: source, container: null };
  const facts = await groupsFacts({ log, fileName: "right.mf4", host });
  expect(facts.notices).toEqual([]);
  const [first] = JSON.parse(facts.text).groups;
  expect(first.columns.map((one: { name: string; kind: string }) => [one.name, one.kind])).toEqual([
    ["t", "number"],
    ["state", "text"],
    ["formula", "number"],
    ["array", "number"],
    ["words", "text"],
  ]);
});

test("600 broken ones give columns or a fault", async () => {
  const counts = { read: 0, fault: 0 };
  for (let seed = 1; seed <= 600; seed++) {
    const bytes = broken(random(seed));
    counts[await outcome(bytes).catch((error: Error) => Promise.reject(new Error(`seed ${seed}: ${error.stack}`)))]++;
  }
  // Both happen often, or the mutator is no good.
  expect(Math.min(counts.read, counts.fault)).toBeGreaterThan(40);
}, 60_000);
