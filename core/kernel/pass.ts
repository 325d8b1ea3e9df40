/** Rules in the kernel's tables for one pass over a log: keys, lanes, ports, and where the samples go. */
import type { StreamKey } from "../bus/transport-account.ts";
import { pgnOf } from "../dbc/match.ts";
import { assert } from "../fault.ts";
import { HEAD, Head, Mode, OF_FAST_PACKET, OF_J1939, Port } from "./abi.ts";
import {
  type DecodeOutput,
  type DecodeRange,
  type DecodeResult,
  type LaneResult,
  type LeftOver,
  type Rule,
  readCounts,
  type TransportOptions,
} from "./decode.ts";
import type { Kernel } from "./kernel.ts";
import { type AskedLane, messageTree, treeNodes } from "./message-tree.ts";
import { CELLS, Cells, Columns } from "./output.ts";
import { Ports } from "./ports.ts";
import { type AskedKey, type GroupSource, type MessagePart, newSource, Program } from "./program.ts";

/** Columns that the lanes of a rule take: a multiplexed signal may stand in several nodes. */
function columnsOf({ message, signals }: Rule): number {
  const lanes = signals.map((asked, lane): AskedLane => ({ lane, message, ...asked }));
  return treeNodes(messageTree(lanes)).reduce((sum, node) => sum + (node.lanes.length === 0 ? 0 : node.lanes.length + 2), 0);
}

