/** The codecs of data blocks against the libraries of Node, other programs' files, and damage. */
import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowsAtOnce } from "../../../core/kernel/codecs.ts";
import { testKernel } from "../../support/kernel.ts";
import { lz4Frame, xxh32 } from "../../support/lz4-writer.ts";
import { type Cuts, unpackAll } from "../../support/unpack.ts";

const { codecs } = testKernel();
const SEED = 20261122;

/** Noise, runs, short and long repetitions, in one. */
const anyBytes = fc
  .array(
    fc.record({
      kind: fc.constantFrom("noise", "run", "period", "again", "text"),
      length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000 })),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    }),
    { maxLength: 6 },
  )
  .map((parts) => {
    const out: number[] = [];
    for (const { kind, length, seed } of parts) {
      let state = seed;
      const period = 1 + (seed % 40);
      for (let i = 0; i < length; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        const noise = state >>> 24;
        if (kind === "noise") out.push(noise);
        else if (kind === "run") out.push(seed & 255);
        else if (kind === "text") out.push(97 + (noise % (1 + (seed % 26))));
        else {
          const back = kind === "period" ? period : 1 + (seed % 60_000);
          out.push(out[out.length - back] ?? noise);
        }
      }
    }
    return Uint8Array.from(out);
  });

const anyCuts: fc.Arbitrary<Cuts> = fc.record({
  giveBytes: fc.constantFrom(1, 7, 600, 4096, 262_144),
  takeBytes: fc.constantFrom(1000, 65_536, 300_000),
});

const zstdOf = (bytes: Uint8Array, level: number, checksum = 1): Uint8Array =>
  zlib.zstdCompressSync(bytes, {
    params: { [zlib.constants.ZSTD_c_compressionLevel]: level, [zlib.constants.ZSTD_c_checksumFlag]: checksum },
  });

function same(method: "deflate" | "zstd" | "lz4", packed: Uint8Array, plain: Uint8Array, cuts?: Cuts): void {
  const found = unpackAll(codecs, method, packed, cuts);
  expect([found.stop, found.bytes.length]).toEqual(["done", plain.length]);
  expect(Buffer.compare(found.bytes, plain)).toBe(0);
}

describe("unpacking gives what was packed, however it is cut", () => {
  test("Deflate at every level and strategy", () => {
    const strategies = [
      zlib.constants.Z_DEFAULT_STRATEGY,
      zlib.constants.Z_HUFFMAN_ONLY,
      zlib.constants.Z_RLE,
      zlib.constants.Z_FIXED,
    ];
    const options = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      strategy: fc.constantFrom(...strategies),
      windowBits: fc.integer({ min: 9, max: 15 }),
    });
    fc.assert(
      fc.property(anyBytes, options, anyCuts, (plain, how, cuts) => same("deflate", zlib.deflateSync(plain, how), plain, cuts)),
      { seed: SEED, numRuns: 120 },
    );
  });

  test("Zstandard at levels 1 to 19, with and without checksum", () => {
    fc.assert(
      fc.property(anyBytes, fc.constantFrom(-5, 1, 3, 7, 12, 19), fc.constantFrom(0, 1), anyCuts, (plain, level, sum, cuts) =>
        same("zstd", zstdOf(plain, level, sum), plain, cuts),
      ),
      { seed: SEED, numRuns: 100 },
    );
  });

  test("LZ4 frames with every option, several in a row, skippable ones between", () => {
    const flag = fc.boolean();
    const options = fc.record({
      independent: flag,
      blockChecksum: flag,
      contentChecksum: flag,
      contentSize: flag,
      stored: flag,
      blockBytes: fc.constantFrom(3000, 20_000, 65_536),
    });
    fc.assert(
      fc.property(anyBytes, options, anyCuts, (plain, how, cuts) => {
        const half = plain.length >> 1;
        const skipped = Buffer.from("502a4d1803000000616263", "hex");
        const frames = [lz4Frame(plain.subarray(0, half), how), skipped, lz4Frame(plain.subarray(half), how)];
        same("lz4", Buffer.concat(frames), plain, cuts);
      }),
      { seed: SEED, numRuns: 80 },
    );
  });

  test("megabytes of it: the output's place is used over and over", () => {
    const plain = new Uint8Array(9_000_000);
    for (let i = 0; i < plain.length; i++) plain[i] = (i % 1000 < 500 ? i * 7 : (i >> 9) * 31) & 255;
    same("deflate", zlib.deflateSync(plain, { level: 1 }), plain);
    same("zstd", zstdOf(plain, 1), plain);
    same("lz4", lz4Frame(plain, { contentChecksum: true }), plain);
  });

  test("two readers in turns, each moved out by the other at every step", () => {
    const plain = Uint8Array.from({ length: 700_000 }, (_, i) => (i * i) >> 7);
    const other = Uint8Array.from({ length: 700_000 }, (_, i) => (i % 77) * 3);
    const ways = [
      ["deflate", zlib.deflateSync(plain), zlib.deflateSync(other)],
      ["zstd", zstdOf(plain, 5), zstdOf(other, 5)],
      ["lz4", lz4Frame(plain, { contentChecksum: true }), lz4Frame(other)],
    ] as const;
    for (const [method, packed, theirs] of ways) {
      const between = (): void => {
        expect(unpackAll(codecs, method, theirs.subarray(0, theirs.length >> 1), { takeBytes: 9000 }).stop).toBe("cut");
      };
      same(method, packed, plain, { giveBytes: 30_000, takeBytes: 100_000, between });
    }
  });
});

