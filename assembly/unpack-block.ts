/** One way in for every method: what a data block (##DZ) holds, step by step. */
import { CODEC_STATE, Codec, Method, Unpack } from "./codec-layout";
import { inflate, inflateStart } from "./inflate";
import { lz4, lz4Start } from "./lz4";
import { zstd, zstdStart } from "./zstd";

/** Begins at `out`, with nothing before it to refer to. */
export function unpackStart(method: Method, out: usize): void {
  memory.fill(CODEC_STATE, 0, 256);
  store<u32>(CODEC_STATE, <u32>out, Codec.out);
  store<u32>(CODEC_STATE, <u32>out, Codec.base);
  store<u32>(CODEC_STATE, <u32>out, Codec.hashed);
  if (method === Method.Zstd) zstdStart();
  else if (method === Method.Lz4) lz4Start();
  else inflateStart(method === Method.Zlib);
}

/**
 * Unpacks what lies in [from, end) to CODEC_STATE.out, until the output has come to `outStop` or a little further: at most 128 KiB for
 * Zstandard, 320 bytes for the others. `isLast`: no more input follows. CODEC_STATE has how much was used and where the output ends. Reads up to
 * 1 KiB behind `end`.
 */
export function unpack(method: Method, from: usize, end: usize, isLast: u32, outStop: usize): Unpack {
  const last = isLast !== 0;
  if (method === Method.Zstd) return zstd(from, end, last, outStop);
  if (method === Method.Lz4) return lz4(from, end, last, outStop);
  return inflate(from, end, last, outStop);
}

/** Moves the last `keepBytes` of the output to `out`, and goes on behind them. */
export function unpackKeep(out: usize, keepBytes: usize): void {
  const end = <usize>load<u32>(CODEC_STATE, Codec.out);
  const from = end - keepBytes;
  memory.copy(out, from, keepBytes);
  store<u32>(CODEC_STATE, <u32>(out + keepBytes), Codec.out);
  const base = <usize>load<u32>(CODEC_STATE, Codec.base);
  store<u32>(CODEC_STATE, <u32>(out + (base > from ? base - from : 0)), Codec.base);
  const hashed = <usize>load<u32>(CODEC_STATE, Codec.hashed);
  store<u32>(CODEC_STATE, <u32>(out + (hashed > from ? hashed - from : 0)), Codec.hashed);
}
