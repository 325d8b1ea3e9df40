/** Small MDF files of every form that is read, to break. */
import zlib from "node:zlib";
import { compressedLog } from "../../../fixtures/container.ts";
import { dlcOfLength, type Frame, frame } from "../../../fixtures/frame.ts";
import { finalizedLog, unfinalizedLog } from "../../../fixtures/log.ts";
import { sealedLog } from "../../../fixtures/sealed.ts";
import { lz4Frame } from "../../support/lz4-writer.ts";
import { madeFacts } from "../../support/made-log.ts";
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
  text,
  xml,
} from "../../support/mdf.ts";
import { valueFile } from "./value-files.ts";

export const FUZZ_DEVICE = "0B0E0001";
export const FUZZ_PASSWORD = "open sesame";
/** Identifiers that the database of the target knows. */
export const FUZZ_IDS = [0x123, 0x18fef100] as const;

const FRAME_COUNT = 12;

/** Frames of all kinds; some of them are in the database. */
function frames(longest: number): Frame[] {
  return Array.from({ length: FRAME_COUNT }, (_, k) => {
    const extended = k % 3 === 1;
    const lengthBytes = k % 4 === 3 ? longest : 8;
    return frame({
      timeNs: 1_000_000 * (k + 1),
      id: extended ? FUZZ_IDS[1] : FUZZ_IDS[0],
      extended,
      channel: 1 + (k % 2),
      dir: k % 5 === 4 ? "tx" : "rx",
      fd: lengthBytes > 8,
      dlc: dlcOfLength(lengthBytes),
      payload: Uint8Array.from({ length: lengthBytes }, (_, i) => (k * 31 + i * 7) & 255),
    });
  });
}

const records = (count: number, before: readonly number[] = []): Uint8Array =>
  joinBytes(
    ...Array.from({ length: count }, (_, k) =>
      joinBytes(
        Uint8Array.from(before),
        canRecord({ timeNs: 1_000_000 * k, id: FUZZ_IDS[0], payload: [k & 255, k >> 8, 7, 1, 2, 3, 4, 5] }),
      ),
    ),
  );

const canGroup = (count: number, more: Partial<Parameters<typeof group>[0]> = {}): BuiltBlock =>
  group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: count, name: "CAN1", ...more });

const list = (...data: readonly BuiltBlock[]): BuiltBlock =>
  block("DL", [null, ...data], pack(["u8", 1], ["u8", 0], ["u16", 0], ["u32", data.length], ["u64", 0]));

function transposed(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  const out = bytes.slice();
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = bytes[row * columns + column] ?? 0;
  return out;
}

const PACKERS: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
  (bytes) => zlib.deflateSync(bytes),
  (bytes) => zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }),
  (bytes) => lz4Frame(bytes, { contentChecksum: true, blockChecksum: true, blockBytes: 256 }),
];

/** A ##DZ block of dz_zip_type 0 to 5. */
export function packedBlock(zipType: number, bytes: Uint8Array, id = "DT", columns = CAN_RECORD_BYTES): BuiltBlock {
  const isTransposed = zipType % 2 === 1;
  const stored = PACKERS[zipType >> 1]?.(isTransposed ? transposed(bytes, columns) : bytes) ?? bytes;
  const fields = pack(["u8", zipType], ["u8", 0], ["u32", isTransposed ? columns : 0]);
  const sizes = pack(["u64", bytes.length], ["u64", stored.length]);
  return block("DZ", [], joinBytes(new TextEncoder().encode(id), fields, sizes, stored));
}

const sorted = (): Uint8Array =>
  mdfFile(
    header(dataGroup(0, canGroup(9), block("DT", [], records(9)), null), {
      comment: xml('<HDcomment><TX/><common_properties><e name="serial number">0B0E0001</e></common_properties></HDcomment>'),
    }),
  ).bytes;

const packed = (zipType: number): Uint8Array => {
  const halves = [records(40).subarray(0, 431), records(40).subarray(431)];
  const blocks = halves.map((half) => packedBlock(zipType, half));
  const data = block("HL", [list(...blocks)], pack(["u16", 0], ["u8", zipType], ["u8", 0], ["u32", 0]));
  return mdfFile(header(dataGroup(0, canGroup(40), data))).bytes;
};

/** Two data groups, the records of one in a chain of lists. */
const listed = (): Uint8Array => {
  const pieces = [0, 50, 120, 121, 198].map((at, i, all) => block("DT", [], records(9).subarray(at, all[i + 1])));
  const second = list(...pieces.slice(2));
  const first = list(...pieces.slice(0, 2));
  first.links[0] = second;
  const other = dataGroup(0, canGroup(3), block("DT", [], records(3)));
  return mdfFile(header(dataGroup(0, canGroup(9), first, other))).bytes;
};

