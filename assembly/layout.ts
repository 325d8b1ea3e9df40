/**
 * The memory map and every record that host and kernel share. core/kernel/abi.ts has the same numbers on the host's side; both carry
 * ABI_VERSION. The memory is imported, 8 MiB, and never grows, so views never detach.
 *
 *   0x000000  static data and stack        64 KiB
 *   0x010000  HEAD: parameters, counters   64 KiB   (VLSD state from 0x012000)
 *   0x020000  RECORDS: 256 entries        128 KiB   by record id
 *   0x040000  ID_CACHE: 4096 × 16 B        64 KiB   direct mapped
 *   0x050000  EXACT: 8192 × 16 B          128 KiB   open addressing, key -> message
 *   0x070000  GROUPS: 4096 × 16 B          64 KiB   open addressing, parameter group key -> message
 *   0x080000  MESSAGES: 1024 × 128 B      128 KiB
 *   0x0a0000  SIGNALS: 2048 × 128 B       256 KiB
 *   0x0e0000  SELECTORS, ranges            64 KiB
 *   0x0f0000  scratch of flush             64 KiB
 *   0x100000  CHUNKS                        2 MiB
 *   0x300000  OUT: columns or cells         3 MiB
 *   0x600000  VALUES: windows of SD values 4 × 64 KiB + slack
 *   0x650000  WINDOW: 64 KiB before it for what is carried over, up to 1.5 MiB of file bytes
 *   0x7f0000  TEXT                         64 KiB
 */
export const ABI_VERSION: i32 = 1;

export const HEAD: usize = 0x010000;
export const VLSD: usize = 0x012000;
export const RECORDS: usize = 0x020000;
export const ID_CACHE: usize = 0x040000;
export const EXACT: usize = 0x050000;
export const GROUPS: usize = 0x070000;
export const SCRATCH: usize = 0x0f0000;
export const OUT: usize = 0x300000;
/** Tables and state of GHASH, while a kernel checks an encrypted log: behind what heatshrink uses of OUT. */
export const GHASH: usize = 0x500000;

export const CHUNK_ROWS: u32 = 512;
export const EXACT_MASK: u32 = 8191;
export const GROUPS_MASK: u32 = 4095;

/** What scan() stopped for; HEAD + 0. */
export enum Stop {
  /** All bytes to the end were used. */
  Done = 0,
  /** The record at the returned address goes on behind the end. */
  NeedMore = 1,
  /** Columns (or rows of frames) are full: drain them and call again. */
  OutputFull = 2,
  /** HEAD.newKey is a parameter group asked for, from a source address not seen before. */
  NewSource = 3,
  /** The record needs bytes of an SD stream: HEAD.valueSlot, HEAD.valueOffset. */
  NeedValue = 4,
  /** Unknown record id at the returned address: HEAD.badId. */
  BadRecord = 5,
}

/** What a record is; entry + 4. */
export enum Kind {
  Unknown = 0,
  /** Not a bus event: counted, walked over. */
  Other = 1,
  /** u32 length + bytes, the value of a frame. */
  Value = 2,
  /** CANedge 01.07+, 16 bytes: 48-bit µs, 11-bit id, DLC, 8 bytes. */
  StandardD = 3,
  /** CANedge 01.07+, 19 bytes: 48-bit µs, 29-bit id, DLC, 8 bytes. */
  ExtendedD = 4,
  /** CANedge 01.04 to 01.06, 22 bytes: f64 ns, ide, channel, id, length, then the offset of the value, which follows. */
  ValueB = 5,
  /** A CAN data frame by its field table. */
  Frame = 6,
  /** A bus event no signal can be in (remote, error, LIN …). */
  OtherFrame = 7,
}

/** Modes of flush; HEAD + 4. */
export enum Mode {
  Columns = 0,
  Envelope = 1,
  M4 = 2,
  Nearest = 3,
  Stats = 4,
}

