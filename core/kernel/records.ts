/** The kernel's table of records for one stream of a file. */
import type {
  Field,
  FrameKind,
  FrameLayout,
  PayloadLayout,
  RecordId,
  RecordLayout,
  RecordStream,
  TimeField,
} from "../bus/layout.ts";
import { type Fault, FaultError } from "../fault.ts";
import {
  CARRY_BYTES_MAX,
  CHANNEL_HASH,
  ENTRY_BYTES,
  Entry,
  FieldKind,
  HEAD,
  Head,
  Kind,
  PayloadKind,
  RECORD_ENTRIES,
  RECORDS,
  TimeKind,
  VALUE_WINDOWS,
  VLSD,
  VLSD_BYTES,
  VLSD_SLOTS,
} from "./abi.ts";
import type { Kernel } from "./kernel.ts";

/** Order of the kinds in rows and heard entries: their number in the kernel. */
export const FRAME_KINDS = [
  "data",
  "remote",
  "error",
  "overload",
  "checksumError",
  "receiveError",
  "transmissionError",
  "syncError",
  "wakeUp",
  "spike",
  "longDominance",
] as const satisfies readonly FrameKind[];

export interface LoadedRecords {
  /** SD streams by the number under which the kernel asks for them (HEAD.valueSlot). */
  readonly valueStreams: readonly (PayloadLayout & { readonly kind: "sd" })[];
}

/** The table as it was made for a stream: with the 73 groups of generation D making it costs more than scanning 100 kB. */
interface Image {
  readonly entries: Uint8Array;
  readonly recordIds: Uint8Array;
  readonly loaded: LoadedRecords;
}
const images = new WeakMap<readonly RecordLayout[], Image>();

/** Loads the layouts of a stream and forgets the one before. Faults: `limit/too-many` for more than 256 groups or 32 VLSD groups. */
export function loadRecords(kernel: Kernel, stream: RecordStream, object: string): LoadedRecords {
  const { layouts, recordIdBytes } = stream;
  kernel.bytes.fill(0, VLSD, VLSD + VLSD_BYTES);
  kernel.bytes.fill(0xff, VALUE_WINDOWS, VALUE_WINDOWS + 4 * 32);
  kernel.setHead(Head.idBytes, recordIdBytes);
  kernel.setHead(Head.pendingCount, 0);
  kernel.setHead(Head.recordIdCount, recordIdBytes > 1 ? layouts.length : 0);
  const end = RECORDS + RECORD_ENTRIES * ENTRY_BYTES;
  const listAt = HEAD + Head.recordIdList;
  const known = images.get(layouts);
  if (known) {
    kernel.bytes.set(known.entries, RECORDS);
    kernel.bytes.fill(0, RECORDS + known.entries.length, end);
    kernel.bytes.set(known.recordIds, listAt);
    return known.loaded;
  }
  kernel.bytes.fill(0, RECORDS, end);
  const { loaded, places } = writeRecords(kernel, stream, object);
  images.set(layouts, {
    entries: kernel.bytes.slice(RECORDS, RECORDS + places * ENTRY_BYTES),
    recordIds: kernel.bytes.slice(listAt, listAt + (recordIdBytes > 1 ? 8 * layouts.length : 0)),
    loaded,
  });
  return loaded;
}

/** `places`: entries up to the last one used. */
function writeRecords(kernel: Kernel, stream: RecordStream, object: string): { loaded: LoadedRecords; places: number } {
  const { layouts, recordIdBytes } = stream;
  const slots = new Map<RecordId, number>();
  for (const layout of layouts) if (layout.isVlsd) slots.set(layout.recordId, slots.size);
  const where = { object, atByte: stream.extents[0]?.atByte ?? 0 };
  if (layouts.length > RECORD_ENTRIES) throw tooMany("channel groups in one data group", layouts.length, RECORD_ENTRIES, where);
  if (slots.size > VLSD_SLOTS) throw tooMany("VLSD channel groups in one data group", slots.size, VLSD_SLOTS, where);
  const valueStreams: (PayloadLayout & { readonly kind: "sd" })[] = [];
  let places = 0;
  for (const [i, layout] of layouts.entries()) {
    const place = recordIdBytes === 0 ? 0 : recordIdBytes === 1 ? Number(layout.recordId) : i;
    if (place >= RECORD_ENTRIES) continue;
    places = Math.max(places, place + 1);
    if (recordIdBytes > 1) kernel.setU64(HEAD + Head.recordIdList + 8 * i, BigInt(layout.recordId));
    const at = RECORDS + place * ENTRY_BYTES;
    // Longer than what can be carried from window to window: never whole however the bytes arrive, and the walk says so. Nor may it wrap an address.
    const isTooLong = recordIdBytes + layout.recordBytes > CARRY_BYTES_MAX;
    kernel.setU32(at + Entry.size, isTooLong ? 0x7fffffff : layout.recordBytes);
    kernel.setU32(at + Entry.kind, layout.isVlsd ? Kind.Value : layout.frame ? kindOf(layout, stream) : Kind.Other);
    if (layout.isVlsd) kernel.setU32(at + Entry.slot, slots.get(layout.recordId) ?? 0);
    if (layout.frame) writeFrame(kernel, at, layout.frame, slots, valueStreams);
  }
  return { loaded: { valueStreams }, places };
}

