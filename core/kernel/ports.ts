/** Transport streams in the kernel: a port for each, the identifiers and groups that lead to it, and what it counted. */
import { FRAME_CAUSES, FRAME_KINDS_OF, type LossCause, MESSAGE_CAUSES, TP_CM_PGN, TP_DT_PGN } from "../bus/transport.ts";
import {
  isStreamOf,
  nameOfStream,
  type StreamAccount,
  type StreamKey,
  type TransportAccount,
  type TransportLoss,
} from "../bus/transport-account.ts";
import { pgnOf } from "../dbc/match.ts";
import { assert } from "../fault.ts";
import { Head, LOSS_BYTES, LOSSES, Loss, Message, NO_SOURCE, PORT_RECORDS, Port, TRANSPORT, Transport, WINDOW } from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import { type AskedKey, channelKey, type Program } from "./program.ts";

const TRANSPORT_OF = {
  "iso-tp": Transport.IsoTp,
  "j1939-21": Transport.J1939,
  "fast-packet": Transport.FastPacket,
} as const;

type ExactKey = AskedKey & { readonly kind: "exact" };

interface KernelPort {
  readonly key: StreamKey;
  readonly at: number;
}

export class Ports {
  readonly #kernel: Kernel;
  readonly #program: Program;
  readonly #ports: KernelPort[] = [];
  readonly #byName = new Map<string, KernelPort>();
  /** Ports of whole groups, by `groupName`. */
  readonly #byGroup = new Map<string, KernelPort>();

  constructor(kernel: Kernel, program: Program) {
    this.#kernel = kernel;
    this.#program = program;
  }

  get isEmpty(): boolean {
    return this.#ports.length === 0;
  }

  /** The port of a stream, made if there is none yet. Address, or null when the kernel has no room for another one. `isQuiet`: its losses are only counted. */
  add(key: StreamKey, isQuiet = false): number | null {
    const name = nameOfStream(key);
    const there = this.#byName.get(name);
    if (there) return there.at;
    const groups = isStreamOf(key, "j1939-21") ? [TP_CM_PGN, TP_DT_PGN] : isStreamOf(key, "fast-packet") ? [key.pgn] : [];
    const at = this.#program.takeRecords(PORT_RECORDS);
    if (at === null) return null;
    const port = { key, at };
    const isOfGroup = groups.length > 0 && exactOf(key) === null;
    if (isOfGroup && !groups.every((pgn) => this.#program.pointGroup(key.bus, key.channel, pgn, at))) return null;
    this.#kernel.bytes[at + Message.transport] = TRANSPORT_OF[key.protocol];
    this.#kernel.setU32(at + Port.to, at);
    this.#kernel.setU32(at + Port.addressBytes, isStreamOf(key, "iso-tp") && key.addressing === "extended" ? 1 : 0);
    this.#kernel.setU64(at + Port.identity, identityOf(key));
    this.#kernel.setU32(at + Port.number, this.#ports.length);
    this.#kernel.setU32(at + Port.isQuiet, isQuiet ? 1 : 0);
    this.#ports.push(port);
    this.#byName.set(name, port);
    if (isOfGroup) for (const pgn of groups) this.#byGroup.set(groupName(key.bus, key.channel, pgn), port);
    return at;
  }

  /** Identifiers that lead to a port of their own. */
  exactKeys(): ExactKey[] {
    return this.#ports.flatMap(({ key }) => exactOf(key) ?? []);
  }

  /** Do frames of this identifier belong to a stream: by itself, or by its group? */
  leadsFrom(key: ExactKey): boolean {
    return this.#own(key) !== undefined || this.#ofGroup(key) !== undefined;
  }

  /** Leads an identifier of a stream to its port. `plain`: the message that its frames are staged to as well, or 0. False: no room. */
  pointExact(key: ExactKey, plain: number): boolean {
    const own = this.#own(key);
    if (own) {
      this.#kernel.setU32(own.at + Port.plain, plain);
      return this.#program.pointExact(key, own.at);
    }
    const group = this.#ofGroup(key);
    const relay = this.#program.takeRecords(1);
    if (relay === null || !group) return false;
    this.#kernel.bytes[relay + Message.transport] = TRANSPORT_OF[group.key.protocol];
    this.#kernel.setU32(relay + Port.to, group.at);
    this.#kernel.setU32(relay + Port.plain, plain);
    return this.#program.pointExact(key, relay);
  }

  #own(key: ExactKey): KernelPort | undefined {
    return this.#ports.find((port) => isExactly(port.key, key));
  }

  #ofGroup({ bus, channel, id, extended }: ExactKey): KernelPort | undefined {
    return extended ? this.#byGroup.get(groupName(bus, channel, pgnOf(id))) : undefined;
  }

  /**
   * Leads every identifier to all of its ports, one behind the other, for walks that make rows of whole messages: there a frame may be looked at by
   * several protocols at once.
   */
  pointAll(): void {
    const chains = new Map<string, { readonly key: ExactKey; readonly ports: KernelPort[] }>();
    for (const port of this.#ports) {
      const key = exactOf(port.key);
      if (key === null) continue;
      const name = `${key.bus} ${key.channel} ${key.id} ${key.extended}`;
      const chain = chains.get(name) ?? { key, ports: [] };
      chain.ports.push(port);
      chains.set(name, chain);
    }
    for (const { key, ports } of chains.values()) {
      const group = this.#ofGroup(key);
      const all = group === undefined ? ports : [...ports, group];
      all.forEach((port, i) => {
        if (port !== group) this.#kernel.setU32(port.at + Port.next, all[i + 1]?.at ?? 0);
      });
      this.#program.pointExact(key, all[0]?.at ?? 0);
    }
  }