describe("what other programs wrote", () => {
  const text = Buffer.from(Array.from({ length: 40 }, (_, i) => `${i};${(i * i) % 97};${(i * i * i) % 13}\n`).join(""));
  const repeated = Buffer.from("abcdefgh".repeat(9000));
  const body =
    "f030303b303b300a313b313b310a323b343b380a333b393b310a343b31363b31320a353b32353b380a363b33363b380a373b34393b350a383b36343b350a393b3837004031303b332b004031313b3217005131323b3437110040333b37325e00f103343b323b310a31353b33313b380a31363b36100041373b3935280040383b33331900f005393b37303b380a32303b31323b350a32313b3533080040323b3936a00040333b343431005032343b3931190031353b347b00d032363b39343b300a32373b35302a0030383b384900b1393b36353b310a33303b3292000080000019004133323b35ec0030333b326a004033343b38d9004033353b36d3004133363b339b004033373b316a004133383b3810018033393b36363b300a";
  const ones = (count: number): string => "ff".repeat(count);
  test.each([
    ["lz4, its defaults", "lz4", `04224d186440a71b010000${body}00000000853ddfa4`, text],
    ["lz4 -BX --content-size", "lz4", `04224d187440bd1b010000${body}eb0642e100000000853ddfa4`, text],
    ["lz4 --no-frame-crc", "lz4", `04224d186040821b010000${body}00000000`, text],
    [
      "lz4 -9 -BD -B4",
      "lz4",
      `04224d1844405e120100008f61626364656667680800${ones(256)}e0506465666768230000000f0800${ones(25)}4150646566676800000000e3f9af12`,
      repeated,
    ],
    [
      "zstd -19 --check",
      "zstd",
      "28b52ffd0468cd040086532509b03de055b4c90c7425200021002200b7207d8e422f9e50938d50277d80db6c80975c20dd3a41cf07705aa0f7421c47504b0f013cee2ce03363417ae557e8625b01ef5c852e5321967b0ad28f96424d1227c7402f3b05701c057ad42710536e02d2872e81ba390948277a04bae522504f5d09109b9d03d20dc781bafd06a4d76c03bd760dd489d3402df20ce054cb008e7807a40700c39df474",
      text,
    ],
    ["zstd --ultra -22", "zstd", "28b52ffd008885000040616263646566676801003519f3cb05", repeated],
  ] as const)("%s", (_name, method, hex, plain) => same(method, Buffer.from(hex, "hex"), plain));

  test("the checksum of the tests' own writer is that of the format", () => {
    expect(xxh32(text).toString(16)).toBe("a4df3d85");
  });
});

