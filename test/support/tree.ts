/** The project's own files and who imports whom, for the tidy test: the tracked files only, so that a draft disturbs nobody. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Paths of all tracked files, "/"-separated; null where there is no git (an unpacked archive). */
export function trackedFiles(): readonly string[] | null {
  try {
    const list = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return list.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
  } catch {
    return null;
  }
}

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

export interface Import {
  readonly from: string;
  /** Path in the project, or the bare name of a package or `node:` module. */
  readonly to: string;
}

const SPECIFIERS = [
  /(?:^|\n)[ \t]*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*"([^"]+)"/g,
  /\bimport\(\s*"([^"]+)"/g,
  /\bnew URL\(\s*"(\.[^"]+\.\w+)",\s*import\.meta\.url/g,
  /<(?:script|link)\b[^>]*\b(?:src|href)="(\.?\/?[^":]+)"/g,
];

/** What one file (TypeScript or HTML) imports, statically, lazily, as a type, or as a worker. */
export function importsOf(path: string): Import[] {
  const text = textOf(path).replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, ""); // without comments
  const specifiers = SPECIFIERS.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1] ?? ""));
  return specifiers.map((specifier) => ({ from: path, to: target(path, specifier.replace(/\?.*$/, "")) }));
}

function target(path: string, specifier: string): string {
  const isPath = specifier.startsWith(".") || path.endsWith(".html");
  if (!isPath) return specifier;
  const to = posix.join(dirname(path), specifier);
  return path.startsWith("assembly/") ? `${to}.ts` : to; // asc wants no extension
}
