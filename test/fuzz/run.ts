/**
 * `npm run fuzz -- TARGET [--minutes N] [--seed S] [--file F]`: breaks inputs until the time is over or something goes wrong. A finding is
 * written to build/fuzz/ and belongs into fixtures/fuzz/ once it is mended. `--file` checks one input again.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brokenTarget } from "./broken.ts";
import { dbcTarget } from "./dbc.ts";
import { mdfTarget } from "./mdf.ts";
import { type FuzzTarget, runFuzz } from "./target.ts";

const TARGETS: readonly FuzzTarget[] = [mdfTarget, dbcTarget, brokenTarget];
const MS_PER_MINUTE = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "1" }, file: { type: "string" } },
});
const target = TARGETS.find(({ name }) => name === positionals[0]);
if (!target) throw new Error(`which target? ${TARGETS.map(({ name }) => name).join(", ")}`);
if (values.file !== undefined) {
  await target.check(new Uint8Array(readFileSync(values.file)));
  console.log(`${values.file}: nothing wrong`);
} else {
  const end = Date.now() + Number(values.minutes) * MS_PER_MINUTE;
  const { runs, finding } = await runFuzz(target, Number(values.seed), () => Date.now() >= end);
  console.log(`${target.name}: ${runs} inputs from seed ${values.seed}`);
  if (finding) {
    const folder = fileURLToPath(new URL("../../build/fuzz/", import.meta.url));
    mkdirSync(folder, { recursive: true });
    const path = `${folder}${target.name}-${finding.seed}.${target.extension}`;
    writeFileSync(path, finding.input);
    console.log(`seed ${finding.seed} is wrong; its input, made small, is ${path}\n${finding.why}`);
    process.exitCode = 1;
  }
}
