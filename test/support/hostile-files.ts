/** Files that ask for far more than they are: each is small, or long in one way only. */
import { deflateSync } from "node:zlib";
import { compressedLog } from "../../fixtures/container.ts";
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
} from "./mdf.ts";

const MIB = 1024 * 1024;

const dz = (zipType: number, packed: Uint8Array, originalBytes: number): BuiltBlock =>
  block(
    "DZ",
    [],
    joinBytes(
      new TextEncoder().encode("DT"),
      pack(["u8", zipType], ["u8", 0], ["u32", 0], ["u64", originalBytes], ["u64", packed.length]),
      packed,
    ),
  );

const frames = (data: BuiltBlock, records: number | bigint): Uint8Array =>
  mdfFile(header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records }), data))).bytes;

const oneFrame = canRecord({ timeNs: 0, id: 0x123, payload: [1, 2, 3, 4, 5, 6, 7, 8] });
const plain = (): BuiltBlock => block("DT", [], oneFrame);

/** Values of one group of `bytes`-byte records. */
const values = (channels: BuiltBlock | null, data: BuiltBlock, fields: { bytes: number; records: number | bigint }): Uint8Array =>
  mdfFile(header(dataGroup(0, group({ ...fields, flags: 0, channels }), data))).bytes;

/** Blocks of one kind and size, each with a link to the next one, the last one with none. Written without a builder: there are many. */
function chained(count: number, one: BuiltBlock, links: (number: number, at: (number: number) => number) => readonly number[]) {
  const blockBytes = Math.ceil((24 + 8 * one.links.length + one.data.length) / 8) * 8;
  return {
    blockBytes,
    bytes(atByte: number): Uint8Array {
      const bytes = new Uint8Array(count * blockBytes);
      const view = new DataView(bytes.buffer);
      const at = (number: number): number => (number < count ? atByte + number * blockBytes : 0);
      for (let i = 0; i < count; i++) {
        const start = i * blockBytes;
        bytes.set(new TextEncoder().encode(`##${one.id}`), start);
        view.setBigUint64(start + 8, BigInt(24 + 8 * one.links.length + one.data.length), true);
        view.setBigUint64(start + 16, BigInt(one.links.length), true);
        for (const [k, link] of links(i, at).entries()) view.setBigUint64(start + 24 + 8 * k, BigInt(link), true);
        bytes.set(one.data, start + 24 + 8 * one.links.length);
      }
      return bytes;
    },
  };
}

/** `first` with its links set to where the chain will begin: behind it, on a whole 8 bytes. */
function before(first: (atByte: number) => Uint8Array, tail: ReturnType<typeof chained>): Uint8Array {
  const sizeBytes = Math.ceil(first(0).length / 8) * 8;
  const head = new Uint8Array(sizeBytes);
  head.set(first(sizeBytes));
  return joinBytes(head, tail.bytes(sizeBytes));
}

function manyGroups(count: number): Uint8Array {
  const one = group({ bytes: 8, channels: null, records: 1, flags: 0 });
  const tail = chained(count, one, (i, at) => [at(i + 1), 0, 0, 0, 0, 0]);
  return before((atByte) => mdfFile(header(dataGroup(4, atByte, plain()))).bytes, tail);
}

function manyDataGroups(count: number): Uint8Array {
  const one = dataGroup(0, null, null);
  const shared = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: 1 });
  return before(
    (atByte) => mdfFile(header(dataGroup(0, shared, plain(), atByte))).bytes,
    chained(count, one, (i, at) => [at(i + 1), 64 + 104 + 64, 0, 0]),
  );
}

function manyChannels(count: number): Uint8Array {
  const one = channel("", { at: 0, bits: 8 });
  const tail = chained(count, one, (i, at) => [at(i + 1), 0, 0, 0, 0, 0, 0, 0]);
  const first = (atByte: number) =>
    values(null, block("DT", [], new Uint8Array(64)), { bytes: 64, records: 1 }).slice(0, atByte || undefined);
  return before((atByte) => {
    const cg = group({ bytes: 64, records: 1, flags: 0, channels: null });
    cg.links[1] = atByte;
    return atByte === 0 ? first(0) : mdfFile(header(dataGroup(0, cg, block("DT", [], new Uint8Array(64))))).bytes;
  }, tail);
}

function deepConversions(count: number): Uint8Array {
  const one = block(
    "CC",
    [null, null, null, null, null],
    pack(["u8", 8], ["u8", 0], ["u16", 0], ["u16", 1], ["u16", 2], ["f64", 0], ["f64", 0], ["f64", 0], ["f64", 9]),
  );
  const tail = chained(count, one, (i, at) => [0, 0, 0, 0, at(i + 1)]);
  return before(
    (atByte) =>
      values(channel("deep", { bits: 8, conversion: atByte }), block("DT", [], new Uint8Array(64)), { bytes: 1, records: 64 }),
    tail,
  );
}

const commented = (comment: BuiltBlock): Uint8Array =>
  mdfFile(
    header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: 1 }), plain()), { comment }),
  ).bytes;

