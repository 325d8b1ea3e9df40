/** An MDF 4 file as channel groups with their channels, whatever they hold: what `inspect --groups` prints and plain series come from. */
import type { Extent } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";
import { type Block, BlockReader, damageNotice, faultOfFile, NO_LOOP } from "./block.ts";
import { dataExtents } from "./data-list.ts";
import type { MdfHeader } from "./file.ts";
import { type HeaderBlock, readHeader } from "./header.ts";
import { type Identification, readIdentification, UNFINISHED } from "./identification.ts";
import { type GroupBytes, type MeasuredChannel, measuredChannels } from "./measured-channel.ts";
import { FIRST_READ_BYTES } from "./read.ts";
import { textAt } from "./text.ts";
import { ValueRules } from "./value-rule.ts";

export interface MeasuredGroup extends GroupBytes {
  /** 0-based in file order, groups of values of variable length not counted. */
  readonly number: number;
  readonly atByte: number;
  /** Acquisition name or "". */
  readonly name: string;
  /** Name of the acquisition source or "". */
  readonly sourceName: string;
  /** cg_record_id. */
  readonly recordId: bigint;
  /** cg_cycle_count; null when the file is unfinalized and the count is not to be believed. */
  readonly cycleCount: number | null;
  /** cg_flags: events of a bus; raw frames, not the decoded signals of one message. */
  readonly isBusEvent: boolean;
  readonly isPlainBusEvent: boolean;
  /** The group that holds the master channel, 0: its own. */
  readonly masterLink: number;
  readonly channels: readonly MeasuredChannel[];
  readonly stream: MeasuredStream;
}

/** One data group. */
export interface MeasuredStream {
  readonly atByte: number;
  readonly dataLink: number;
  readonly recordIdBytes: 0 | 1 | 2 | 4 | 8;
  readonly groups: readonly MeasuredGroup[];
  /** Groups of values of variable length, by the address of their block. */
  readonly valueGroups: ReadonlyMap<number, bigint>;
}

export interface Measurement {
  readonly source: ByteSource;
  readonly id: Identification;
  readonly header: MdfHeader;
  readonly groups: readonly MeasuredGroup[];
  readonly streams: readonly MeasuredStream[];
  readonly notices: readonly Notice[];
  readonly blocks: BlockReader;
  readonly rules: ValueRules;
}

/** Where the bytes of a data group lie. Column storage has the invalidation bytes of the records in a stream of their own, if anywhere. */
export type StreamExtents = { readonly extents: readonly Extent[]; readonly notices: readonly Notice[] } & (
  | { readonly kind: "records" }
  | { readonly kind: "columns"; readonly invalidation: readonly Extent[] | null }
);

const NAME_BYTES_MAX = 1024;
const CG_VLSD = 1;
const CG_BUS_EVENT = 2;
const CG_PLAIN_BUS_EVENT = 4;
const CG_REMOTE_MASTER = 8;

/** Faults: `input/*` when nothing can be read, `limit/*`, `storage/*`; damage behind the first group is a notice. */
export async function readMeasurement(source: ByteSource, signal: AbortSignal): Promise<Measurement> {
  const prefix =
    source.sizeBytes === 0 ? new Uint8Array() : await source.read(0, Math.min(source.sizeBytes, FIRST_READ_BYTES), signal);
  const { id, notices: first } = readIdentification(prefix, source.key);
  const blocks = new BlockReader(source, prefix, signal, { keepLinks: (id.unfinished & UNFINISHED.lastDt) !== 0 });
  const head = await blocks.attempt(() => readHeader(blocks, id));
  const { streams, notices, fault } = await readStreams(blocks, head, id);
  const groups = streams.flatMap((stream) => stream.groups);
  if (groups.length === 0 && fault !== null) throw new FaultError(fault);
  return {
    source,
    id,
    header: head.header,
    groups,
    streams,
    notices: [...first, ...head.notices, ...notices],
    blocks,
    rules: new ValueRules(blocks),
  };
}

/** The DG chain as far as it holds together; a data group that cannot be read is left out with a notice. */
async function readStreams(blocks: BlockReader, head: HeaderBlock, id: Identification) {
  const streams: MeasuredStream[] = [];
  const notices: Notice[] = [];
  const visited = new Set<number>();
  let fault: Fault | null = null;
  let count = 0;
  const damaged = (error: unknown, consequence: string): void => {
    const found = faultOfFile(error);
    fault ??= found;
    notices.push(damageNotice(found, consequence));
  };
  for (let atByte = head.firstDataGroup; atByte !== 0; ) {
    try {
      if (visited.has(atByte)) throw cycle(blocks, "data groups", atByte);
      visited.add(atByte);
      const at = atByte;
      const next = await blocks.attempt(() => blocks.open(at, "DG").link(0));
      try {
        const read = await blocks.attempt(() => readStream(blocks, at, count, id));
        for (const notice of read.notices) notices.push(notice);
        streams.push(read.stream);
        count += read.stream.groups.length;
      } catch (error) {
        damaged(error, `The data group at byte ${at} is left out.`);
      }
      atByte = next;
    } catch (error) {
      damaged(error, `Only the ${streams.length} data groups before it are read.`);
      break;
    }
  }
  return { streams, notices, fault };
}

