/** The kernel's memory as assembly/layout.ts lays it out, from the host's side. Both carry the version; a test compares every number. */

export const ABI_VERSION = 3;
export const MEMORY_PAGES = 128;
/** The largest memory that the module takes. */
export const MEMORY_PAGES_MAX = 1024;
export const PAGE_BYTES = 0x10000;

export const HEAD = 0x010000;
export const VLSD = 0x012000;
export const VLSD_BYTES = 0x00e000;
export const VLSD_SLOTS = 32;
export const VLSD_SLOT_BYTES = 1408;
export const VALUE_WINDOWS = HEAD + 0x0e00;
export const RECORDS = 0x020000;
export const ENTRY_BYTES = 512;
export const RECORD_ENTRIES = 256;
export const MESSAGES = 0x080000;
export const MESSAGE_BYTES = 128;
export const MESSAGES_MAX = 1024;
export const SIGNALS = 0x0a0000;
export const SIGNAL_BYTES = 128;
export const SIGNALS_MAX = 2048;
export const SELECTORS = 0x0e0000;
export const SELECTORS_END = 0x0f0000;
export const SELECTOR_BYTES = 32;
export const RANGE_BYTES = 16;
export const CHUNKS = 0x100000;
export const CHUNKS_END = 0x300000;
export const OUT = 0x300000;
export const OUT_END = 0x600000;
export const GHASH = 0x500000;
/** H, 16 bytes, then the sum, 16 bytes. */
export const GHASH_STATE = GHASH + 0x20000;
export const VALUES = 0x600000;
export const VALUE_WINDOW_STRIDE = 0x14000;
export const VALUE_WINDOW_BYTES = 0x10000;
/** Carried-over bytes end here, new ones begin. */
export const WINDOW = 0x660000;
export const CARRY_BYTES_MAX = 0x10000;
/** One copy: between 64 KiB and 1 MiB all the same (kernel.md decision 5). */
export const WINDOW_BYTES = 0x40000;
export const TEXT = 0x7f0000;
export const TEXT_BYTES = 0x10000;

export const CHUNK_ROWS = 512;
export const EXACT_KEYS_MAX = 4096;
export const GROUP_KEYS_MAX = 2048;

export const Stop = { Done: 0, NeedMore: 1, OutputFull: 2, NewSource: 3, NeedValue: 4, BadRecord: 5 } as const;
export const Kind = { Unknown: 0, Other: 1, Value: 2, StandardD: 3, ExtendedD: 4, ValueB: 5, Frame: 6, OtherFrame: 7 } as const;
export const Mode = { Columns: 0, Envelope: 1, M4: 2, Nearest: 3, Stats: 4 } as const;
export const Walk = { Decode: 0, Rows: 1, Hear: 2 } as const;

export const Head = {
  stop: 0,
  mode: 4,
  idBytes: 8,
  isLast: 12,
  fromNs: 16,
  toNs: 24,
  baseNs: 32,
  originNs: 40,
  stepNs: 48,
  bucketCount: 56,
  clamp: 60,
  messageCount: 64,
  newKey: 72,
  valueSlot: 80,
  badId: 84,
  valueOffset: 88,
  outRows: 96,
  outRowsMax: 100,
  idCount: 104,
  idCountMax: 108,
  recordIdCount: 112,
  pendingCount: 116,
  messageRows: 120,
  messageBytes: 124,
  frames: 128,
  used: 136,
  unmatched: 144,
  muxInactive: 152,
  tooShort: 160,
  outOfRange: 168,
  otherKind: 176,
  withoutPayload: 184,
  otherRecords: 192,
  samples: 200,
  unheard: 208,
  values: 216,
  notAvailable: 224,
  firstTimes: 232,
  losses: 236,
  lossesBeyond: 240,
  recordIdList: 1024,
} as const;

