/** Going into the middle of a record stream whose frames have their values behind them: which offset the next value of each group has there. */
import type { RecordLayout, RecordStream } from "../bus/layout.ts";
import { readRecordId } from "./record-id.ts";

export interface StreamEntry {
  /** A record begins here. */
  readonly atByte: number;
  /** By the place of the VLSD group among those of the stream. */
  readonly valueOffsets: readonly number[];
}

/** Of all ways that come as far as the middle, so many must lead to the place that is believed. */
const AGREEING_LEAST = 0.5;

/**
 * A byte in the second half of some bytes from the middle of a stream with record ids, at which a record begins; null if none can be told. Nothing
 * marks a record, but each leads to the next: wherever one starts, sooner or later one falls into step with the true ones, which so are those that
 * most ways lead to.
 */
export function startInside(bytes: Uint8Array, { recordIdBytes, layouts }: RecordStream): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = new Map(layouts.map((layout) => [layout.recordId, layout.isVlsd ? null : layout.recordBytes]));
  const half = bytes.length >> 1;
  const ways = new Uint32Array(bytes.length);
  let [best, crossing] = [0, 0];
  for (let at = 0; at + recordIdBytes + 4 <= bytes.length; at++) {
    const size = sizes.get(readRecordId(view, at, recordIdBytes));
    if (size === undefined) continue;
    if (at < half) ways[at] = (ways[at] ?? 0) + 1;
    else if (best < half || (ways[at] ?? 0) > (ways[best] ?? 0)) best = at;
    const next = at + recordIdBytes + (size ?? 4 + view.getUint32(at + recordIdBytes, true));
    if (at < half && next >= half) crossing += ways[at] ?? 0;
    if (next < bytes.length) ways[next] = (ways[next] ?? 0) + (ways[at] ?? 0);
  }
  return best >= half && (ways[best] ?? 0) > AGREEING_LEAST * crossing ? best : null;
}

/** No frame has its value there: of a group that is not met at first, none is given to the wrong frame. */
const NOWHERE = Number.MAX_SAFE_INTEGER;

/**
 * From a record of `bytes` on, the first at which no value belongs to a frame before it. A frame names the offset of its value, and the device writes
 * both one behind the other: so the first frame of a group says where its values go on. null: an offset is written in a way that is not told here.
 */
export function entryFrom(bytes: Uint8Array, start: number, { recordIdBytes, layouts }: RecordStream): StreamEntry | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const byId = new Map(layouts.map((layout) => [layout.recordId, layout]));
  const groups = layouts.filter(({ isVlsd }) => isVlsd).map(({ recordId }) => recordId);
  let entry = start;
  let offsets = new Map<number, number>();
  let at = start;
  while (at + recordIdBytes + 4 <= bytes.length) {
    const layout = byId.get(readRecordId(view, at, recordIdBytes));
    if (layout === undefined) return null;
    const record = at + recordIdBytes;
    if (layout.isVlsd) {
      at = record + 4 + view.getUint32(record, true);
      if (offsets.has(groups.indexOf(layout.recordId))) continue;
      entry = at;
      offsets = new Map();
      continue;
    }
    at = record + layout.recordBytes;
    const payload = layout.frame?.payload;
    if (payload?.kind !== "vlsd-group" || at > bytes.length) continue;
    const group = groups.indexOf(payload.recordId);
    if (offsets.has(group)) continue;
    const offset = offsetAt(view, record, payload.offset);
    if (offset === null) return null;
    offsets.set(group, offset);
  }
  return { atByte: entry, valueOffsets: groups.map((_, i) => offsets.get(i) ?? NOWHERE) };
}

type OffsetField = (NonNullable<RecordLayout["frame"]>["payload"] & { readonly kind: "vlsd-group" })["offset"];

/** As loggers write it: eight bytes or four, the least significant first. */
function offsetAt(view: DataView, record: number, field: OffsetField): number | null {
  const { atByte, bitOffset, bitCount, isBigEndian } = field;
  if (bitOffset !== 0 || isBigEndian) return null;
  if (bitCount === 32) return view.getUint32(record + atByte, true);
  const offset = bitCount === 64 ? view.getBigUint64(record + atByte, true) : null;
  return offset !== null && offset <= NOWHERE ? Number(offset) : null;
}