  /** Frames of a group that are also asked for by themselves. */
  alsoPlain(bus: "CAN" | "LIN", channel: number, pgn: number): void {
    const port = this.#byGroup.get(groupName(bus, channel, pgn));
    if (port) this.#kernel.setU32(port.at + Port.plain, NO_SOURCE);
  }

  /** Before the first frame: no session but those that were open when the split before ended. `startNs`: of this file. */
  start(open: readonly Uint8Array[], startNs: bigint): void {
    this.#kernel.exports.clearSessions();
    for (const bytes of open) {
      assert(bytes.length <= TRANSPORT - WINDOW, "what was saved from a kernel fits a kernel");
      this.#kernel.bytes.set(bytes, WINDOW);
      this.#kernel.exports.restoreSessions(WINDOW, bytes.length, startNs);
    }
  }

  /** After the last frame. */
  finish(startNs: bigint): TransportAccount {
    const kernel = this.#kernel;
    kernel.exports.finishTransport();
    const saved = kernel.exports.saveSessions(WINDOW, TRANSPORT - WINDOW, startNs);
    return {
      streams: this.#ports.map((port) => this.#account(port)),
      losses: Array.from({ length: kernel.head(Head.losses) }, (_, i) => this.#loss(LOSSES + i * LOSS_BYTES)),
      lossesBeyond: kernel.head(Head.lossesBeyond),
      open: kernel.bytes.slice(WINDOW, WINDOW + saved),
    };
  }

  #account({ key, at }: KernelPort): StreamAccount {
    const count = (counter: number): number => this.#kernel.u32(at + counter);
    const kinds = FRAME_KINDS_OF[key.protocol].map((kind, i): [string, number] => [kind, count(Port.kinds + 4 * i)]);
    const lost = [...MESSAGE_CAUSES, ...FRAME_CAUSES].map((cause): [LossCause, number] => [cause, count(Port[cause])]);
    return {
      key,
      frames: count(Port.frames),
      frameKinds: Object.fromEntries(kinds.filter(([, frames]) => frames > 0)),
      messages: count(Port.messages),
      framesUsed: count(Port.framesUsed),
      framesLost: count(Port.framesLost),
      framesOpen: count(Port.framesOpen),
      framesRestored: count(Port.framesRestored),
      lost: Object.fromEntries(lost.filter(([, losses]) => losses > 0)),
      used: count(Port.used),
      tooShort: count(Port.tooShort),
      muxInactive: count(Port.muxInactive),
      unmatched: count(Port.unmatched),
      outOfRange: count(Port.outOfRange),
    };
  }

  #loss(at: number): TransportLoss {
    const kernel = this.#kernel;
    const stream = kernel.u32(at + Loss.port);
    const protocol = this.#ports[stream]?.key.protocol;
    const id = kernel.u32(at + Loss.id);
    const counter = kernel.u32(at + Loss.cause);
    const isPair = protocol === "j1939-21";
    return {
      timeNs: kernel.view.getBigInt64(at + Loss.time, true),
      stream,
      id: isPair ? null : id & 0x1fffffff,
      pgn: protocol === "iso-tp" ? null : kernel.u32(at + Loss.pgn),
      source: protocol === "iso-tp" ? null : id & 0xff,
      destination: isPair ? (id >>> 8) & 0xff : null,
      cause: [...MESSAGE_CAUSES, ...FRAME_CAUSES].find((cause) => Port[cause] === counter) ?? "orphanFrames",
      frames: kernel.u32(at + Loss.frames),
    };
  }
}

/** The identifier of a stream that has one. */
function exactOf(key: StreamKey): ExactKey | null {
  const { bus, channel } = key;
  if (isStreamOf(key, "iso-tp")) return { kind: "exact", bus, channel, id: key.id, extended: key.extended };
  return isStreamOf(key, "fast-packet") && key.id !== null ? { kind: "exact", bus, channel, id: key.id, extended: true } : null;
}

const groupName = (bus: "CAN" | "LIN", channel: number, pgn: number): string => `${bus} ${channel} ${pgn}`;

function isExactly(stream: StreamKey, key: ExactKey): boolean {
  if (stream.bus !== key.bus || stream.channel !== key.channel) return false;
  if (isStreamOf(stream, "iso-tp")) return stream.id === key.id && stream.extended === key.extended;
  return isStreamOf(stream, "fast-packet") && stream.id === key.id && key.extended;
}

/** The same in every pass: channel, and in the low half what sets streams of one channel apart. Bits 29 to 31: extended, extended addressing, not ISO-TP. */
function identityOf(key: StreamKey): bigint {
  const channel = channelKey(key.bus, key.channel);
  if (isStreamOf(key, "iso-tp"))
    return channel | BigInt(key.id) | (key.extended ? 1n << 29n : 0n) | (key.addressing === "extended" ? 1n << 30n : 0n);
  if (isStreamOf(key, "j1939-21")) return channel | (1n << 31n);
  return channel | (1n << 31n) | (key.id === null ? (1n << 30n) | BigInt(key.pgn) : (1n << 29n) | BigInt(key.id));
}
