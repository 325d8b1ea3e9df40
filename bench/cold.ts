/** `node bench/cold.ts DIR`, the body of a query on stdin: CPU and wall ns of the first query this process ever answers. */
import { readFileSync } from "node:fs";
import { cpuNs } from "./clock.ts";
import { appOver } from "./in-process.ts";

const dir = process.argv[2];
if (dir === undefined) throw new Error("usage: node bench/cold.ts DIR < BODY");
const body = readFileSync(0, "utf8");
const ask = await appOver(dir);
const cpuStart = cpuNs();
const start = performance.now();
const text = await ask(body);
const answer = { cpuNs: cpuNs() - cpuStart, wallNs: (performance.now() - start) * 1e6, bytes: text.length };
process.stdout.write(JSON.stringify(answer));
