/** One workload in one mode, loaded into a kernel by the product's own code, to be run again and again. */
import { HEAD, Head, Message, Mode, OUT, Signal, Stop, VLSD, VLSD_SLOTS, WINDOW, WINDOW_BYTES } from "../core/kernel/abi.ts";
import type { Kernel } from "../core/kernel/kernel.ts";
import type { AskedLane } from "../core/kernel/message-tree.ts";
import { CELLS, Cells, Columns } from "../core/kernel/output.ts";
import { type MessagePart, newSource, Program } from "../core/kernel/program.ts";
import { loadRecords } from "../core/kernel/records.ts";
import { cpuNs } from "./clock.ts";
import { hashWords, hex } from "./hash.ts";
import type { Slice } from "./slices.ts";
import type { Workload } from "./workloads.ts";

/** The whole workload stands here in a wide memory; reference.c has the same number. */
export const RECORDS_AT = 0x800000;
/** What is handed to reference.c: all tables. */
const IMAGE_AT = 0x010000;
const IMAGE_END = 0x100000;
const VLSD_SLOT_BYTES = 1408;

export type CellMode = keyof typeof CELLS;
export type TaskMode = "columns" | CellMode;

export interface Plan {
  readonly mode: TaskMode;
  readonly slices: readonly Slice[];
  readonly stepNs: number;
  readonly bucketCount: number;
  /** First time of the workload. */
  readonly baseNs: number;
}

/** Everything a run gave: counters, and a hash of every column, or of all cells. */
export interface Outcome {
  readonly frames: number;
  readonly used: number;
  readonly samples: number;
  readonly text: string;
}

const COUNTERS = [
  Head.frames,
  Head.used,
  Head.unmatched,
  Head.muxInactive,
  Head.tooShort,
  Head.outOfRange,
  Head.otherKind,
  Head.samples,
] as const;

export class KernelTask {
  readonly #kernel: Kernel;
  readonly #plan: Plan;
  readonly #workload: Workload;
  readonly #program: Program;
  readonly #columns: Columns | null;
  readonly #cells: Cells | null;
  readonly nodes: MessagePart[] = [];
  laneCount = 0;
  #cellEnd = 0;
  readonly #words: Uint32Array;
  #timeHashes: number[] = [];
  #valueHashes: number[][] = [];
  #cellHash = 0;

  /** Runs once, so that every source address has been met. `isWide`: the records lie in the kernel's memory. */
  constructor(kernel: Kernel, workload: Workload, plan: Plan, isWide: boolean) {
    this.#kernel = kernel;
    this.#plan = plan;
    this.#workload = workload;
    this.#words = new Uint32Array(kernel.bytes.buffer);
    const { mode, bucketCount } = plan;
    this.#program = new Program(kernel, { everyFrame: false });
    const signals = workload.messages.reduce((sum, message) => sum + message.signals.length + 2, 0);
    this.#columns = mode === "columns" ? new Columns(kernel, { columnCount: signals, keepLengths: false }) : null;
    this.#cells = mode === "columns" ? null : new Cells(kernel, CELLS[mode], bucketCount);
    for (const message of workload.messages) {
      if (message.pgn !== null) this.#program.announceGroup("CAN", workload.channel, message.pgn);
      else {
        const key = { kind: "exact", bus: "CAN", channel: workload.channel, id: message.id, extended: message.extended } as const;
        this.#place(this.#program.add(key, this.#lanes(message.id, message.extended))?.nodes);
      }
    }
    loadRecords(kernel, workload.stream, "workload");
    kernel.setU64(HEAD + Head.baseNs, BigInt(plan.baseNs));
    kernel.setHead(Head.mode, mode === "columns" ? Mode.Columns : CELLS[mode].mode);
    kernel.setF64(HEAD + Head.stepNs, plan.stepNs);
    kernel.setHead(Head.bucketCount, bucketCount);
    kernel.setHead(Head.clamp, 0);
    kernel.exports.clearCache();
    if (isWide) this.run();
    else this.runCopying();
  }

