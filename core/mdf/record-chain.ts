/** Where records begin in bytes from the end of a stream: nothing marks a record, but each leads to the next, and the last to the end. */
import type { RecordStream } from "../bus/layout.ts";
import { readRecordId } from "./record-id.ts";

/** A chain must be of so many records before it is believed. */
const RECORDS_LEAST = 16;
/** No bytes: a position that leads nowhere. */
const NOWHERE = 0;

/**
 * A byte of `bytes`, the last ones of a record stream with record ids, at which a record begins; null if none can be told. Chains that begin in the
 * middle of a record soon meet an id that is none, or fall into step with the right one: so it is given a good way behind the longest chain's
 * start. A stream may end within its last record.
 */
export function recordStart(bytes: Uint8Array, { recordIdBytes, layouts }: RecordStream): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = new Map(layouts.map((layout) => [layout.recordId, layout.isVlsd ? null : layout.recordBytes]));
  /** Of the record at this place, with its id; NOWHERE if there can be none. */
  const stepAt = (at: number): number => {
    if (at + recordIdBytes > bytes.length) return NOWHERE;
    const size = sizes.get(readRecordId(view, at, recordIdBytes));
    if (size === undefined) return NOWHERE;
    if (size !== null) return recordIdBytes + size;
    return at + recordIdBytes + 4 > bytes.length ? NOWHERE : recordIdBytes + 4 + view.getUint32(at + recordIdBytes, true);
  };
  // From the end: how many records follow each other from here to it.
  const records = new Uint32Array(bytes.length + 1);
  for (const mayBeCut of [false, true]) {
    records.fill(0);
    records[bytes.length] = 1;
    let best = 0;
    let bestAt = 0;
    for (let at = bytes.length - 1; at >= 0; at--) {
      const step = stepAt(at);
      if (step === NOWHERE) continue;
      const behind = at + step <= bytes.length ? (records[at + step] ?? 0) : mayBeCut ? 1 : 0;
      if (behind === 0) continue;
      records[at] = behind + 1;
      if (behind + 1 <= best) continue;
      best = behind + 1;
      bestAt = at;
    }
    if (best <= RECORDS_LEAST) continue;
    // A quarter of the chain is enough to fall into step.
    for (let skipped = 0; skipped < best / 4; skipped++) bestAt += stepAt(bestAt);
    return bestAt;
  }
  return null;
}
