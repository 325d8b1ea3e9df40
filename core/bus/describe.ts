/** From the channels of one group to the layout of its frames, by the names of ASAM bus logging. */
import { CHANNEL_TYPE, type Channel, SYNC_TIME } from "../mdf/channel.ts";
import { type BusEvent, busEvent } from "./event.ts";
import { bitsOf, fieldOf, fits, lengthOf, timeOf } from "./field.ts";
import type { Field, FrameLayout, PayloadLayout, RecordId } from "./layout.ts";

export interface GroupToDescribe {
  readonly channels: readonly Channel[];
  /** cg_data_bytes: no member may lie behind it. */
  readonly dataBytes: number;
  /** Address of a VLSD channel group of the same data group → its record id. */
  readonly vlsdGroups: ReadonlyMap<number, RecordId>;
  /** False if the offsets in the records were never written (finalization step 6). */
  readonly vlsdOffsetsWritten: boolean;
}

export interface DescribedFrames {
  /** null: no bus event, or one that cannot be expressed. */
  readonly frame: FrameLayout | null;
  /** Name of the event, "" if there is none. */
  readonly event: string;
  /** An event of CAN or LIN, expressed or not. */
  readonly isBusEvent: boolean;
  /** Why there is an event but no layout; a sentence. */
  readonly why: string | null;
  /** Where the SD stream of the payload begins, 0 if it has none; its extents are then still to be filled in. */
  readonly sdLink: number;
}

const NOTHING: DescribedFrames = { frame: null, event: "", isBusEvent: false, why: null, sdLink: 0 };

/** Never fails. */
export function describeFrames(group: GroupToDescribe): DescribedFrames {
  const members = membersOf(group.channels);
  if (members === null) return NOTHING;
  const { event, fields } = members;
  if (event === "other") return { ...NOTHING, event: members.name, why: `buslens does not read ${members.name} events.` };
  try {
    const { payload, sdLink } = payloadOf(group, fields);
    const frame = frameOf(group, event, fields, payload);
    return { frame, event: event.name, isBusEvent: true, why: null, sdLink };
  } catch (error) {
    if (!(error instanceof Inexpressible)) throw error;
    return { ...NOTHING, event: event.name, isBusEvent: true, why: error.why };
  }
}

/** Thrown and caught in this file. */
class Inexpressible {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

function expressed<T extends object>(value: T | string): T {
  if (typeof value === "string") throw new Inexpressible(value);
  return value;
}

interface Members {
  readonly event: BusEvent | "other";
  readonly name: string;
  /** By lower-case field name: "id", "databytes" … */
  readonly fields: ReadonlyMap<string, Channel>;
}

/**
 * Channels are called `<Event>.<Field>`, or `<Field>` inside a structure `<Event>`; the first event of a group names it. The part before the
 * dot is not compared again, since writers slip there (mdflib: `LIN_Transmission.ID`, `LIN_ChecksumError..DataBytes`).
 */
function membersOf(channels: readonly Channel[]): Members | null {
  const names = channels.map((channel) => channel.name.split(".").filter((part) => part !== ""));
  const eventName = names.map((parts) => parts.at(-2) ?? parts.at(-1) ?? "").find((name) => busEvent(name) !== null);
  const event = busEvent(eventName ?? "");
  if (eventName === undefined || event === null) return null;
  const fields = new Map<string, Channel>();
  for (const [i, channel] of channels.entries()) {
    const field = names[i]?.at(-1)?.toLowerCase() ?? "";
    if (!fields.has(field)) fields.set(field, channel);
  }
  return { event, name: eventName, fields };
}

function frameOf(
  group: GroupToDescribe,
  event: BusEvent,
  fields: ReadonlyMap<string, Channel>,
  payload: PayloadLayout,
): FrameLayout {
  const master = group.channels.find(
    (channel) =>
      (channel.type === CHANNEL_TYPE.master || channel.type === CHANNEL_TYPE.virtualMaster) && channel.syncType === SYNC_TIME,
  );
  if (master === undefined) throw new Inexpressible("the group has no time channel.");
  const field = (name: string): Field | null => {
    const channel = fields.get(name);
    return channel === undefined ? null : expressed(fieldOf(channel, group.dataBytes));
  };
  const length = lengthChannel(group, fields);
  const described = length === null ? null : expressed(lengthOf(length, group.dataBytes));
  return {
    bus: event.bus,
    kind: event.kind,
    time: expressed(timeOf(master, group.dataBytes)),
    busChannel: field("buschannel"),
    id: field("id"),
    ide: field("ide"),
    dir: field("dir"),
    dlc: field("dlc"),
    dataLength: described?.field ?? null,
    dataLengthTable: described?.table ?? null,
    edl: field("edl"),
    brs: field("brs"),
    esi: field("esi"),
    errorType: field("errortype"),
    payload,
  };
}

/** DataLength, or for a payload of maximum length the channel that its cn_data names. */
function lengthChannel(group: GroupToDescribe, fields: ReadonlyMap<string, Channel>): Channel | null {
  const named = fields.get("datalength");
  if (named !== undefined) return named;
  const payload = fields.get("databytes");
  if (payload === undefined || payload.type !== CHANNEL_TYPE.mlsd) return null;
  return group.channels.find((channel) => channel.atByte === payload.dataLink) ?? null;
}

function payloadOf(group: GroupToDescribe, fields: ReadonlyMap<string, Channel>): { payload: PayloadLayout; sdLink: number } {
  const channel = fields.get("databytes");
  if (channel === undefined) return { payload: { kind: "none" }, sdLink: 0 };
  switch (channel.type) {
    case CHANNEL_TYPE.fixed:
    case CHANNEL_TYPE.mlsd:
      if (channel.bitOffset !== 0 || channel.bitCount % 8 !== 0 || !fits(channel, group.dataBytes)) {
        throw new Inexpressible(
          `${channel.name} has ${channel.bitCount} bits from byte ${channel.byteOffset}, which the record does not hold.`,
        );
      }
      return { payload: { kind: "inline", atByte: channel.byteOffset, capacityBytes: channel.bitCount / 8 }, sdLink: 0 };
    case CHANNEL_TYPE.vlsd:
      return variablePayload(group, channel);
    default:
      throw new Inexpressible(`${channel.name} is stored in a way buslens does not know (channel type ${channel.type}).`);
  }
}

function variablePayload(group: GroupToDescribe, channel: Channel): { payload: PayloadLayout; sdLink: number } {
  // The offset has the type of the value (a byte array), but is an unsigned integer.
  const offset = expressed(bitsOf({ ...channel, dataType: 0 }, group.dataBytes));
  const recordId = group.vlsdGroups.get(channel.dataLink);
  if (recordId === undefined) return { payload: { kind: "sd", extents: [], offset }, sdLink: channel.dataLink };
  if (group.vlsdOffsetsWritten) return { payload: { kind: "vlsd-group", recordId, offset }, sdLink: 0 };
  if (offset.bitOffset !== 0 || offset.bitCount % 8 !== 0)
    throw new Inexpressible(
      "the writer never stored where each payload lies (unfinished step 0x40), and left no whole bytes for it.",
    );
  return { payload: { kind: "vlsd-group", recordId, offset, isInOrder: true }, sdLink: 0 };
}