function readStream(blocks: BlockReader, atByte: number, firstGroup: number, id: Identification) {
  const dg = blocks.open(atByte, "DG");
  const recordIdBytes = dg.u8(0);
  const notices: Notice[] = [];
  const found = groupBlocks(blocks, dg.link(1), notices);
  if (recordIdBytes !== 0 && recordIdBytes !== 1 && recordIdBytes !== 2 && recordIdBytes !== 4 && recordIdBytes !== 8)
    throw badDataGroup(blocks, atByte, `says its record ids have ${recordIdBytes} bytes`, recordIdBytes, "0, 1, 2, 4 or 8");
  if (recordIdBytes === 0 && found.length > 1)
    throw badDataGroup(blocks, atByte, `has ${found.length} channel groups but no record ids`, found.length, 1);
  const isVlsd = (cg: Block): boolean => (cg.u16(16) & CG_VLSD) !== 0;
  const groups: MeasuredGroup[] = [];
  const valueGroups = new Map(found.filter(isVlsd).map((cg) => [cg.atByte, cg.exactU64(0)]));
  const stream: MeasuredStream = { atByte, dataLink: dg.link(2), recordIdBytes, groups, valueGroups };
  for (const cg of found.filter((one) => !isVlsd(one)))
    groups.push(groupOf(blocks, cg, firstGroup + groups.length, stream, id, notices));
  return { stream, notices };
}

function groupBlocks(blocks: BlockReader, firstAt: number, notices: Notice[]): Block[] {
  const found: Block[] = [];
  const visited = new Set<number>();
  try {
    for (let atByte = firstAt; atByte !== 0; ) {
      if (visited.has(atByte)) throw cycle(blocks, "channel groups", atByte);
      visited.add(atByte);
      const cg = blocks.open(atByte, "CG");
      found.push(cg);
      atByte = cg.link(0);
    }
  } catch (error) {
    const fault = faultOfFile(error);
    if (found.length === 0) throw error;
    notices.push(damageNotice(fault, `Only the ${found.length} groups before it are known.`));
  }
  return found;
}

function groupOf(
  blocks: BlockReader,
  cg: Block,
  number: number,
  stream: MeasuredStream,
  id: Identification,
  notices: Notice[],
): MeasuredGroup {
  const flags = cg.u16(16);
  const bytes = { dataBytes: cg.u32(24), invalidBytes: cg.u32(28) };
  const countIsWritten = id.finalized || (id.unfinished & UNFINISHED.cycleCounts) === 0;
  const optional = <T>(read: () => T, otherwise: T, consequence: string): T => {
    try {
      return read();
    } catch (error) {
      notices.push(damageNotice(faultOfFile(error), consequence));
      return otherwise;
    }
  };
  return {
    ...bytes,
    number,
    atByte: cg.atByte,
    name: optional(() => textAt(blocks, cg.link(2), NAME_BYTES_MAX), "", `Group ${number} stays without a name.`),
    sourceName: optional(() => sourceName(blocks, cg.link(3)), "", `Group ${number} stays without a source.`),
    recordId: cg.exactU64(0),
    cycleCount: countIsWritten ? cg.u64(8) : null,
    isBusEvent: (flags & CG_BUS_EVENT) !== 0,
    isPlainBusEvent: (flags & CG_PLAIN_BUS_EVENT) !== 0,
    masterLink: (flags & CG_REMOTE_MASTER) !== 0 ? cg.link(6) : 0,
    channels: optional(() => measuredChannels(blocks, cg.link(1), bytes), [], `The channels of group ${number} are left out.`),
    stream,
  };
}

const sourceName = (blocks: BlockReader, atByte: number): string =>
  atByte === 0 ? "" : textAt(blocks, blocks.open(atByte, "SI").link(0), NAME_BYTES_MAX);

/** Faults: `input/unsupported`, `storage/*`; damage ends the data with a notice. */
export async function extentsOfStream({ blocks, id }: Measurement, stream: MeasuredStream): Promise<StreamExtents> {
  const { extents, isColumn, invalidation, notices, unsupported } = await dataExtents(blocks, stream.dataLink, "DT", id);
  if (unsupported !== null) throw new FaultError(unsupported);
  return isColumn ? { kind: "columns", extents, invalidation, notices } : { kind: "records", extents, notices };
}

function badDataGroup(blocks: BlockReader, atByte: number, what: string, found: number, allowed: string | number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The data group at byte ${atByte} ${what}.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed,
  });
}

function cycle(blocks: BlockReader, what: string, atByte: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The chain of ${what} leads back to byte ${atByte}.`,
    object: blocks.source.key,
    atByte,
    found: atByte,
    allowed: NO_LOOP,
  });
}
