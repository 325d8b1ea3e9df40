/** Plain tables for people: aligned columns, numbers to the right. */

export type Cell = string | number | null;

/** One line per row under the heads, LF at the end of each; empty columns are left out. */
export function tableText(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = heads.flatMap((head, column) => {
    const texts = rows.map((row) => cellText(row[column] ?? null));
    return texts.every((text) => text === "") ? [] : [padded([head, ...texts], isNumeric(rows, column))];
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, row) => columns.map((texts) => texts[row] ?? "").join("  "));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

const isNumeric = (rows: readonly (readonly Cell[])[], column: number): boolean =>
  rows.every((row) => row[column] === null || typeof row[column] === "number");

function padded(texts: readonly string[], toTheRight: boolean): string[] {
  const widths = texts.map(widthOf);
  const width = widths.reduce((most, one) => Math.max(most, one), 0);
  return texts.map((text, row) => {
    const blanks = " ".repeat(width - (widths[row] ?? 0));
    return toTheRight ? blanks + text : text + blanks;
  });
}

// Names and units come from files: no control characters reach the terminal.
const cellText = (cell: Cell): string =>
  cell === null ? "" : typeof cell === "number" ? String(cell) : cell.replace(/\p{Cc}+/gu, " ");
const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : [...text].length);
