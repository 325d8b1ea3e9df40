/** Compressed data blocks in files: the same frames as unpacked, what damage leaves, and sizes that are not believed. */
import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { readMdf } from "../../../core/mdf/read.ts";
import { bytesOf } from "../../../core/query/decode-log.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { testKernel } from "../../support/kernel.ts";
import { lz4Frame } from "../../support/lz4-writer.ts";
import {
  type BuiltBlock,
  block,
  CAN_RECORD_BYTES,
  canChannels,
  canRecord,
  chain,
  dataGroup,
  group,
  header,
  joinBytes,
  mdfFile,
  pack,
} from "../../support/mdf.ts";
import { readRows } from "../../support/rows.ts";

const kernel = testKernel();
const signal = AbortSignal.timeout(30_000);
const RECORDS = 400;
const records = joinBytes(
  ...Array.from({ length: RECORDS }, (_, k) =>
    canRecord({ timeNs: k * 1_000_000, id: 0x100 + (k % 9), payload: [k & 255, k >> 8, 7] }),
  ),
);

const transposed = (bytes: Uint8Array, columns: number): Uint8Array => {
  const rows = Math.floor(bytes.length / columns);
  const out = bytes.slice();
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = bytes[row * columns + column] ?? 0;
  return out;
};

const packers: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
  (bytes) => zlib.deflateSync(bytes),
  (bytes) => zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }),
  (bytes) => lz4Frame(bytes, { contentChecksum: true }),
];

interface Claims {
  readonly originalBytes?: number;
  readonly packedBytes?: number;
  readonly id?: string;
  /** Changes the packed bytes. */
  readonly damage?: (packed: Uint8Array) => Uint8Array;
}

function dz(zipType: number, bytes: Uint8Array, claims: Claims = {}): BuiltBlock {
  const columns = zipType % 2 === 1 ? CAN_RECORD_BYTES : 0;
  const packed = packers[zipType >> 1]?.(columns > 0 ? transposed(bytes, columns) : bytes) ?? new Uint8Array();
  const stored = claims.damage?.(packed.slice()) ?? packed;
  const id = new TextEncoder().encode(claims.id ?? "DT");
  const sizes = pack(["u64", claims.originalBytes ?? bytes.length], ["u64", claims.packedBytes ?? stored.length]);
  return block("DZ", [], joinBytes(id, pack(["u8", zipType], ["u8", 0], ["u32", columns]), sizes, stored));
}

const list = (...data: readonly BuiltBlock[]): BuiltBlock =>
  block("DL", [null, ...data], pack(["u8", 1], ["u8", 0], ["u16", 0], ["u32", data.length], ["u64", 0]));

async function rowsOf(data: BuiltBlock, count = RECORDS) {
  const first = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: count });
  const { bytes, atByte } = mdfFile(header(dataGroup(0, first, data)));
  const source = memorySource("packed.mf4", bytes);
  const mdf = await readMdf(source, signal);
  const { rows, end } = await readRows(kernel, { source, mdf });
  const account = bytesOf(mdf, end);
  expect(account.header + account.records + account.tail).toBe(mdf.unpackedBytes);
  return { rows, bytes, atByte, notices: [...mdf.notices, ...end.notices], account };
}

const cut = (...places: readonly number[]): Uint8Array[] =>
  [...places, records.length].map((place, i) => records.subarray(i === 0 ? 0 : places[i - 1], place));
const plain = async (): Promise<readonly string[]> => (await rowsOf(block("DT", [], records))).rows;

describe("frames of compressed blocks", () => {
  test.each([0, 1, 2, 3, 4, 5])("dz_zip_type %i, alone, in a list with cut records, behind HL and a guard", async (type) => {
    const whole = await plain();
    const [a, b, c] = cut(1001, 4334) as [Uint8Array, Uint8Array, Uint8Array];
    const chained = list(dz(type, a), block("DT", [], b), dz(type, c));
    const behind = block("GD", [block("HL", [chained], pack(["u16", 1], ["u16", type]))], pack(["u16", 430]));
    for (const data of [dz(type, records), chained, behind]) {
      const found = await rowsOf(data);
      expect([found.rows, found.notices]).toEqual([whole, []]);
    }
  });

  test("a column of frames, in equal parts and packed", async () => {
    const [a, b] = cut(2200) as [Uint8Array, Uint8Array];
    const ld = block("LD", [null, dz(1, a, { id: "DV" }), block("DV", [], b)], pack(["u32", 1], ["u32", 2], ["u64", 100]));
    expect((await rowsOf(ld)).rows).toEqual(await plain());
  });

  test("the ledger counts a packed block with what it holds", async () => {
    const { bytes, account } = await rowsOf(dz(0, records));
    expect(account.records).toBe(records.length);
    expect(account.header).toBeLessThan(bytes.length);
  });
});