/** What a pass asks of the kernel, and what it gave. */
export class Pass {
  readonly #kernel: Kernel;
  readonly #rules: readonly Rule[];
  readonly #output: DecodeOutput;
  readonly #program: Program;
  readonly #ports: Ports;
  readonly #columns: Columns | null;
  readonly #cells: Cells | null;
  readonly #lanes: {
    asked: AskedLane;
    rule: number;
    sourceAddress: number | null;
    nodes: { at: number; need: number }[];
    rootAt: number;
  }[] = [];
  readonly #nodes = new Map<number, MessagePart>();
  readonly #left = new Map<string, LeftOver>();
  /** Numbers of the group rules, by group: a hostile database has thousands. */
  readonly #rulesOfGroup = new Map<string, number[]>();

  constructor(kernel: Kernel, rules: readonly Rule[], output: DecodeOutput) {
    this.#kernel = kernel;
    this.#rules = rules;
    this.#output = output;
    rules.forEach(({ key }, i) => {
      if (key.kind !== "group") return;
      const name = groupName(key.bus, key.channel, key.pgn);
      const there = this.#rulesOfGroup.get(name);
      if (there) there.push(i);
      else this.#rulesOfGroup.set(name, [i]);
    });
    const isColumns = output.kind === "columns";
    this.#program = new Program(kernel, { everyFrame: isColumns && output.keepLengths });
    this.#ports = new Ports(kernel, this.#program);
    // Room for more than one share of each group: its source addresses are not known yet.
    const sources = (isColumns ? output.sources : undefined) ?? 3;
    const sharesOf = ({ key, sources: named }: Rule) => (key.kind === "group" ? (named?.length ?? sources) : 1);
    const columnCount = rules.reduce((sum, rule) => sum + columnsOf(rule) * sharesOf(rule), 0);
    this.#columns = isColumns ? new Columns(kernel, { ...output, columnCount }) : null;
    this.#cells = isColumns ? null : new Cells(kernel, CELLS[output.kind], output.bucketCount + (output.neighbours ? 2 : 0));
  }

  load(range: DecodeRange, { streams = [], open = [] }: TransportOptions, startNs: bigint): void {
    const kernel = this.#kernel;
    kernel.setU64(HEAD + Head.fromNs, range.fromNs);
    kernel.setU64(HEAD + Head.toNs, range.toNs);
    kernel.setU64(HEAD + Head.baseNs, range.baseNs);
    kernel.setHead(Head.clamp, 0);
    if (this.#output.kind === "columns") kernel.setHead(Head.mode, Mode.Columns);
    else {
      kernel.setHead(Head.mode, CELLS[this.#output.kind].mode);
      kernel.setF64(HEAD + Head.originNs, this.#output.originNs);
      kernel.setF64(HEAD + Head.stepNs, this.#output.stepNs);
      kernel.setHead(Head.bucketCount, this.#output.bucketCount);
      kernel.setHead(Head.clamp, this.#output.neighbours ? 1 : 0);
    }
    kernel.setHead(Head.messageRows, 0);
    kernel.setHead(Head.firstTimes, this.#output.firstFrameTimes ? 1 : 0);
    kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.notAvailable + 8);
    for (const stream of streams) this.#ports.add(stream);
    this.#addPorts();
    this.#addExact();
    for (const { key, transport } of this.#rules) {
      if (key.kind !== "group") continue;
      this.#program.announceGroup(key.bus, key.channel, key.pgn, kindOf(transport));
      if (transport === undefined) this.#ports.alsoPlain(key.bus, key.channel, key.pgn);
    }
    kernel.exports.clearCache();
    if (!this.#ports.isEmpty) this.#ports.start(open, startNs);
  }

  /** A port for each stream that a rule needs; ISO-TP ports know their messages at once, the others by group and source address. */
  #addPorts(): void {
    const isoTp = new Map<number, { prefixed: number[]; payload: number[] }>();
    this.#rules.forEach((rule, i) => {
      const stream = streamOf(rule);
      if (!stream) return;
      const at = this.#ports.add(stream);
      if (at === null) this.#leave(this.#newLanes(i, null));
      else if (stream.protocol === "iso-tp") {
        const there = isoTp.get(at) ?? { prefixed: [], payload: [] };
        (rule.transport === "iso-tp" ? there.prefixed : there.payload).push(i);
        isoTp.set(at, there);
      }
    });
    for (const [at, { prefixed, payload }] of isoTp) {
      this.#kernel.setU32(at + Port.prefixed, this.#message(prefixed.flatMap((rule) => this.#newLanes(rule, null))));
      this.#kernel.setU32(at + Port.payload, this.#message(payload.flatMap((rule) => this.#newLanes(rule, null))));
    }
  }

  /** Address of a message for the lanes; 0 if there are none, or no room for them. */
  #message(lanes: readonly AskedLane[]): number {
    if (lanes.length === 0) return 0;
    const built = this.#program.build(lanes);
    if (built && this.#place(built.nodes, lanes)) return built.nodes[0]?.at ?? 0;
    this.#leave(lanes);
    return 0;
  }

  /** Exact keys, with the lanes of group rules of other databases that the same identifier belongs to. */
  #addExact(): void {
    const keys = new Map<string, { key: AskedKey & { kind: "exact" }; rules: number[] }>();
    const note = (key: AskedKey & { kind: "exact" }, rule: number | null) => {
      const name = `${key.bus}${key.channel}:${key.id}${key.extended ? "x" : ""}`;
      const there = keys.get(name) ?? { key, rules: [] };
      if (rule !== null) there.rules.push(rule);
      keys.set(name, there);
    };
    for (const key of this.#ports.exactKeys()) note(key, null);
    this.#rules.forEach((rule, i) => {
      if (rule.transport !== undefined) return;
      if (rule.key.kind === "exact") note(rule.key, i);
      else
        for (const id of rule.except ?? [])
          note({ kind: "exact", bus: rule.key.bus, channel: rule.key.channel, id, extended: true }, null);
    });
    for (const { key, rules } of keys.values()) {
      const groups = key.extended ? this.#groupRules(ofFrame(key), key.id) : [];
      const lanes = [
        ...rules.flatMap((rule) => this.#newLanes(rule, null)),
        ...groups.flatMap((rule) => this.#newLanes(rule, key.id & 0xff)),
      ];
      if (this.#ports.leadsFrom(key)) {
        if (!this.#ports.pointExact(key, this.#message(lanes))) this.#leave(lanes);
        continue;
      }
      const built = this.#program.add(key, lanes);
      if (built && this.#place(built.nodes, lanes)) continue;
      if (built) this.#program.dropExact(key);
      this.#leave(lanes);
    }
  }

  /** Rules for a group's source address; `id`: of the frame, null for any. */
  #groupRules({ bus, channel, pgn, kind, sourceAddress }: GroupSource, id: number | null): number[] {
    const ofGroup = this.#rulesOfGroup.get(groupName(bus, channel, pgn)) ?? [];
    return ofGroup.filter((i) => {
      const { transport, sources, except } = this.#rules[i] ?? {};
      const isAsked = kindOf(transport) === kind && (sources?.includes(sourceAddress) ?? true);
      return isAsked && !(id !== null && except?.includes(id));
    });
  }

  addSource(newKey: bigint): void {
    const key = newSource(newKey);
    const lanes = this.#groupRules(key, null).flatMap((rule) => this.#newLanes(rule, key.sourceAddress));
    const built = this.#program.addSource(key, lanes);
    if (!built || !this.#place(built.nodes, lanes)) {
      if (built) this.#program.dropSource(key);
      this.#leave(lanes);
    }
    this.#kernel.exports.clearCache();
  }

  #newLanes(rule: number, sourceAddress: number | null): AskedLane[] {
    const { message, signals } = this.#rules[rule] ?? { message: undefined, signals: [] };
    assert(message, "a rule's number is its place");
    return signals.map((signal) => {
      const asked: AskedLane = { lane: this.#lanes.length, message, ...signal };
      this.#lanes.push({ asked, rule, sourceAddress, nodes: [], rootAt: 0 });
      return asked;
    });
  }

  #place(nodes: readonly MessagePart[], lanes: readonly AskedLane[]): boolean {
    const target = this.#columns ?? this.#cells;
    for (const node of nodes) {
      this.#nodes.set(node.at, node);
      if (!target?.place(node)) return false;
      for (const part of node.parts) this.#lanes[part.lane]?.nodes.push({ at: node.at, need: part.row.need });
    }
    for (const lane of lanes) {
      const there = this.#lanes[lane.lane];
      if (there) there.rootAt = nodes[0]?.at ?? 0;
    }
    return true;
  }

  #leave(lanes: readonly AskedLane[]): void {
    for (const { lane } of lanes) {
      const there = this.#lanes[lane];
      if (!there) continue;
      this.#left.set(leftName(there), { rule: there.rule, sourceAddress: there.sourceAddress });
    }
  }

  drain(): void {
    this.#columns?.drain();
  }

  finish(
    walked: Pick<DecodeResult, "recordBytes" | "tailBytes" | "bytesRead" | "notices" | "isUnsure">,
    startNs: bigint,
  ): Omit<DecodeResult, "covered"> {
    this.#kernel.exports.flushAll();
    this.drain();
    const cells = this.#cells?.take();
    const lanes = this.#lanes
      .filter((lane) => !this.#left.has(leftName(lane)))
      .map(
        (lane): LaneResult => ({
          rule: lane.rule,
          signal: lane.asked.signal,
          output: lane.asked.output,
          sourceAddress: lane.sourceAddress,
          pieces: this.#columns?.pieces.get(lane.asked.lane)?.pieces ?? [],
          dropped: this.#columns?.pieces.get(lane.asked.lane)?.dropped ?? 0,
          cells: cells?.get(lane.asked.lane) ?? null,
          nodes: lane.nodes,
          rootAt: lane.rootAt,
        }),
      );
    return {
      lanes,
      counts: readCounts(this.#kernel),
      ...walked,
      lengths: this.#columns?.lengths ?? new Map(),
      nodes: this.#nodes,
      left: [...this.#left.values()],
      transport: this.#ports.isEmpty ? null : this.#ports.finish(startNs),
    };
  }
}

const groupName = (bus: "CAN" | "LIN", channel: number, pgn: number): string => `${bus} ${channel} ${pgn}`;
const leftName = ({ rule, sourceAddress }: LeftOver): string => `${rule} ${sourceAddress}`;

/** Kind bits of the keys of a group: of its frames, or of its reassembled messages. */
const kindOf = (transport: Rule["transport"]): number =>
  transport === "j1939-21" ? OF_J1939 : transport === "fast-packet" ? OF_FAST_PACKET : 0;

const ofFrame = ({ bus, channel, id }: AskedKey & { readonly kind: "exact" }): GroupSource => ({
  bus,
  channel,
  pgn: pgnOf(id),
  kind: 0,
  sourceAddress: id & 0xff,
});

/** The stream whose messages a rule wants; null for a rule about frames. */
function streamOf({ key, transport, addressing = "normal" }: Rule): StreamKey | null {
  if (transport === undefined) return null;
  const { bus, channel } = key;
  if (transport === "iso-tp" || transport === "iso-tp-payload") {
    assert(key.kind === "exact", "ISO-TP goes by identifier");
    return { protocol: "iso-tp", bus, channel, id: key.id, extended: key.extended, addressing };
  }
  assert(key.kind === "group", `${transport} goes by parameter group`);
  return transport === "j1939-21"
    ? { protocol: "j1939-21", bus, channel }
    : { protocol: "fast-packet", bus, channel, pgn: key.pgn, id: null };
}
