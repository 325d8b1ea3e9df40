/** `buslens dbc FILE`: what is in a database. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Dbc } from "../../core/dbc/model.ts";
import { parseDbc } from "../../core/dbc/parse.ts";
import { checkSize } from "../../core/dbc/room.ts";
import { dbcFacts } from "../../core/facts/dbc-facts.ts";
import type { Command } from "./arguments.ts";
import { openFile } from "./log-files.ts";
import { print, say } from "./output.ts";
import { tableText } from "./table.ts";

type Asked = Omit<Extract<Command, { readonly name: "dbc" }>, "name">;

export async function dbc(command: Asked, signal: AbortSignal): Promise<void> {
  const source = await openFile(command.file, signal);
  checkSize(source.sizeBytes, source.key);
  const bytes = await source.read(0, source.sizeBytes, signal);
  const parsed = parseDbc(bytes, source.key, { encoding: command.encoding });
  for (const { line, column, text } of parsed.warnings) say(`buslens: ${command.file}:${line}:${column}: warning: ${text}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await print(command.json ? dbcFacts(parsed, sha256, basename(command.file)) : dbcTable(parsed));
}

function dbcTable({ messages, name, version }: Dbc): string {
  const rows = messages.flatMap((message) => {
    const id = message.id
      .toString(16)
      .toUpperCase()
      .padStart(message.extended ? 8 : 3, "0");
    return message.signals.map((signal) => [
      `0x${id}`,
      message.j1939 ? `PGN ${message.pgn ?? ""}` : message.fd ? "FD" : "",
      message.name,
      signal.name,
      signal.start,
      signal.lengthBits,
      signal.byteOrder === "little" ? "Intel" : "Motorola",
      signal.float === null ? (signal.signed ? "signed" : "unsigned") : `float${signal.float}`,
      signal.factorNumber,
      signal.offsetNumber,
      signal.unit,
      signal.selector ? "multiplexor" : signal.selectedBy === null ? "" : `with ${signal.selectedBy}`,
    ]);
  });
  const head = `${name}${version === "" ? "" : `, version ${version}`}: ${messages.length} messages, ${rows.length} signals\n`;
  const heads = ["id", "kind", "message", "signal", "start", "bits", "order", "type", "factor", "offset", "unit", ""];
  return rows.length === 0 ? head : `${head}\n${tableText(heads, rows)}`;
}