/** HEAD: byte offsets. */
export enum Head {
  stop = 0, // u32
  mode = 4, // u32
  idBytes = 8, // u32: dg_rec_id_size
  isLast = 12, // u32: no bytes follow this window
  fromNs = 16, // i64, relative to the file's start
  toNs = 24, // i64, exclusive
  baseNs = 32, // i64: times go out as f64(t - base)
  originNs = 40, // f64: start of bucket 0, relative to base
  stepNs = 48, // f64
  bucketCount = 56, // u32: with `clamp` two more, before and after
  clamp = 60, // u32: keep frames outside the range for their neighbours
  messageCount = 64, // u32
  newKey = 72, // u64
  valueSlot = 80, // u32
  badId = 84, // u32
  valueOffset = 88, // u64
  outRows = 96, // u32: frames mode, rows written
  outRowsMax = 100, // u32
  idCount = 104, // u32: ids heard
  idCountMax = 108, // u32
  recordIdCount = 112, // u32: entries of recordIdList
  pendingCount = 116, // u32: frames waiting for their value
  frames = 128, // u64 counters from here
  used = 136,
  unmatched = 144,
  muxInactive = 152,
  tooShort = 160,
  outOfRange = 168,
  otherKind = 176,
  withoutPayload = 184,
  otherRecords = 192,
  samples = 200,
  unheard = 208, // frames of ids beyond idCountMax
  values = 216, // with a payload that reaches the signal: samples and notAvailable
  notAvailable = 224, // values above Signal.maxRaw
  recordIdList = 1024, // u64 × 256: record ids for idBytes 2, 4, 8; entry = position
}

/** Record entry, 512 bytes. A field is 16 bytes: u32 atByte, u8 shift, u8 kind, u16 0, u64 mask or constant. */
export const ENTRY_SHIFT: u32 = 9;
export enum Entry {
  size = 0, // u32: bytes of the record behind the id
  kind = 4, // u32: Kind
  channelKey = 8, // u32: channel | bus << 8, when constant
  hashAdd = 12, // u32: channelKey × CHANNEL_HASH
  valueId = 16, // u32: record id of the values (ValueB)
  slot = 20, // u32: VLSD or SD slot
  busBits = 24, // u32: bus << 8
  frameKind = 28, // u32
  time = 64, // atByte u32, shift u8, encoding u8 (0 uint, 1 int, 2 f64), bits u8, u8 0; mask u64; scale i64; scale f64
  channel = 96,
  id = 112,
  ide = 128,
  dir = 144,
  dlc = 160,
  length = 176,
  edl = 192,
  brs = 208,
  esi = 224,
  errorType = 240,
  valueOffset = 256,
  payloadKind = 272, // u32: 0 none, 1 inline, 2 VLSD group, 3 SD
  payloadAt = 276, // u32
  payloadBytes = 280, // u32
  hasTable = 284, // u32: DataLength = table[raw & 15]
  table = 288, // u8 × 16
}

export enum FieldKind {
  Absent = 0,
  Constant = 1,
  Bits = 2,
}

export enum PayloadKind {
  None = 0,
  Inline = 1,
  Value = 2,
  Sd = 3,
}

/** Message, 128 bytes. */
export enum Message {
  cursor = 0, // u32: rows in the chunk
  minNeed = 4, // u8: payload bytes the least demanding own signal needs
  maxNeed = 5, // u8
  chunkShort = 6, // u8: the chunk holds a row shorter than maxNeed
  columnShort = 7, // u8: so do the columns
  firstSignal = 8, // u32 address
  signalCount = 12, // u32
  chunk = 16, // u32 address
  windowCount = 20, // u32
  columnRows = 28, // u32
  columnRowsMax = 32, // u32
  timeColumn = 36, // u32 address
  lengthColumn = 40, // u32 address
  selector = 44, // u32 address or 0
  windows = 48, // u8 × 57: byte offsets into the payload
}
export const MESSAGE_SHIFT: u32 = 7;
export const MESSAGES: usize = 0x080000;

/** A chunk: 512 times (f64), 512 lengths (u8), then per window 512 words of 8 bytes, 4160 apart (not a multiple of 4 KiB: cache sets). */
export enum Chunk {
  lengths = 4096,
  words = 4672,
  wordStride = 4160,
}

