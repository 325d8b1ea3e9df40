/** From a file's bytes to what a reader must know of it: header facts and the streams of records. */
import { firstExtents, sizeOf } from "../bus/extents.ts";
import type { Extent, RecordLayout, RecordStream } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";
import { BlockReader, damageNotice, faultOfFile, NO_LOOP } from "./block.ts";
import { ChannelReader } from "./channel.ts";
import { type ChannelGroup, type DataGroup, readDataGroup } from "./data-group.ts";
import { type DataExtents, dataExtents } from "./data-list.ts";
import type { MdfFile } from "./file.ts";
import { readHeader } from "./header.ts";
import type { HeaderCache } from "./header-cache.ts";
import { type Identification, readIdentification, UNFINISHED } from "./identification.ts";
import { shortened } from "./shortened.ts";
import { checkUnpacked, checkUnpackedRecords } from "./unpacked-limits.ts";

/** Enough for the header of every CANedge generation (D: 106,800 bytes). */
export const FIRST_READ_BYTES = 128 * 1024;

export interface ReadMdfOptions {
  readonly headerCache?: HeaderCache;
}

/**
 * Header and record layout of an MDF 4 file, finalized or not; nothing is repaired in the file. Damage behind the first readable group is a
 * notice, and the rows before it can be read. Faults: `input/*` when nothing can be read, `limit/*`, `storage/*`.
 */
export async function readMdf(source: ByteSource, signal: AbortSignal, options: ReadMdfOptions = {}): Promise<MdfFile> {
  const prefix =
    source.sizeBytes === 0 ? new Uint8Array() : await source.read(0, Math.min(source.sizeBytes, FIRST_READ_BYTES), signal);
  const { id, notices: first } = readIdentification(prefix, source.key);
  const blocks = new BlockReader(source, prefix, signal, { keepLinks: (id.unfinished & UNFINISHED.lastDt) !== 0 });
  const head = await blocks.attempt(() => readHeader(blocks, id));
  const found = await readGroups(blocks, head.firstDataGroup, id, options.headerCache);
  const streams: RecordStream[] = [];
  const ofStreams: (readonly Notice[])[] = [];
  for (const group of found.groups) {
    const read = await readStream(blocks, group, id);
    ofStreams.push(read.notices);
    if (read.stream !== null) streams.push(read.stream);
  }
  const fault = found.faults[0];
  if (streams.length === 0 && fault !== undefined) throw new FaultError(fault);
  const damage = found.faults.map((one) => damageNotice(one, "What was read before it is shown."));
  // Joined without spreading: a hostile file may have more notices than a call takes arguments.
  const notices = [[first, head.notices, found.notices, damage], ofStreams].flat(2);
  const { recordBytes, storedBytes } = bytesHeld(streams, source);
  const unpackedBytes = source.sizeBytes - storedBytes + recordBytes;
  const measuredGroups = found.groups.reduce((sum, group) => sum + group.groups.filter(isMeasured).length, 0);
  return {
    header: head.header,
    streams,
    hasEvents: head.firstEvent !== 0,
    hasAttachments: head.firstAttachment !== 0,
    measuredGroups,
    recordBytes,
    unpackedBytes,
    notices: shortened(notices, source.key),
  };
}

interface FoundGroups {
  readonly groups: readonly DataGroup[];
  readonly notices: readonly Notice[];
  readonly faults: readonly Fault[];
}

