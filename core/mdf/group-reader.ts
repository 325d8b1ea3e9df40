/** Reads the records of one data group for whoever wants columns: batches, values of variable length, and the account of both. */
import { fileOffset, sizeOf } from "../bus/extents.ts";
import type { Extent } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import type { Codecs } from "../kernel/codecs.ts";
import { damageNotice } from "./block.ts";
import { type Column, columnOf, type VariableValues } from "./column.ts";
import { walkColumns } from "./column-walk.ts";
import { dataExtents } from "./data-list.ts";
import { streamExtents } from "./data-stream.ts";
import { UNFINISHED } from "./identification.ts";
import type { MeasuredChannel } from "./measured-channel.ts";
import { extentsOfStream, type MeasuredGroup, type MeasuredStream, type Measurement, type StreamExtents } from "./measurement.ts";
import { type ReadNumber, rawKind } from "./raw-value.ts";
import { firstRecords, type RecordBatch } from "./record-batch.ts";
import { noCounts, RECORD_BYTES_MAX, type RecordCounts, type RecordKind, walkRecords } from "./record-walk.ts";
import { checkUnpacked } from "./unpacked-limits.ts";
import { type ValueSource, ValueStream } from "./value-stream.ts";

export interface ReadHost {
  readonly codecs: Codecs;
  readonly signal: AbortSignal;
  /** After each window, with its bytes; a promise is awaited. */
  readonly onWindow: (bytes: number) => Promise<void> | undefined;
}

export interface GroupBatch {
  readonly group: MeasuredGroup;
  readonly batch: RecordBatch;
}

/** What all value streams of a data group may keep in memory together. */
const VALUES_KEPT_BYTES = 16 * 1024 * 1024;
/** Blocks may count up to 7 bytes of padding as theirs. */
const PADDING_BYTES_MAX = 7;
/** Records without a single byte exist in number only; more than this nobody means. */
const EMPTY_RECORDS_MAX = 250_000;

export class GroupReader {
  readonly notices: Notice[] = [];
  /** Bytes of the stream that hold records; those behind the last whole record. Right when `batches` has ended. */
  recordBytes = 0;
  tailBytes = 0;
  readonly #measurement: Measurement;
  readonly #stream: MeasuredStream;
  readonly #extents: StreamExtents;
  readonly #host: ReadHost;
  readonly #opened: ValueStream[] = [];
  /** Values in each VLSD group, by the address of its block. */
  #held: ReadonlyMap<number, HeldValues> | null = null;
  /** What each record of a group must find among the values: an interrupted writer may not have come to it. */
  readonly #needs = new Map<MeasuredGroup, Need[]>();

  private constructor(measurement: Measurement, stream: MeasuredStream, extents: StreamExtents, host: ReadHost) {
    this.#measurement = measurement;
    this.#stream = stream;
    this.#extents = extents;
    this.#host = host;
    for (const notice of extents.notices) this.notices.push(notice);
  }

  /** Faults: `input/unsupported` (a codec), `limit/too-large`, `storage/*`. */
  static async open(measurement: Measurement, stream: MeasuredStream, host: ReadHost): Promise<GroupReader> {
    const extents = await extentsOfStream(measurement, stream);
    checkUnpacked(measurement.source, sizeOf(extents.extents));
    return new GroupReader(measurement, stream, extents, host);
  }

  /** Extents of the records, for whoever plans or accounts. */
  get extents(): readonly Extent[] {
    const { extents } = this.#extents;
    return this.#extents.kind === "records" ? extents : [...extents, ...(this.#extents.invalidation ?? [])];
  }

