/** `buslens dbc FILE`: what is in a database. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { parseDbc } from "../../core/dbc/parse.ts";
import { checkSize } from "../../core/dbc/room.ts";
import { dbcFactsPieces } from "../../core/facts/dbc-facts.ts";
import type { Command } from "./arguments.ts";
import { dbcReport } from "./dbc-report.ts";
import { openFile } from "./log-files.ts";
import { printPieces, say } from "./output.ts";

type Asked = Omit<Extract<Command, { readonly name: "dbc" }>, "name">;

export async function dbc(command: Asked, signal: AbortSignal): Promise<void> {
  const source = await openFile(command.file, signal);
  checkSize(source.sizeBytes, source.key);
  const bytes = await source.read(0, source.sizeBytes, signal);
  const parsed = parseDbc(bytes, source.key, { encoding: command.encoding });
  for (const { line, column, text } of parsed.warnings) say(`buslens: ${command.file}:${line}:${column}: warning: ${text}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await printPieces(command.json ? dbcFactsPieces(parsed, sha256, basename(command.file)) : dbcReport(parsed));
}