  #lanes(id: number, extended: boolean): AskedLane[] {
    const message = this.#workload.messages.find((one) => one.id === id && one.extended === extended);
    if (!message) return [];
    return message.signals.map((signal) => ({ lane: this.laneCount++, message, signal, output: "physical" }));
  }

  #place(nodes: readonly MessagePart[] | undefined): void {
    if (!nodes?.every((node) => (this.#columns ?? this.#cells)?.place(node))) throw new Error("the kernel's memory is full");
    this.nodes.push(...nodes);
    this.#timeHashes = this.nodes.map(() => 0);
    this.#valueHashes = this.nodes.map((node) => node.parts.map(() => 0));
    if (this.#cells && this.#plan.mode !== "columns") {
      const { words } = CELLS[this.#plan.mode];
      const last = Math.max(
        ...this.nodes.flatMap((node) => node.parts.map((part) => this.#kernel.u32(part.signalAt + Signal.out))),
      );
      this.#cellEnd = last + this.#plan.bucketCount * words * 8;
    }
  }

  #addSource(): void {
    const key = newSource(this.#kernel.view.getBigUint64(HEAD + Head.newKey, true));
    const message = this.#workload.messages.find((one) => one.pgn === key.pgn);
    const lanes = message ? this.#lanes(message.id, message.extended) : [];
    this.#place(this.#program.addSource(key, lanes)?.nodes);
    this.#kernel.exports.clearCache();
  }

  /** Columns are full: what the product copies out here is only forgotten. */
  resetRows(): void {
    for (const node of this.nodes) this.#words[(node.at + Message.columnRows) >> 2] = 0;
  }

  #hashRows(): void {
    this.nodes.forEach((node, i) => {
      const rows = this.#kernel.u32(node.at + Message.columnRows);
      const times = this.#kernel.u32(node.at + Message.timeColumn);
      this.#timeHashes[i] = hashWords(this.#timeHashes[i] ?? 0, this.#words, times >> 2, rows * 2);
      const hashes = this.#valueHashes[i] ?? [];
      node.parts.forEach((part, k) => {
        hashes[k] = hashWords(hashes[k] ?? 0, this.#words, this.#kernel.u32(part.signalAt + Signal.out) >> 2, rows * 2);
      });
    });
  }

  #scan(from: number, end: number, onFull: () => void): number {
    const { exports } = this.#kernel;
    const stopAt = (HEAD + Head.stop) >> 2;
    let at = from;
    while (true) {
      at = exports.scanDecode(at, end);
      const stop = this.#words[stopAt];
      if (stop === Stop.Done || stop === Stop.NeedMore) return at;
      if (stop === Stop.OutputFull) onFull();
      else if (stop === Stop.NewSource) this.#addSource();
      else throw new Error(`${this.#workload.name}: the scan stopped for reason ${stop}`);
    }
  }

  #start(slice: Slice): void {
    const kernel = this.#kernel;
    kernel.setU64(HEAD + Head.fromNs, BigInt(slice.fromNs));
    kernel.setU64(HEAD + Head.toNs, BigInt(slice.toNs));
    kernel.setF64(HEAD + Head.originNs, slice.fromNs - this.#plan.baseNs);
    if (this.#plan.mode === "columns") return;
    const { words, extremesAt, timesFrom } = CELLS[this.#plan.mode];
    for (const node of this.nodes) {
      for (const part of node.parts)
        kernel.exports.clearCells(kernel.u32(part.signalAt + Signal.out), words, extremesAt, timesFrom, this.#plan.bucketCount);
    }
  }

  #restart(): void {
    for (let slot = 0; slot < VLSD_SLOTS; slot++) this.#kernel.setU64(VLSD + slot * VLSD_SLOT_BYTES, 0n);
    this.#kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.unheard + 8);
    this.#kernel.setHead(Head.isLast, 1);
    this.resetRows();
  }

  /** Over the records where they lie. CPU ns of scan and flush. */
  run(onFull: () => void = () => this.resetRows(), onSlice?: () => void): number {
    this.#restart();
    const { exports } = this.#kernel;
    let ns = 0;
    for (const slice of this.#plan.slices) {
      this.#start(slice);
      const started = cpuNs();
      this.#scan(RECORDS_AT + slice.startByte, RECORDS_AT + slice.endByte, onFull);
      exports.flushAll();
      ns += cpuNs() - started;
      onSlice?.();
    }
    return ns;
  }

  /** As the product does: windows of 256 KiB copied in, one after the other. */
  runCopying(): number {
    this.#restart();
    const { bytes } = this.#workload;
    const kernel = this.#kernel;
    const onFull = () => this.resetRows();
    let ns = 0;
    for (const slice of this.#plan.slices) {
      this.#start(slice);
      const started = cpuNs();
      let carry = 0;
      for (let from = slice.startByte; from < slice.endByte; from += WINDOW_BYTES) {
        const piece = bytes.subarray(from, Math.min(from + WINDOW_BYTES, slice.endByte));
        kernel.bytes.set(piece, WINDOW);
        const end = WINDOW + piece.length;
        const stopped = this.#scan(WINDOW - carry, end, onFull);
        carry = end - stopped;
        kernel.bytes.copyWithin(WINDOW - carry, stopped, end);
      }
      kernel.exports.flushAll();
      ns += cpuNs() - started;
    }
    return ns;
  }

  /** Runs and hashes everything that comes out. */
  check(): Outcome {
    this.#timeHashes = this.nodes.map(() => 0);
    this.#valueHashes = this.nodes.map((node) => node.parts.map(() => 0));
    this.#cellHash = 0;
    const drain = () => {
      this.#hashRows();
      this.resetRows();
    };
    const onSlice = this.#columns ? undefined : () => this.#hashCells();
    this.run(drain, onSlice);
    drain();
    const counters = COUNTERS.map((counter) => this.#kernel.counter(counter));
    const hashes = [this.#cellHash, ...this.nodes.flatMap((_, i) => [this.#timeHashes[i] ?? 0, ...(this.#valueHashes[i] ?? [])])];
    const [frames = 0, used = 0] = counters;
    return { frames, used, samples: counters[7] ?? 0, text: [...counters, ...hashes.map(hex)].join(" ") };
  }

  /** Sum of all values of all columns. */
  sum(): number {
    let sum = 0;
    const drain = () => {
      for (const node of this.nodes) {
        const rows = this.#kernel.u32(node.at + Message.columnRows);
        for (const part of node.parts) {
          const at = this.#kernel.u32(part.signalAt + Signal.out) >> 3;
          for (let row = at; row < at + rows; row++) sum += this.#kernel.doubles[row] ?? 0;
        }
      }
      this.resetRows();
    };
    this.run(drain);
    drain();
    return sum;
  }

  #hashCells(): void {
    this.#cellHash = hashWords(this.#cellHash, this.#words, OUT >> 2, (this.#cellEnd - OUT) >> 2);
  }

  /** Tables as they stand before a run, for reference.c. */
  image(): Uint8Array {
    this.#restart();
    return this.#kernel.bytes.slice(IMAGE_AT, IMAGE_END);
  }

  /** Cells of all lanes together. */
  get cellCount(): number {
    if (this.#plan.mode === "columns") return 0;
    return (this.#cellEnd - OUT) / (CELLS[this.#plan.mode].words * 8);
  }

  /** Messages that occur, for planning buckets. */
  rowsSeen(): number {
    return this.#timeHashes.filter((hash) => hash !== 0).length;
  }
}