describe("damage", () => {
  const damaged = (packed: Uint8Array, hits: readonly { at: number; value: number }[], end: number): Uint8Array => {
    const bytes = packed.slice(0, Math.ceil(packed.length * end));
    for (const { at, value } of hits) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  };
  const hits = fc.array(fc.record({ at: fc.nat(70_000), value: fc.nat(255) }), { maxLength: 4 });
  const end = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
  const outcome = (read: () => Uint8Array): string | null => {
    try {
      return Buffer.from(read()).toString("latin1");
    } catch {
      return null;
    }
  };
  const ours = (method: "deflate" | "zstd" | "lz4", packed: Uint8Array, cuts: Cuts): string | null => {
    const found = unpackAll(codecs, method, packed, cuts, 64 * 1024 * 1024);
    return found.stop === "done" ? Buffer.from(found.bytes).toString("latin1") : null;
  };

  test("a damaged zlib stream is judged as zlib judges it", () => {
    fc.assert(
      fc.property(anyBytes, hits, end, anyCuts, (plain, where, upTo, cuts) => {
        const packed = damaged(zlib.deflateSync(plain), where, upTo);
        expect(ours("deflate", packed, cuts)).toBe(outcome(() => zlib.inflateSync(packed)));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test("a damaged Zstandard frame with a checksum gives the bytes that were packed, or a fault", () => {
    fc.assert(
      fc.property(anyBytes, hits, end, anyCuts, (plain, where, upTo, cuts) => {
        const packed = damaged(zstdOf(plain, 3), where, upTo);
        const found = ours("zstd", packed, cuts);
        const theirs = outcome(() => zlib.zstdDecompressSync(packed));
        if (found !== null && theirs !== null) expect(found).toBe(theirs);
        // Where the flag of the checksum itself was hit, only the library can say what is right.
        else if (found !== null && (packed[4] ?? 0) & 4) expect(found).toBe(Buffer.from(plain).toString("latin1"));
        // The library is content with a frame that is cut, if it is asked for all at once.
        else if (theirs !== null) expect(theirs.length < plain.length || plain.length === 0).toBe(true);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test("a damaged LZ4 frame with checksums gives the bytes that were packed, or a fault", () => {
    fc.assert(
      fc.property(anyBytes, hits, end, anyCuts, fc.boolean(), (plain, where, upTo, cuts, independent) => {
        const whole = lz4Frame(plain, { independent, contentChecksum: true, blockChecksum: true });
        const found = ours("lz4", damaged(whole, where, upTo), cuts);
        if (found !== null) expect(found).toBe(Buffer.from(plain).toString("latin1"));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test("any bytes at all end, in bounds", () => {
    const magics = ["", "789c", "28b52ffd", "28b52ffd0068", "04224d186440a7", "502a4d18ffffffff", "502a4d1800000000"];
    const method = fc.constantFrom("deflate" as const, "zstd" as const, "lz4" as const);
    fc.assert(
      fc.property(method, fc.constantFrom(...magics), fc.uint8Array({ maxLength: 3000 }), (how, magic, rest) => {
        const packed = Buffer.concat([Buffer.from(magic, "hex"), rest]);
        expect(unpackAll(codecs, how, packed, {}, 128 * 1024 * 1024).bytes.length).toBeLessThan(128 * 1024 * 1024);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("a wrong checksum is told with both numbers; a missing dictionary by its name", () => {
    const packed = zlib.deflateSync(Buffer.from("speed"));
    packed[packed.length - 1] = (packed.at(-1) ?? 0) ^ 1;
    expect(unpackAll(codecs, "deflate", packed).stop).toBe("checksum");
    const withDictionary = zlib.deflateSync(Buffer.from("speed"), { dictionary: Buffer.from("speed limit") });
    expect(unpackAll(codecs, "deflate", withDictionary).stop).toBe("dictionary");
    expect(unpackAll(codecs, "zstd", Buffer.from("28b52ffd2107050900006162", "hex")).stop).toBe("dictionary");
  });

  test("a hundred thousand empty frames to skip are skipped", () => {
    const packed = Buffer.concat([
      ...Array<Buffer>(100_000).fill(Buffer.from("502a4d1800000000", "hex")),
      lz4Frame(Buffer.from("x")),
    ]);
    same("lz4", packed, Buffer.from("x"));
  });
});

describe("rows out of columns", () => {
  test("any number of columns and rows, in any slabs", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 64 }));
    fc.assert(
      fc.property(sizes, fc.nat(), ([columns, rows, slab], seed) => {
        const plain = Uint8Array.from({ length: columns * rows }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);
        const stored = new Uint8Array(plain.length);
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) stored[column * rows + row] = plain[row * columns + column] ?? 0;
        const found = new Uint8Array(plain.length);
        for (let row = 0; row < rows; row += slab) {
          const end = Math.min(rows, row + slab);
          codecs.untranspose(stored, columns, row, end, found.subarray(row * columns, end * columns));
        }
        expect(Buffer.compare(found, plain)).toBe(0);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("a slab has whole vectors where it can, and never more than fits", () => {
    for (const columns of [1, 17, 1000, 65_536, 65_537, 1_048_576, 5_000_000]) {
      const rows = rowsAtOnce(columns);
      expect(rows).toBeGreaterThan(0);
      if (rows >= 16) expect(rows % 16).toBe(0);
      if (rows > 1) expect(rows * columns).toBeLessThanOrEqual(1024 * 1024);
    }
  });
});
