import { describe, expect, test } from "vitest";
import { type Fault, FaultError } from "../../../core/fault.ts";
import type { MdfFile } from "../../../core/mdf/file.ts";
import { readMdf } from "../../../core/mdf/read.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { bytesSource } from "../../support/bytes-source.ts";
import { testKernel } from "../../support/kernel.ts";
import {
  type BuiltBlock,
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
  START_NS,
  xml,
} from "../../support/mdf.ts";
import { readRows } from "../../support/rows.ts";
import { slowFrames } from "../../support/slow-frames.ts";

const signal = AbortSignal.timeout(120_000);
const read = (bytes: Uint8Array): Promise<MdfFile> => readMdf(bytesSource(bytes), signal);

async function faultOf(bytes: Uint8Array): Promise<Fault> {
  try {
    await read(bytes);
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  throw new Error("the file was read without a fault");
}

/** Frames k = 0 …: time k ms, id 0x100 + k, payload [k, k + 1]. */
const records = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, k) => canRecord({ timeNs: k * 1_000_000, id: 0x100 + k, payload: [k & 255, (k + 1) & 255] }));

const oneGroup = (count: number, data: BuiltBlock): BuiltBlock =>
  header(dataGroup(0, group({ records: count, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), name: "frames" }), data));

const plainFile = (count = 5) => {
  const data = block("DT", [], joinBytes(...records(count)));
  return { data, ...mdfFile(oneGroup(count, data)) };
};

const idsOf = (file: MdfFile, bytes: Uint8Array): (number | null)[] => slowFrames(file, bytes).frames.map((frame) => frame.id);
const countUp = (count: number): number[] => Array.from({ length: count }, (_, k) => 0x100 + k);

describe("a small sorted file", () => {
  test("gives its frames with absolute times", async () => {
    const { bytes } = plainFile();
    const file = await read(bytes);
    const [, second] = slowFrames(file, bytes).frames;
    expect(file.notices).toEqual([]);
    expect(second).toMatchObject({
      timeNs: START_NS + 1_000_000n,
      bus: "CAN",
      channel: 1,
      id: 0x101,
      extended: false,
      dlc: 2,
      length: 2,
      dir: 0,
    });
    expect([...(second?.payload ?? [])]).toEqual([1, 2]);
  });

  test("recordBytes is what the records take", async () => {
    expect((await read(plainFile(5).bytes)).recordBytes).toBe(5 * CAN_RECORD_BYTES);
  });

  test("padding that the data block counts as its own is no record", async () => {
    const data = block("DT", [], joinBytes(...records(3), new Uint8Array(6)));
    const { bytes } = mdfFile(oneGroup(3, data));
    const file = await read(bytes);
    expect([file.notices, file.recordBytes]).toEqual([[], 3 * CAN_RECORD_BYTES]);
  });

  test("a count larger than the data is read as far as the data goes, with a notice", async () => {
    const { bytes } = mdfFile(oneGroup(1000, block("DT", [], joinBytes(...records(3)))));
    const file = await read(bytes);
    expect(idsOf(file, bytes)).toEqual(countUp(3));
    expect(file.notices[0]?.text).toMatch(
      /test\.MF4: group 0 \(frames\) says 1000 records, 22000 bytes, but its data at byte \d+ has 66 bytes/,
    );
  });

  test("a count smaller than the data wins, with a notice", async () => {
    const { bytes } = mdfFile(oneGroup(2, block("DT", [], joinBytes(...records(4)))));
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.notices.length]).toEqual([countUp(2), 1]);
  });

  test("a huge count is no reason to allocate anything", async () => {
    const { bytes } = mdfFile(
      header(
        dataGroup(
          0,
          group({ records: 2n ** 63n, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) }),
          block("DT", [], joinBytes(...records(2))),
        ),
      ),
    );
    expect(idsOf(await read(bytes), bytes)).toEqual(countUp(2));
  });

  test("no data groups, or a group without data, is a valid empty file", async () => {
    expect((await read(mdfFile(header(null)).bytes)).streams).toEqual([]);
    const { bytes } = mdfFile(header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) }), null)));
    expect((await read(bytes)).recordBytes).toBe(0);
  });

  test("link counts say where the data section begins, and a missing tail reads as 0", async () => {
    const data = block("DT", [], joinBytes(...records(2)));
    const withLinks = group({ records: 2, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
    withLinks.links.push(null, null);
    const short = block("HD", [dataGroup(0, withLinks, data), null, null, null, null, null], pack(["u64", START_NS]));
    const { bytes } = mdfFile(short);
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.header.zoneMinutes]).toEqual([countUp(2), 0]);
  });
});