function writeFrame(
  kernel: Kernel,
  at: number,
  frame: FrameLayout,
  slots: ReadonlyMap<RecordId, number>,
  valueStreams: (PayloadLayout & { readonly kind: "sd" })[],
): void {
  const bus = frame.bus === "CAN" ? 0 : 1;
  const channel = frame.busChannel?.kind === "constant" ? frame.busChannel.value : 0;
  const key = (channel & 0xff) | (bus << 8);
  kernel.setU32(at + Entry.channelKey, key);
  kernel.setU32(at + Entry.hashAdd, Math.imul(key, CHANNEL_HASH) >>> 0);
  kernel.setU32(at + Entry.busBits, bus << 8);
  kernel.setU32(at + Entry.frameKind, FRAME_KINDS.indexOf(frame.kind));
  writeTime(kernel, at + Entry.time, frame.time);
  const fields: [number, Field | null][] = [
    [Entry.channel, frame.busChannel],
    [Entry.id, frame.id],
    [Entry.ide, frame.ide],
    [Entry.dir, frame.dir],
    [Entry.dlc, frame.dlc],
    [Entry.length, frame.dataLength],
    [Entry.edl, frame.edl],
    [Entry.brs, frame.brs],
    [Entry.esi, frame.esi],
    [Entry.errorType, frame.errorType],
  ];
  for (const [offset, field] of fields) writeField(kernel, at + offset, field);
  if (frame.dataLengthTable) {
    kernel.setU32(at + Entry.hasTable, 1);
    for (let i = 0; i < 16; i++) kernel.bytes[at + Entry.table + i] = Math.min(frame.dataLengthTable[i] ?? 0, 255);
  }
  const { payload } = frame;
  switch (payload.kind) {
    case "none":
      kernel.setU32(at + Entry.payloadKind, PayloadKind.None);
      return;
    case "inline":
      kernel.setU32(at + Entry.payloadKind, PayloadKind.Inline);
      kernel.setU32(at + Entry.payloadAt, payload.atByte);
      kernel.setU32(at + Entry.payloadBytes, payload.capacityBytes);
      return;
    case "vlsd-group":
      kernel.setU32(at + Entry.payloadKind, PayloadKind.Value);
      // Looked at where ids have one byte (Kind.ValueB).
      kernel.setU32(at + Entry.valueId, Number(payload.recordId) >>> 0);
      kernel.setU32(at + Entry.slot, slots.get(payload.recordId) ?? 0);
      writeField(kernel, at + Entry.valueOffset, payload.offset);
      return;
    case "sd":
      kernel.setU32(at + Entry.payloadKind, PayloadKind.Sd);
      kernel.setU32(at + Entry.slot, valueStreams.push(payload) - 1);
      writeField(kernel, at + Entry.valueOffset, payload.offset);
  }
}

function writeField(kernel: Kernel, at: number, field: Field | null): void {
  if (!field) return;
  if (field.kind === "constant") {
    kernel.bytes[at + 5] = FieldKind.Constant;
    kernel.setU64(at + 8, BigInt(Math.trunc(field.value)));
    return;
  }
  kernel.setU32(at, field.atByte);
  kernel.bytes[at + 4] = shiftOf(field);
  kernel.bytes[at + 5] = field.isBigEndian ? FieldKind.BigBits : FieldKind.Bits;
  kernel.setU64(at + 8, (1n << BigInt(field.bitCount)) - 1n);
}

