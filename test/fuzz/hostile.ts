/**
 * Every hostile file through the built command: how long until an answer, and how much memory. `node test/fuzz/hostile.ts [NAME…]` prints a line for
 * each run and fails where one takes longer than 5 s or more than 512 MB.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostileFiles } from "../support/hostile-files.ts";

const SECONDS_MAX = 5;
const MEGABYTES_MAX = 512;
/** A run that loops is ended. */
const GIVE_UP_MS = 60_000;

const command = fileURLToPath(new URL("../../build/node/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "buslens-hostile-"));
const dbc = join(folder, "engine.dbc");
writeFileSync(dbc, 'VERSION ""\nBO_ 291 Engine: 8 Ecu\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] "km/h" Ecu\n');

const WAYS: readonly (readonly [string, (file: string) => readonly string[]])[] = [
  ["inspect", (file) => ["inspect", file]],
  ["inspect --json", (file) => ["inspect", file, "--json"]],
  ["inspect --groups", (file) => ["inspect", file, "--json", "--groups"]],
  ["decode", (file) => ["decode", file, "--dbc", dbc]],
  ["decode --csv", (file) => ["decode", file, "--dbc", dbc, "--csv"]],
];

/** Says at the end how much memory there was at most, on file descriptor 3. */
const REPORT = `data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))`;

function run(given: readonly string[]) {
  const started = performance.now();
  const { status, output, signal } = spawnSync(process.execPath, ["--import", REPORT, command, ...given], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: GIVE_UP_MS,
    maxBuffer: 1024 ** 3,
    encoding: "utf8",
  });
  const seconds = (performance.now() - started) / 1000;
  const [, , said = "", kilobytes = ""] = output ?? [];
  const why = (said ?? "").trim().split("\n").at(-1) ?? "";
  return { status: status ?? signal, seconds, megabytes: Math.round(Number(kilobytes) / 1024), why };
}

const wanted = process.argv.slice(2);
let failed = 0;
for (const [name, make] of hostileFiles(true)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const file = join(folder, `${name}.mf4`);
  writeFileSync(file, make());
  for (const [way, given] of WAYS) {
    const { status, seconds, megabytes, why } = run(given(file));
    const isOk = seconds <= SECONDS_MAX && megabytes <= MEGABYTES_MAX && (status === 0 || status === 1);
    if (!isOk) failed++;
    const sizeBytes = statSync(file).size;
    console.log(JSON.stringify({ name, sizeBytes, way, ok: isOk, status, seconds: Number(seconds.toFixed(2)), megabytes, why }));
  }
  rmSync(file);
}
rmSync(folder, { recursive: true });
console.log(`${failed} runs beyond ${SECONDS_MAX} s or ${MEGABYTES_MAX} MB`);
if (failed > 0) process.exitCode = 1;