/** Groups told apart by ids of one size, with one that is no frame. */
const unsorted = (idBytes: 1 | 2 | 4 | 8, unfinished?: number): Uint8Array => {
  const ids = [1, idBytes === 1 ? 200 : 60_000];
  const idOf = (id: number) => pack([idBytes === 1 ? "u8" : idBytes === 2 ? "u16" : idBytes === 4 ? "u32" : "u64", id]);
  const measured = group({
    ...{ recordId: ids[1] ?? 0, bytes: 12, records: 4, flags: 0, name: "motor" },
    channels: chain([
      channel("t", { type: 2, sync: 1, dataType: 4, bits: 64 }),
      channel("speed", { dataType: 2, at: 8, bits: 32, conversion: linear(1, 0.5) }),
    ]),
  });
  const first = canGroup(8, { recordId: ids[0] ?? 0, next: measured });
  const both = Array.from({ length: 4 }, (_, k) =>
    joinBytes(records(2, [...idOf(ids[0] ?? 0)]), idOf(ids[1] ?? 0), pack(["f64", k / 10], ["u32", k])),
  );
  const data = block("DT", [], joinBytes(...both), unfinished === undefined ? null : 24);
  return mdfFile(header(dataGroup(idBytes, first, data)), [], unfinished === undefined ? {} : { unfinished }).bytes;
};

/** Frames whose payload lies in an SD stream, the second half of it packed. */
const signalData = (): Uint8Array => {
  const count = 10;
  const values = joinBytes(
    ...Array.from({ length: count }, (_, k) => pack(["u32", 8], ["u64", 0x0102030405060708n + BigInt(k)])),
  );
  const sd = list(block("SD", [], values.subarray(0, 50)), packedBlock(0, values.subarray(50), "SD"));
  const channels = canChannels();
  channels[8] = channel("CAN_DataFrame.DataBytes", { type: 1, dataType: 10, at: 14, bits: 64, data: sd });
  const rows = Array.from({ length: count }, (_, k) =>
    joinBytes(
      canRecord({ timeNs: 1000 * k, id: FUZZ_IDS[0], payload: [0, 0, 0, 0, 0, 0, 0, 0] }).subarray(0, 14),
      pack(["u64", 12 * k]),
    ),
  );
  const first = group({ bytes: CAN_RECORD_BYTES, channels: chain(channels), records: count });
  return mdfFile(header(dataGroup(0, first, block("DT", [], joinBytes(...rows))))).bytes;
};

/** LIN and CAN frames of 64 bytes at most beside their lengths (MLSD), without record ids. */
const lengthInRecord = (): Uint8Array => {
  const size = channel("CAN_DataFrame.DataLength", { at: 13, bits: 8 });
  const channels = canChannels().filter((_, i) => i !== 6 && i !== 7 && i !== 8);
  const bytes = channel("CAN_DataFrame.DataBytes", { type: 5, dataType: 10, at: 14, bits: 512, data: size });
  const first = group({ bytes: 78, channels: chain([...channels, size, bytes]), records: 3 });
  const rows = [8, 20, 64].map((length, k) => {
    const row = new Uint8Array(78).fill(k + 1, 14);
    row.set(canRecord({ timeNs: k, id: FUZZ_IDS[0], payload: [] }).subarray(0, 13));
    row[13] = length;
    return row;
  });
  const lin = group({
    ...{ bytes: 18, records: 2, name: "LIN1" },
    channels: chain([
      channel("Timestamp", { type: 2, sync: 1, dataType: 4, bits: 64 }),
      channel("LIN_Frame", { dataType: 10, at: 8, bits: 80 }),
      channel("LIN_Frame.ID", { at: 8, bits: 6 }),
      channel("LIN_Frame.DataLength", { at: 9, bits: 4 }),
      channel("LIN_Frame.DataBytes", { dataType: 10, at: 10, bits: 64 }),
    ]),
  });
  const linRows = joinBytes(...[1, 2].map((k) => pack(["f64", k], ["u8", 0x21], ["u8", 8], ["u64", k])));
  const second = dataGroup(0, lin, block("DT", [], linRows));
  return mdfFile(header(dataGroup(0, first, block("DT", [], joinBytes(...rows)), second))).bytes;
};