describe("data lists", () => {
  const list = (next: BuiltBlock | null, data: readonly (BuiltBlock | number | null)[], count = data.length): BuiltBlock =>
    block("DL", [next, ...data], pack(["u8", 1], ["u8", 0], ["u16", 0], ["u32", count], ["u64", 7]));
  const pieces = (bytes: Uint8Array, sizes: readonly number[]): BuiltBlock[] => {
    let at = 0;
    return sizes.map((size) => {
      at += size;
      return block("DT", [], bytes.slice(at - size, at));
    });
  };
  const all = joinBytes(...records(6));

  test("a chain of lists is one stream, and records straddle its blocks", async () => {
    const [a, b, c, d] = pieces(all, [30, 1, 60, 41]) as [BuiltBlock, BuiltBlock, BuiltBlock, BuiltBlock];
    const { bytes } = mdfFile(oneGroup(6, list(list(null, [c, d]), [a, b])));
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.notices]).toEqual([countUp(6), []]);
  });

  test("a list header leads to its list", async () => {
    const [a, b] = pieces(all, [44, 88]) as [BuiltBlock, BuiltBlock];
    const { bytes } = mdfFile(oneGroup(6, block("HL", [list(null, [a, b])], pack(["u16", 1], ["u8", 0], ["u32", 0], ["u8", 0]))));
    expect(idsOf(await read(bytes), bytes)).toEqual(countUp(6));
  });

  test("a 0 link ends the data", async () => {
    const [a, b] = pieces(all, [44, 88]) as [BuiltBlock, BuiltBlock];
    const { bytes } = mdfFile(oneGroup(2, list(list(null, [b]), [a, null], 2)));
    expect(idsOf(await read(bytes), bytes)).toEqual(countUp(2));
  });

  test("a cycle in the DL chain ends it with a notice", async () => {
    const [a] = pieces(all, [132]) as [BuiltBlock];
    const first = list(null, [a]);
    first.links[0] = first;
    const { bytes, atByte } = mdfFile(oneGroup(6, first));
    const file = await read(bytes);
    expect(idsOf(file, bytes)).toEqual(countUp(6));
    expect(file.notices[0]?.fault).toMatchObject({ code: "input/bad-block", object: "test.MF4", atByte: atByte.get(first) });
  });

  test("a block listed twice is read once", async () => {
    const [a] = pieces(all, [132]) as [BuiltBlock];
    const { bytes } = mdfFile(oneGroup(6, list(null, [a, a])));
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.notices[0]?.fault?.code]).toEqual([countUp(6), "input/bad-block"]);
  });

  test("a link out of the file keeps the blocks before it", async () => {
    const [a] = pieces(all, [66]) as [BuiltBlock];
    const { bytes } = mdfFile(oneGroup(6, list(null, [a, 2 ** 40])));
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.notices[0]?.fault]).toMatchObject([
      countUp(3),
      { code: "input/truncated", found: bytes.length, atByte: 2 ** 40 },
    ]);
  });

  test("a compression nobody has told us is called by its number", async () => {
    const [a] = pieces(all, [66]) as [BuiltBlock];
    const custom = new Uint8Array(24);
    custom.set([0x44, 0x54, 254]);
    const { bytes, atByte } = mdfFile(oneGroup(6, list(null, [a, block("DZ", [], custom)])));
    const fault = await faultOf(bytes);
    expect(fault).toMatchObject({ code: "input/unsupported", found: 254, message: expect.stringContaining("dz_zip_type 254") });
    expect([...atByte].find(([one]) => one.id === "DZ")?.[1]).toBe(fault.atByte);
  });

  test("data blocks that overlap are refused, since a small file could claim any amount", async () => {
    const [a] = pieces(all, [132]) as [BuiltBlock];
    const first = group({ records: 6, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
    const { bytes } = mdfFile(header(dataGroup(0, first, a, dataGroup(0, first, a))));
    expect((await faultOf(bytes)).code).toBe("input/bad-block");
  });
});

