/** What no compiler says: who imports whom, what must not be in a file, and how large things may be. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Import, importsOf, root, textOf, trackedFiles } from "./support/tree.ts";

const LINES_MAX = 600;
const NODE = /^node:/;

/** By folder, longest name first: the folders and packages it may import. */
const ROOMS: readonly {
  readonly room: string;
  readonly paths: readonly string[];
  readonly packages: readonly (string | RegExp)[];
}[] = [
  { room: "edge/app/", paths: ["core/", "edge/app/"], packages: [/^hono(\/|$)/, "@uwdata/flechette", "hyparquet-writer"] },
  { room: "edge/stores/s3.ts", paths: ["core/", "edge/stores/"], packages: ["@aws-sdk/client-s3"] },
  { room: "edge/stores/r2.ts", paths: ["core/", "edge/stores/"], packages: [] },
  { room: "edge/stores/", paths: ["core/", "edge/stores/"], packages: [NODE] },
  {
    room: "edge/node/",
    paths: ["core/", "edge/app/", "edge/stores/", "edge/node/", "fixtures/", "build/", "package.json"],
    packages: [NODE, /^hono(\/|$)/, "@hono/node-server"],
  },
  { room: "edge/cloudflare/dev.ts", paths: ["edge/", "fixtures/", "core/"], packages: [NODE, "wrangler"] },
  {
    room: "edge/cloudflare/",
    paths: ["core/", "edge/app/", "edge/stores/", "edge/cloudflare/", "build/"],
    packages: ["cloudflare:workers", /^hono(\/|$)/],
  },
  { room: "core/", paths: ["core/"], packages: [] },
  { room: "worker/", paths: ["core/", "worker/", "build/"], packages: ["comlink"] },
  { room: "web/", paths: ["core/", "worker/", "web/", "build/", "fixtures/"], packages: ["comlink"] },
  { room: "assembly/", paths: ["assembly/"], packages: [] },
  { room: "fixtures/", paths: ["fixtures/"], packages: [NODE] },
  { room: "tools/", paths: ["tools/", "node_modules/"], packages: [NODE, "vite"] },
];

/** What starts by itself: by a script, a tool's own rule, or a page. */
const ENTRIES = [
  /\.test\.ts$/,
  /\.d\.ts$/,
  /^bench\/[^/]+\.ts$/,
  /^bench\/viewer\/(uplot|windows)\.ts$/,
  /^vitest\.config\.ts$/,
  /^assembly\/index\.ts$/,
  /^edge\/node\/cli\.ts$/,
  /^worker\/offline\.ts$/,
  /^edge\/cloudflare\/worker\.ts$/,
  /^test\/support\/global-setup\.ts$/,
];

const files = trackedFiles();
const sources = (files ?? []).filter((path) => path.endsWith(".ts"));
const imports = (files ?? []).filter((path) => /\.(ts|html)$/.test(path)).flatMap(importsOf);

describe.skipIf(files === null)("the tree", () => {
  test("imports go one way, and only to the packages a room may have", () => {
    expect(imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test("every TypeScript file is imported by something or is an entry", () => {
    const scripts = textOf("package.json");
    const reached = new Set(imports.map(({ to }) => to));
    const isEntry = (path: string) => ENTRIES.some((entry) => entry.test(path)) || scripts.includes(`node ${path}`);
    expect(sources.filter((path) => !reached.has(path) && !isEntry(path))).toEqual([]);
  });

  test("no file names a folder of somebody's machine", () => {
    const hostPath = /(?<![\w.$}-])\/(?:work|root|home\/(?!me\b)\w+|tmp\/\w+|Users\/\w+)(?![\w-])/;
    expect(found(textFiles(), hostPath)).toEqual([]);
  });

  test("the lock file names no registry", () => {
    expect(textOf("package-lock.json")).not.toMatch(/"resolved"/);
  });

  test("no mark of unfinished work, no test that runs alone, no console in core and kernel", () => {
    const word = ["FIX", "ME"].join(""); // so that this line is not found
    expect(found(sources, new RegExp(`\\b${word}\\b`))).toEqual([]);
    expect(
      found(
        sources.filter((path) => path.startsWith("test/")),
        /\b(?:test|it|describe)\.only\b/,
      ),
    ).toEqual([]);
    expect(
      found(
        sources.filter((path) => /^(?:core|assembly)\//.test(path)),
        /\bconsole\./,
      ),
    ).toEqual([]);
  });

  test(`no TypeScript file is longer than ${LINES_MAX} lines`, () => {
    expect(sources.filter((path) => textOf(path).split("\n").length > LINES_MAX)).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(root, "build/kernel.wasm")))("the kernel", () => {
  test("imports its memory and nothing else, and that memory is fixed", async () => {
    const module = await WebAssembly.compile(readFileSync(join(root, "build/kernel.wasm")));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
  });

  test.skipIf(!existsSync(join(root, "build/kernel.wat")))("never grows its memory and holds no run time of asc", () => {
    const text = readFileSync(join(root, "build/kernel.wat"), "utf8");
    expect(text).not.toMatch(/memory\.grow|~lib\/rt/);
  });
});

function allowed({ from, to }: Import): boolean {
  const rule = ROOMS.find(({ room }) => from.startsWith(room));
  if (!rule) return !from.startsWith("edge/"); // test and bench import anything
  const isPath =
    (to.includes("/") && existsSync(join(root, to))) ||
    /^(build|core|edge|web|worker|test|fixtures|bench|assembly|tools)\//.test(to);
  if (isPath || to === "package.json") return rule.paths.some((path) => to.startsWith(path));
  return rule.packages.some((name) => (typeof name === "string" ? name === to : name.test(to)));
}

function textFiles(): string[] {
  return (files ?? []).filter((path) => /(?:\.(?:ts|js|json|jsonc|md|html|css|c|h|sh|yml|dbc|txt)|\/run|rc)$/.test(path));
}

function found(paths: readonly string[], pattern: RegExp): string[] {
  const hits: string[] = [];
  for (const path of paths)
    for (const [i, line] of textOf(path).split("\n").entries())
      if (pattern.test(line)) hits.push(`${path}:${i + 1}: ${line.trim()}`);
  return hits;
}