/** Signal row, 128 bytes. */
export enum Signal {
  unpack = 0, // u8: Unpack
  window = 1, // u8
  need = 2, // u8: payload bytes needed, selectors above included
  isBig = 3, // u8
  shift = 4, // u8: of the scalar way
  bits = 5, // u8
  isSigned = 6, // u8
  convert = 7, // u8: Convert
  mask = 8, // u64, in place
  sign = 16, // u64, in place
  magic = 24, // f64: 2^52 + sign
  factor = 32, // f64: of the in-place raw (× 2^-position)
  offset = 40, // f64
  divisor = 48, // f64
  numerator = 56, // i64: F
  addend = 64, // i64: O
  plainFactor = 72, // f64
  plainOffset = 80, // f64
  out = 88, // u32: column or cells
  outKind = 92, // u32: 0 physical f64, 1 raw 64 bits
  window2 = 96, // u8: window of the ninth byte
  hasNinth = 97, // u8
  hasCodes = 98, // u8: its column holds NaN for values above maxRaw
  maxRaw = 104, // u32: the highest raw that is data; 0 = every raw is
}
export const SIGNAL_SHIFT: u32 = 7;

export enum Unpack {
  /** Field ends at bit ≤ 52: no shift. */
  InPlace = 0,
  /** Field starts at bit ≥ 13: shifted right by 13, then as InPlace. */
  Shift13 = 1,
  /** Integers of any width, value by value. */
  Scalar = 2,
  Float32 = 3,
  Float64 = 4,
}

export enum Convert {
  /** raw × factor + offset: dyadic (exact), or the doubles way for all values. */
  Multiply = 0,
  /** (raw × F + O) / 10^d; the range of raw proves every step exact. */
  Divide = 1,
  /** Decided for each value (golden rule 1); scalar only. */
  Decide = 2,
}

/** Selector: u8 need @0, u8 isBig @1, u8 shift @2, u8 atByte @3, u32 rangeCount @4, u64 mask @8, u32 ranges @16, u32 next selector @20. Range: u64 low @0, u32 message @8. */
export enum Selector {
  need = 0,
  isBig = 1,
  shift = 2,
  atByte = 3,
  rangeCount = 4,
  mask = 8,
  ranges = 16,
  next = 20,
}

/** Cells: f64 each; of the in-place raw until convertCells. Empty: min +∞, max −∞, times NaN. */
export const ENVELOPE_BYTES: u32 = 32; // min max tMin tMax
export const M4_BYTES: u32 = 64; // min max tMin tMax first tFirst last tLast
export const NEAREST_BYTES: u32 = 32; // first tFirst last tLast
export const STATS_BYTES: u32 = 80; // count sum sumsq min max first tFirst last tLast 0

/** A row of frames mode, 96 bytes. */
export enum FrameRow {
  time = 0, // i64 ns since the file's start
  id = 8, // u32, bit 31 = extended; 0xffffffff = the record has none
  channel = 12, // u8
  bus = 13, // u8
  kind = 14, // u8: FrameKind
  dir = 15, // u8: 0, 1, 255 none
  dlc = 16, // u8, 255 none
  length = 17, // u8, 255 none
  flags = 18, // u8: 1 EDL, 2 BRS, 4 ESI
  errorType = 19, // u8, 255 none
  payloadBytes = 20, // u8
  payload = 24, // 64 bytes
}
export const FRAME_ROW_BYTES: u32 = 96;

/** An id heard, 64 bytes, in OUT. */
export enum Heard {
  key = 0, // u64: id | ide << 29 | channel << 32 | bus << 40
  first = 8, // i64
  last = 16, // i64
  count = 24, // u64
  minBytes = 32, // u8
  maxBytes = 33, // u8
}
export const HEARD_BYTES: u32 = 64;

/** Counts and times of some consecutive records, 288 bytes, in TEXT. */
export enum IndexRow {
  bytes = 0, // u32, of whole records, ids included
  frames = 4, // u32: frames a signal can be in
  otherFrames = 8, // u32: Kind.OtherFrame
  otherRecords = 12, // u32: Kind.Other
  earliestNs = 16, // i64, of all frames; i64.MAX without any
  latestNs = 24, // i64
  valueBytes = 32, // u64 × 32: how far the offsets of each VLSD slot moved on
}
export const INDEX_ROW_BYTES: u32 = 288;
export const INDEX_ROWS: usize = 0x7f0000;

export const CHANNEL_HASH: u32 = 0x85ebca6b;
export const NO_SOURCE: u32 = 0xffffffff;
