/** The kernel's memory as assembly/layout.ts lays it out, from the host's side. Both carry the version; a test compares every number. */

export const ABI_VERSION = 1;
export const MEMORY_PAGES = 128;

export const HEAD = 0x010000;
export const VLSD = 0x012000;
export const VLSD_BYTES = 0x00e000;
export const VLSD_SLOTS = 32;
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
/** One copy: between 64 KiB and 2 MiB all the same (kernel.md decision 5). */
export const WINDOW_BYTES = 0x40000;
export const TEXT = 0x7f0000;
export const TEXT_BYTES = 0x10000;

export const CHUNK_ROWS = 512;
export const WINDOWS_MAX = 57;
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

export const FieldKind = { Absent: 0, Constant: 1, Bits: 2 } as const;
export const PayloadKind = { None: 0, Inline: 1, Value: 2, Sd: 3 } as const;

export const Message = {
  cursor: 0,
  minNeed: 4,
  maxNeed: 5,
  chunkShort: 6,
  columnShort: 7,
  firstSignal: 8,
  signalCount: 12,
  chunk: 16,
  windowCount: 20,
  columnRows: 28,
  columnRowsMax: 32,
  timeColumn: 36,
  lengthColumn: 40,
  selector: 44,
  windows: 48,
} as const;

export const Chunk = { lengths: 4096, words: 4672, wordStride: 4160 } as const;

export const Signal = {
  unpack: 0,
  window: 1,
  need: 2,
  isBig: 3,
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
  hasNinth: 97,
  hasCodes: 98,
  maxRaw: 104,
} as const;

export const Unpack = { InPlace: 0, Shift13: 1, Scalar: 2, Float32: 3, Float64: 4 } as const;
export const Convert = { Multiply: 0, Divide: 1, Decide: 2 } as const;
export const Selector = { need: 0, isBig: 1, shift: 2, atByte: 3, rangeCount: 4, mask: 8, ranges: 16, next: 20 } as const;

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
export const INDEX_ROWS = TEXT;

export const CHANNEL_HASH = 0x85ebca6b;

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
