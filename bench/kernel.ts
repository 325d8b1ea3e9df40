/** `node bench/kernel.ts [--quick]`: the kernel against C of the same design, C frame by frame, and plain TypeScript. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Kernel } from "../core/kernel/kernel.ts";
import { CELLS, Cells } from "../core/kernel/output.ts";
import { kernelFloors, printKernelTable } from "./kernel-floors.ts";
import { type CellMode, KernelTask, type Plan, RECORDS_AT } from "./kernel-task.ts";
import { pinToOneCore } from "./pin.ts";
import { PlainDecoder } from "./plain.ts";
import { Reference } from "./reference.ts";
import { printFloors, printLines } from "./report.ts";
import { interleave, medianOf, type Rounds, ratioOf } from "./rounds.ts";
import { slicesOf } from "./slices.ts";
import { wideKernel } from "./wide-memory.ts";
import { type Workload, workloads } from "./workloads.ts";

const CELL_MODES = ["envelope", "m4", "nearest", "stats"] as const satisfies readonly CellMode[];
const LONG_BUCKETS = 1000;
const SHORT_SAMPLES = 5;

/** What one comparison measured; times are ns for each record, ratios are speeds: above 1 the kernel is faster. */
export interface KernelResult {
  readonly workload: string;
  readonly mode: string;
  readonly wasmNs: number;
  readonly cNs: number | null;
  readonly rowMajorNs: number | null;
  readonly copyingNs: number | null;
  readonly plainNs: number | null;
  readonly toC: number | null;
  readonly toRowMajor: number | null;
  readonly copyingToPlain: number | null;
  /** How much longer than columns of the same records. */
  readonly toColumnsTime: number | null;
  /** Of the same side against itself. */
  readonly noise: number;
}

interface Machines {
  readonly wide: Kernel;
  /** A second one, so that columns can be timed beside cells. */
  readonly wideCells: Kernel;
  readonly small: Kernel;
  readonly reference: Reference | null;
}

const wasm = (): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL("../build/kernel.wasm", import.meta.url)));

export async function kernelBench(options: {
  readonly rounds: number;
  readonly only?: string | undefined;
}): Promise<KernelResult[]> {
  pinToOneCore();
  const bytes = wasm();
  const wide = wideKernel(bytes);
  const wideCells = wideKernel(bytes);
  const small = new Kernel(new WebAssembly.Module(bytes));
  const reference = Reference.start();
  const results: KernelResult[] = [];
  try {
    for (const workload of await workloads()) {
      if (options.only !== undefined && workload.name !== options.only) continue;
      results.push(...(await workloadBench(workload, { wide, wideCells, small, reference }, options.rounds)));
    }
  } finally {
    reference?.stop();
  }
  return results;
}

async function workloadBench(workload: Workload, machines: Machines, rounds: number): Promise<KernelResult[]> {
  const { wide, wideCells, reference } = machines;
  wide.bytes.set(workload.bytes, RECORDS_AT);
  wideCells.bytes.set(workload.bytes, RECORDS_AT);
  await reference?.loadRecords(workload.bytes);
  const [whole] = slicesOf(workload.bytes, workload.stream, 1);
  if (!whole) throw new Error(`${workload.name} has no records`);
  const columns: Plan = { mode: "columns", slices: [whole], stepNs: 1, bucketCount: 0, baseNs: whole.fromNs };
  const task = new KernelTask(wide, workload, columns, true);
  const outcome = task.check();
  const framesEach = outcome.used / Math.max(1, task.rowsSeen());
  const shape = { frames: outcome.frames, laneCount: task.laneCount, framesEach };
  const matched = Math.round((100 * outcome.used) / outcome.frames);
  console.error(
    `\n${workload.name}: ${workload.origin}; ${outcome.frames} frames, ${matched} % asked for, ${task.laneCount} series, ${outcome.samples} samples`,
  );
  const results = [await compareColumns(workload, task, columns, machines, rounds, outcome.frames)];
  for (const mode of CELL_MODES) {
    for (const length of ["long", "short"] as const) {
      const plan = cellPlan(machines.wideCells, workload, columns, mode, length, shape);
      results.push(await compareCells(workload, `${mode} ${length}`, task, plan, machines, rounds, outcome.frames));
    }
  }
  return results;
}

