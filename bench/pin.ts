/** Keeps this process and the ones it starts on one core, where `taskset` is there: caches and neighbours then are the same for all sides. */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

export function pinToOneCore(): boolean {
  const core = cpus().length - 1;
  return spawnSync("taskset", ["-pc", String(core), String(process.pid)], { stdio: "ignore" }).status === 0;
}
