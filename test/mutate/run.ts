/**
 * `npm run mutate`: breaks one line of kernel or core at a time, in a copy of the tree, and says which test noticed. Fails when fewer than 28 of
 * 30 (the same share of more) were noticed. `npm run mutate -- 3 7` tries only those numbers.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Mutation, mutations } from "./mutations.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHARE_NEEDED = 28 / 30;

interface Outcome {
  readonly mutation: Mutation;
  /** Name of the first test that failed, null if none did. */
  readonly noticedBy: string | null;
}

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "buslens-mutate-"));
  const tree = join(folder, "main");
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  for (const path of listed.split("\n").filter((line) => line !== "" && existsSync(join(ROOT, line)))) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    cpSync(join(ROOT, path), join(tree, path));
  }
  cpSync(join(ROOT, "build"), join(tree, "build"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  const shared = resolve(ROOT, "../shared");
  if (existsSync(shared)) symlinkSync(shared, join(folder, "shared"));
  return tree;
}

function attempt(tree: string, mutation: Mutation): Outcome {
  const path = join(tree, mutation.file);
  const original = readFileSync(path, "utf8");
  const places = original.split(mutation.from).length - 1;
  if (places !== 1) throw new Error(`${mutation.file}: "${mutation.from}" stands there ${places} times; it must be once`);
  writeFileSync(
    path,
    original.replace(mutation.from, () => mutation.to),
  );
  try {
    if (mutation.file.startsWith("assembly/")) {
      const built = spawnSync("npx", ["asc", "assembly/index.ts", "--config", "assembly/asconfig.json", "--target", "release"], {
        cwd: tree,
      });
      if (built.status !== 0) return { mutation, noticedBy: "the build" };
    }
    return { mutation, noticedBy: runTests(tree, mutation.tests) };
  } finally {
    writeFileSync(path, original);
  }
}

function firstFailure(path: string): string | null {
  if (!existsSync(path)) return "the run did not end";
  const report = JSON.parse(readFileSync(path, "utf8")) as {
    testResults: { name: string; status: string; message: string; assertionResults: { status: string; fullName: string }[] }[];
  };
  // With --bail the files that were stopped count as failed too: a test that failed comes first.
  const failed = report.testResults.flatMap((file) => file.assertionResults.filter((test) => test.status === "failed"));
  if (failed[0]) return failed[0].fullName;
  const broken = report.testResults.find((file) => file.status === "failed");
  return broken ? `${broken.name.split("/").at(-1)}: ${broken.message.split("\n")[0]}` : null;
}

/** The tests that are to notice must pass while nothing is broken. */
function checkWhole(tree: string): void {
  const tests = [...new Set(mutations.flatMap((mutation) => mutation.tests))];
  const noticed = runTests(tree, tests);
  if (noticed !== null) throw new Error(`A test fails although nothing is broken: ${noticed}`);
}

function runTests(tree: string, tests: readonly string[]): string | null {
  const args = [
    "vitest",
    "run",
    "--project",
    "node",
    "--bail",
    "1",
    "--reporter",
    "json",
    "--outputFile",
    "mutate.json",
    ...tests,
  ];
  spawnSync("npx", args, { cwd: tree, timeout: 400_000, stdio: "ignore" });
  const noticed = firstFailure(join(tree, "mutate.json"));
  rmSync(join(tree, "mutate.json"), { force: true });
  return noticed;
}

const chosen = process.argv.slice(2).map(Number);
const tree = copyTree();
const outcomes: Outcome[] = [];
try {
  if (chosen.length === 0) checkWhole(tree);
  for (const [i, mutation] of mutations.entries()) {
    if (chosen.length > 0 && !chosen.includes(i + 1)) continue;
    const outcome = attempt(tree, mutation);
    outcomes.push(outcome);
    const line = readFileSync(join(tree, mutation.file), "utf8").split(mutation.from)[0]?.split("\n").length ?? 0;
    const change = `${mutation.from.trim()}  ->  ${mutation.to.trim()}`.replaceAll("\n", " ");
    console.log(`${String(i + 1).padStart(2)} ${mutation.file}:${line}  ${change}\n   ${outcome.noticedBy ?? "NOT NOTICED"}`);
  }
} finally {
  rmSync(dirname(tree), { recursive: true, force: true });
}
const noticed = outcomes.filter((outcome) => outcome.noticedBy !== null).length;
console.log(`${noticed} of ${outcomes.length} noticed`);
if (noticed < SHARE_NEEDED * outcomes.length) process.exitCode = 1;
