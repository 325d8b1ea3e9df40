/** reference.c: compiled, started, asked. Everything goes by files in a folder of its own and one line for each command. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CELLS } from "../core/kernel/output.ts";
import type { KernelTask, Plan } from "./kernel-task.ts";
import { RECORDS_AT } from "./kernel-task.ts";

const SOURCE = fileURLToPath(new URL("reference.c", import.meta.url));
// Every product rounded before it is added, as the kernel does it; without it the columns differ in their last bits.
const FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-fno-strict-aliasing"];

export type Way = "staged" | "rowmajor";

export class Reference {
  readonly #dir: string;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly compiler: string;

  private constructor(dir: string, child: ChildProcess, compiler: string) {
    this.#dir = dir;
    this.#child = child;
    this.compiler = compiler;
    if (!child.stdout) throw new Error("reference: no stdout");
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Null, with a line on stderr, where there is no compiler. */
  static start(): Reference | null {
    const dir = mkdtempSync(join(tmpdir(), "buslens-bench-"));
    for (const compiler of [process.env.CC, "gcc", "clang", "cc"]) {
      if (!compiler) continue;
      const program = join(dir, "reference");
      const built = spawnSync(compiler, [...FLAGS, SOURCE, "-o", program, "-lm"], { encoding: "utf8" });
      if (built.status !== 0) {
        if (built.stderr) console.error(`${compiler} does not compile reference.c:\n${built.stderr}`);
        continue;
      }
      const version = spawnSync(compiler, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0] ?? compiler;
      return new Reference(dir, spawn(program, { stdio: ["pipe", "pipe", "inherit"] }), `${version} ${FLAGS.join(" ")}`);
    }
    rmSync(dir, { recursive: true });
    console.error("SKIPPED: the C reference (no gcc, clang or cc here); ratios to C are not measured");
    return null;
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(`reference.c ended at: ${line}`);
    return answer.value;
  }

  async loadRecords(bytes: Uint8Array): Promise<void> {
    const path = join(this.#dir, "records");
    writeFileSync(path, bytes);
    await this.#ask(`records ${path}`);
  }

  async loadTask(task: KernelTask, plan: Plan): Promise<void> {
    const image = join(this.#dir, "image");
    const slices = join(this.#dir, "slices");
    writeFileSync(image, task.image());
    const packed = new DataView(new ArrayBuffer(plan.slices.length * 32));
    plan.slices.forEach((slice, i) => {
      packed.setUint32(i * 32, RECORDS_AT + slice.startByte, true);
      packed.setUint32(i * 32 + 4, RECORDS_AT + slice.endByte, true);
      packed.setBigInt64(i * 32 + 8, BigInt(slice.fromNs), true);
      packed.setBigInt64(i * 32 + 16, BigInt(slice.toNs), true);
      packed.setFloat64(i * 32 + 24, slice.fromNs - plan.baseNs, true);
    });
    writeFileSync(slices, new Uint8Array(packed.buffer));
    const { words, extremesAt, timesFrom } =
      plan.mode === "columns" ? { words: 1, extremesAt: 0, timesFrom: 0 } : CELLS[plan.mode];
    await this.#ask(`task ${image} ${slices} ${words} ${extremesAt} ${timesFrom} ${task.cellCount}`);
  }

  /** CPU ns. */
  async run(way: Way): Promise<number> {
    return Number(await this.#ask(`run ${way}`));
  }

  check(way: Way): Promise<string> {
    return this.#ask(`check ${way}`);
  }

  stop(): void {
    this.#child.stdin?.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