export const Entry = {
  size: 0,
  kind: 4,
  channelKey: 8,
  hashAdd: 12,
  valueId: 16,
  slot: 20,
  busBits: 24,
  frameKind: 28,
  time: 64,
  channel: 96,
  id: 112,
  ide: 128,
  dir: 144,
  dlc: 160,
  length: 176,
  edl: 192,
  brs: 208,
  esi: 224,
  errorType: 240,
  valueOffset: 256,
  payloadKind: 272,
  payloadAt: 276,
  payloadBytes: 280,
  hasTable: 284,
  table: 288,
} as const;

export const FieldKind = { Absent: 0, Constant: 1, Bits: 2, BigBits: 3 } as const;
/** `linear` is added to one of the others. */
export const TimeKind = { uint: 0, int: 1, f64: 2, f32: 3, linear: 4 } as const;
export const PayloadKind = { None: 0, Inline: 1, Value: 2, Sd: 3 } as const;

export const Message = {
  cursor: 0,
  minNeed: 4,
  maxNeed: 6,
  firstSignal: 8,
  signalCount: 12,
  chunk: 16,
  windowCount: 20,
  chunkShort: 24,
  columnShort: 25,
  transport: 26,
  columnRows: 28,
  columnRowsMax: 32,
  timeColumn: 36,
  lengthColumn: 40,
  selector: 44,
  windows: 48,
} as const;

export const Chunk = { lengths: 4096, words: 5184, wordStride: 4160 } as const;

export const Signal = {
  unpack: 0,
  isBig: 1,
  window: 2,
  shift: 4,
  bits: 5,
  isSigned: 6,
  convert: 7,
  mask: 8,
  sign: 16,
  magic: 24,
  factor: 32,
  offset: 40,
  divisor: 48,
  numerator: 56,
  addend: 64,
  plainFactor: 72,
  plainOffset: 80,
  out: 88,
  outKind: 92,
  window2: 96,
  need: 98,
  hasNinth: 100,
  hasCodes: 101,
  maxRaw: 104,
} as const;

export const Unpack = { InPlace: 0, Shift13: 1, Scalar: 2, Float32: 3, Float64: 4 } as const;
export const Convert = { Multiply: 0, Divide: 1, Decide: 2 } as const;
export const Selector = {
  isBig: 1,
  shift: 2,
  rangeCount: 4,
  mask: 8,
  ranges: 16,
  next: 20,
  need: 24,
  atByte: 26,
} as const;

export const ENVELOPE_BYTES = 32;
export const M4_BYTES = 64;
export const NEAREST_BYTES = 32;
export const STATS_BYTES = 80;

export const FrameRow = {
  time: 0,
  id: 8,
  channel: 12,
  bus: 13,
  kind: 14,
  dir: 15,
  dlc: 16,
  length: 17,
  flags: 18,
  errorType: 19,
  payloadBytes: 20,
  payload: 24,
} as const;
export const FRAME_ROW_BYTES = 96;

export const Heard = { key: 0, first: 8, last: 16, count: 24, minBytes: 32, maxBytes: 33 } as const;
export const HEARD_BYTES = 64;
export const HEARD_PLACES = 32768;

/** Counts and times of some consecutive records; `valueBytes`: 32 × u64 by VLSD slot. */
export const IndexRow = {
  bytes: 0,
  frames: 4,
  otherFrames: 8,
  otherRecords: 12,
  earliestNs: 16,
  latestNs: 24,
  valueBytes: 32,
} as const;
export const INDEX_ROW_BYTES = 288;
/** Where numbers are written as text at other times. */
export const INDEX_ROWS = 0x7f0000;

export const CHANNEL_HASH = 0x85ebca6b;
export const NO_SOURCE = 0xffffffff;
export const ANY_SOURCE = 0x04000000;
export const OF_J1939 = 0x08000000;
export const OF_FAST_PACKET = 0x10000000;
export const FRAMES_OF_PORT = 0x20000000;

