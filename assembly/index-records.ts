/** Which times lie where: the records of a window once more, only for their times, so that a later question reads the parts it needs. */
import { Entry, HEAD, Head, INDEX_ROW_BYTES, INDEX_ROWS, IndexRow, Kind } from "./layout";
import { entryAt } from "./scan";
import { Field } from "./record";

/** A row ends with the first record at or behind so many bytes. */
const ROW_RECORD_BYTES: usize = 0x10000;

function beginRow(row: usize): void {
  memory.fill(row, 0, <usize>INDEX_ROW_BYTES);
  store<i64>(row, i64.MAX_VALUE, IndexRow.earliestNs);
  store<i64>(row, i64.MIN_VALUE, IndexRow.latestNs);
}

abstract class Times {
  /** 48 bits of µs behind the record id. */
  @inline static ofD(p: usize): i64 {
    return <i64>(load<u64>(p - 1) >> 16) * 1000;
  }

  @inline static count(row: usize, counter: usize): void {
    store<u32>(row + counter, load<u32>(row + counter) + 1);
  }

  @inline static widen(row: usize, earliest: i64, latest: i64): void {
    if (earliest < load<i64>(row, IndexRow.earliestNs)) store<i64>(row, earliest, IndexRow.earliestNs);
    if (latest > load<i64>(row, IndexRow.latestNs)) store<i64>(row, latest, IndexRow.latestNs);
  }
}

/** Records of one id in generation D, where nothing but the time is read. Returns the first one that is another, or lies at `rowEnd`. */
function runOfD(p: usize, rowEnd: usize, row: usize, size: usize): usize {
  const start = p;
  const recordId = load<u8>(p);
  let earliest = Times.ofD(p);
  let latest = earliest;
  do {
    const time = Times.ofD(p);
    earliest = time < earliest ? time : earliest;
    latest = time > latest ? time : latest;
    p += size;
  } while (p < rowEnd && load<u8>(p) === recordId);
  store<u32>(row, load<u32>(row, IndexRow.frames) + <u32>((p - start) / size), IndexRow.frames);
  Times.widen(row, earliest, latest);
  return p;
}

/**
 * Rows for the whole records between `p` and `end`, which scanDecode or scanOther went over before: so no length is compared again.
 * Returns their number; they stand at INDEX_ROWS.
 */
export function indexRecords(p: usize, end: usize): u32 {
  const idBytes = load<u32>(HEAD, Head.idBytes);
  let row = INDEX_ROWS;
  let count: u32 = 0;
  while (p < end) {
    const start = p;
    const rowEnd = min<usize>(end, p + ROW_RECORD_BYTES);
    beginRow(row);
    while (p < end) {
      const entry = entryAt(p, idBytes);
      const kind = load<u32>(entry, Entry.kind);
      // A value belongs to the frame before it: both stand in one row.
      if (p >= rowEnd && kind !== Kind.Value) break;
      if (idBytes === 1 && kind === Kind.StandardD) p = runOfD(p, rowEnd, row, 17);
      else if (idBytes === 1 && kind === Kind.ExtendedD) p = runOfD(p, rowEnd, row, 20);
      else {
        const record = p + <usize>idBytes;
        if (kind === Kind.Value) {
          const bytes = 4 + <u64>load<u32>(record);
          const slot = row + IndexRow.valueBytes + ((<usize>load<u32>(entry, Entry.slot)) << 3);
          store<u64>(slot, load<u64>(slot) + bytes);
          p = record + <usize>bytes;
          continue;
        }
        p = record + <usize>load<u32>(entry, Entry.size);
        if (kind === Kind.Other) {
          Times.count(row, IndexRow.otherRecords);
          continue;
        }
        const time = Field.time(entry, record);
        Times.widen(row, time, time);
        Times.count(row, kind === Kind.OtherFrame ? IndexRow.otherFrames : IndexRow.frames);
      }
    }
    store<u32>(row, <u32>(p - start), IndexRow.bytes);
    row += <usize>INDEX_ROW_BYTES;
    count++;
  }
  return count;
}
