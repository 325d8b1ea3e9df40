/** The channels of a measurement file as series: their names, once and for all, and which of them have numbers over time. */
import { busEvent } from "../bus/event.ts";
import { isMaster, type MeasuredChannel } from "../mdf/measured-channel.ts";
import type { MeasuredGroup, Measurement } from "../mdf/measurement.ts";

export interface PlainGroup {
  /** Unique in the file. */
  readonly name: string;
  readonly group: MeasuredGroup;
  /** Without the master. */
  readonly channels: readonly PlainChannel[];
}

export interface PlainChannel {
  /** Unique in the group; an element of an array has its place behind the name, `speeds[2][0]`. */
  readonly name: string;
  readonly channel: MeasuredChannel;
  /** Number of the element; 0 unless it is an array. */
  readonly element: number;
}

/** Of an array so many elements are series of their own. */
const ELEMENTS_MAX = 256;
/** cg_flags bits 1 and 2 say it; or the names do. */
const isFrames = (group: MeasuredGroup): boolean =>
  (group.isBusEvent && group.isPlainBusEvent) ||
  (!group.isBusEvent && group.channels.some(({ name, structure }) => busEvent(name.split(".").at(-2) ?? structure) !== null));

/** Groups that do not hold bus frames, in file order: the acquisition name, else the source's, else `group N`; ` #2` where a name comes again. */
export function plainGroups(measurement: Measurement): PlainGroup[] {
  const taken = new Map<string, number>();
  return measurement.groups
    .filter((group) => !isFrames(group))
    .map((group) => ({
      name: unique(group.name || group.sourceName || `group ${group.number}`, taken),
      group,
      channels: plainChannels(group),
    }));
}

function plainChannels(group: MeasuredGroup): PlainChannel[] {
  const taken = new Map<string, number>();
  return group.channels
    .filter((channel) => !isMaster(channel))
    .flatMap((channel) => {
      const name = unique(channel.name, taken);
      if (channel.array === null) return [{ name, channel, element: 0 }];
      return channel.array.offsets.slice(0, ELEMENTS_MAX).map((_, element) => ({
        name: name + placeOf(element, channel.array?.shape ?? []),
        channel,
        element,
      }));
    });
}

/** `[i][j]` of an element, last index fastest. */
function placeOf(element: number, shape: readonly number[]): string {
  let rest = element;
  return shape.reduceRight((text, size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return `[${index}]${text}`;
  }, "");
}

function unique(name: string, taken: Map<string, number>): string {
  const before = taken.get(name) ?? 0;
  taken.set(name, before + 1);
  return before === 0 ? name : `${name} #${before + 1}`;
}