/** The DG chain as far as it holds together. */
async function readGroups(
  blocks: BlockReader,
  firstAt: number,
  id: Identification,
  cache: HeaderCache | undefined,
): Promise<FoundGroups> {
  const known = cache?.find(blocks.prefix) ?? null;
  if (known !== null) return { groups: [known], notices: [], faults: [] };
  const openedBefore = blocks.opened.length;
  const channels = new ChannelReader(blocks);
  const groups: DataGroup[] = [];
  const notices: Notice[] = [];
  const faults: Fault[] = [];
  const visited = new Set<number>();
  let groupCount = 0;
  for (let atByte = firstAt; atByte !== 0; ) {
    try {
      if (visited.has(atByte)) throw cycle(blocks, atByte);
      visited.add(atByte);
      const group = await blocks.attempt(() => readDataGroup(blocks, channels, atByte, groupCount, id));
      groupCount += group.groups.length;
      for (const notice of group.notices) notices.push(notice);
      if (group.fault !== null) faults.push(group.fault);
      else if (group.groups.length > 0) groups.push(group);
      atByte = group.next;
    } catch (error) {
      faults.push(faultOfFile(error));
      break;
    }
  }
  if (cache !== undefined && notices.length === 0 && faults.length === 0) keepInCache(cache, blocks, groups, openedBefore);
  return { groups, notices, faults };
}

/** Only the plain case of a logger: one group, its data last in the file, so that nothing else of the file matters. */
function keepInCache(cache: HeaderCache, blocks: BlockReader, groups: readonly DataGroup[], openedBefore: number): void {
  const [group] = groups;
  if (group === undefined || groups.length !== 1 || group.next !== 0 || blocks.links === null) return;
  if (group.groups.some((one) => one.sdLink !== 0) || blocks.links.some((link) => link > group.dataLink)) return;
  // The identification and hd_dg_first; of the rest of HD (times, comment) the layouts know nothing.
  cache.keep(blocks.prefix, [0, 64, 88, 8, ...blocks.opened.slice(openedBefore)], group);
}

const isMeasured = ({ isBusEvent, layout }: ChannelGroup): boolean => !isBusEvent && !layout.isVlsd;

async function readStream(
  blocks: BlockReader,
  group: DataGroup,
  id: Identification,
): Promise<{ stream: RecordStream | null; notices: Notice[] }> {
  const notices: Notice[] = [];
  const data = await dataExtents(blocks, group.dataLink, "DT", id);
  const hasFrames = group.groups.some((one) => one.isBusEvent);
  const take = ({ extents, notices: more, unsupported }: DataExtents): readonly Extent[] => {
    for (const notice of more) notices.push(notice);
    if (unsupported === null) return extents;
    // Frames must not go missing behind a notice; the measured signals of another tool may.
    if (hasFrames) throw new FaultError(unsupported);
    notices.push(damageNotice(unsupported, "The records of this data group are left out."));
    return extents;
  };
  const extents = take(data);
  let layouts = data.isColumn ? group.groups.map(columnLayout) : plainLayouts(group);
  if (group.groups.some((one) => one.sdLink !== 0)) {
    const filled: RecordLayout[] = [];
    for (const [i, one] of group.groups.entries()) {
      const layout = layouts[i] ?? one.layout;
      filled.push(one.sdLink === 0 ? layout : withValues(layout, take(await dataExtents(blocks, one.sdLink, "SD", id))));
    }
    layouts = filled;
  }
  if (data.unsupported !== null) return { stream: null, notices };
  const counted = clipToCounts(extents, group, layouts, id);
  if (counted.missing !== null && notices.length === 0) notices.push(countNotice(blocks, group, counted.missing));
  return { stream: { recordIdBytes: group.recordIdBytes, layouts, extents: counted.extents }, notices };
}

const listsOfGroups = new WeakMap<DataGroup, readonly RecordLayout[]>();

/** The same list for the same group: logs that share a header (HeaderCache) share what the kernel's host makes of their layouts. */
function plainLayouts(group: DataGroup): readonly RecordLayout[] {
  const layouts = listsOfGroups.get(group) ?? group.groups.map((one) => one.layout);
  listsOfGroups.set(group, layouts);
  return layouts;
}

/** In a column invalidation bytes lie apart from their records. */
const columnLayout = ({ layout, invalidationBytes }: ChannelGroup): RecordLayout => ({
  ...layout,
  recordBytes: layout.recordBytes - invalidationBytes,
});

function withValues(layout: RecordLayout, extents: readonly Extent[]): RecordLayout {
  if (layout.frame === null || layout.frame.payload.kind !== "sd") return layout;
  return { ...layout, frame: { ...layout.frame, payload: { ...layout.frame.payload, extents } } };
}

