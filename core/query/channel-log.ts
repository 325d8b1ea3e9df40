/** One log read for plain channels: each data group once, batch by batch, with the time beside the values. */
import type { Extent } from "../bus/layout.ts";
import type { Notice } from "../fault.ts";
import type { Column } from "../mdf/column.ts";
import { GroupReader, type ReadHost } from "../mdf/group-reader.ts";
import type { MeasuredGroup, MeasuredStream, Measurement } from "../mdf/measurement.ts";
import type { RecordBatch } from "../mdf/record-batch.ts";
import { timeAxis, timesInto } from "../mdf/time-axis.ts";
import { plotInto, whyNoNumbers } from "./channel-numbers.ts";
import { emptyLedger, type Ledger } from "./ledger.ts";
import type { PlainChannel, PlainGroup } from "./plain-channels.ts";

/** Whoever asked for a channel of this log. */
export interface Taker {
  readonly group: PlainGroup;
  readonly plain: PlainChannel;
  /** Samples in stored order, invalid ones marked; lent. Times are ns since the file's start. */
  take(batch: SampleBatch): void;
}

export interface SampleBatch {
  readonly count: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** 1: the file says that this value is not valid. */
  readonly invalid: Uint8Array;
}

export interface ReadChannels {
  readonly ledger: Ledger;
  readonly extents: readonly Extent[];
  readonly notices: readonly Notice[];
  /** Why a taker got nothing. */
  readonly refused: ReadonlyMap<Taker, string>;
}

/** `unpackedBytes`: of the file, as the ledger counts. Faults: `input/unsupported`, `limit/*`, those of the source. */
export async function readChannels(
  measurement: Measurement,
  takers: readonly Taker[],
  unpackedBytes: number,
  host: ReadHost,
): Promise<ReadChannels> {
  const streams = new Set(takers.map(({ group }) => group.group.stream));
  const refused = new Map<Taker, string>();
  const notices: Notice[] = [...measurement.notices];
  const extents: Extent[] = [];
  const account = { records: 0, tail: 0, rows: 0 };
  for (const stream of streams) {
    const own = takers.filter(({ group }) => group.group.stream === stream);
    const reader = await GroupReader.open(measurement, stream, host);
    account.rows += await readStream(measurement, stream, reader, own, host, refused);
    account.records += reader.recordBytes;
    account.tail += reader.tailBytes;
    // Without spreading: a file may have more blocks than a call takes arguments.
    for (const extent of reader.extents) extents.push(extent);
    for (const notice of reader.notices) notices.push(notice);
  }
  const ledger: Ledger = {
    ...emptyLedger,
    files: 1,
    bytes: unpackedBytes,
    header: unpackedBytes - account.records - account.tail,
    records: account.records,
    tail: account.tail,
    otherRecords: account.rows,
    bytesRead: extents.reduce((sum, { packed, lengthBytes }) => sum + (packed?.lengthBytes ?? lengthBytes), 0),
  };
  return { ledger, extents, notices: [...notices, ...measurement.rules.notices], refused };
}

/** Records read. */
async function readStream(
  measurement: Measurement,
  stream: MeasuredStream,
  reader: GroupReader,
  takers: readonly Taker[],
  host: ReadHost,
  refused: Map<Taker, string>,
): Promise<number> {
  const groups = new Map<MeasuredGroup, GroupPlots>();
  for (const group of stream.groups) {
    const own = takers.filter((taker) => taker.group.group === group);
    const plots = own.length === 0 ? null : await GroupPlots.open(measurement, reader, group, own, host, refused);
    if (plots !== null) groups.set(group, plots);
  }
  let rows = 0;
  if (groups.size === 0) return rows;
  try {
    for await (const { group, batch } of reader.batches(new Set(groups.keys()))) {
      rows += batch.rowCount;
      await groups.get(group)?.add(batch);
    }
  } finally {
    for (const plots of groups.values()) await plots.close();
  }
  return rows;
}

/** The asked channels of one group. */
class GroupPlots {
  readonly #plots: readonly { readonly column: Column; readonly taker: Taker }[];
  readonly #clock: Clock;
  #times = new Float64Array();
  #values = new Float64Array();
  #invalid = new Uint8Array();