/** Of the 8 bytes from the field's first one, read in its order: most significant first it has the bytes behind it below its own. */
const shiftOf = ({ bitOffset, bitCount, isBigEndian }: Pick<TimeField, "bitOffset" | "bitCount" | "isBigEndian">): number =>
  isBigEndian ? 64 - 8 * Math.ceil((bitOffset + bitCount) / 8) + bitOffset : bitOffset;

function writeTime(kernel: Kernel, at: number, time: TimeField): void {
  const { linear, encoding, bitCount } = time;
  kernel.setU32(at, time.atByte);
  kernel.bytes[at + 4] = shiftOf(time);
  kernel.bytes[at + 5] = TimeKind[encoding] | (linear ? TimeKind.linear : 0);
  kernel.bytes[at + 6] = bitCount;
  kernel.bytes[at + 7] = time.isBigEndian ? 1 : 0;
  kernel.setU64(at + 8, (1n << BigInt(bitCount)) - 1n);
  if (linear) kernel.setF64(at + 16, linear.offset);
  else kernel.setU64(at + 16, BigInt(time.scaleNs));
  kernel.setF64(at + 24, linear ? linear.factor : time.scaleNs);
}

/** The short cuts of assembly/scan.ts hold for exactly these layouts (formats/canedge.md §4); any other goes by its fields. */
function kindOf(layout: RecordLayout, stream: RecordStream): number {
  const { frame } = layout;
  if (!frame) return Kind.Other;
  if (frame.kind !== "data") return Kind.OtherFrame;
  if (frame.bus !== "CAN") return Kind.Frame;
  if (stream.recordIdBytes !== 1) return Kind.Frame;
  if (isGenerationD(layout, frame, 16, 11, { atByte: 7, bitOffset: 4 }, 8, 0)) return Kind.StandardD;
  if (isGenerationD(layout, frame, 19, 29, { atByte: 10, bitOffset: 0 }, 11, 1)) return Kind.ExtendedD;
  return isGenerationB(layout, frame, stream) ? Kind.ValueB : Kind.Frame;
}

function isGenerationD(
  layout: RecordLayout,
  frame: FrameLayout,
  recordBytes: number,
  idBits: number,
  dlc: { atByte: number; bitOffset: number },
  payloadAt: number,
  ide: number,
): boolean {
  const { time, payload, dataLengthTable } = frame;
  return (
    layout.recordBytes === recordBytes &&
    time.encoding === "uint" &&
    time.atByte === 0 &&
    time.bitOffset === 0 &&
    time.bitCount === 48 &&
    time.scaleNs === 1000 &&
    !time.isBigEndian &&
    !time.linear &&
    isBits(frame.id, 6, 0, idBits) &&
    frame.ide?.kind === "constant" &&
    frame.ide.value === ide &&
    frame.busChannel?.kind === "constant" &&
    isBits(frame.dataLength, dlc.atByte, dlc.bitOffset, 4) &&
    dataLengthTable !== null &&
    Array.from({ length: 9 }, (_, i) => i).every((i) => dataLengthTable[i] === i) &&
    dataLengthTable.slice(9, 16).every((length) => length >= 8) &&
    payload.kind === "inline" &&
    payload.atByte === payloadAt &&
    payload.capacityBytes === 8
  );
}

function isGenerationB(layout: RecordLayout, frame: FrameLayout, stream: RecordStream): boolean {
  const { time, payload } = frame;
  return (
    layout.recordBytes === 22 &&
    time.encoding === "f64" &&
    time.atByte === 0 &&
    time.scaleNs === 1 &&
    !time.isBigEndian &&
    !time.linear &&
    isBits(frame.ide, 8, 0, 1) &&
    isBits(frame.busChannel, 8, 1, 2) &&
    isBits(frame.id, 8, 3, 29) &&
    isBits(frame.dataLength, 12, 1, 7) &&
    frame.dataLengthTable === null &&
    payload.kind === "vlsd-group" &&
    isBits(payload.offset, 14, 0, 64) &&
    stream.layouts.some((other) => other.isVlsd && other.recordId === payload.recordId)
  );
}

const isBits = (field: Field | null, atByte: number, bitOffset: number, bitCount: number): boolean =>
  field?.kind === "bits" &&
  !field.isBigEndian &&
  field.atByte === atByte &&
  field.bitOffset === bitOffset &&
  field.bitCount === bitCount;

const tooMany = (what: string, found: number, allowed: number, where: Pick<Fault, "object" | "atByte">): FaultError =>
  new FaultError({
    code: "limit/too-many",
    message: `It has ${found} ${what}; ${allowed} can be read`,
    ...where,
    found,
    allowed,
  });
