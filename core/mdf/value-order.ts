/** Offsets of values that an interrupted writer never stored (id_unfin_flags 0x40): the k-th record of a group gets its k-th value. */
import type { RecordId, RecordLayout, RecordStream } from "../bus/layout.ts";
import { readRecordId } from "./record-id.ts";

/** The kernel keeps so many values back; to older ones nobody can refer. */
const VALUES_KEPT = 16;
/** A record longer than this is none, and what follows it is not read (walk.ts). */
const RECORD_BYTES_MAX = 0x10000;

/** Of one VLSD group. */
interface Order {
  frames: number;
  values: number;
  /** Where the next value begins, and where the last ones did, by number modulo VALUES_KEPT. */
  nextOffset: number;
  readonly offsets: number[];
}

export const needsValueOrder = ({ layouts }: RecordStream): boolean =>
  layouts.some(({ frame }) => frame?.payload.kind === "vlsd-group" && frame.payload.isInOrder === true);

/**
 * The same bytes, the offsets filled in; windows end where records end. A record more than one ahead of its values gets an offset that leads nowhere.
 * Source: formats/mdf4.md §10, bit 6.
 */
export async function* withValueOrder(windows: AsyncIterable<Uint8Array>, stream: RecordStream): AsyncGenerator<Uint8Array> {
  const layouts = new Map(stream.layouts.toReversed().map((layout) => [layout.recordId, layout]));
  const orders = new Map<RecordId, Order>();
  for (const { isVlsd, recordId } of stream.layouts) {
    if (isVlsd) orders.set(recordId, { frames: 0, values: 0, nextOffset: 0, offsets: [] });
  }
  let carried = new Uint8Array();
  for await (const window of windows) {
    // A copy: the windows are lent to be read.
    const bytes = new Uint8Array(carried.length + window.length);
    bytes.set(carried);
    bytes.set(window, carried.length);
    const end = fill(bytes, stream.recordIdBytes, layouts, orders);
    // What makes no sense goes on as it is, for the walk to say so.
    const isLost = bytes.length - end > RECORD_BYTES_MAX;
    carried = bytes.slice(isLost ? bytes.length : end);
    yield bytes.subarray(0, bytes.length - carried.length);
  }
  if (carried.length > 0) yield carried;
}

/** Fills in the whole records, in place. Returns where the first that is not whole begins. */
function fill(
  bytes: Uint8Array,
  recordIdBytes: RecordStream["recordIdBytes"],
  layouts: ReadonlyMap<RecordId, RecordLayout>,
  orders: ReadonlyMap<RecordId, Order>,
): number {
  const view = new DataView(bytes.buffer);
  for (let at = 0; ; ) {
    const record = at + recordIdBytes;
    if (record > bytes.length) return at;
    const layout = layouts.get(readRecordId(view, at, recordIdBytes));
    if (!layout || (layout.isVlsd && record + 4 > bytes.length)) return at;
    const end = record + (layout.isVlsd ? 4 + view.getUint32(record, true) : layout.recordBytes);
    if (end > bytes.length || end === at) return at;
    if (layout.isVlsd) addValue(orders.get(layout.recordId), end - record);
    else fillFrame(bytes, record, layout, orders);
    at = end;
  }
}

function addValue(order: Order | undefined, storedBytes: number): void {
  if (!order) return;
  order.offsets[order.values % VALUES_KEPT] = order.nextOffset;
  order.values++;
  order.nextOffset += storedBytes;
}

function fillFrame(bytes: Uint8Array, record: number, layout: RecordLayout, orders: ReadonlyMap<RecordId, Order>): void {
  const payload = layout.frame?.payload;
  if (payload?.kind !== "vlsd-group" || payload.isInOrder !== true) return;
  const order = orders.get(payload.recordId);
  if (!order) return;
  const number = order.frames++;
  const { atByte, bitCount } = payload.offset;
  const isKept = number < order.values && order.values - number <= VALUES_KEPT;
  const known = number === order.values ? order.nextOffset : isKept ? order.offsets[number % VALUES_KEPT] : undefined;
  let rest = known ?? 2 ** Math.min(bitCount, 48) - 1;
  for (let i = 0; i < bitCount / 8; i++) {
    bytes[record + atByte + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
