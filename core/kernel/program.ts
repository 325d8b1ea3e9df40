/** What the kernel is to look for: messages, their signals, keys that lead to them, and where the samples go. */
import { signalBits } from "../dbc/geometry.ts";
import {
  ANY_SOURCE,
  CHUNKS,
  CHUNKS_END,
  Chunk,
  EXACT_KEYS_MAX,
  FRAMES_OF_PORT,
  GROUP_KEYS_MAX,
  Head,
  MESSAGE_BYTES,
  MESSAGE_BYTES_MAX,
  MESSAGES,
  MESSAGES_MAX,
  Message,
  NO_SOURCE,
  OF_FAST_PACKET,
  OF_J1939,
  RANGE_BYTES,
  SELECTOR_BYTES,
  SELECTORS,
  SELECTORS_END,
  Selector,
  SIGNAL_BYTES,
  SIGNALS,
  SIGNALS_MAX,
  Signal,
} from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import { type AskedLane, messageTree, type TreeNode, type TreeSelector } from "./message-tree.ts";
import { NEED_MAX, type SignalRow, signalRow, writeSignalRow } from "./signal-row.ts";

/** A CAN FD frame; behind the payload of a longer message other bytes may be read. */
const FRAME_BYTES_MAX = 64;

/** Frames with this identifier, or of this parameter group from any source address (formats: golden README §3). */
export type AskedKey =
  | {
      readonly kind: "exact";
      readonly bus: "CAN" | "LIN";
      readonly channel: number;
      readonly id: number;
      readonly extended: boolean;
    }
  | { readonly kind: "group"; readonly bus: "CAN" | "LIN"; readonly channel: number; readonly pgn: number };

/** One row of the kernel: where the samples of a lane come out. Several parts of a lane: several nodes of its multiplexor tree. */
export interface LanePart {
  readonly lane: number;
  readonly row: SignalRow;
  readonly signalAt: number;
  readonly messageAt: number;
  readonly output: "physical" | "raw";
  /** 0 = all raw values are data. */
  readonly maxRaw: number;
}

/** A message of the kernel: a node of a tree, with the payload bytes its selectors need. */
export interface MessagePart {
  readonly at: number;
  readonly parts: readonly LanePart[];
  readonly selectorNeeds: readonly { readonly selector: string; readonly need: number }[];
}

/** What one identifier (or group and source address) became. */
export interface BuiltMessage {
  readonly nodes: readonly MessagePart[];
}

const busKey = (bus: "CAN" | "LIN"): number => (bus === "CAN" ? 0 : 1);
/** Upper half of a key of EXACT or GROUPS. */
export const channelKey = (bus: "CAN" | "LIN", channel: number): bigint => BigInt(channel | (busKey(bus) << 8)) << 32n;

/** Everything of one pass through a file. */
export class Program {
  readonly #kernel: Kernel;
  #messages = 0;
  #signals = 0;
  #selectorsAt = SELECTORS;
  #chunksAt = CHUNKS;
  #exactKeys = 0;
  #groupKeys = 0;
  readonly #everyFrame: boolean;

  /** `everyFrame`: frames too short for any signal are staged all the same, so that their lengths are known (facts). */
  constructor(kernel: Kernel, options: { readonly everyFrame: boolean }) {
    this.#kernel = kernel;
    this.#everyFrame = options.everyFrame;
    kernel.exports.clearTables();
    kernel.setHead(Head.messageCount, 0);
  }

