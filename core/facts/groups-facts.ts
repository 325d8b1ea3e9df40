/** Every channel group of a log as columns, as JSON of schema `buslens-groups/1` (golden README §7). */
import type { OpenedLog } from "../canedge/container.ts";
import { type Fault, FaultError, isOfOneObject, type Notice } from "../fault.ts";
import { type Column, eachValue, invalidIn, isNumeric, numbersInto } from "../mdf/column.ts";
import { GroupReader, type ReadHost } from "../mdf/group-reader.ts";
import { isMaster, type MeasuredChannel } from "../mdf/measured-channel.ts";
import { type MeasuredGroup, type MeasuredStream, type Measurement, readMeasurement } from "../mdf/measurement.ts";
import type { RecordBatch } from "../mdf/record-batch.ts";
import { shortened } from "../mdf/shortened.ts";
import { checkUnpacked, unpackedBytesMax } from "../mdf/unpacked-limits.ts";
import type { ByteSource } from "../store/source.ts";
import { ColumnFacts } from "./column-facts.ts";
import { document, type FactsDocument } from "./document.ts";
import { hashSource } from "./hash-source.ts";

/** A small file may declare any number of channels over the same bytes: values, for each byte of the file, and for any file. */
const VALUES_PER_BYTE_MAX = 32;
const VALUES_MIN = 4_000_000;

export interface GroupsFactsOptions {
  readonly log: OpenedLog;
  /** As printed. */
  readonly fileName: string;
  readonly host: ReadHost;
}

/** The document, LF at its end. Memory grows with the channels, not with the records. Faults: `input/*` when nothing can be read, `limit/*`, those of the source. */
export async function groupsFacts({ log, fileName, host }: GroupsFactsOptions): Promise<FactsDocument> {
  const measurement = await readMeasurement(log.source, host.signal);
  const budget = { left: VALUES_MIN + VALUES_PER_BYTE_MAX * log.source.sizeBytes };
  const bounded = { ...host, onWindow: boundedBytes(log.source, host) };
  const notices: Notice[] = [...measurement.notices];
  const groups: string[] = [];
  for (const stream of measurement.streams) {
    for (const group of await streamGroups(measurement, stream, bounded, budget, notices)) groups.push(group);
  }
  const { header } = measurement;
  const text = document({
    schema: `"buslens-groups/1"`,
    file: JSON.stringify(fileName),
    sizeBytes: String(log.outer.sizeBytes),
    sha256: JSON.stringify(await hashSource(log.outer, host)),
    mdfVersion: JSON.stringify(header.version),
    startNs: `"${header.startNs}"`,
    groups,
  });
  return { text, notices: shortened([...notices, ...measurement.rules.notices], log.source.key) };
}

/** Of plain conversions; long ones count more. */
interface Budget {
  left: number;
}

/** Any number of data groups may have the same packed block: together they may unpack what the file may hold, twice. Faults: `limit/too-large`. */
function boundedBytes(source: ByteSource, host: ReadHost): ReadHost["onWindow"] {
  let doneBytes = 0;
  return (bytes) => {
    doneBytes += bytes;
    if (doneBytes > 2 * unpackedBytesMax(source.sizeBytes)) checkUnpacked(source, doneBytes);
    return host.onWindow(bytes);
  };
}

async function streamGroups(
  measurement: Measurement,
  stream: MeasuredStream,
  host: ReadHost,
  budget: Budget,
  notices: Notice[],
): Promise<string[]> {
  const object = measurement.source.key;
  let reader: GroupReader;
  try {
    reader = await GroupReader.open(measurement, stream, host);
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
    notices.push({ severity: "error", text: `${object}: ${error.fault.message}`, fault: error.fault });
    return stream.groups.map((group) => new GroupFacts(group, [], object).text());
  }
  const facts = new Map<MeasuredGroup, GroupFacts>();
  for (const group of stream.groups) facts.set(group, new GroupFacts(group, await reader.columns(group, group.channels), object));
  for await (const { group, batch } of reader.batches(new Set(stream.groups))) await facts.get(group)?.add(batch, budget);
  const texts = [...facts.values()].map((one) => one.text());
  for (const one of [reader, ...facts.values()]) for (const notice of one.notices) notices.push(notice);
  return texts;
}

