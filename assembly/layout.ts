/**
 * The memory map and every record that host and kernel share. core/kernel/abi.ts has the same numbers on the host's side; both carry
 * ABI_VERSION. The memory is imported, 8 MiB, and never grows, so views never detach. A host with many curves may give up to 64 MiB: behind TEXT lie then
 * cells, which the host alone gives places to.
 *
 *   0x000000  static data and stack        64 KiB
 *   0x010000  HEAD: parameters, counters   64 KiB   (VLSD state from 0x012000)
 *   0x020000  RECORDS: 256 entries        128 KiB   by record id
 *   0x040000  ID_CACHE: 4096 × 16 B        64 KiB   direct mapped
 *   0x050000  EXACT: 8192 × 16 B          128 KiB   open addressing, key -> message
 *   0x070000  GROUPS: 4096 × 16 B          64 KiB   open addressing, parameter group key -> message
 *   0x080000  MESSAGES: 1024 × 128 B      128 KiB
 *   0x0a0000  SIGNALS: 2048 × 128 B       256 KiB
 *   0x0e0000  SELECTORS, ranges, windows   64 KiB
 *   0x0f0000  scratch of flush             64 KiB
 *   0x100000  CHUNKS                        2 MiB
 *   0x300000  OUT: columns or cells         3 MiB
 *   0x600000  VALUES: windows of SD values 4 × 64 KiB + slack
 *   0x650000  WINDOW: 64 KiB before it for what is carried over, up to 1 MiB of file bytes
 *   0x760000  TRANSPORT: open sessions   576 KiB
 *   0x7f0000  TEXT                         64 KiB
 */
export const ABI_VERSION: i32 = 3;

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
  newKey = 72, // u64: key of the group and source address, as addKey takes it
  valueSlot = 80, // u32
  badId = 84, // u32
  valueOffset = 88, // u64
  outRows = 96, // u32: frames mode, rows written
  outRowsMax = 100, // u32
  idCount = 104, // u32: ids heard
  idCountMax = 108, // u32
  recordIdCount = 112, // u32: entries of recordIdList
  pendingCount = 116, // u32: frames waiting for their value
  messageRows = 120, // u32: reassembled messages go to OUT as rows, and nowhere else
  messageBytes = 124, // u32: bytes of such rows
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
  firstTimes = 232, // u32: reassembled messages have the time of their first frame
  losses = 236, // u32: loss records in LOSSES
  lossesBeyond = 240, // u32: for which there was no room
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
  time = 64, // atByte u32, shift u8, TimeKind u8, bits u8, most significant byte first u8; mask u64; ns scale i64, or offset f64; scale or factor f64
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
  /** Most significant byte first. */
  BigBits = 3,
}

export enum TimeKind {
  uint = 0,
  int = 1,
  f64 = 2,
  f32 = 3,
  /** Added to one of the others: seconds = offset + factor × raw. */
  linear = 4,
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
  minNeed = 4, // u16: payload bytes the least demanding own signal needs
  maxNeed = 6, // u16
  firstSignal = 8, // u32 address
  signalCount = 12, // u32
  chunk = 16, // u32 address
  windowCount = 20, // u32
  chunkShort = 24, // u8: the chunk holds a row shorter than maxNeed
  columnShort = 25, // u8: so do the columns
  transport = 26, // u8: Transport; not Frames: this is a Port, and only what Port shares with Message holds
  columnRows = 28, // u32
  columnRowsMax = 32, // u32
  timeColumn = 36, // u32 address
  lengthColumn = 40, // u32 address
  selector = 44, // u32 address or 0
  windows = 48, // u32 address of a list of u16: byte offsets into the payload
}
export const MESSAGE_SHIFT: u32 = 7;
export const MESSAGES: usize = 0x080000;

/** A chunk: 512 times (f64), 512 lengths (u16), then per window 512 words of 8 bytes, 4160 apart (not a multiple of 4 KiB: cache sets). */
export enum Chunk {
  lengths = 4096,
  words = 5184,
  wordStride = 4160,
}

