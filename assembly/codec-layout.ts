/**
 * The memory of a kernel that unpacks data blocks instead of decoding; core/kernel/codec-abi.ts has the same numbers.
 *
 *   0x020000  STATE and tables            128 KiB   all that must outlive a call, together with the history before `out`
 *   0x040000  LITERALS                    160 KiB   of one Zstandard block
 *   0x070000  OUT                                   what was unpacked: history, then what is new
 *        ...  input, up to 0x7f0000                 as much as the method asks for
 */
export const CODEC_STATE: usize = 0x020000;
export const LITLEN: usize = 0x021000; // 4096 × u32
export const DISTANCE: usize = 0x025000; // 1024 × u32
export const CODE_LENGTHS: usize = 0x026000; // u8 × 320, then counts
export const HUFFMAN: usize = 0x028000; // 2048 × u16: symbol, bits << 8
export const FSE_LITERALS: usize = 0x02a000; // 512 × u64
export const FSE_OFFSETS: usize = 0x02b000;
export const FSE_MATCHES: usize = 0x02c000;
export const FSE_WEIGHTS: usize = 0x02d000;
export const FSE_COUNTS: usize = 0x02e000; // i16 × 256, then u16 × 256
export const FSE_SYMBOLS: usize = 0x02f000; // u8 × 512
export const WEIGHTS: usize = 0x02f800; // u8 × 256
export const LITERALS: usize = 0x040000;

/** How a block is packed. */
export enum Method {
  /** Deflate in a zlib stream. */
  Zlib = 0,
  /** Deflate by itself. */
  Deflate = 1,
  /** Zstandard frames. */
  Zstd = 2,
  /** LZ4 frames. */
  Lz4 = 3,
}

/** What unpack() stopped for. */
export enum Unpack {
  /** The input is used up but for what belongs to the next part. */
  NeedMore = 0,
  /** `out` has reached the place to stop at. */
  Full = 1,
  Done = 2,
  /** The packed bytes make no sense at `used`. */
  Bad = 3,
  /** They end too early. */
  Cut = 4,
  /** found, allowed: the checksum that the bytes give and the one stored. */
  BadChecksum = 5,
  /** A dictionary is needed, which nobody has. */
  NeedsDictionary = 6,
}

/** CODEC_STATE: byte offsets. */
export enum Codec {
  phase = 0, // u32
  used = 4, // u32: input bytes taken by the last call
  out = 8, // u32 address: end of what is unpacked
  base = 12, // u32 address: references reach no further back
  bits = 16, // u64
  bitCount = 24, // u32
  isFinal = 28, // u32
  left = 32, // u32: bytes of a part not taken yet
  literalLeft = 36, // u32
  matchLeft = 40, // u32
  distance = 44, // u32
  hashed = 48, // u32 address: the checksum has come this far
  flags = 52, // u32: of the frame
  frames = 56, // u32: frames begun
  checksum = 64, // u64 × 4: lanes
  hashedBytes = 96, // u64
  found = 104, // u32
  allowed = 108, // u32
  window = 112, // f64: bytes of history that are needed
  repeat = 120, // u32 × 3: offsets used last
  tables = 132, // u32: which Zstandard tables are there
  matchBits = 136, // u32 × 3: accuracy of literal length, offset, match length tables
  huffmanBits = 148, // u32
}