/** A time group and a column whose master it is, the column's bytes in lists of columns with invalidation bits. */
const columns = (): Uint8Array => {
  const count = 16;
  const times = pack(...Array.from({ length: count }, (_, k) => ["f64", k / 4] as const));
  const values = pack(...Array.from({ length: count }, (_, k) => ["u16", k * 9] as const));
  const ld = (data: readonly BuiltBlock[], invalid: readonly BuiltBlock[]): BuiltBlock =>
    block(
      "LD",
      [null, ...data, ...invalid],
      pack(["u32", invalid.length > 0 ? 0x80000000 : 0], ["u32", data.length], ["u64", count / data.length]),
    );
  const timeGroup = group({
    ...{ bytes: 8, records: count, flags: 0, name: "time" },
    channels: chain([channel("t", { type: 2, sync: 1, dataType: 4, bits: 64 })]),
  });
  const level = channel("level", { dataType: 0, bits: 16 });
  level.data.set([2], 12); // cn_flags: one invalidation bit
  const valueGroup = group({ bytes: 2, invalidBytes: 1, records: count, flags: 8, name: "level", channels: level });
  valueGroup.links.push(timeGroup);
  const valueData = ld(
    [block("DV", [], values.subarray(0, 16)), packedBlock(0, values.subarray(16), "DV")],
    [block("DI", [], new Uint8Array(8).fill(1)), block("DI", [], new Uint8Array(8))],
  );
  const second = dataGroup(0, valueGroup, valueData);
  return mdfFile(header(dataGroup(0, timeGroup, block("DV", [], times), second)), [], { version: "4.20", number: 420 }).bytes;
};

/** A comment that is not closed, and blocks that nobody reads. */
const wordy = (): Uint8Array => {
  const comment = xml(`<HDcomment>${"<tree>".repeat(200)}<common_properties><e name="serial number">x</e>`);
  const file = header(dataGroup(0, canGroup(2), block("DT", [], records(2))), { comment });
  file.links[1] = block("FH", [null, comment], pack(["u64", 1], ["i16", 0], ["i16", 0], ["u8", 0], ["u8", 0], ["u16", 0]));
  const name = text("attached.dbc");
  file.links[3] = block(
    "AT",
    [null, name, text("text/plain"), null],
    joinBytes(
      pack(["u16", 1], ["u16", 0], ["u32", 0]),
      new Uint8Array(16),
      pack(["u64", 20], ["u64", 20]),
      new Uint8Array(20).fill(66),
    ),
  );
  file.links[4] = block(
    "EV",
    [null, null, null, name, null],
    pack(["u8", 6], ["u8", 1], ["u8", 0], ["u8", 0], ["u32", 0], ["u32", 0], ["u16", 0], ["u16", 0], ["u64", 5], ["f64", 1e-3]),
  );
  return mdfFile(file).bytes;
};

export interface FuzzFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is around a mutant, so that the mutation is under its checksum. */
  readonly wrap?: (mutant: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

const file = (name: string, bytes: Uint8Array, wrap?: FuzzFile["wrap"]): FuzzFile => ({ name, bytes, ...(wrap ? { wrap } : {}) });
const seal = (plain: Uint8Array) => sealedLog(plain, { device: FUZZ_DEVICE, password: FUZZ_PASSWORD, iterations: 1 });
const squeeze = (plain: Uint8Array) => compressedLog(plain, FUZZ_DEVICE, "1.1");

/** Small ones; each is broken as often as any other. */
export async function smallFiles(): Promise<readonly [FuzzFile, ...FuzzFile[]]> {
  const small = sorted();
  return [
    file("sorted", small),
    file("listed", listed()),
    file("signal data", signalData()),
    file("lengths in the record", lengthInRecord()),
    file("columns", columns()),
    file("values", valueFile()),
    file("wordy", wordy()),
    ...([1, 2, 4, 8] as const).map((size) => file(`ids of ${size} bytes`, unsorted(size))),
    file("unfinished", unsorted(1, 0x65)),
    file("unfinished lists", unsorted(2, 0x14)),
    ...[0, 1, 2, 3, 4, 5].map((zipType) => file(`zip type ${zipType}`, packed(zipType))),
    file("compressed", compressedLog(small, FUZZ_DEVICE)),
    file("compressed around a mutant", small, squeeze),
    file("encrypted", await seal(small)),
    file("encrypted around a mutant", unsorted(1), seal),
    file("both around a mutant", small, (mutant) => seal(squeeze(mutant))),
  ];
}

/** Whole headers of loggers: 7 to 110 KB, so they are broken less often. */
export function loggerFiles(): readonly [FuzzFile, ...FuzzFile[]] {
  const made = (["A", "B", "C", "D"] as const).flatMap((generation) => {
    const stored = frames(generation === "A" ? 8 : 64);
    return [
      file(`generation ${generation}`, unfinalizedLog(madeFacts(generation), stored)),
      file(`generation ${generation}, finalized`, finalizedLog(madeFacts(generation), stored)),
    ];
  });
  return made as [FuzzFile, ...FuzzFile[]];
}