describe("unfinalized files", () => {
  const frames = () => group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
  const tail = joinBytes(...records(4).map((record) => joinBytes(Uint8Array.of(1), record)));

  test("the last data block of flags 0x25 runs to the end of the file, and counts are not believed", async () => {
    const { bytes } = mdfFile(header(dataGroup(1, frames(), block("DT", []))), [], { unfinished: 0x25, tail });
    const file = await read(bytes);
    expect([idsOf(file, bytes), file.header.finalized, file.notices]).toEqual([countUp(4), false, []]);
    expect(file.streams[0]?.layouts[0]?.cycleCount).toBeNull();
  });

  test("a cut last record is a tail without a word", async () => {
    const { bytes } = mdfFile(header(dataGroup(1, frames(), block("DT", []))), [], {
      unfinished: 0x25,
      tail: tail.subarray(0, -3),
    });
    const file = await read(bytes);
    const walk = slowFrames(file, bytes);
    expect([walk.frames.length, walk.tailBytes, file.notices]).toEqual([3, 20, []]);
  });

  test("an open data block that is not the last runs to the next block", async () => {
    const data = block("DT", [], tail, 24);
    const dg = dataGroup(1, frames(), data);
    const { bytes } = mdfFile(header(dg), [data], { unfinished: 0x25 });
    expect(idsOf(await read(bytes), bytes)).toEqual(countUp(4));
  });

  test("without flag 0x04 a stored length of 24 is an empty block", async () => {
    const { bytes } = mdfFile(header(dataGroup(1, frames(), block("DT", []))), [], { unfinished: 0x01, tail });
    expect((await read(bytes)).recordBytes).toBe(0);
  });

  test("steps of a tool of its own are named", async () => {
    const { bytes } = mdfFile(header(null), [], { unfinished: 0x25, customUnfinished: 3 });
    expect((await read(bytes)).notices[0]?.text).toContain("custom flags 0x3");
  });

  test("payloads whose offsets were never written are taken in order, before or after their frames", async () => {
    const values = group({ recordId: 2, bytes: 0, flags: 1, channels: null });
    const channels = canChannels().slice(0, 8);
    channels.push(channel("CAN_DataFrame.DataBytes", { type: 1, dataType: 10, at: 14, bits: 64, data: values }));
    const cg = group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(channels), next: values });
    const frame = (k: number) => joinBytes(Uint8Array.of(1), canRecord({ timeNs: k, id: k, payload: [0, 0, 0, 0, 0, 0, 0, 0] }));
    const value = (...payload: readonly number[]) =>
      joinBytes(pack(["u8", 2], ["u32", payload.length]), Uint8Array.from(payload));
    // One by one as CANedge writes, two values ahead, one frame without its value at the end.
    const stored = [frame(1), value(11, 12), value(21), value(31, 32, 33), frame(2), frame(3), frame(4)];
    const { bytes } = mdfFile(header(dataGroup(1, cg, block("DT", []))), [], { unfinished: 0x65, tail: joinBytes(...stored) });
    for (const windowBytes of [7, 4096]) {
      const source = memorySource("order.mf4", bytes, windowBytes);
      const mdf = await readMdf(source, signal);
      const { rows, end } = await readRows(testKernel(), { source, mdf });
      expect(rows.map((row) => row.split(" ").at(-1))).toEqual(["0b0c", "15", "1f2021"]);
      expect([end.counts.withoutPayload, mdf.notices]).toEqual([1, []]);
    }
  });
});

