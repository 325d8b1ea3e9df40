/** Checksums of unpacked bytes: Adler-32 (RFC 1950 §9), xxHash 32 and 64 (LZ4 frame format, RFC 8878 §3.1.1). */
import { CODEC_STATE, Codec } from "./codec-layout";

const ADLER_MODULUS: u32 = 65521;
/** The sums stay below 2^32 this long. */
const ADLER_CHUNK_BYTES: usize = 5552 - (5552 & 15);

export function adler32(start: u32, from: usize, end: usize): u32 {
  let a = start & 0xffff;
  let b = start >> 16;
  while (from < end) {
    const chunkEnd = min(end, from + ADLER_CHUNK_BYTES);
    const vectorsEnd = from + ((chunkEnd - from) & ~15);
    let sums = i32x4.splat(0);
    let earlier = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    const vectorBytes = <u32>(vectorsEnd - from);
    for (; from < vectorsEnd; from += 16) {
      const bytes = v128.load(from);
      earlier = i32x4.add(earlier, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      const low = i16x8.mul(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9));
      const high = i16x8.mul(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1));
      weighted = i32x4.add(weighted, i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high)));
    }
    b = <u32>(
      ((<u64>b + <u64>a * <u64>vectorBytes + ((<u64>Lanes.sum(earlier)) << 4) + <u64>Lanes.sum(weighted)) % <u64>ADLER_MODULUS)
    );
    a += Lanes.sum(sums);
    for (; from < chunkEnd; from++) {
      a += <u32>load<u8>(from);
      b += a;
    }
    a %= ADLER_MODULUS;
    b %= ADLER_MODULUS;
  }
  return (b << 16) | a;
}

abstract class Lanes {
  @inline static sum(v: v128): u32 {
    return (
      <u32>i32x4.extract_lane(v, 0) +
      <u32>i32x4.extract_lane(v, 1) +
      <u32>i32x4.extract_lane(v, 2) +
      <u32>i32x4.extract_lane(v, 3)
    );
  }
}

const P32_1: u32 = 0x9e3779b1;
const P32_2: u32 = 0x85ebca77;
const P32_3: u32 = 0xc2b2ae3d;
const P32_4: u32 = 0x27d4eb2f;
const P32_5: u32 = 0x165667b1;

abstract class Round32 {
  @inline static of(lane: u32, word: u32): u32 {
    return rotl<u32>(lane + word * P32_2, 13) * P32_1;
  }
}

/** The lanes live in CODEC_STATE, so that content can be hashed while it comes. */
export function xxh32Start(at: usize): void {
  store<u64>(CODEC_STATE, <u64>(P32_1 + P32_2), Codec.checksum);
  store<u64>(CODEC_STATE, <u64>P32_2, Codec.checksum + 8);
  store<u64>(CODEC_STATE, 0, Codec.checksum + 16);
  store<u64>(CODEC_STATE, <u64>(0 - P32_1), Codec.checksum + 24);
  store<u64>(CODEC_STATE, 0, Codec.hashedBytes);
  store<u32>(CODEC_STATE, <u32>at, Codec.hashed);
}

/** Takes whole stripes of 16 bytes up to `end`. */
export function xxh32Update(end: usize): void {
  let at = <usize>load<u32>(CODEC_STATE, Codec.hashed);
  const from = at;
  let a = <u32>load<u64>(CODEC_STATE, Codec.checksum);
  let b = <u32>load<u64>(CODEC_STATE, Codec.checksum + 8);
  let c = <u32>load<u64>(CODEC_STATE, Codec.checksum + 16);
  let d = <u32>load<u64>(CODEC_STATE, Codec.checksum + 24);
  for (; at + 16 <= end; at += 16) {
    a = Round32.of(a, load<u32>(at));
    b = Round32.of(b, load<u32>(at, 4));
    c = Round32.of(c, load<u32>(at, 8));
    d = Round32.of(d, load<u32>(at, 12));
  }
  store<u64>(CODEC_STATE, <u64>a, Codec.checksum);
  store<u64>(CODEC_STATE, <u64>b, Codec.checksum + 8);
  store<u64>(CODEC_STATE, <u64>c, Codec.checksum + 16);
  store<u64>(CODEC_STATE, <u64>d, Codec.checksum + 24);
  store<u64>(CODEC_STATE, load<u64>(CODEC_STATE, Codec.hashedBytes) + <u64>(at - from), Codec.hashedBytes);
  store<u32>(CODEC_STATE, <u32>at, Codec.hashed);
}