/** Blocks may count up to 7 bytes of padding as theirs. */
const PADDING_BYTES_MAX = 7;

interface Counted {
  readonly extents: readonly Extent[];
  /** Bytes that the groups' counts ask for and the data has, when both cannot be true. */
  readonly missing: { readonly counted: number; readonly there: number } | null;
}

/** Padding is not a record; and of a sorted group neither count nor length is believed alone: the smaller wins. */
function clipToCounts(
  extents: readonly Extent[],
  group: DataGroup,
  layouts: readonly RecordLayout[],
  id: Identification,
): Counted {
  if (!id.finalized && (id.unfinished & UNFINISHED.cycleCounts) !== 0) return { extents, missing: null };
  let counted = 0;
  for (const [i, one] of group.groups.entries()) {
    counted += bytesOfGroup(layouts[i] ?? one.layout, one.valueBytes, group.recordIdBytes);
  }
  const there = sizeOf(extents);
  if (counted === there) return { extents, missing: null };
  const isPadding = counted < there && there - counted <= PADDING_BYTES_MAX;
  const isSorted = group.groups.length === 1;
  if (isPadding) return { extents: firstExtents(extents, counted), missing: null };
  if (!isSorted) return { extents, missing: null };
  return { extents: firstExtents(extents, counted), missing: { counted, there } };
}

function bytesOfGroup(layout: RecordLayout, valueBytes: number, recordIdBytes: number): number {
  const count = layout.cycleCount ?? 0;
  return layout.isVlsd ? count * (recordIdBytes + 4) + valueBytes : count * (recordIdBytes + layout.recordBytes);
}

function countNotice(blocks: BlockReader, group: DataGroup, missing: NonNullable<Counted["missing"]>): Notice {
  const layout = group.groups[0]?.layout;
  const text = `${blocks.source.key}: group ${layout?.group} (${layout?.name}) says ${layout?.cycleCount} records, ${missing.counted} bytes, but its data at byte ${group.dataLink} has ${missing.there} bytes. The smaller is read.`;
  return { severity: "warning", text };
}

interface Held {
  /** Of the streams: records and their values, unpacked. */
  readonly recordBytes: number;
  /** Of the file. */
  readonly storedBytes: number;
}

/**
 * Bytes that hold records or their values. Faults: `input/bad-block` if blocks overlap, since then a small file could claim any amount;
 * `limit/*` if packed ones hold far more than writers ever pack.
 */
function bytesHeld(streams: readonly RecordStream[], source: ByteSource): Held {
  const extents: Extent[] = [];
  const values = new Map<number, Extent>();
  for (const stream of streams) {
    for (const extent of stream.extents) extents.push(extent);
    for (const { frame } of stream.layouts) {
      if (frame?.payload.kind === "sd") for (const extent of frame.payload.extents) values.set(extent.atByte, extent);
    }
  }
  for (const extent of values.values()) extents.push(extent);
  extents.sort((a, b) => a.atByte - b.atByte);
  let endByte = 0;
  let storedBytes = 0;
  for (const extent of extents) {
    const stored = extent.packed ?? extent;
    if (extent.atByte < endByte) {
      throw new FaultError({
        code: "input/bad-block",
        message: `The data at byte ${extent.atByte} lies inside the data block before it, which ends at byte ${endByte}.`,
        object: source.key,
        atByte: extent.atByte,
        found: extent.atByte,
        allowed: endByte,
      });
    }
    endByte = stored.atByte + stored.lengthBytes;
    storedBytes += stored.lengthBytes;
  }
  const recordBytes = sizeOf(extents);
  checkUnpacked(source, recordBytes);
  for (const stream of streams) if (stream.extents.some(({ packed }) => packed)) checkUnpackedRecords(source, stream);
  return { recordBytes, storedBytes };
}

function cycle(blocks: BlockReader, atByte: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The chain of data groups (##DG) leads back to byte ${atByte}.`,
    object: blocks.source.key,
    atByte,
    found: atByte,
    allowed: NO_LOOP,
  });
}
