/** The memory of a kernel that unpacks data blocks, as assembly/codec-layout.ts lays it out; a test compares the numbers. */

export const CODEC_STATE = 0x020000;
/** All that must outlive a call, but for the history before the output. */
export const CODEC_STATE_BYTES = 0x010000;
/** What was unpacked. */
export const UNPACKED = 0x070000;
/** Input and its slack end here. */
export const PACKED_END = 0x7f0000;

export const Method = { Zlib: 0, Deflate: 1, Zstd: 2, Lz4: 3 } as const;
export const Unpack = { NeedMore: 0, Full: 1, Done: 2, Bad: 3, Cut: 4, BadChecksum: 5, NeedsDictionary: 6 } as const;
export const Codec = {
  phase: 0,
  used: 4,
  out: 8,
  base: 12,
  bits: 16,
  bitCount: 24,
  isFinal: 28,
  left: 32,
  literalLeft: 36,
  matchLeft: 40,
  distance: 44,
  hashed: 48,
  flags: 52,
  frames: 56,
  checksum: 64,
  hashedBytes: 96,
  found: 104,
  allowed: 108,
  window: 112,
  repeat: 120,
  tables: 132,
  matchBits: 136,
  huffmanBits: 148,
} as const;