/** A conversion over many records of one byte, which a few packed bytes stand for. */
const worked = (conversion: BuiltBlock, records: number): Uint8Array =>
  values(channel("x", { bits: 8, conversion }), dz(0, deflateSync(new Uint8Array(records)), records), { bytes: 1, records });

const formula = (): BuiltBlock =>
  block(
    "CC",
    [null, null, null, null, text(`${"X^2.5+".repeat(100)}1`)],
    pack(["u8", 3], ["u8", 0], ["u16", 0], ["u16", 1], ["u16", 0], ["f64", 0], ["f64", 0]),
  );

const bits = (): BuiltBlock =>
  block(
    "CC",
    [null, null, null, null, ...Array.from({ length: 64 }, () => text("y".repeat(60)))],
    joinBytes(
      pack(["u8", 11], ["u8", 0], ["u16", 0], ["u16", 64], ["u16", 64], ["f64", 0], ["f64", 0]),
      pack(...Array.from({ length: 64 }, () => ["u64", 0] as const)),
    ),
  );

function looped(kind: "DG" | "CG" | "CN" | "CC" | "DL" | "HL" | "CA"): Uint8Array {
  const cc = block(
    "CC",
    [null, null, null, null, null],
    pack(["u8", 8], ["u8", 0], ["u16", 0], ["u16", 1], ["u16", 2], ["f64", 0], ["f64", 0], ["f64", 0], ["f64", 9]),
  );
  const ca = block("CA", [null], pack(["u8", 0], ["u8", 0], ["u16", 1], ["u32", 0], ["u32", 1], ["u32", 0], ["u64", 2]));
  const cn = channel("x", { bits: 8, conversion: kind === "CC" ? cc : null, members: kind === "CA" ? ca : null });
  const cg = group({ bytes: 1, records: 4, flags: 0, channels: cn });
  const dt = block("DT", [], new Uint8Array(4));
  const dl = block("DL", [null, dt], pack(["u8", 0], ["u8", 0], ["u16", 0], ["u32", 1], ["u64", 0]));
  const hl = block("HL", [kind === "HL" ? null : dl], pack(["u16", 0], ["u8", 0], ["u8", 0], ["u32", 0]));
  const dg = dataGroup(1, cg, hl);
  const loop = {
    DG: [dg, 0, dg],
    CG: [cg, 0, cg],
    CN: [cn, 0, cn],
    CC: [cc, 4, cc],
    DL: [dl, 0, dl],
    HL: [hl, 0, hl],
    CA: [ca, 0, ca],
  } as const;
  const [from, link, to] = loop[kind];
  from.links[link] = to;
  return mdfFile(header(dg)).bytes;
}

/** Bytes that heatshrink makes as small as it can, three times. */
const shrunk = (layers: number, plainBytes: number): Uint8Array => {
  let log: Uint8Array = joinBytes(frames(plain(), 1), new Uint8Array(plainBytes));
  for (let i = 0; i < layers; i++) log = compressedLog(log, "0B0E0001");
  return log;
};

