/** Results as JSON lines and as a table for people. */
import { appendFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const RESULTS = fileURLToPath(new URL("results.jsonl", import.meta.url));

/** What a number is worth without: when, where, with what. */
export function circumstances(): Record<string, string | number> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 19),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

const rounded = (value: unknown): unknown => (typeof value === "number" ? Number(value.toPrecision(4)) : value);

/** One JSON line for each result on stdout; with `keep` at the end of results.jsonl as well. */
export function printLines(name: string, results: readonly object[], options: { readonly keep: boolean }): void {
  const about = circumstances();
  const lines = results.map((result) => {
    const fields = Object.entries(result).map(([key, value]) => [key, rounded(value)]);
    return `${JSON.stringify({ bench: name, ...about, ...Object.fromEntries(fields) })}\n`;
  });
  process.stdout.write(lines.join(""));
  if (options.keep) appendFileSync(RESULTS, lines.join(""));
}

/** A line of a floor: what is asked for, what was found, whether it holds. */
export interface Floor {
  readonly what: string;
  readonly floor: string;
  readonly found: string;
  readonly holds: boolean | null;
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    console.error(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    );
  }
}

export function printFloors(floors: readonly Floor[]): void {
  const verdict = (floor: Floor): string => (floor.holds === null ? "not measured" : floor.holds ? "holds" : "MISSED");
  printTable(
    ["", "floor", "found", ""],
    floors.map((floor) => [floor.what, floor.floor, floor.found, verdict(floor)]),
  );
}
