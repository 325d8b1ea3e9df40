/** `npm run bench [-- --big]`: everything, as JSON lines on stdout (kept in results.jsonl) and as tables on stderr. */
import { endToEndBench, endToEndFloors } from "./end-to-end.ts";
import { kernelBench } from "./kernel.ts";
import { kernelFloors, printKernelTable } from "./kernel-floors.ts";
import { printFloors, printLines } from "./report.ts";

const started = performance.now();
// Before the kernel's: its process is pinned to one core and compiles everything at once.
const endToEnd = await endToEndBench({ big: process.argv.includes("--big") });
printLines("end-to-end", endToEnd, { keep: true });
const kernel = await kernelBench({ rounds: 5 });
printLines("kernel", kernel, { keep: true });
printKernelTable(kernel);
console.error("");
printFloors([...kernelFloors(kernel), ...endToEndFloors(endToEnd)]);
console.error(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
