/** An explanation as rows: which bytes of which logs, which rules, and why a series is empty. */
import type { Explanation } from "../../../core/query/engine.ts";
import type { Cell, Column, Table } from "../tables/table.ts";

const COLUMNS: readonly Column[] = [
  { text: "what", type: "string" },
  { text: "log", type: "string" },
  { text: "atByte", type: "number" },
  { text: "lengthBytes", type: "number", unit: "bytes" },
  { text: "db", type: "string" },
  { text: "message", type: "string" },
  { text: "signal", type: "string" },
  { text: "rule", type: "string" },
  { text: "text", type: "string" },
];

/** `what` is `read`, `rule`, `empty` or `notice`; what a row has nothing to say about is null. */
export function explainTable({ files, rules, whyEmpty, notices }: Explanation): Table {
  const reads = files.flatMap(({ key, reads: ranges }) =>
    ranges.map(({ atByte, lengthBytes }): readonly Cell[] => ["read", key, atByte, lengthBytes, null, null, null, null, null]),
  );
  const selected = rules.map(({ db, message, signal, rule, frameId, bus, channel }): readonly Cell[] => {
    const where = `${bus} ${channel} 0x${frameId.toString(16).toUpperCase()}`;
    return ["rule", null, null, null, db, message, signal, rule, where];
  });
  const said = (what: string, text: string): readonly Cell[] => [what, null, null, null, null, null, null, null, text];
  const rows = [
    ...reads,
    ...selected,
    ...whyEmpty.map((text) => said("empty", text)),
    ...notices.map(({ text }) => said("notice", text)),
  ];
  return { columns: COLUMNS, rows, notices, hasMore: false };
}
