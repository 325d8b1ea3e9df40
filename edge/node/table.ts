/** Plain tables for people: aligned columns, numbers to the right. */

export type Cell = string | number | null;

/** One line per row under the heads, LF at the end of each; empty columns are left out. */
export function tableText(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const used = heads.flatMap((_, column) => (rows.some((row) => cellText(row[column] ?? null) !== "") ? [column] : []));
  const widths = used.map((column) =>
    Math.max(widthOf(heads[column] ?? ""), ...rows.map((row) => widthOf(cellText(row[column] ?? null)))),
  );
  const isNumeric = used.map((column) => rows.every((row) => row[column] === null || typeof row[column] === "number"));
  const line = (texts: readonly string[]): string =>
    `${texts
      .map((text, at) => (isNumeric[at] ? padding(text, widths[at] ?? 0) + text : text + padding(text, widths[at] ?? 0)))
      .join("  ")
      .trimEnd()}\n`;
  return [used.map((column) => heads[column] ?? ""), ...rows.map((row) => used.map((column) => cellText(row[column] ?? null)))]
    .map(line)
    .join("");
}

// Names and units come from files: no control characters reach the terminal.
const cellText = (cell: Cell): string => (cell === null ? "" : String(cell).replace(/\p{Cc}+/gu, " "));
const widthOf = (text: string): number => [...text].length;
const padding = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text)));