/** By name; made when asked for. `large`: those that are long themselves, too slow to make for every test. */
export function hostileFiles(large: boolean): ReadonlyMap<string, () => Uint8Array> {
  const many = large ? 100_000 : 1000;
  const more = large ? 1_000_000 : 3000;
  const files: Record<string, () => Uint8Array> = {
    "dz-says-2-to-60": () => frames(dz(0, deflateSync(new Uint8Array(22)), 2 ** 60), 1n << 55n),
    "dz-bomb": () => frames(dz(0, deflateSync(new Uint8Array((large ? 1024 : 2) * MIB)), (large ? 1024 : 2) * MIB), 1n << 25n),
    "dz-bomb-within-limits": () =>
      frames(
        dz(0, deflateSync(new Uint8Array((large ? 250 : 1) * MIB)), (large ? 250 : 1) * MIB),
        Math.floor(((large ? 250 : 1) * MIB) / CAN_RECORD_BYTES),
      ),
    "dz-bomb-of-bytes": () => worked(linear(0, 1), (large ? 250 : 1) * MIB),
    "dz-zstd-bomb": () => frames(dz(2, zstdZeros(large ? 8000 : 8), (large ? 8000 : 8) * 131_072), 1n << 25n),
    "dz-lz4-bomb": () => frames(dz(4, lz4Zeros((large ? 800 : 4) * MIB), (large ? 800 : 4) * MIB), 1n << 25n),
    "heatshrink-bomb": () => shrunk(1, (large ? 60 : 1) * MIB),
    "heatshrink-bomb-in-bomb": () => shrunk(2, (large ? 60 : 2) * MIB),
    "formula-over-a-bomb": () => worked(formula(), (large ? 64 : 0.25) * MIB),
    "bits-over-a-bomb": () => worked(bits(), (large ? 64 : 0.25) * MIB),
    "many-groups": () => manyGroups(many),
    "many-data-groups": () => manyDataGroups(many),
    "many-channels": () => manyChannels(more),
    "deep-conversions": () => deepConversions(more),
    "cycle-count-2-to-32": () => values(channel("n", { type: 6 }), block("DT", []), { bytes: 0, records: 2 ** 32 }),
    "cycle-count-2-to-32-with-time": () =>
      values(chain([channel("t", { type: 3, sync: 1 }), channel("n", { type: 6 })]), block("DT", []), {
        bytes: 0,
        records: 2 ** 32,
      }),
    "text-of-2-to-60": () => commented(block("TX", [], new Uint8Array(8), 2 ** 60)),
    "comment-of-50-mb": () => commented(xml("x".repeat((large ? 50 : 1) * MIB))),
    "xml-deep": () => commented(xml(`<HDcomment>${"<tree>".repeat(60_000)}${"<e></e>".repeat(60_000)}`)),
    "xml-closed-by-others": () => commented(xml(`<HDcomment>${"<a>".repeat(150_000)}${"</b>".repeat(150_000)}`)),
    "xml-long-tag": () => commented(xml(`<HDcomment><e ${"a".repeat(900_000)}>`)),
    "xml-long-tag-of-pairs": () => commented(xml(`<HDcomment><e ${'a="'.repeat(300_000)}>`)),
    ...Object.fromEntries(
      (["DG", "CG", "CN", "CC", "DL", "HL", "CA"] as const).map((kind) => [`loop-${kind.toLowerCase()}`, () => looped(kind)]),
    ),
    "units-of-open-tags": () => {
      const unit = xml("<TX".repeat(680));
      const channels = Array.from({ length: large ? 20_000 : 1000 }, (_, k) => channel(`c${k}`, { bits: 8 }));
      for (const one of channels) one.links[6] = unit;
      return values(chain(channels), block("DT", [], new Uint8Array(1)), { bytes: 1, records: 1 });
    },
    "same-long-name": () => {
      const channels = Array.from({ length: large ? 50_000 : 1000 }, () => channel("", { bits: 8 }));
      const name = text("n".repeat(1000));
      for (const one of channels) one.links[2] = name;
      return values(chain(channels), block("DT", [], new Uint8Array(1)), { bytes: 1, records: 1 });
    },
    "arrays-over-arrays": () => {
      const ca = block(
        "CA",
        [null],
        pack(["u8", 0], ["u8", 0], ["u16", 2], ["u32", 0], ["u32", 0], ["u32", 0], ["u64", 256], ["u64", 256]),
      );
      const channels = Array.from({ length: large ? 2000 : 50 }, (_, k) => channel(`a${k}`, { bits: 8, members: ca }));
      return values(chain(channels), block("DT", [], new Uint8Array(100)), { bytes: 1, records: 100 });
    },
    "attachment-of-2-to-60": () => {
      const first = header(dataGroup(0, group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: 1 }), plain()));
      const sizes = pack(["u16", 3], ["u16", 0], ["u32", 0], ["u64", 0], ["u64", 0], ["u64", 2 ** 60], ["u64", 2 ** 60]);
      first.links[3] = block("AT", [null, text("a.dbc"), text("text/plain"), null], sizes);
      return mdfFile(first).bytes;
    },
    "a-million-lists": () => {
      const one = block("DL", [null, null], pack(["u8", 0], ["u8", 0], ["u16", 0], ["u32", 0], ["u64", 0]));
      const tail = chained(more, one, (i, at) => [at(i + 1), 0]);
      return before((atByte) => {
        const cg = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: 1 });
        return mdfFile(header(dataGroup(0, cg, atByte))).bytes;
      }, tail);
    },
  };
  return new Map(Object.entries(files));
}

/** A Zstandard frame of `blocks` blocks of one byte each that stands 131,072 times (RFC 8878: RLE blocks). */
function zstdZeros(blocks: number): Uint8Array {
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
  const block24 = (isLast: boolean): number[] => {
    const value = (131_072 << 3) | (1 << 1) | (isLast ? 1 : 0);
    return [value & 255, (value >> 8) & 255, (value >> 16) & 255, 0];
  };
  return Uint8Array.from([...head, ...Array.from({ length: blocks }, (_, i) => block24(i === blocks - 1)).flat()]);
}

/** An LZ4 frame whose blocks are one long match each. */
function lz4Zeros(plainBytes: number): Uint8Array {
  const blockBytes = 4 * MIB;
  const body: number[] = [0x10, 0, 1, 0];
  body[0] = 0x1f;
  let rest = blockBytes - 1 - 5 - 4 - 15;
  for (; rest >= 255; rest -= 255) body.push(255);
  body.push(rest, 0x50, 0, 0, 0, 0, 0);
  const one = Uint8Array.from([body.length & 255, (body.length >> 8) & 255, body.length >> 16, 0, ...body]);
  const head = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
  return joinBytes(head, ...Array.from({ length: Math.ceil(plainBytes / blockBytes) }, () => one), new Uint8Array(4));
}
