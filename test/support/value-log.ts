/** Logs with values of variable length, record by record, so that a test decides where each value lies. */
import type { Field, FrameLayout, RecordLayout } from "../../core/bus/layout.ts";
import { bareLog, type MadeLog } from "./made-log.ts";

const bits = (atByte: number, bitCount: number): Field & { readonly kind: "bits" } => ({
  kind: "bits",
  atByte,
  bitOffset: 0,
  bitCount,
});

export const FRAME_ID = 1;
export const VALUE_ID = 2;
export const OTHER_ID = 3;
/** Time u64 ns @0, identifier u32 @8, DataLength u8 @12, offset of the value u32 @13. */
export const FRAME_BYTES = 17;

const FRAME: FrameLayout = {
  bus: "CAN",
  kind: "data",
  time: { encoding: "uint", atByte: 0, bitOffset: 0, bitCount: 64, scaleNs: 1 },
  busChannel: { kind: "constant", value: 1 },
  id: bits(8, 32),
  ide: null,
  dir: null,
  dlc: null,
  dataLength: bits(12, 8),
  dataLengthTable: null,
  edl: null,
  brs: null,
  esi: null,
  errorType: null,
  payload: { kind: "vlsd-group", recordId: VALUE_ID, offset: bits(13, 32) },
};

const group = (recordId: number, parts: Partial<RecordLayout>): RecordLayout => ({
  group: recordId,
  recordId,
  name: "",
  isVlsd: false,
  recordBytes: 0,
  cycleCount: null,
  frame: null,
  ...parts,
});

export const VALUE_LAYOUTS: readonly RecordLayout[] = [
  group(FRAME_ID, { recordBytes: FRAME_BYTES, frame: FRAME }),
  group(VALUE_ID, { isVlsd: true }),
  group(OTHER_ID, { recordBytes: 5 }),
];

export type Item =
  | { readonly kind: "frame"; readonly number: number; readonly lengthBytes?: number; readonly offset?: number }
  | { readonly kind: "value"; readonly number: number; readonly lengthBytes?: number }
  | { readonly kind: "other" };

/** Bytes of the value of a frame: every one another. */
export const bytesOfValue = (number: number): Uint8Array =>
  Uint8Array.from({ length: number % 9 }, (_, i) => (number * 17 + i * 5) & 255);

/** Identifier of all frames. */
export const VALUE_FRAME_ID = 0x123;
export const timeOf = (number: number): number => (number + 1) * 1000;

/** Records in the order of the items; frames refer to their value wherever it stands, with `recordIdBytes` bytes of id. */
export function valueRecords(items: readonly Item[], recordIdBytes: 1 | 2 | 4 | 8 = 1): Uint8Array {
  const offsets = new Map<number, number>();
  let next = 0;
  for (const item of items) {
    if (item.kind !== "value") continue;
    offsets.set(item.number, next);
    next += 4 + (item.lengthBytes ?? bytesOfValue(item.number).length);
  }
  const bytes: number[] = [];
  const put = (value: bigint, count: number) => {
    for (let i = 0; i < count; i++) bytes.push(Number((value >> BigInt(8 * i)) & 255n));
  };
  for (const item of items) {
    if (item.kind === "frame") {
      put(BigInt(FRAME_ID), recordIdBytes);
      put(BigInt(timeOf(item.number)), 8);
      put(BigInt(VALUE_FRAME_ID), 4);
      put(BigInt(item.lengthBytes ?? bytesOfValue(item.number).length), 1);
      put(BigInt(item.offset ?? offsets.get(item.number) ?? 0xfffffff0), 4);
    } else if (item.kind === "value") {
      const value = bytesOfValue(item.number);
      const lengthBytes = item.lengthBytes ?? value.length;
      put(BigInt(VALUE_ID), recordIdBytes);
      put(BigInt(lengthBytes), 4);
      for (let i = 0; i < Math.min(lengthBytes, 100_000); i++) bytes.push(value[i] ?? i & 255);
    } else {
      put(BigInt(OTHER_ID), recordIdBytes);
      put(0x1122334455n, 5);
    }
  }
  return Uint8Array.from(bytes);
}

/** The bytes as a log of one stream. */
export const valueLog = (bytes: Uint8Array, windowBytes?: number, recordIdBytes: 1 | 2 | 4 | 8 = 1): MadeLog =>
  bareLog(bytes, { recordIdBytes, layouts: [...VALUE_LAYOUTS] }, windowBytes);
