/** Unpacking data blocks: the kernel, as the product drives it, against Node's own zlib, plain JavaScript and the npm packages for it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateSync, inflateSync } from "node:zlib";
import { Codecs, rowsAtOnce } from "../core/kernel/codecs.ts";
import { PACKED_STEP_BYTES, Unpacker } from "../core/kernel/unpacker.ts";
import { bigLog } from "../fixtures/big.ts";
import type { EndToEndResult } from "./end-to-end.ts";
import { geometricMean, inTurns, medianOf, ratioOf } from "./rounds.ts";

const BYTES = 4 * 1024 * 1024;
const COLUMNS = 17;
const INFLATE_LEAST = 1;
const UNTRANSPOSE_LEAST = 8;

/** A block of `BYTES` as writers pack them: records of a log. */
function records(): Uint8Array {
  const plain = new Uint8Array(BYTES);
  let filled = 0;
  for (const chunk of bigLog({ sizeBytes: BYTES, generation: "D", variant: "drive" })) {
    plain.set(chunk.subarray(0, plain.length - filled), filled);
    filled = Math.min(plain.length, filled + chunk.length);
  }
  return plain;
}

function columnsOf(plain: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(plain.length / columns);
  const out = plain.slice();
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) out[column * rows + row] = plain[row * columns + column] ?? 0;
  return out;
}

/** The inverse transposition as it stands in the format's description. */
function plainRows(stored: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(stored.length / columns);
  const out = stored.slice();
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) out[row * columns + column] = stored[column * rows + row] ?? 0;
  return out;
}

function unpack(codecs: Codecs, method: "deflate" | "zstd" | "lz4", packed: Uint8Array, into: Uint8Array): void {
  const unpacker = new Unpacker(codecs, method);
  let filled = 0;
  for (let at = 0; at < packed.length; ) {
    const part = packed.subarray(at, at + PACKED_STEP_BYTES);
    at += part.length;
    unpacker.give(part, at === packed.length);
    const step = unpacker.take(into.subarray(filled));
    filled += step.filled;
    if (step.stop !== "more" && step.stop !== "done" && step.stop !== "full") throw new Error(`unpacking stopped: ${step.stop}`);
  }
  unpacker.end();
}

function checked(what: string, found: Uint8Array, plain: Uint8Array): void {
  if (Buffer.compare(found, plain) !== 0) throw new Error(`${what}: the bytes are others`);
}

export function unpackBench(): EndToEndResult[] {
  const wasm = new Uint8Array(readFileSync(new URL("../build/kernel.wasm", import.meta.url)));
  const codecs = new Codecs(new WebAssembly.Module(wasm));
  const plain = records();
  return [inflateBench(codecs, plain), untransposeBench(codecs, plain), ...rivals(codecs, plain)];
}

function inflateBench(codecs: Codecs, plain: Uint8Array): EndToEndResult {
  const into = new Uint8Array(plain.length + 1);
  const details: Record<string, number> = {};
  const ratios: number[] = [];
  for (const [name, bytes] of [
    ["rows", plain],
    ["columns", columnsOf(plain, COLUMNS)],
  ] as const) {
    for (const level of [1, 6, 9]) {
      const packed = deflateSync(bytes, { level });
      unpack(codecs, "deflate", packed, into);
      checked("inflate", into.subarray(0, plain.length), bytes);
      const times = inTurns(
        () => unpack(codecs, "deflate", packed, into),
        () => inflateSync(packed, { maxOutputLength: plain.length, chunkSize: plain.length }),
      );
      const ratio = ratioOf(times.plain, times.ours) ?? Number.NaN;
      ratios.push(ratio);
      details[`${name}${level}`] = ratio;
      details[`${name}${level}MbPerS`] = plain.length / ((medianOf(times.ours) ?? 1) / 1000);
    }
  }
  return {
    what: "inflate, native zlib's time : ours",
    against: "node:zlib, geometric mean over rows and columns at levels 1, 6 and 9",
    value: geometricMean(ratios),
    most: null,
    least: INFLATE_LEAST,
    details,
  };
}

function untransposeBench(codecs: Codecs, plain: Uint8Array): EndToEndResult {
  const details: Record<string, number> = {};
  const ratios: number[] = [];
  for (const columns of [8, COLUMNS, 46]) {
    const stored = columnsOf(plain, columns);
    const rows = Math.floor(stored.length / columns);
    const into = new Uint8Array(rows * columns);
    const ours = (): void => {
      for (let row = 0; row < rows; row += rowsAtOnce(columns)) {
        const end = Math.min(rows, row + rowsAtOnce(columns));
        codecs.untranspose(stored, columns, row, end, into.subarray(row * columns, end * columns));
      }
    };
    ours();
    checked("rows", into, plain.subarray(0, into.length));
    const times = inTurns(ours, () => plainRows(stored, columns));
    const ratio = ratioOf(times.plain, times.ours) ?? Number.NaN;
    ratios.push(ratio);
    details[`columns${columns}`] = ratio;
    details[`columns${columns}MbPerS`] = plain.length / ((medianOf(times.ours) ?? 1) / 1000);
  }
  return {
    what: "rows out of columns, plain JavaScript's time : ours",
    against: "the loop of the format's description",
    value: geometricMean(ratios),
    most: null,
    least: UNTRANSPOSE_LEAST,
    details,
  };
}

interface Fzstd {
  decompress(bytes: Uint8Array): Uint8Array;
}
interface Lz4js {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
}

/** The packages of bench/rivals, if they were installed there; a reader of JSON lines sees what was left out. */
function rivals(codecs: Codecs, plain: Uint8Array): EndToEndResult[] {
  const require = createRequire(new URL("rivals/", import.meta.url));
  const into = new Uint8Array(plain.length + 1);
  const results: EndToEndResult[] = [];
  const compare = (method: "zstd" | "lz4", name: string, packed: Uint8Array, theirs: (bytes: Uint8Array) => Uint8Array): void => {
    unpack(codecs, method, packed, into);
    checked(method, into.subarray(0, plain.length), plain);
    checked(name, theirs(packed), plain);
    const times = inTurns(
      () => unpack(codecs, method, packed, into),
      () => theirs(packed),
    );
    results.push({
      what: `${method}, ${name}'s time : ours`,
      against: `the npm package ${name}`,
      value: ratioOf(times.plain, times.ours) ?? Number.NaN,
      most: null,
      least: 1,
      details: { oursMbPerS: plain.length / ((medianOf(times.ours) ?? 1) / 1000) },
    });
  };
  try {
    const fzstd = require("fzstd") as Fzstd;
    const lz4js = require("lz4js") as Lz4js;
    compare("lz4", "lz4js", lz4js.compress(plain), lz4js.decompress);
    const zstdCompressSync = require("node:zlib").zstdCompressSync as (bytes: Uint8Array) => Uint8Array;
    compare("zstd", "fzstd", zstdCompressSync(plain), fzstd.decompress);
  } catch (error) {
    if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
    console.error("npm install --prefix bench/rivals, to compare LZ4 and Zstandard with packages");
  }
  return results;
}
