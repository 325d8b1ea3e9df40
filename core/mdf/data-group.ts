/** DG and CG blocks: from one data group to the layouts of its records. */
import { describeFrames } from "../bus/describe.ts";
import type { RecordId, RecordLayout, RecordStream } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import { type Block, type BlockReader, damageNotice, faultOfFile, NO_LOOP } from "./block.ts";
import type { Channel, ChannelReader } from "./channel.ts";
import { type Identification, UNFINISHED } from "./identification.ts";
import { recordIdOf } from "./record-id.ts";

/** cg_flags. */
const CG_VLSD = 1;
const CG_BUS_EVENT = 2;
const CG_PLAIN_BUS_EVENT = 4;

/** One data group without its data. */
export interface DataGroup {
  readonly atByte: number;
  /** dg_dg_next. */
  readonly next: number;
  /** dg_data: DT, DL, HL … or 0. */
  readonly dataLink: number;
  readonly recordIdBytes: RecordStream["recordIdBytes"];
  readonly groups: readonly ChannelGroup[];
  readonly notices: readonly Notice[];
  /** Why nothing of it can be read; then `groups` is empty. */
  readonly fault: Fault | null;
}

export interface ChannelGroup {
  readonly layout: RecordLayout;
  /** Also when its frames cannot be expressed. */
  readonly isBusEvent: boolean;
  /** cn_data of the payload channel when that is an SD stream, else 0. */
  readonly sdLink: number;
  /** cg_inval_bytes, part of `layout.recordBytes`; 0 for a VLSD group. */
  readonly invalidationBytes: number;
  /** VLSD group: sum of the value lengths without their prefixes (cg_data_bytes and cg_inval_bytes as one number). */
  readonly valueBytes: number;
}

/** `firstGroup` = number of its first channel group in the file. Faults: about the DG block itself; the rest is in the result. */
export function readDataGroup(
  blocks: BlockReader,
  channels: ChannelReader,
  atByte: number,
  firstGroup: number,
  id: Identification,
): DataGroup {
  const dg = blocks.open(atByte, "DG");
  const base = { atByte, next: dg.link(0), dataLink: dg.link(2) };
  try {
    const recordIdBytes = recordIdSize(blocks, dg);
    const { found, notices } = groupChain(blocks, dg.link(1));
    if (recordIdBytes === 0 && found.length > 1) throw withoutRecordId(blocks, atByte, found.length);
    const context = { blocks, channels, id, vlsdGroups: vlsdGroups(found) };
    const groups = found.map((cg, i) => describeGroup(context, cg, firstGroup + i, notices));
    const repeated = repeatedIds(groups, recordIdBytes, blocks.source.key);
    return { ...base, recordIdBytes, groups, notices: notices.concat(repeated), fault: null };
  } catch (error) {
    return { ...base, recordIdBytes: 0, groups: [], notices: [], fault: faultOfFile(error) };
  }
}

interface Context {
  readonly blocks: BlockReader;
  readonly channels: ChannelReader;
  readonly id: Identification;
  /** Address of a VLSD channel group → its record id. */
  readonly vlsdGroups: ReadonlyMap<number, RecordId>;
}

/** The CG chain as far as it holds together; it must have a beginning. */
function groupChain(blocks: BlockReader, firstAt: number): { found: Block[]; notices: Notice[] } {
  const found: Block[] = [];
  const visited = new Set<number>();
  try {
    for (let atByte = firstAt; atByte !== 0; ) {
      if (visited.has(atByte)) throw cycle(blocks, atByte);
      visited.add(atByte);
      const cg = blocks.open(atByte, "CG");
      found.push(cg);
      atByte = cg.link(0);
    }
    return { found, notices: [] };
  } catch (error) {
    const fault = faultOfFile(error);
    if (found.length === 0) throw error;
    return { found, notices: [damageNotice(fault, `Only the ${found.length} groups before it are known.`)] };
  }
}