  /** A column for each channel, or why there is none. To be called before `batches`. Faults: `limit/*`, `storage/*`. */
  async columns(group: MeasuredGroup, channels: readonly MeasuredChannel[]): Promise<(Column | string)[]> {
    const columns: (Column | string)[] = [];
    const keptBytes = VALUES_KEPT_BYTES / Math.max(1, channels.length);
    for (const channel of channels)
      columns.push(await columnOf(this.#measurement, group, channel, (one) => this.#variable(group, one, keptBytes)));
    return columns;
  }

  /** Records of the wanted groups, lent until the next step. Damage ends them with a notice. Faults: those of the source. */
  async *batches(wanted: ReadonlySet<MeasuredGroup>): AsyncGenerator<GroupBatch> {
    try {
      const batches = this.#extents.kind === "columns" ? this.#columnBatches(this.#extents, wanted) : this.#recordBatches(wanted);
      for await (const { group, batch } of batches) {
        const whole = firstRecords(batch, wholeRows(batch, this.#needs.get(group) ?? []));
        if (whole.rowCount > 0) yield { group, batch: whole };
      }
    } finally {
      for (const values of this.#opened) await values.close();
    }
  }

  async *#columnBatches(
    { extents, invalidation }: StreamExtents & { kind: "columns" },
    wanted: ReadonlySet<MeasuredGroup>,
  ): AsyncGenerator<GroupBatch> {
    const [group] = this.#stream.groups;
    const allBytes = sizeOf(extents) + sizeOf(invalidation ?? []);
    this.tailBytes = allBytes;
    if (group === undefined || !wanted.has(group) || !this.#isReadable(group)) return;
    const shape = { dataBytes: group.dataBytes, invalidBytes: group.invalidBytes, most: group.cycleCount };
    const invalid = invalidation === null || group.invalidBytes === 0 ? null : this.#windows(invalidation);
    let rows = 0;
    for await (const batch of walkColumns(this.#windows(extents), invalid, shape)) {
      rows += batch.rowCount;
      yield { group, batch };
    }
    this.#account(rows * (group.dataBytes + (invalid === null ? 0 : group.invalidBytes)), allBytes);
    this.#compareCount(group, rows);
  }

  async *#recordBatches(wanted: ReadonlySet<MeasuredGroup>): AsyncGenerator<GroupBatch> {
    const { groups, recordIdBytes } = this.#stream;
    const [only] = groups;
    if (recordIdBytes === 0 && only !== undefined && only.dataBytes + only.invalidBytes === 0) {
      if (wanted.has(only)) yield* emptyRecords(only);
      return;
    }
    if (groups.some((group) => wanted.has(group) && !this.#isReadable(group))) return;
    const kinds = this.#kinds((group) => wanted.has(group), null);
    const counts = noCounts(kinds);
    const extents = this.extents;
    for await (const { kind, batch } of walkRecords(this.#windows(extents), recordIdBytes, kinds, counts)) {
      const group = groups[kinds.indexOf(kind)];
      if (group !== undefined) yield { group, batch };
    }
    this.#account(counts.doneBytes, sizeOf(extents));
    if (counts.stop !== null) this.notices.push(this.#stopNotice(counts, extents));
    for (const [i, group] of groups.entries()) if (wanted.has(group)) this.#compareCount(group, counts.counts[i] ?? 0);
  }

  /** The groups first, in their order, then those of values; of the latter one may be wanted. */
  #kinds(isWanted: (group: MeasuredGroup) => boolean, values: number | null): RecordKind[] {
    const { groups, valueGroups } = this.#stream;
    return [
      ...groups.map((group) => ({
        recordId: group.recordId,
        recordBytes: group.dataBytes + group.invalidBytes,
        dataBytes: group.dataBytes,
        most: this.#stream.recordIdBytes === 0 ? group.cycleCount : null,
        isWanted: isWanted(group),
      })),
      ...Array.from(valueGroups, ([atByte, recordId]) => ({
        recordId,
        recordBytes: null,
        dataBytes: 0,
        most: null,
        isWanted: atByte === values,
      })),
    ];
  }

  #account(doneBytes: number, allBytes: number): void {
    this.recordBytes = doneBytes;
    this.tailBytes = allBytes - doneBytes;
  }

  #isReadable(group: MeasuredGroup): boolean {
    const found = group.dataBytes + group.invalidBytes;
    if (found <= RECORD_BYTES_MAX) return true;
    const fault: Fault = {
      code: "limit/too-large",
      message: `The records of group ${group.number} (${group.name}) have ${found} bytes; buslens reads records of up to ${RECORD_BYTES_MAX}.`,
      object: this.#measurement.source.key,
      atByte: group.atByte,
      found,
      allowed: RECORD_BYTES_MAX,
    };
    this.notices.push(damageNotice(fault, "Its records are left out."));
    return false;
  }

  /** Neither count nor length is believed alone: the smaller wins, and both are told. */
  #compareCount(group: MeasuredGroup, found: number): void {
    const { cycleCount } = group;
    const isAll = this.tailBytes <= PADDING_BYTES_MAX;
    if (cycleCount === null || (cycleCount === found && (isAll || this.#stream.recordIdBytes !== 0))) return;
    const text = `${this.#measurement.source.key}: group ${group.number} (${group.name}) says ${cycleCount} records; ${found} are read, and ${this.tailBytes} bytes behind them are left.`;
    this.notices.push({ severity: "warning", text });
  }

  #stopNotice({ stop, doneBytes }: RecordCounts, extents: readonly Extent[]): Notice {
    const fault: Fault = {
      code: "input/bad-record",
      message: `The records stop making sense at byte ${fileOffset(extents, doneBytes)}: ${stop?.why}.`,
      object: this.#measurement.source.key,
      atByte: fileOffset(extents, doneBytes),
      ...(stop === null ? {} : { found: stop.found, allowed: stop.allowed }),
    };
    return damageNotice(fault, "What comes before is read.");
  }

  async *#windows(extents: readonly Extent[], fromByte = 0): AsyncGenerator<Uint8Array> {
    const { codecs, signal, onWindow } = this.#host;
    for await (const window of streamExtents(this.#measurement.source, extents, codecs, signal, { fromByte })) {
      yield window;
      const pause = onWindow(window.length);
      if (pause) await pause;
    }
  }

  async #variable(group: MeasuredGroup, channel: MeasuredChannel, keptBytes: number): Promise<VariableValues | string> {
    const { blocks, id, source } = this.#measurement;
    const object = source.key;
    const { dataLink } = channel;
    if (dataLink === 0) return this.#opening({ object, sizeBytes: 0, open: () => this.#windows([]) }, keptBytes, true);
    if (this.#stream.valueGroups.has(dataLink)) {
      const held = (await this.#values()).get(dataLink) ?? { sizeBytes: 0, count: 0 };
      const open = (fromByte: number) => this.#valueWindows(dataLink, fromByte);
      const isWritten = (id.unfinished & UNFINISHED.vlsdOffsets) === 0;
      const place = rawKind(0, channel);
      if (!id.finalized && typeof place !== "string" && place.kind === "number")
        this.#needs.set(group, [...(this.#needs.get(group) ?? []), { ...held, offset: isWritten ? place.read : null }]);
      return this.#opening({ object, sizeBytes: held.sizeBytes, open }, keptBytes, isWritten);
    }
    const { extents, notices, unsupported } = await dataExtents(blocks, dataLink, "SD", id);
    if (unsupported !== null) throw new FaultError(unsupported);
    for (const notice of notices) this.notices.push(notice);
    const open = (fromByte: number) => this.#windows(extents, fromByte);
    return this.#opening({ object, sizeBytes: sizeOf(extents), open }, keptBytes, true);
  }

  #opening(source: ValueSource, keptBytes: number, offsetsAreWritten: boolean): VariableValues {
    const values = new ValueStream(source, keptBytes);
    this.#opened.push(values);
    return { values, offsetsAreWritten };
  }

  /** One walk over the data tells how many values each VLSD group has, and how many bytes they take. */
  async #values(): Promise<ReadonlyMap<number, HeldValues>> {
    if (this.#held !== null) return this.#held;
    const kinds = this.#kinds(() => false, null);
    const counts = noCounts(kinds);
    for await (const _ of walkRecords(this.#windows(this.extents), this.#stream.recordIdBytes, kinds, counts));
    const first = this.#stream.groups.length;
    const held = new Map<number, HeldValues>();
    for (const [i, atByte] of [...this.#stream.valueGroups.keys()].entries())
      held.set(atByte, { sizeBytes: counts.valueBytes[first + i] ?? 0, count: counts.counts[first + i] ?? 0 });
    this.#held = held;
    return held;
  }

  /** The values of a VLSD group as the SD stream they would be: lengths and bytes, one after the other. */
  async *#valueWindows(groupAt: number, fromByte: number): AsyncGenerator<Uint8Array> {
    const kinds = this.#kinds(() => false, groupAt);
    let skip = fromByte;
    for await (const { batch } of walkRecords(this.#windows(this.extents), this.#stream.recordIdBytes, kinds, noCounts(kinds))) {
      const window = valuesOf(batch);
      if (skip >= window.length) skip -= window.length;
      else {
        yield window.subarray(skip);
        skip = 0;
      }
    }
  }
}

interface HeldValues {
  /** With 4 bytes for the length of each. */
  readonly sizeBytes: number;
  readonly count: number;
}

interface Need extends HeldValues {
  /** null: the k-th record has the k-th value. */
  readonly offset: ReadNumber | null;
}

/** Records in front of the first whose value never came. */
function wholeRows({ rowCount, firstRow, view, at }: RecordBatch, needs: readonly Need[]): number {
  let whole = rowCount;
  for (const { offset, sizeBytes, count } of needs) {
    if (offset === null) whole = Math.min(whole, Math.max(0, count - firstRow));
    else {
      let row = 0;
      while (row < whole && offset(view, at[row] as number) + 4 <= sizeBytes) row++;
      whole = row;
    }
  }
  return whole;
}

function valuesOf({ view, at, rowCount }: RecordBatch): Uint8Array {
  let lengthBytes = 0;
  for (let row = 0; row < rowCount; row++) lengthBytes += 4 + view.getUint32(at[row] as number, true);
  const values = new Uint8Array(lengthBytes);
  let filled = 0;
  for (let row = 0; row < rowCount; row++) {
    const place = at[row] as number;
    const value = new Uint8Array(view.buffer, view.byteOffset + place, 4 + view.getUint32(place, true));
    values.set(value, filled);
    filled += value.length;
  }
  return values;
}

const EMPTY = new DataView(new ArrayBuffer(0));
const EMPTY_BATCH_ROWS = 65_536;

/** Records of virtual channels alone take no bytes. */
function* emptyRecords(group: MeasuredGroup): Generator<GroupBatch> {
  const count = Math.min(group.cycleCount ?? 0, EMPTY_RECORDS_MAX);
  const places = new Int32Array(Math.min(count, EMPTY_BATCH_ROWS));
  for (let firstRow = 0; firstRow < count; firstRow += EMPTY_BATCH_ROWS) {
    const rowCount = Math.min(EMPTY_BATCH_ROWS, count - firstRow);
    yield { group, batch: { firstRow, rowCount, view: EMPTY, at: places, invalidView: EMPTY, invalidAt: places } };
  }
}