describe("damage keeps the rows before it", () => {
  const [a, b] = cut(4400) as [Uint8Array, Uint8Array];
  const flip = (at: number) => (packed: Uint8Array) => {
    const place = (at + packed.length) % packed.length;
    packed[place] = (packed[place] ?? 0) ^ 0x40;
    return packed;
  };

  test.each([
    ["a wrong checksum", 0, { damage: flip(-1) }, "checksum"],
    ["bytes that make no sense", 0, { damage: (packed: Uint8Array) => packed.fill(0xff, 20, 60) }, "damaged"],
    ["fewer bytes than it says", 2, { originalBytes: b.length + 1 }, `should hold ${b.length + 1} bytes, but holds ${b.length}`],
    ["more bytes than it says", 4, { originalBytes: b.length - 1 }, "but holds more"],
    ["a wrong checksum of its frame", 5, { damage: flip(-1) }, "checksum"],
  ] as const)("%s", async (_name, type, claims, message) => {
    const bad = dz(type, b, claims);
    const found = await rowsOf(list(dz(0, a), bad));
    expect(found.rows).toEqual((await plain()).slice(0, 200));
    const [fault] = found.notices.flatMap((notice) => (notice.fault?.code === "input/bad-block" ? [notice.fault] : []));
    expect(fault).toMatchObject({ object: "packed.mf4", message: expect.stringContaining(message) });
    const atByte = found.atByte.get(bad) ?? 0;
    expect(fault?.atByte).toBeGreaterThanOrEqual(atByte);
    expect(fault?.atByte).toBeLessThanOrEqual(atByte + 48 + bad.data.length);
  });

  test("packed bytes that end too early give the rows before the cut", async () => {
    const found = await rowsOf(list(dz(0, a), dz(0, b, { damage: (packed) => packed.subarray(0, packed.length >> 1) })));
    expect(found.rows.length).toBeGreaterThan(200);
    expect(found.rows).toEqual((await plain()).slice(0, found.rows.length));
    expect(found.notices.map((notice) => notice.fault?.code)).toContain("input/bad-block");
  });

  test("a size that packed bytes cannot give costs nothing", async () => {
    for (const originalBytes of [2 ** 60, 2 ** 53, 1e9]) {
      const found = await rowsOf(list(dz(0, a), dz(0, b, { originalBytes })));
      expect(found.rows.length).toBe(200);
      expect(found.notices[0]?.fault).toMatchObject({ code: "input/bad-block", found: originalBytes });
    }
  });

  test("more packed bytes than the block has are refused", async () => {
    const found = await rowsOf(list(dz(0, a), dz(0, b, { packedBytes: 1e6 })));
    expect(found.notices[0]?.fault).toMatchObject({ code: "input/bad-block", found: 1_000_000 });
  });

  test("a guard that asks for a later version is told, with both versions", async () => {
    await expect(rowsOf(block("GD", [dz(0, records)], pack(["u16", 500])))).rejects.toMatchObject({
      fault: { code: "input/unsupported", found: 500, allowed: 430 },
    });
  });
});

test("a log that says it unpacks to far more than logs do is refused before anything is unpacked", async () => {
  const zeros = zlib.zstdCompressSync(new Uint8Array(64 * 1024 * 1024));
  const bomb = (): BuiltBlock => {
    const id = new TextEncoder().encode("DT");
    const sizes = pack(["u64", 64 * 1024 * 1024], ["u64", zeros.length]);
    return block("DZ", [], joinBytes(id, pack(["u8", 2], ["u8", 0], ["u32", 0]), sizes, zeros));
  };
  const data = list(...Array.from({ length: 12 }, bomb));
  const count = Math.floor((12 * 64 * 1024 * 1024) / CAN_RECORD_BYTES);
  await expect(rowsOf(data, count)).rejects.toMatchObject({ fault: { code: "limit/too-large" } });
});
