/** Record ids (cg_record_id) as they stand in front of records. */
import type { RecordId, RecordStream } from "../bus/layout.ts";

/** A double for what a double holds: maps are keyed by these, and most ids are small. */
export const recordIdOf = (exact: bigint): RecordId => (exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact);

/** The id of the record at `at`; 0 where records have none. */
export function readRecordId(view: DataView, at: number, idBytes: RecordStream["recordIdBytes"]): RecordId {
  switch (idBytes) {
    case 0:
      return 0;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true);
    case 4:
      return view.getUint32(at, true);
    case 8:
      return recordIdOf(view.getBigUint64(at, true));
  }
}