  private constructor(clock: Clock, plots: readonly { readonly column: Column; readonly taker: Taker }[]) {
    this.#clock = clock;
    this.#plots = plots;
  }

  /** null: none of the takers can be served. */
  static async open(
    measurement: Measurement,
    reader: GroupReader,
    group: MeasuredGroup,
    takers: readonly Taker[],
    host: ReadHost,
    refused: Map<Taker, string>,
  ): Promise<GroupPlots | null> {
    const refuse = (why: string): null => {
      for (const taker of takers) refused.set(taker, why);
      return null;
    };
    const axis = timeAxis(measurement, group);
    if (typeof axis === "string") return refuse(axis);
    const isOwn = axis.group === group;
    const holder = isOwn ? reader : await GroupReader.open(measurement, axis.group.stream, host);
    const [master] = await holder.columns(axis.group, [axis.channel]);
    if (master === undefined || typeof master === "string") return refuse(`its time cannot be read: ${master}`);
    const columns = await reader.columns(
      group,
      takers.map(({ plain }) => plain.channel),
    );
    const plots = takers.flatMap((taker, i) => {
      const column = columns[i] ?? "it is not there";
      const why = typeof column === "string" ? column : whyNoNumbers(column);
      if (why !== null || typeof column === "string") {
        refused.set(taker, why ?? "");
        return [];
      }
      return [{ taker, column: { ...column, offsets: [column.offsets[taker.plain.element] ?? 0] } }];
    });
    if (plots.length === 0) return null;
    return new GroupPlots(isOwn ? new OwnClock(master) : new RemoteClock(master, holder, axis.group), plots);
  }

  async add(batch: RecordBatch): Promise<void> {
    const count = batch.rowCount;
    if (this.#times.length < count) {
      this.#times = new Float64Array(count);
      this.#values = new Float64Array(count);
      this.#invalid = new Uint8Array(count);
    }
    await this.#clock.timesInto(batch, this.#times);
    for (const { column, taker } of this.#plots) {
      await plotInto(column, batch, this.#values);
      markInvalid(column, batch, this.#invalid);
      taker.take({ count, times: this.#times, values: this.#values, invalid: this.#invalid });
    }
  }

  close(): Promise<void> {
    return this.#clock.close();
  }
}

function markInvalid({ channel }: Column, batch: RecordBatch, into: Uint8Array): void {
  const { invalidBit, isAllInvalid } = channel;
  into.fill(isAllInvalid ? 1 : 0, 0, batch.rowCount);
  if (invalidBit === null || isAllInvalid) return;
  const { invalidView, invalidAt } = batch;
  for (let row = 0; row < batch.rowCount; row++)
    into[row] = (invalidView.getUint8((invalidAt[row] as number) + (invalidBit >> 3)) >> (invalidBit & 7)) & 1;
}

interface Clock {
  /** Of the records of the batch, ns since the file's start; NaN where there is none. */
  timesInto(batch: RecordBatch, into: Float64Array): Promise<void>;
  close(): Promise<void>;
}

class OwnClock implements Clock {
  readonly #master: Column;
  constructor(master: Column) {
    this.#master = master;
  }
  async timesInto(batch: RecordBatch, into: Float64Array): Promise<void> {
    timesInto(this.#master, batch, into);
  }
  async close(): Promise<void> {}
}

/** Remote master (4.20): the n-th record of the other group has the time of the n-th of this one. */
class RemoteClock implements Clock {
  readonly #master: Column;
  readonly #batches: AsyncGenerator<{ readonly batch: RecordBatch }>;
  #left = new Float64Array();

  constructor(master: Column, reader: GroupReader, group: MeasuredGroup) {
    this.#master = master;
    this.#batches = reader.batches(new Set([group]));
  }

  async timesInto({ rowCount }: RecordBatch, into: Float64Array): Promise<void> {
    let filled = 0;
    while (filled < rowCount) {
      if (this.#left.length === 0) {
        const { done, value } = await this.#batches.next();
        if (done === true) break;
        this.#left = new Float64Array(value.batch.rowCount);
        timesInto(this.#master, value.batch, this.#left);
      }
      const part = this.#left.subarray(0, rowCount - filled);
      into.set(part, filled);
      filled += part.length;
      this.#left = this.#left.subarray(part.length);
    }
    into.fill(Number.NaN, filled, rowCount);
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}