export function cellPlan(
  kernel: Kernel,
  workload: Workload,
  columns: Plan,
  mode: CellMode,
  length: "long" | "short",
  shape: { readonly laneCount: number; readonly framesEach: number },
): Plan {
  const most = Math.floor(Cells.lanesMax(kernel, CELLS[mode], 1) / shape.laneCount);
  const wanted = length === "long" ? LONG_BUCKETS : shape.framesEach / SHORT_SAMPLES;
  const sliceCount = length === "long" ? 1 : Math.ceil((wanted * 1.02) / most);
  const slices = slicesOf(workload.bytes, workload.stream, sliceCount);
  const longest = Math.max(...slices.map((slice) => slice.toNs - slice.fromNs));
  const bucketCount = Math.max(1, Math.min(most, Math.ceil(wanted / sliceCount)));
  return { ...columns, mode, slices, bucketCount, stepNs: Math.ceil(longest / bucketCount) };
}

async function checkAgainst(
  reference: Reference | null,
  way: "staged" | "rowmajor",
  task: KernelTask,
  name: string,
): Promise<void> {
  if (!reference) return;
  const ours = task.check().text;
  const theirs = await reference.check(way);
  if (ours === theirs) return;
  const [a, b] = [ours.split(" "), theirs.split(" ")];
  const at = a.findIndex((part, i) => part !== b[i]);
  throw new Error(`${name}: C ${way} gives other results: part ${at} of ${a.length}/${b.length} is ${b[at]} instead of ${a[at]}`);
}

async function compareColumns(
  workload: Workload,
  task: KernelTask,
  plan: Plan,
  { small, reference }: Machines,
  rounds: number,
  frames: number,
): Promise<KernelResult> {
  if (reference) {
    await reference.loadTask(task, plan);
    await checkAgainst(reference, "staged", task, workload.name);
    await checkAgainst(reference, "rowmajor", task, workload.name);
  }
  const copying = new KernelTask(small, workload, plan, false);
  const plain = new PlainDecoder(workload);
  const plainSum = plain.check();
  const sum = task.sum();
  if (Math.abs(plainSum - sum) > 1e-6 * Math.abs(sum))
    throw new Error(`${workload.name}: plain TypeScript adds up to ${plainSum}, not ${sum}`);
  const times = await interleave(rounds, {
    wasm: () => task.run(),
    c: reference ? () => reference.run("staged") : null,
    again: () => task.run(),
    rowMajor: reference ? () => reference.run("rowmajor") : null,
    copying: () => copying.runCopying(),
    plain: () => plain.run(),
  });
  return resultOf(workload.name, "columns", times, frames);
}

async function compareCells(
  workload: Workload,
  mode: string,
  columns: KernelTask,
  plan: Plan,
  { wideCells, reference }: Machines,
  rounds: number,
  frames: number,
): Promise<KernelResult> {
  const task = new KernelTask(wideCells, workload, plan, true);
  if (reference) {
    await reference.loadTask(task, plan);
    await checkAgainst(reference, "staged", task, `${workload.name} ${mode}`);
  }
  const times = await interleave(rounds, {
    wasm: () => task.run(),
    c: reference ? () => reference.run("staged") : null,
    again: () => task.run(),
    columns: mode.endsWith("long") ? () => columns.run() : null,
  });
  return resultOf(workload.name, mode, times, frames);
}

type SideName = "wasm" | "c" | "again" | "rowMajor" | "copying" | "plain" | "columns";

function resultOf(workload: string, mode: string, times: Partial<Rounds<SideName>>, frames: number): KernelResult {
  const { wasm: once = [], again = [], c = [], rowMajor = [], copying = [], plain = [], columns = [] } = times;
  const ours = once.map((ns, i) => (ns + (again[i] ?? ns)) / 2);
  const each = (side: readonly number[]): number | null => {
    const ns = medianOf(side);
    return ns === null ? null : ns / frames;
  };
  return {
    workload,
    mode,
    wasmNs: each(ours) ?? 0,
    cNs: each(c),
    rowMajorNs: each(rowMajor),
    copyingNs: each(copying),
    plainNs: each(plain),
    toC: ratioOf(c, ours),
    toRowMajor: ratioOf(rowMajor, ours),
    copyingToPlain: ratioOf(plain, copying),
    toColumnsTime: columns.length === 0 ? null : ratioOf(ours, columns),
    noise: Math.abs((ratioOf(again, once) ?? 1) - 1),
  };
}

const isMain = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) {
  const only = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
  const results = await kernelBench({ rounds: process.argv.includes("--quick") ? 5 : 9, only });
  printLines("kernel", results, { keep: process.argv.includes("--keep") });
  printKernelTable(results);
  printFloors(kernelFloors(results));
}
