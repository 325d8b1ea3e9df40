/** `node tools/build.ts [kernel] [web] [node]`: builds the named parts (all without a name) that are older than their sources. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { writeKernelHash } from "./kernel-hash.ts";
import { isUpToDate } from "./up-to-date.ts";
import { nodeBundle, webBundle } from "./vite.ts";

interface Part {
  /** Files and folders it is made from, and one file that is there once it was made. */
  readonly from: readonly string[];
  readonly made: string;
  readonly make: () => Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

const parts: Readonly<Record<string, Part>> = {
  kernel: { from: ["assembly"], made: "build/kernel.wasm", make: buildKernel },
  web: {
    from: ["web", "worker", "core", "fixtures", "build/kernel.wasm", "tools"],
    made: "build/web/index.html",
    make: async () => void (await build(webBundle(root))),
  },
  node: {
    from: ["edge/app", "edge/node", "edge/stores", "core", "fixtures", "tools", "package.json"],
    made: "build/node/cli.js",
    make: async () => void (await build(nodeBundle(root))),
  },
};

async function buildKernel(): Promise<void> {
  const asc = fileURLToPath(new URL("../node_modules/assemblyscript/bin/asc.js", import.meta.url));
  const run = spawnSync(process.execPath, [asc, "assembly/index.ts", "--config", "assembly/asconfig.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) throw new Error(`asc ended with ${run.status ?? run.signal}`);
}

process.chdir(root);
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
for (const name of names) {
  const part = parts[name];
  if (!part) throw new Error(`nothing here is called ${name}: ${Object.keys(parts).join(", ")}`);
  if (isUpToDate(part.made, part.from)) continue;
  const started = performance.now();
  await part.make();
  if (!existsSync(part.made)) throw new Error(`${name} was built, but ${part.made} is not there`);
  console.error(`built ${part.made} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
writeKernelHash(root);