describe("damage", () => {
  test("a finalized file cut in its data gives the rows before the cut and says where", async () => {
    const { bytes, data, atByte } = plainFile(5);
    const cut = bytes.subarray(0, (atByte.get(data) ?? 0) + 24 + 3 * CAN_RECORD_BYTES + 7);
    const file = await read(cut);
    expect(idsOf(file, cut)).toEqual(countUp(3));
    expect(file.notices).toMatchObject([
      { severity: "warning", fault: { code: "input/truncated", atByte: cut.length, object: "test.MF4" } },
    ]);
    expect(file.notices[0]?.text).toContain(`the file ends at byte ${cut.length}`);
  });

  test("cut anywhere, a file gives frames or a fault with a place, never another error", async () => {
    const { bytes } = plainFile(4);
    const unfinished = mdfFile(
      header(dataGroup(1, group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) }), block("DT", []))),
      [],
      { unfinished: 0x25, tail: joinBytes(...records(3).map((record) => joinBytes(Uint8Array.of(1), record))) },
    ).bytes;
    for (const whole of [bytes, unfinished]) {
      let most = 0;
      for (let size = 0; size <= whole.length; size++) {
        const cut = whole.subarray(0, size);
        const frames = await rowsOrFault(cut);
        expect(frames).toBeGreaterThanOrEqual(most);
        most = Math.max(most, frames);
      }
      expect(most).toBeGreaterThan(2);
    }
  }, 60_000);

  test("any single byte changed to 0x00, 0xff or its complement gives frames or a fault", async () => {
    const { bytes } = plainFile(3);
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 255, 255 - (bytes[at] as number)]) {
        const changed = bytes.slice();
        changed[at] = value;
        await rowsOrFault(changed);
      }
    }
  }, 60_000);

  /** Number of frames; a fault counts as none and must name object and code. */
  async function rowsOrFault(bytes: Uint8Array): Promise<number> {
    try {
      return slowFrames(await read(bytes), bytes).frames.length;
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      expect(error.fault.code).toMatch(/^(input|limit)\//);
      expect(error.fault.object).toBe("test.MF4");
      expect(error.fault.atByte).toBeTypeOf("number");
      return 0;
    }
  }

  test("a wrong block id is named with both ids", async () => {
    const { bytes, atByte } = plainFile();
    const dg = [...atByte].find(([one]) => one.id === "DG")?.[1] ?? 0;
    bytes.set([0x58, 0x59], dg + 2);
    expect(await faultOf(bytes)).toMatchObject({
      code: "input/bad-block",
      object: "test.MF4",
      atByte: dg,
      found: "##XY",
      allowed: "##DG",
    });
  });

  test("a damaged second data group costs only itself", async () => {
    const data = block("DT", [], joinBytes(...records(2)));
    const cg = group({ records: 2, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
    const { bytes } = mdfFile(header(dataGroup(0, cg, data, dataGroup(3, cg, null))));
    const file = await read(bytes);
    expect(idsOf(file, bytes)).toEqual(countUp(2));
    expect(file.notices[0]?.fault).toMatchObject({ code: "input/bad-block", found: 3 });
  });

  test.each([
    ["DG", (dg: BuiltBlock) => dg],
    ["CG", (_: BuiltBlock, cg: BuiltBlock) => cg],
    ["CN", (_: BuiltBlock, __: BuiltBlock, cn: BuiltBlock) => cn],
  ] as const)("a cycle in the %s chain ends it with a notice", async (_id, choose) => {
    const channels = canChannels();
    const cg = group({ recordId: 1, records: 0, bytes: CAN_RECORD_BYTES, channels: chain(channels) });
    const dg = dataGroup(1, cg, null);
    const last = choose(dg, cg, channels.at(-1) as BuiltBlock);
    last.links[0] = last;
    const { bytes, atByte } = mdfFile(header(dg));
    const [notice] = (await read(bytes)).notices;
    expect(notice?.fault).toMatchObject({ code: "input/bad-block", atByte: atByte.get(last) });
    expect(notice?.fault?.message).toContain("leads back");
  });

  test("structures nested without end are input/bad-block, not a full stack", async () => {
    const channels = canChannels();
    const parent = channels[1] as BuiltBlock;
    parent.links[1] = parent;
    const { bytes } = mdfFile(header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(channels) }), null)));
    const file = await read(bytes);
    expect([file.streams[0]?.layouts[0]?.frame, file.notices[0]?.fault?.code]).toEqual([null, "input/bad-block"]);
  });

  test("several groups without record ids cannot be told apart", async () => {
    const second = group({ bytes: 8, channels: null });
    const first = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), next: second });
    expect(await faultOf(mdfFile(header(dataGroup(0, first, null))).bytes)).toMatchObject({
      code: "input/bad-block",
      found: 2,
      allowed: 1,
    });
  });

  test("a damaged comment is a notice", async () => {
    const { bytes } = mdfFile(header(null, { comment: block("DT", []) }));
    expect((await read(bytes)).notices[0]?.text).toContain("read without its comment");
  });

  test("a damaged channel takes the frames of its group, not those of others", async () => {
    const broken = canChannels();
    (broken[3] as BuiltBlock).links[2] = 2 ** 50;
    const second = group({ recordId: 2, bytes: CAN_RECORD_BYTES, channels: chain(broken), name: "broken" });
    const first = group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), next: second });
    const file = await read(mdfFile(header(dataGroup(1, first, null))).bytes);
    expect(file.streams[0]?.layouts.map((layout) => layout.frame !== null)).toEqual([true, false]);
    expect(file.notices[0]?.text).toContain("The records of group 1 (broken) are counted, not read.");
  });

  test("what is wrong in one way is said once, and never more than 51 things", async () => {
    const column = (name: string, next: BuiltBlock | null): BuiltBlock =>
      dataGroup(0, group({ bytes: 8, channels: channel(name, { bits: 8 }) }), block("GD", [null], pack(["u16", 500])), next);
    const once = mdfFile(header(column("a", column("b", null)))).bytes;
    expect((await read(once)).notices.map((notice) => notice.fault?.code)).toEqual(["input/unsupported"]);
    const twin = (next: BuiltBlock | null): BuiltBlock =>
      group({ recordId: 1, bytes: 1, channels: null, next, name: `${many++}` });
    let many = 0;
    let first: BuiltBlock | null = null;
    for (let i = 0; i < 60; i++) first = twin(first);
    const { notices } = await read(mdfFile(header(dataGroup(1, first, null))).bytes);
    expect([notices.length, notices.at(-1)?.text]).toEqual([51, "test.MF4: 9 more notices are left out."]);
  });

  test("of two groups with one record id the first wins", async () => {
    const second = group({ recordId: 1, bytes: 9, channels: null, name: "again" });
    const first = group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), next: second });
    expect((await read(mdfFile(header(dataGroup(1, first, null))).bytes)).notices[0]?.text).toContain(
      "two groups have the record id 1",
    );
  });
});