  /** Lanes for one key; null when the kernel's tables are full. A group's key only announces its sources (Stop.NewSource). */
  add(key: AskedKey & { readonly kind: "exact" }, lanes: readonly AskedLane[]): BuiltMessage | null {
    if (this.#exactKeys >= EXACT_KEYS_MAX) return null;
    const built = lanes.length === 0 ? { nodes: [] } : this.build(lanes);
    if (!built) return null;
    this.#exactKeys++;
    this.#kernel.exports.addKey(exactKey(key), built.nodes[0]?.at ?? 0, 0);
    return built;
  }

  /** Messages of this group (kind 0: frames; OF_J1939, OF_FAST_PACKET: reassembled) stop the scan once for each new source address. */
  announceGroup(bus: "CAN" | "LIN", channel: number, pgn: number, kind = 0): boolean {
    if (this.#groupKeys >= GROUP_KEYS_MAX) return false;
    this.#groupKeys++;
    this.#kernel.exports.addKey(channelKey(bus, channel) | BigInt(pgn | ANY_SOURCE | kind), NO_SOURCE, 1);
    return true;
  }

  /** Lanes for one source address of a group; `lanes` empty = it is not asked for. null when the tables are full: it will not be asked about again. */
  addSource({ bus, channel, pgn, kind, sourceAddress }: GroupSource, lanes: readonly AskedLane[]): BuiltMessage | null {
    const group = channelKey(bus, channel) | BigInt(pgn | kind);
    if (this.#groupKeys >= GROUP_KEYS_MAX) {
      // However many there are: no further source of this group stops the scan.
      this.#kernel.exports.addKey(group | BigInt(ANY_SOURCE), 0, 1);
      return null;
    }
    const built = lanes.length === 0 ? { nodes: [] } : this.build(lanes);
    this.#groupKeys++;
    this.#kernel.exports.addKey(group | (BigInt(sourceAddress) << 18n), built?.nodes[0]?.at ?? 0, 1);
    return built;
  }

  /** Frames of this key are not asked for after all: its samples found no room. */
  dropExact(key: AskedKey & { readonly kind: "exact" }): void {
    this.#kernel.exports.addKey(exactKey(key), 0, 0);
  }

  dropSource({ bus, channel, pgn, kind, sourceAddress }: GroupSource): void {
    this.#kernel.exports.addKey(channelKey(bus, channel) | BigInt(pgn | kind) | (BigInt(sourceAddress) << 18n), 0, 1);
  }

  /** Leads an identifier to a port, or any other record of MESSAGES. False when the table is full. */
  pointExact(key: AskedKey & { readonly kind: "exact" }, at: number): boolean {
    if (this.#exactKeys >= EXACT_KEYS_MAX) return false;
    this.#exactKeys++;
    this.#kernel.exports.addKey(exactKey(key), at, 0);
    return true;
  }

  /** Leads all frames of a group to a port. False when the table is full. */
  pointGroup(bus: "CAN" | "LIN", channel: number, pgn: number, at: number): boolean {
    if (this.#groupKeys >= GROUP_KEYS_MAX) return false;
    this.#groupKeys++;
    this.#kernel.exports.addKey(channelKey(bus, channel) | BigInt(pgn | FRAMES_OF_PORT), at, 1);
    return true;
  }

  /** Some records of MESSAGES in a row, all zero; null when there are no more. */
  takeRecords(count: number): number | null {
    if (this.#messages + count > MESSAGES_MAX) return null;
    const at = MESSAGES + this.#messages * MESSAGE_BYTES;
    this.#messages += count;
    this.#kernel.bytes.fill(0, at, at + count * MESSAGE_BYTES);
    this.#kernel.setHead(Head.messageCount, this.#messages);
    return at;
  }

  /** Messages for some lanes of one frame or payload; null when something is full. */
  build(lanes: readonly AskedLane[]): BuiltMessage | null {
    const before = { messages: this.#messages, signals: this.#signals, selectorsAt: this.#selectorsAt, chunksAt: this.#chunksAt };
    const nodes: MessagePart[] = [];
    if (this.#buildNode(messageTree(lanes), nodes) === 0) {
      this.#messages = before.messages;
      this.#signals = before.signals;
      this.#selectorsAt = before.selectorsAt;
      this.#chunksAt = before.chunksAt;
      return null;
    }
    this.#kernel.setHead(Head.messageCount, this.#messages);
    return { nodes };
  }

  /** Address of the message, 0 when something is full. The root stands first in `nodes`. */
  #buildNode(node: TreeNode, nodes: MessagePart[]): number {
    const words = assignWords(node.lanes);
    const chunkBytes = node.lanes.length === 0 ? 0 : Chunk.words + words.starts.length * Chunk.wordStride + 64;
    const windowsAt = this.#selectorsAt;
    const windowsEnd = windowsAt + 8 * Math.ceil(words.starts.length / 4);
    const isFull =
      this.#messages >= MESSAGES_MAX ||
      this.#signals + node.lanes.length > SIGNALS_MAX ||
      this.#chunksAt + chunkBytes > CHUNKS_END ||
      windowsEnd > SELECTORS_END;
    if (isFull) return 0;
    const at = MESSAGES + this.#messages++ * MESSAGE_BYTES;
    const firstSignal = SIGNALS + this.#signals * SIGNAL_BYTES;
    this.#signals += node.lanes.length;
    const { bytes, view } = this.#kernel;
    bytes.fill(0, at, at + MESSAGE_BYTES);
    const parts = node.lanes.map((lane, i): LanePart => {
      const place = words.places[i] ?? { word: 0, ninth: 0 };
      const row = signalRow(lane.signal, words.starts[place.word] ?? 0);
      const signalAt = firstSignal + i * SIGNAL_BYTES;
      writeSignalRow(this.#kernel, signalAt, row, place.word, place.ninth);
      this.#kernel.setU32(signalAt + Signal.outKind, lane.output === "raw" ? 1 : 0);
      const maxRaw = lane.maxRaw ?? 0;
      this.#kernel.setU32(signalAt + Signal.maxRaw, maxRaw);
      bytes[signalAt + Signal.hasCodes] = 0;
      return { lane: lane.lane, row, signalAt, messageAt: at, output: lane.output, maxRaw };
    });
    const needs = parts.map((part) => part.row.need);
    view.setUint16(at + Message.minNeed, this.#everyFrame || needs.length === 0 ? 0 : Math.min(NEED_MAX, ...needs), true);
    view.setUint16(at + Message.maxNeed, Math.min(NEED_MAX, Math.max(0, ...needs)), true);
    this.#kernel.setU32(at + Message.firstSignal, firstSignal);
    this.#kernel.setU32(at + Message.signalCount, parts.length);
    this.#kernel.setU32(at + Message.chunk, this.#chunksAt);
    this.#kernel.setU32(at + Message.windowCount, words.starts.length);
    this.#kernel.setU32(at + Message.windows, windowsAt);
    words.starts.forEach((start, i) => {
      view.setUint16(windowsAt + 2 * i, start, true);
    });
    this.#selectorsAt = windowsEnd;
    this.#chunksAt += chunkBytes;
    const selectorNeeds = node.selectors.map((selector) => ({
      selector: selector.signal.name,
      need: signalBits(selector.signal).lastByte + 1,
    }));
    nodes.push({ at, parts, selectorNeeds });
    let next = 0;
    for (const selector of [...node.selectors].reverse()) {
      next = this.#buildSelector(selector, next, nodes);
      if (next === 0) return 0;
    }
    this.#kernel.setU32(at + Message.selector, next);
    return at;
  }

  #buildSelector(selector: TreeSelector, next: number, nodes: MessagePart[]): number {
    const at = this.#selectorsAt;
    const rangesAt = at + SELECTOR_BYTES;
    const end = rangesAt + selector.ranges.length * RANGE_BYTES;
    if (end > SELECTORS_END) return 0;
    this.#selectorsAt = end;
    const place = signalBits(selector.signal);
    const isBig = place.byteOrder === "big";
    const atByte = place.lastByte < FRAME_BYTES_MAX ? Math.min(place.firstByte, FRAME_BYTES_MAX - 8) : place.firstByte;
    const fromTop = place.firstBit - 8 * atByte;
    const { bytes, view } = this.#kernel;
    bytes.fill(0, at, end);
    bytes[at + Selector.isBig] = isBig ? 1 : 0;
    bytes[at + Selector.shift] = isBig ? 64 - fromTop - place.lengthBits : fromTop;
    view.setUint16(at + Selector.need, Math.min(NEED_MAX, place.lastByte + 1), true);
    view.setUint16(at + Selector.atByte, Math.min(NEED_MAX, atByte), true);
    this.#kernel.setU32(at + Selector.rangeCount, selector.ranges.length);
    this.#kernel.setU64(at + Selector.mask, (1n << BigInt(place.lengthBits)) - 1n);
    this.#kernel.setU32(at + Selector.ranges, rangesAt);
    this.#kernel.setU32(at + Selector.next, next);
    const built = new Map<TreeNode, number>();
    for (const [i, range] of selector.ranges.entries()) {
      let message = 0;
      if (range.node) {
        message = built.get(range.node) ?? this.#buildNode(range.node, nodes);
        if (message === 0) return 0;
        built.set(range.node, message);
      }
      this.#kernel.setU64(rangesAt + i * RANGE_BYTES, range.low);
      this.#kernel.setU32(rangesAt + i * RANGE_BYTES + 8, message);
    }
    return at;
  }
}

const exactKey = (key: AskedKey & { readonly kind: "exact" }): bigint =>
  channelKey(key.bus, key.channel) | BigInt(key.id) | (key.extended ? 1n << 29n : 0n);

/** A source address of a parameter group. `kind`: 0 = of its frames; OF_J1939, OF_FAST_PACKET = of its reassembled messages. */
export interface GroupSource {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly pgn: number;
  readonly kind: number;
  readonly sourceAddress: number;
}

/** What stopped a scan: HEAD.newKey. */
export function newSource(key: bigint): GroupSource {
  const low = Number(key & 0xffffffffn);
  const channel = Number((key >> 32n) & 0xffn);
  return {
    bus: ((key >> 40n) & 1n) === 1n ? "LIN" : "CAN",
    channel,
    pgn: low & 0x3ffff,
    kind: low & (OF_J1939 | OF_FAST_PACKET),
    sourceAddress: (low >>> 18) & 0xff,
  };
}

interface WordPlan {
  /** Payload byte at which each staged word of 8 bytes starts. */
  readonly starts: readonly number[];
  readonly places: readonly { readonly word: number; readonly ninth: number }[];
}

/** Words that cover every signal: one for classic CAN, as few as needed beyond. */
function assignWords(lanes: readonly AskedLane[]): WordPlan {
  const bits = lanes.map((lane) => signalBits(lane.signal));
  if (bits.every((place) => place.lastByte < 8))
    return { starts: lanes.length ? [0] : [], places: bits.map(() => ({ word: 0, ninth: 0 })) };
  const starts: number[] = [];
  const wordFor = (first: number, last: number): number => {
    const found = starts.findIndex((start) => start <= first && last < start + 8);
    return found >= 0 ? found : starts.push(last < FRAME_BYTES_MAX ? Math.min(first, FRAME_BYTES_MAX - 8) : first) - 1;
  };
  const places: { word: number; ninth: number }[] = bits.map(() => ({ word: 0, ninth: 0 }));
  const order = bits.map((_, i) => i).sort((a, b) => (bits[a]?.firstByte ?? 0) - (bits[b]?.firstByte ?? 0));
  for (const i of order) {
    const place = bits[i];
    if (!place) continue;
    if (place.lastByte >= MESSAGE_BYTES_MAX) {
      const any = exactly(starts, 0); // no row has a value
      places[i] = { word: any, ninth: any };
      continue;
    }
    const isWide = place.lastByte - place.firstByte >= 8;
    // A field over nine bytes starts its word, and the ninth byte ends another.
    const word = isWide ? exactly(starts, place.firstByte) : wordFor(place.firstByte, place.lastByte);
    places[i] = { word, ninth: isWide ? exactly(starts, place.firstByte + 1) : 0 };
  }
  return { starts, places };
}

function exactly(starts: number[], start: number): number {
  const found = starts.indexOf(start);
  return found >= 0 ? found : starts.push(start) - 1;
}