/** Signal row, 128 bytes. */
export enum Signal {
  unpack = 0, // u8: Unpack
  isBig = 1, // u8
  window = 2, // u16
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
  window2 = 96, // u16: window of the ninth byte
  need = 98, // u16: payload bytes needed, selectors above included
  hasNinth = 100, // u8
  hasCodes = 101, // u8: its column holds NaN for values above maxRaw
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

/** Selector. Range: u64 low @0, u32 message @8. */
export enum Selector {
  isBig = 1, // u8
  shift = 2, // u8
  rangeCount = 4, // u32
  mask = 8, // u64
  ranges = 16, // u32 address
  next = 20, // u32 address or 0
  need = 24, // u16
  atByte = 26, // u16
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
/** Bits of a key in GROUPS above pgn (18) and source (8): any source; the kind: reassembled by J1939-21, by fast packet, or frames for a port. */
export const ANY_SOURCE: u32 = 0x04000000;
export const OF_J1939: u32 = 0x08000000;
export const OF_FAST_PACKET: u32 = 0x10000000;
export const FRAMES_OF_PORT: u32 = 0x20000000;

/** How frames of a port become messages. */
export enum Transport {
  Frames = 0,
  IsoTp = 1,
  J1939 = 2,
  FastPacket = 3,
}

/**
 * What an identifier leads to whose frames are parts of longer messages: two records of MESSAGES (256 bytes). `cursor` and `signalCount` are
 * those of Message and stay 0, so that no run takes its frames and no flush looks at it.
 */
export enum Port {
  payload = 4, // u32: ISO-TP, message that is given the payload; 0 = none
  prefixed = 8, // u32: ISO-TP, message that is given the low byte of the length and then the payload; 0 = none
  plain = 16, // u32: message that is given the frame itself; 0 = none; NO_SOURCE = by parameter group and source address
  addressBytes = 20, // u32: ISO-TP, address bytes before the protocol byte (0 or 1)
  to = 28, // u32: the port that keeps sessions and account: itself, or another one that this identifier belongs to as well
  identity = 32, // u64: the same for this stream in every pass
  number = 40, // u32: the host's
  isGap = 44, // u32: a loss was recorded and nothing good came since
  frames = 132, // u32 from here
  kinds = 136, // 6 × u32
  messages = 160,
  framesUsed = 164,
  framesLost = 168,
  sequence = 172,
  interrupted = 176,
  timeout = 180,
  aborted = 184,
  badLength = 188,
  tooLong = 192,
  dropped = 196,
  unfinished = 200,
  orphanFrames = 204,
  empty = 208,
  unknownType = 212,
  used = 216, // messages in range, by what became of them
  tooShort = 220,
  muxInactive = 224,
  unmatched = 228,
  outOfRange = 232,
  framesOpen = 236, // of sessions that are open at the end
  framesRestored = 240, // of sessions that were open at the start
  next = 244, // u32: the port that the same frames lead to as well, or 0; only where whole messages are rows
  isQuiet = 248, // u32: its losses are counted, and not recorded one by one
}

/** Sessions, blocks of payload and the account of losses. The first 64 bytes are the heads of the lists. */
export const TRANSPORT: usize = 0x760000;
export const BUCKETS: usize = TRANSPORT + 0x100;
export const SESSIONS: usize = TRANSPORT + 0x2000;
export const SESSION_BYTES: usize = 80;
export const SESSIONS_MAX: u32 = 1024;
export const LOSSES: usize = TRANSPORT + 0x16000;
export const LOSSES_MAX: u32 = 1024;
export const ASSEMBLED: usize = TRANSPORT + 0x1e000;
/** The longest message; a longer one is a loss. */
export const MESSAGE_BYTES_MAX: u32 = 32768;
export const BLOCKS: usize = TRANSPORT + 0x26100;
export const BLOCK_BYTES: usize = 256;
export const BLOCKS_MAX: u32 = 1695;

/** An open message. */
export enum Session {
  key = 0, // u64: identifier | counter, address or destination << 32
  port = 8, // u32; 0 = free
  total = 12, // u32: bytes that it shall have
  got = 16, // u32
  expected = 20, // u32: number of the next frame
  first = 24, // i64: time of its first frame
  last = 32, // i64
  firstBlock = 40, // u32
  lastBlock = 44, // u32
  newer = 48, // u32: towards the one that was fed last
  older = 52, // u32
  chain = 56, // u32: same bucket; free sessions: the next one
  frames = 60, // u32
  extra = 64, // u32: ISO-TP bytes of a full frame; J1939 parameter group
  kind = 68, // u32: J1939 1 = RTS/CTS, 0 = BAM
  ended = 72, // i64: J1939, when the receiver confirmed the end; 0 = it did not
}

/** A session as it is saved: its record, then 16 bytes more, then its payload, padded to 8 bytes. */
export enum Saved {
  identity = 80, // u64: of its port
  lengthBytes = 88, // u32: payload bytes
  payload = 96,
}

/** A loss, 32 bytes. */
export enum Loss {
  time = 0, // i64
  port = 8, // u32: the host's number
  id = 12, // u32
  cause = 16, // u32: the counter of Port
  frames = 20, // u32
  pgn = 24, // u32
}
export const LOSS_BYTES: usize = 32;

/** A message as a row in OUT. */
export enum MessageRow {
  rowBytes = 0, // u32, a multiple of 8
  port = 4, // u32: the host's number
  first = 8, // i64
  last = 16, // i64
  lengthBytes = 24, // u32
  frames = 28, // u32
  id = 32, // u32: of the last frame
  pgn = 36, // u32
  source = 40, // u8
  destination = 41, // u8
  kind = 42, // u8
  payload = 48,
}