describe("hostile files cost little", () => {
  test("block lengths beyond any real one are refused before they are loaded", async () => {
    const { bytes, atByte } = plainFile();
    const cg = [...atByte].find(([one]) => one.id === "CG")?.[1] ?? 0;
    const source = bytesSource(joinBytes(bytes, new Uint8Array(3_000_000)));
    new DataView(source.bytes.buffer).setUint32(cg + 8, 2_500_000, true);
    await expect(readMdf(source, signal)).rejects.toMatchObject({
      fault: { code: "input/bad-block", found: 2_500_000, allowed: 2_097_152 },
    });
    expect(source.reads.length).toBe(1);
  });

  test("a conversion of 65,535 values is not kept for a frame member", async () => {
    const channels = canChannels();
    const values = joinBytes(
      pack(["u8", 4], ["u8", 0], ["u16", 0], ["u16", 0], ["u16", 65_535], ["f64", 0], ["f64", 0]),
      new Uint8Array(8 * 65_535),
    );
    (channels[7] as BuiltBlock).links[4] = block("CC", [null, null, null, null], values);
    const file = await read(
      mdfFile(header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(channels) }), null))).bytes,
    );
    expect(file.notices[0]?.text).toContain("CAN_DataFrame.DataLength has a conversion that is not 1:1");
  });

  test("150,000 groups with one record id are notices, not a full stack", async () => {
    const { bytes, atByte } = mdfFile(header(dataGroup(1, group({ recordId: 1, bytes: 1, flags: 0, channels: null }), null)));
    const at = [...atByte].find(([one]) => one.id === "CG")?.[1] ?? 0;
    const count = 150_000;
    const sizeBytes = 104;
    const many = new Uint8Array(bytes.length + count * sizeBytes);
    many.set(bytes);
    const view = new DataView(many.buffer);
    for (let i = 0, from = at; i < count; i++) {
      const next = bytes.length + i * sizeBytes;
      view.setUint32(from + 24, next, true);
      many.copyWithin(next, at, at + sizeBytes);
      view.setUint32(next + 24, 0, true);
      from = next;
    }
    const file = await read(many);
    expect([file.streams[0]?.layouts.length, file.notices.length]).toEqual([count + 1, 1]);
  }, 60_000);

  test("metadata in more places than any real file has ends with limit/too-many", async () => {
    const channels = Array.from({ length: 520 }, (_, i) => channel(`c${i}`, { bits: 8 }));
    const order = channels.flatMap((one) => [block("XX", [], new Uint8Array(70_000)), one]);
    const source = bytesSource(mdfFile(header(dataGroup(0, group({ bytes: 1, channels: chain(channels) }), null)), order).bytes);
    await expect(readMdf(source, signal)).rejects.toMatchObject({ fault: { code: "limit/too-many", object: "test.MF4" } });
    expect(source.reads.length).toBeLessThan(520);
  }, 60_000);
});