/** The hash of all bytes since the start, the last of them before `end`. */
export function xxh32End(end: usize): u32 {
  xxh32Update(end);
  let at = <usize>load<u32>(CODEC_STATE, Codec.hashed);
  const whole = load<u64>(CODEC_STATE, Codec.hashedBytes);
  const a = <u32>load<u64>(CODEC_STATE, Codec.checksum);
  const b = <u32>load<u64>(CODEC_STATE, Codec.checksum + 8);
  const c = <u32>load<u64>(CODEC_STATE, Codec.checksum + 16);
  const d = <u32>load<u64>(CODEC_STATE, Codec.checksum + 24);
  let hash = whole > 0 ? rotl<u32>(a, 1) + rotl<u32>(b, 7) + rotl<u32>(c, 12) + rotl<u32>(d, 18) : P32_5;
  hash += <u32>(whole + <u64>(end - at));
  for (; at + 4 <= end; at += 4) hash = rotl<u32>(hash + load<u32>(at) * P32_3, 17) * P32_4;
  for (; at < end; at++) hash = rotl<u32>(hash + <u32>load<u8>(at) * P32_5, 11) * P32_1;
  hash = (hash ^ (hash >> 15)) * P32_2;
  hash = (hash ^ (hash >> 13)) * P32_3;
  return hash ^ (hash >> 16);
}

/** Of bytes that are all there. Uses the lanes: not while content is hashed. */
export function xxh32(from: usize, end: usize): u32 {
  xxh32Start(from);
  return xxh32End(end);
}

const P64_1: u64 = ((<u64>0x9e3779b1) << 32) | 0x85ebca87;
const P64_2: u64 = ((<u64>0xc2b2ae3d) << 32) | 0x27d4eb4f;
const P64_3: u64 = ((<u64>0x165667b1) << 32) | 0x9e3779f9;
const P64_4: u64 = ((<u64>0x85ebca77) << 32) | 0xc2b2ae63;
const P64_5: u64 = ((<u64>0x27d4eb2f) << 32) | 0x165667c5;

abstract class Round64 {
  @inline static of(lane: u64, word: u64): u64 {
    return rotl<u64>(lane + word * P64_2, 31) * P64_1;
  }
  @inline static merge(hash: u64, lane: u64): u64 {
    return (hash ^ Round64.of(0, lane)) * P64_1 + P64_4;
  }
}

export function xxh64Start(at: usize): void {
  store<u64>(CODEC_STATE, P64_1 + P64_2, Codec.checksum);
  store<u64>(CODEC_STATE, P64_2, Codec.checksum + 8);
  store<u64>(CODEC_STATE, 0, Codec.checksum + 16);
  store<u64>(CODEC_STATE, 0 - P64_1, Codec.checksum + 24);
  store<u64>(CODEC_STATE, 0, Codec.hashedBytes);
  store<u32>(CODEC_STATE, <u32>at, Codec.hashed);
}

/** Takes whole stripes of 32 bytes up to `end`. */
export function xxh64Update(end: usize): void {
  let at = <usize>load<u32>(CODEC_STATE, Codec.hashed);
  const from = at;
  let a = load<u64>(CODEC_STATE, Codec.checksum);
  let b = load<u64>(CODEC_STATE, Codec.checksum + 8);
  let c = load<u64>(CODEC_STATE, Codec.checksum + 16);
  let d = load<u64>(CODEC_STATE, Codec.checksum + 24);
  for (; at + 32 <= end; at += 32) {
    a = Round64.of(a, load<u64>(at));
    b = Round64.of(b, load<u64>(at, 8));
    c = Round64.of(c, load<u64>(at, 16));
    d = Round64.of(d, load<u64>(at, 24));
  }
  store<u64>(CODEC_STATE, a, Codec.checksum);
  store<u64>(CODEC_STATE, b, Codec.checksum + 8);
  store<u64>(CODEC_STATE, c, Codec.checksum + 16);
  store<u64>(CODEC_STATE, d, Codec.checksum + 24);
  store<u64>(CODEC_STATE, load<u64>(CODEC_STATE, Codec.hashedBytes) + <u64>(at - from), Codec.hashedBytes);
  store<u32>(CODEC_STATE, <u32>at, Codec.hashed);
}

/** The hash of all bytes since the start, the last of them before `end`. */
export function xxh64End(end: usize): u64 {
  xxh64Update(end);
  let at = <usize>load<u32>(CODEC_STATE, Codec.hashed);
  const whole = load<u64>(CODEC_STATE, Codec.hashedBytes);
  let hash = P64_5;
  if (whole > 0) {
    const a = load<u64>(CODEC_STATE, Codec.checksum);
    const b = load<u64>(CODEC_STATE, Codec.checksum + 8);
    const c = load<u64>(CODEC_STATE, Codec.checksum + 16);
    const d = load<u64>(CODEC_STATE, Codec.checksum + 24);
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = Round64.merge(Round64.merge(Round64.merge(Round64.merge(hash, a), b), c), d);
  }
  hash += whole + <u64>(end - at);
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ Round64.of(0, load<u64>(at)), 27) * P64_1 + P64_4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * P64_1), 23) * P64_2 + P64_3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * P64_5), 11) * P64_1;
  hash = (hash ^ (hash >> 33)) * P64_2;
  hash = (hash ^ (hash >> 29)) * P64_3;
  return hash ^ (hash >> 32);
}
