/** One log through the kernel: rules in, samples or cells of every series out, every frame accounted for. */
import { pgnOf } from "../dbc/match.ts";
import type { DbcMessage, DbcSignal } from "../dbc/model.ts";
import { assert, type Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import { HEAD, Head, Mode, Walk } from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import { type AskedLane, messageTree, treeNodes } from "./message-tree.ts";
import { CELLS, Cells, Columns, type LengthPiece } from "./output.ts";
import type { ColumnPiece } from "./pieces.ts";
import { type AskedKey, type MessagePart, newSource, Program } from "./program.ts";
import { walkStream } from "./walk.ts";

/** Signals of one DBC message that are asked for, wherever frames carry the key. */
export interface Rule {
  readonly key: AskedKey;
  readonly message: DbcMessage;
  readonly signals: readonly AskedOutput[];
  /** Group rules: identifiers that the same database matches exactly, and which therefore are not of the group. */
  readonly except?: readonly number[];
}

/** What of a signal is given out: see AskedLane. */
export type AskedOutput = Pick<AskedLane, "signal" | "output" | "maxRaw">;

/** Times are ns since the file's start; half open. */
export interface DecodeRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Samples' times come out relative to this. */
  readonly baseNs: bigint;
}

export type DecodeOutput =
  | {
      readonly kind: "columns";
      readonly keepLengths: boolean;
      /** Source addresses that each group shall have room for; default 3. */
      readonly sources?: number;
      /** Of a lane with more samples keep those with the earliest times; default all. */
      readonly keepFirst?: number;
    }
  | {
      readonly kind: keyof typeof CELLS;
      /** Start of bucket 0, relative to `baseNs`. */
      readonly originNs: number;
      readonly stepNs: number;
      readonly bucketCount: number;
      /** One cell more before and behind, for the nearest samples outside the range. */
      readonly neighbours: boolean;
    };

/** One series of one source address. */
export interface LaneResult {
  readonly rule: number;
  readonly signal: DbcSignal;
  readonly output: "physical" | "raw";
  readonly sourceAddress: number | null;
  /** Columns in stored order per piece; a lane of a multiplexed signal may have several pieces for the same time. */
  readonly pieces: readonly ColumnPiece[];
  /** Samples left out because of `keepFirst`. */
  readonly dropped: number;
  /** Cells, `words` doubles each; with neighbours one before and one behind. */
  readonly cells: Float64Array | null;
  /** Nodes of the multiplexor tree in which the signal stands, for counting short frames. */
  readonly nodes: readonly { readonly at: number; readonly need: number }[];
  readonly rootAt: number;
}

/** Frame counters of one walk, and counters of values: `values = samples + notAvailable`. */
export interface FrameCounts {
  frames: number;
  used: number;
  unmatched: number;
  muxInactive: number;
  tooShort: number;
  outOfRange: number;
  otherKind: number;
  withoutPayload: number;
  otherRecords: number;
  /** Of asked signals in frames that reach them. */
  values: number;
  /** As given out by the kernel. */
  samples: number;
  /** Left out as codes (AskedLane.maxRaw). */
  notAvailable: number;
}

export interface DecodeResult {
  readonly lanes: readonly LaneResult[];
  readonly counts: FrameCounts;
  readonly recordBytes: number;
  readonly tailBytes: number;
  /** Bytes taken from the source, values of SD streams read again included. */
  readonly bytesRead: number;
  readonly notices: readonly Notice[];
  /** By node, when lengths were kept. */
  readonly lengths: ReadonlyMap<number, readonly LengthPiece[]>;
  readonly nodes: ReadonlyMap<number, MessagePart>;
  /** Rules (and source addresses) that found no room: to be asked for in another pass. */
  readonly left: readonly LeftOver[];
}

export interface LeftOver {
  readonly rule: number;
  readonly sourceAddress: number | null;
}

export interface DecodeHost {
  readonly signal: AbortSignal;
  readonly onWindow: (bytes: number) => Promise<void> | undefined;
}

/** One pass over all streams of a log with as many rules as fit. `onlySources` restricts a group rule to those addresses. */
export async function decodePass(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  rules: readonly Rule[],
  range: DecodeRange,
  output: DecodeOutput,
  host: DecodeHost,
): Promise<DecodeResult> {
  const pass = new Pass(kernel, rules, output);
  pass.load(range);
  let recordBytes = 0;
  let tailBytes = 0;
  let bytesRead = 0;
  const notices: Notice[] = [];
  for (const stream of mdf.streams) {
    const walked = await walkStream(kernel, source, stream, Walk.Decode, {
      ...host,
      onFull: () => pass.drain(),
      onNewSource: (key) => pass.addSource(key),
    });
    recordBytes += walked.recordBytes;
    tailBytes += walked.tailBytes;
    bytesRead += walked.bytesRead;
    notices.push(...walked.notices);
  }
  return pass.finish({ recordBytes, tailBytes, bytesRead, notices });
}

