/** The floors of the kernel: ratios of speeds, so that they mean the same on any machine. */
import type { KernelResult } from "./kernel.ts";
import { type Floor, printTable } from "./report.ts";
import { geometricMean } from "./rounds.ts";

const EACH_TO_C = 0.7;
const COLUMNS_MEAN_TO_C = 0.78;
const CELLS_MEAN_TO_C = 0.77;
const ROW_MAJOR_EACH = 0.9;
const ROW_MAJOR_DENSE = 2.2;
const ROW_MAJOR_MEAN = 1.2;
const PLAIN_DENSE = 3;
const PLAIN_EACH = 2;
const LONG_TO_COLUMNS = 1.45;

const number = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : value.toFixed(2));

export function printKernelTable(results: readonly KernelResult[]): void {
  const head = ["ns per record", "WASM", "C", "WASM : C", "A/A", "C by frame", "WASM : it", "TS", "WASM+copy", "WASM+copy : TS"];
  const rows = results.map((one) => [
    `${one.workload}, ${one.mode}`,
    number(one.wasmNs),
    number(one.cNs),
    number(one.toC),
    `${(one.noise * 100).toFixed(1)} %`,
    number(one.rowMajorNs),
    number(one.toRowMajor),
    number(one.plainNs),
    number(one.copyingNs),
    number(one.copyingToPlain),
  ]);
  printTable(head, rows);
}

export function kernelFloors(results: readonly KernelResult[]): Floor[] {
  const columns = results.filter((one) => one.mode === "columns");
  const floors = [
    ...least(
      "K1 columns : C, each",
      EACH_TO_C,
      columns.map((one) => one.toC),
    ),
    ...mean(
      "K1 columns : C, geometric mean",
      COLUMNS_MEAN_TO_C,
      columns.map((one) => one.toC),
    ),
    ...least(
      "K2 columns : C by frame, each",
      ROW_MAJOR_EACH,
      columns.map((one) => one.toRowMajor),
    ),
    ...least(
      "K2 … dense",
      ROW_MAJOR_DENSE,
      columns.filter(isDense).map((one) => one.toRowMajor),
    ),
    ...mean(
      "K2 … geometric mean",
      ROW_MAJOR_MEAN,
      columns.map((one) => one.toRowMajor),
    ),
    ...least("K3 columns with copy : plain TypeScript, dense", PLAIN_DENSE, columns.filter(isDense).map(toPlain)),
    ...least("K3 … the others", PLAIN_EACH, columns.filter((one) => !isDense(one)).map(toPlain)),
  ];
  const modes = [...new Set(results.map((one) => one.mode))].filter((mode) => mode !== "columns");
  for (const mode of modes) {
    const toC = results.filter((one) => one.mode === mode).map((one) => one.toC);
    floors.push(
      ...least(`K4 ${mode} : C, each`, EACH_TO_C, toC),
      ...mean(`K4 ${mode} : C, geometric mean`, CELLS_MEAN_TO_C, toC),
    );
    if (!mode.endsWith("long")) continue;
    const slowness = results
      .filter((one) => one.mode === mode)
      .map((one) => one.toColumnsTime)
      .filter((known) => known !== null);
    const most = Math.max(...slowness);
    floors.push({
      what: `K4 ${mode} : time of columns, each`,
      floor: `≤ ${LONG_TO_COLUMNS}`,
      found: number(most),
      holds: most <= LONG_TO_COLUMNS,
    });
  }
  return floors;
}

const isDense = (result: KernelResult): boolean => result.workload === "dense";
const toPlain = (result: KernelResult): number | null => result.copyingToPlain;

function least(what: string, floor: number, ratios: readonly (number | null)[]): Floor[] {
  return [floorOf(what, floor, ratios, (known) => Math.min(...known))];
}

function mean(what: string, floor: number, ratios: readonly (number | null)[]): Floor[] {
  return [floorOf(what, floor, ratios, geometricMean)];
}

function floorOf(what: string, floor: number, ratios: readonly (number | null)[], fold: (known: number[]) => number): Floor {
  const known = ratios.filter((each) => each !== null);
  const found = known.length === 0 ? null : fold(known);
  return { what, floor: `≥ ${floor}`, found: number(found), holds: found === null ? null : found >= floor };
}