export const Transport = { Frames: 0, IsoTp: 1, J1939: 2, FastPacket: 3 } as const;
export const Port = {
  payload: 4,
  prefixed: 8,
  plain: 16,
  addressBytes: 20,
  to: 28,
  identity: 32,
  number: 40,
  isGap: 44,
  frames: 132,
  kinds: 136,
  messages: 160,
  framesUsed: 164,
  framesLost: 168,
  sequence: 172,
  interrupted: 176,
  timeout: 180,
  aborted: 184,
  badLength: 188,
  tooLong: 192,
  dropped: 196,
  unfinished: 200,
  orphanFrames: 204,
  empty: 208,
  unknownType: 212,
  used: 216,
  tooShort: 220,
  muxInactive: 224,
  unmatched: 228,
  outOfRange: 232,
  framesOpen: 236,
  framesRestored: 240,
  next: 244,
  isQuiet: 248,
} as const;
/** A port is two records of MESSAGES. */
export const PORT_RECORDS = 2;

export const TRANSPORT = 0x760000;
export const TRANSPORT_BYTES = 0x90000;
export const SESSIONS_MAX = 1024;
export const LOSSES = TRANSPORT + 0x16000;
export const LOSSES_MAX = 1024;
export const MESSAGE_BYTES_MAX = 32768;
export const Session = {
  key: 0,
  port: 8,
  total: 12,
  got: 16,
  expected: 20,
  first: 24,
  last: 32,
  firstBlock: 40,
  lastBlock: 44,
  newer: 48,
  older: 52,
  chain: 56,
  frames: 60,
  extra: 64,
  kind: 68,
  ended: 72,
} as const;
export const Saved = {
  identity: 80,
  lengthBytes: 88,
  payload: 96,
} as const;
export const Loss = {
  time: 0,
  port: 8,
  id: 12,
  cause: 16,
  frames: 20,
  pgn: 24,
} as const;
export const LOSS_BYTES = 32;
export const MessageRow = {
  rowBytes: 0,
  port: 4,
  first: 8,
  last: 16,
  lengthBytes: 24,
  frames: 28,
  id: 32,
  pgn: 36,
  source: 40,
  destination: 41,
  kind: 42,
  payload: 48,
} as const;

/** What build/kernel.wasm exports. Addresses and counts are u32, keys u64. */
export interface KernelExports {
  abiVersion(): number;
  clearTables(): void;
  clearCache(): void;
  addKey(key: bigint, message: number, isGroup: number): void;
  clearCells(at: number, words: number, extremesAt: number, timesFrom: number, count: number): void;
  scanDecode(from: number, end: number): number;
  scanOther(from: number, end: number, walk: number): number;
  flushAll(): void;
  dropWaiting(): number;
  clearSessions(): void;
  finishTransport(): void;
  saveSessions(out: number, capacity: number, startNs: bigint): number;
  restoreSessions(from: number, bytes: number, startNs: bigint): number;
  toPhysical(signal: number, at: number, strideBytes: number, count: number): void;
  writePairs(
    values: number,
    times: number,
    count: number,
    baseMs: number,
    baseRestNs: number,
    decimals: number,
    out: number,
    capacity: number,
  ): number;
  pairsWritten(): number;
  unpackStart(method: number, out: number): void;
  unpack(method: number, from: number, end: number, isLast: number, outStop: number): number;
  unpackKeep(out: number, keepBytes: number): void;
  untranspose(from: number, rows: number, columns: number, out: number): void;
  heatshrinkStart(out: number): void;
  heatshrink(input: number, inputBytes: number, out: number, capacity: number, windowBits: number, lookaheadBits: number): number;
  heatshrinkUsed(): number;
  heatshrinkKeep(out: number, outBytes: number): void;
  heatshrinkResume(bits: number, bitCount: number): void;
  heatshrinkHeldBits(): number;
  ghashStart(): void;
  ghash(at: number, blockCount: number): void;
  indexRecords(from: number, end: number): number;
}