/** Columns that the lanes of a rule take: a multiplexed signal may stand in several nodes. */
function columnsOf({ message, signals }: Rule): number {
  const lanes = signals.map((asked, lane): AskedLane => ({ lane, message, ...asked }));
  return treeNodes(messageTree(lanes)).reduce((sum, node) => sum + (node.lanes.length === 0 ? 0 : node.lanes.length + 2), 0);
}

class Pass {
  readonly #kernel: Kernel;
  readonly #rules: readonly Rule[];
  readonly #output: DecodeOutput;
  readonly #program: Program;
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
  readonly #left: LeftOver[] = [];

  constructor(kernel: Kernel, rules: readonly Rule[], output: DecodeOutput) {
    this.#kernel = kernel;
    this.#rules = rules;
    this.#output = output;
    const isColumns = output.kind === "columns";
    this.#program = new Program(kernel, { everyFrame: isColumns && output.keepLengths });
    // Room for more than one share of each group: its source addresses are not known yet.
    const sources = (isColumns ? output.sources : undefined) ?? 3;
    const columnCount = rules.reduce((sum, rule) => sum + columnsOf(rule) * (rule.key.kind === "group" ? sources : 1), 0);
    this.#columns = isColumns ? new Columns(kernel, { ...output, columnCount }) : null;
    this.#cells = isColumns ? null : new Cells(kernel, CELLS[output.kind], output.bucketCount + (output.neighbours ? 2 : 0));
  }

  load(range: DecodeRange): void {
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
    kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.notAvailable + 8);
    this.#addExact();
    for (const rule of this.#rules) {
      if (rule.key.kind === "group") this.#program.announceGroup(rule.key.bus, rule.key.channel, rule.key.pgn);
    }
    kernel.exports.clearCache();
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
    this.#rules.forEach((rule, i) => {
      if (rule.key.kind === "exact") note(rule.key, i);
      else
        for (const id of rule.except ?? [])
          note({ kind: "exact", bus: rule.key.bus, channel: rule.key.channel, id, extended: true }, null);
    });
    for (const { key, rules } of keys.values()) {
      const groups = key.extended ? this.#groupRules(key.bus, key.channel, pgnOf(key.id), key.id) : [];
      const lanes = [
        ...rules.flatMap((rule) => this.#newLanes(rule, null)),
        ...groups.flatMap((rule) => this.#newLanes(rule, key.id & 0xff)),
      ];
      const built = this.#program.add(key, lanes);
      if (built && this.#place(built.nodes, lanes)) continue;
      if (built) this.#program.dropExact(key);
      this.#leave(lanes);
    }
  }

  #groupRules(bus: "CAN" | "LIN", channel: number, pgn: number, id: number | null): number[] {
    return this.#rules.flatMap((rule, i) =>
      rule.key.kind === "group" &&
      rule.key.bus === bus &&
      rule.key.channel === channel &&
      rule.key.pgn === pgn &&
      !(id !== null && rule.except?.includes(id))
        ? [i]
        : [],
    );
  }

  addSource(key: bigint): void {
    const { bus, channel, pgn, sourceAddress } = newSource(key);
    const lanes = this.#groupRules(bus, channel, pgn, null).flatMap((rule) => this.#newLanes(rule, sourceAddress));
    const built = this.#program.addSource(bus, channel, pgn, sourceAddress, lanes);
    if (!built || !this.#place(built.nodes, lanes)) {
      this.#program.dropSource(bus, channel, pgn, sourceAddress);
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
      if (!this.#left.some((left) => left.rule === there.rule && left.sourceAddress === there.sourceAddress)) {
        this.#left.push({ rule: there.rule, sourceAddress: there.sourceAddress });
      }
    }
  }

  drain(): void {
    this.#columns?.drain();
  }

  finish(walked: Pick<DecodeResult, "recordBytes" | "tailBytes" | "bytesRead" | "notices">): DecodeResult {
    this.#kernel.exports.flushAll();
    this.drain();
    const cells = this.#cells?.take();
    const isLeft = (rule: number, sourceAddress: number | null) =>
      this.#left.some((left) => left.rule === rule && left.sourceAddress === sourceAddress);
    const lanes = this.#lanes
      .filter((lane) => !isLeft(lane.rule, lane.sourceAddress))
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
      left: this.#left,
    };
  }
}

export const readCounts = (kernel: Kernel): FrameCounts => ({
  frames: kernel.counter(Head.frames),
  used: kernel.counter(Head.used),
  unmatched: kernel.counter(Head.unmatched),
  muxInactive: kernel.counter(Head.muxInactive),
  tooShort: kernel.counter(Head.tooShort),
  outOfRange: kernel.counter(Head.outOfRange),
  otherKind: kernel.counter(Head.otherKind),
  withoutPayload: kernel.counter(Head.withoutPayload),
  otherRecords: kernel.counter(Head.otherRecords),
  values: kernel.counter(Head.values),
  samples: kernel.counter(Head.samples),
  notAvailable: kernel.counter(Head.notAvailable),
});