function describeGroup(context: Context, cg: Block, group: number, notices: Notice[]): ChannelGroup {
  const { blocks, channels, id } = context;
  const flags = cg.u16(16);
  const countIsWritten = id.finalized || (id.unfinished & UNFINISHED.cycleCounts) === 0;
  const isVlsd = (flags & CG_VLSD) !== 0;
  const layout: RecordLayout = {
    group,
    recordId: recordIdOf(cg.exactU64(0)),
    name: optionalName(channels, cg.link(2), notices),
    isVlsd,
    recordBytes: isVlsd ? 0 : cg.u32(24) + cg.u32(28),
    cycleCount: countIsWritten ? cg.u64(8) : null,
    frame: null,
  };
  if (isVlsd) return { layout, isBusEvent: false, sdLink: 0, invalidationBytes: 0, valueBytes: cg.u64(24) };
  // A bus event that is not plain holds the decoded signals of one message: an ordinary group.
  const mayBeFrames = (flags & (CG_BUS_EVENT | CG_PLAIN_BUS_EVENT)) !== CG_BUS_EVENT;
  const members = mayBeFrames ? channelsOf(context, cg, layout, notices) : [];
  const described = describeFrames({
    channels: members,
    dataBytes: cg.u32(24),
    vlsdGroups: context.vlsdGroups,
    vlsdOffsetsWritten: (id.unfinished & UNFINISHED.vlsdOffsets) === 0,
  });
  if (described.why !== null) {
    const text = `${blocks.source.key}: the frames of group ${group} (${layout.name || described.event}) are left out: ${described.why}`;
    notices.push({ severity: "warning", text });
  }
  const { frame, isBusEvent, sdLink } = described;
  return { layout: { ...layout, frame }, isBusEvent, sdLink, invalidationBytes: cg.u32(28), valueBytes: 0 };
}

function channelsOf(context: Context, cg: Block, layout: RecordLayout, notices: Notice[]): readonly Channel[] {
  try {
    return context.channels.channels(cg.link(1));
  } catch (error) {
    // Half of the members could turn an extended frame into a standard one: then rather none.
    const consequence = `The records of group ${layout.group} (${layout.name}) are counted, not read.`;
    notices.push(damageNotice(faultOfFile(error), consequence));
    return [];
  }
}

function optionalName(channels: ChannelReader, atByte: number, notices: Notice[]): string {
  try {
    return channels.name(atByte);
  } catch (error) {
    notices.push(damageNotice(faultOfFile(error), "A group stays without a name."));
    return "";
  }
}

function vlsdGroups(found: readonly Block[]): Map<number, RecordId> {
  return new Map(found.filter((cg) => (cg.u16(16) & CG_VLSD) !== 0).map((cg) => [cg.atByte, recordIdOf(cg.exactU64(0))]));
}

function recordIdSize(blocks: BlockReader, dg: Block): RecordStream["recordIdBytes"] {
  const size = dg.u8(0);
  if (size === 0 || size === 1 || size === 2 || size === 4 || size === 8) return size;
  throw new FaultError({
    code: "input/bad-block",
    message: `The data group at byte ${dg.atByte} says its record ids have ${size} bytes.`,
    object: blocks.source.key,
    atByte: dg.atByte,
    found: size,
    allowed: "0, 1, 2, 4 or 8",
  });
}

function repeatedIds(groups: readonly ChannelGroup[], recordIdBytes: number, object: string): Notice[] {
  if (recordIdBytes === 0) return [];
  const seen = new Set<RecordId>();
  const notices: Notice[] = [];
  for (const { layout } of groups) {
    if (seen.has(layout.recordId)) {
      const text = `${object}: two groups have the record id ${layout.recordId}; the first is used, ${layout.name || "the other"} is not.`;
      notices.push({ severity: "warning", text });
    }
    seen.add(layout.recordId);
  }
  return notices;
}

function withoutRecordId(blocks: BlockReader, atByte: number, found: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The data group at byte ${atByte} has ${found} channel groups but no record ids to tell their records apart.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed: 1,
  });
}

function cycle(blocks: BlockReader, atByte: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The chain of channel groups (##CG) leads back to byte ${atByte}.`,
    object: blocks.source.key,
    atByte,
    found: atByte,
    allowed: NO_LOOP,
  });
}