interface Row {
  readonly channel: MeasuredChannel;
  readonly column: Column | null;
  readonly facts: ColumnFacts;
}

/** One group while its records come. */
class GroupFacts {
  readonly notices: Notice[] = [];
  readonly #group: MeasuredGroup;
  readonly #object: string;
  readonly #columns: readonly Row[];
  readonly #invalid: number[];
  #records = 0;
  #numbers = new Float64Array();

  constructor(group: MeasuredGroup, columns: readonly (Column | string)[], object: string) {
    this.#group = group;
    this.#object = object;
    this.#columns = group.channels.map((channel, i) => {
      const column = columns[i];
      if (typeof column === "string") this.#note(`the values of ${channel.name} are left out: ${column}`);
      const isRead = column !== undefined && typeof column !== "string";
      const mayGiveText = isRead && (column.rule?.givesText ?? false);
      return { channel, column: isRead ? column : null, facts: new ColumnFacts(mayGiveText) };
    });
    this.#invalid = this.#columns.map(() => 0);
  }

  async add(batch: RecordBatch, budget: Budget): Promise<void> {
    this.#records += batch.rowCount;
    for (const [i, { channel, column, facts }] of this.#columns.entries()) {
      this.#invalid[i] = (this.#invalid[i] ?? 0) + invalidIn(channel, batch);
      if (column === null) continue;
      const count = batch.rowCount * column.offsets.length;
      budget.left -= count * (column.rule?.cost ?? 1);
      if (budget.left < 0) throw tooManyValues(this.#object, this.#group);
      if (!isNumeric(column) || (column.raw.kind === "number" && column.raw.exact !== null))
        await eachValue(column, batch, facts);
      else {
        if (this.#numbers.length < count) this.#numbers = new Float64Array(count);
        numbersInto(column, batch, this.#numbers);
        facts.numbers(this.#numbers.subarray(0, count));
      }
    }
  }

  text(): string {
    const { number, name } = this.#group;
    const rows = this.#columns.map((one, i) => this.#row(one, this.#invalid[i] ?? 0));
    const head = `{"group":${number},"name":${JSON.stringify(name)},"records":${this.#records},"columns":`;
    return rows.length === 0 ? `${head}[]}` : `${head}[\n${rows.join(",\n")}\n]}`;
  }

  #row({ channel, column, facts }: Row, invalid: number): string {
    if (facts.missingCount > 0) this.#note(`${facts.missingCount} values of ${channel.name} lie behind the end of their data`);
    const { name, unit, array } = channel;
    const about = `"name":${JSON.stringify(name)},"unit":${JSON.stringify(unit)},"master":${isMaster(channel)},"invalid":${invalid}`;
    if (column === null) return `{${about},"kind":"unavailable"}`;
    return `{${about},${facts.row(array?.shape ?? null, column.rule?.isExact ?? true)}}`;
  }

  #note(what: string): void {
    this.notices.push({
      severity: "warning",
      text: `${this.#object}: group ${this.#group.number} (${this.#group.name}): ${what}`,
    });
  }
}

function tooManyValues(object: string, group: MeasuredGroup): FaultError {
  const fault: Fault = {
    code: "limit/too-many",
    message: `At group ${group.number} (${group.name}) the channels of this file give far more values than it has bytes: they lie over each other, their records are packed too tightly or their conversions are too long. ${VALUES_PER_BYTE_MAX} values for each byte of the file are read, and in any case ${VALUES_MIN}.`,
    object,
    atByte: group.atByte,
    found: `more than ${VALUES_PER_BYTE_MAX} values a byte`,
    allowed: `${VALUES_PER_BYTE_MAX} values a byte`,
  };
  return new FaultError(fault);
}