describe("files that are something else are called what they are", () => {
  const ascii = (value: string) => new TextEncoder().encode(value);
  test.each([
    ["a Git LFS pointer", ascii("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), /Git LFS pointer/],
    ["an HTML page", ascii("<!DOCTYPE html><html><title>Log in</title></html>"), /HTML page/],
    ["a store's error", ascii('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), /XML document/],
    ["a ZIP archive", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0), /50 4B 03 04 \(a ZIP archive\)/],
    ["a BLF file", ascii("LOGG\x90\0\0\0"), /Vector BLF file/],
    ["an ASC file", ascii("date Mon Sep 30 15:06:13.191 2017\nbase hex"), /Vector ASC text log/],
    ["an ASC file without its date", ascii("base hex  timestamps absolute\n"), /Vector ASC text log/],
    ["a MATLAB file", ascii("MATLAB 5.0 MAT-file, Platform: PCWIN64"), /MATLAB file/],
    ["a TDMS file", ascii("TDSm\x0e\0\0\0"), /NI TDMS file/],
    ["a CSV", ascii("time;speed;rpm\n0;1;2\n"), /text table, such as CSV/],
    ["a DBC", ascii('VERSION ""\n\nNS_ :\n'), /DBC database/],
    ["zeros", new Uint8Array(4096), /all zero/],
    ["something unknown", Uint8Array.of(1, 2, 3), /it starts with 01 02 03\./],
  ])("%s", async (_name, bytes, sentence) => {
    expect(await faultOf(bytes)).toMatchObject({
      code: "input/not-mdf",
      object: "test.MF4",
      atByte: 0,
      message: expect.stringMatching(sentence),
    });
  });

  test("an empty file", async () => {
    expect(await faultOf(new Uint8Array())).toMatchObject({ code: "input/empty", message: expect.stringContaining("(0 bytes)") });
  });

  test("MDF 3", async () => {
    const { bytes } = mdfFile(header(null), [], { version: "3.20", number: 320 });
    expect(await faultOf(bytes)).toMatchObject({
      code: "input/unsupported-version",
      found: "3.20",
      message: expect.stringContaining("This is MDF 3.20, not MDF 4"),
    });
  });

  test("the first bytes of an MDF file alone", async () => {
    expect(await faultOf(ascii("MDF     4.11    "))).toMatchObject({ code: "input/truncated", found: 16, allowed: 64 });
  });

  test("a version newer than this reader is tried, with a notice", async () => {
    const { bytes } = mdfFile(header(null), [], { version: "4.40", number: 440 });
    expect((await read(bytes)).notices[0]?.text).toContain("newer than 4.30");
  });
});

describe("reads", () => {
  test("a file below 128 KiB is read once", async () => {
    const source = bytesSource(plainFile().bytes);
    await readMdf(source, signal);
    expect(source.reads).toEqual([{ atByte: 0, lengthBytes: source.sizeBytes }]);
  });

  test("a header behind 10 MB of data costs one more read", async () => {
    const data = block("DT", [], new Uint8Array(10_000_000));
    const hd = header(dataGroup(0, group({ records: 0, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) }), data));
    const source = bytesSource(mdfFileWithDataFirst(hd, data));
    const file = await readMdf(source, signal);
    expect(file.streams[0]?.layouts[0]?.frame?.kind).toBe("data");
    expect(source.reads.length).toBe(2);
  }, 60_000);

  function mdfFileWithDataFirst(hd: BuiltBlock, data: BuiltBlock): Uint8Array {
    return mdfFile(hd, [data]).bytes;
  }

  test("metadata strewn over the file is found, each place with one read", async () => {
    const channels = canChannels();
    const gaps = channels.map(() => block("XX", [], new Uint8Array(200_000)));
    const hd = header(dataGroup(0, group({ records: 0, bytes: CAN_RECORD_BYTES, channels: chain(channels) }), null));
    const source = bytesSource(
      mdfFile(
        hd,
        channels.flatMap((one, i) => [gaps[i] as BuiltBlock, one]),
      ).bytes,
    );
    const file = await readMdf(source, signal);
    expect(file.streams[0]?.layouts[0]?.frame?.id).toEqual({ kind: "bits", atByte: 8, bitOffset: 0, bitCount: 29 });
    expect(source.reads.length).toBeLessThanOrEqual(channels.length + 2);
  }, 60_000);
});

test("header facts come from the HD block and its comment", async () => {
  const comment = xml(
    '<HDcomment><common_properties><tree name="Device Information"><e name="serial number"> 2F6913DB</e></tree></common_properties></HDcomment>',
  );
  const { bytes } = mdfFile(header(null, { startNs: 5n, flags: 1, comment }));
  expect((await read(bytes)).header).toEqual({
    version: "4.11",
    program: "buslens",
    finalized: true,
    startNs: 5n,
    startIsLocal: true,
    zoneMinutes: 60,
    summerMinutes: 0,
    deviceSerial: "2F6913DB",
    deviceType: null,
    hardware: null,
    firmware: null,
    session: null,
    split: null,
    userComment: null,
    configCrc32: null,
    storageTotal: null,
    storageFree: null,
  });
});

test("a group whose time is converted by a table leaves its frames out and says so", async () => {
  const channels = canChannels();
  const table = linear(0, 1);
  table.data[0] = 4;
  (channels[0] as BuiltBlock).links[4] = table;
  const file = await read(
    mdfFile(header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(channels) }), null))).bytes,
  );
  expect([file.streams[0]?.layouts[0]?.frame, file.notices[0]?.text]).toEqual([
    null,
    expect.stringContaining("the time Timestamp has a conversion that is not linear"),
  ]);
});
