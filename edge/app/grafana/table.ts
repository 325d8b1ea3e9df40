/** Table targets are not answered yet: a table with its columns, no rows, and a sentence that says so. */

const COLUMNS = {
  info: ["TIME", "DEVICE", "SESSION", "SPLIT", "SIZE [MB]", "CONFIG CRC", "HW", "FW", "STORAGE [MB]", "NAME", "META"],
  data: ["TIME", "ITF", "CHN", "ID", "IDE", "NOB", "DATA"],
} as const;

/** The CANedge backend's columns and types; `rows` is empty, never null, which no client can read. */
export function emptyTable(kind: keyof typeof COLUMNS): object {
  const columns = COLUMNS[kind].map((text) => ({ text, type: text === "TIME" ? "time" : "string" }));
  const notice = {
    severity: "warning",
    text: "tables are not answered yet: ask for a time series, or GET /api/catalogue for the list of logs",
  };
  return { type: "table", columns, rows: [], meta: { notices: [notice] } };
}
