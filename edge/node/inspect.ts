/** `buslens inspect FILE`: what is in a log, and with databases what they make of it. */
import { mergedPasswords } from "../../core/canedge/passwords.ts";
import type { Command } from "./arguments.ts";
import { checkGiven } from "./dbc-check.ts";
import { readDbcFiles } from "./dbc-files.ts";
import { contentsOf, framesDocument, groupsDocument } from "./documents.ts";
import { type GroupsFacts, groupsTable } from "./groups-table.ts";
import { inspectReport } from "./inspect-report.ts";
import { print, sayNotices } from "./output.ts";
import { hostPasswords, passwordsNear } from "./passwords.ts";
import { type Cell, tableText } from "./table.ts";
import { utcText } from "./utc.ts";

export async function inspect(command: Extract<Command, { readonly name: "inspect" }>, signal: AbortSignal): Promise<void> {
  const passwords = await hostPasswords(command.passwords, process.env);
  const documentOf = command.groups ? groupsDocument : framesDocument;
  const { text, notices } = await documentOf(command.file, passwords, signal);
  sayNotices(command.file, notices);
  if (command.json) await print(text);
  else if (command.groups) await print(groupsTable(JSON.parse(text) as GroupsFacts));
  else {
    const contents = await contentsOf(command.file, passwords, signal);
    sayNotices(
      command.file,
      contents.notices.filter((one) => notices.every((said) => said.text !== one.text)),
    );
    await print(framesTable(JSON.parse(text) as FramesFacts, contents.tools) + contents.text);
    const dbcs = await readDbcFiles(command.dbcs, command.encoding);
    if (dbcs.length === 0) return;
    checkGiven(dbcs);
    const near = mergedPasswords([passwords, await passwordsNear(command.file)]);
    await print(await inspectReport(command.file, dbcs, near, signal));
  }
}

/** What the tables below read of buslens-frames/1. */
interface FramesFacts {
  readonly file: string;
  readonly sizeBytes: number;
  readonly container: { readonly kind: string; readonly layers?: readonly string[] } | null;
  readonly mdfVersion: string;
  readonly program: string;
  readonly finalized: boolean;
  readonly startNs: string;
  readonly startIsLocal: boolean;
  readonly deviceSerial: string | null;
  readonly firmware: string | null;
  readonly session: number | null;
  readonly split: number | null;
  readonly userComment: string | null;
  readonly records: number;
  readonly channels: readonly {
    readonly bus: string;
    readonly channel: number;
    readonly kind: string;
    readonly fd: boolean;
    readonly frames: number;
    readonly distinctIds: number;
    readonly tx: number;
    readonly firstNs: string;
    readonly lastNs: string;
  }[];
}

function framesTable(facts: FramesFacts, tools: readonly string[]): string {
  const { container } = facts;
  const about: readonly (readonly Cell[])[] = [
    ["file", facts.file],
    [
      "size",
      `${facts.sizeBytes} bytes${container === null ? "" : `, ${(container.layers ?? [container.kind]).join(" around ")}`}`,
    ],
    ["format", `MDF ${facts.mdfVersion}, written by ${facts.program}, ${facts.finalized ? "finalized" : "not finalized"}`],
    ["tools", tools.length === 0 ? null : tools.join(", then ")],
    ["start", utcText(facts.startNs) + (facts.startIsLocal ? " (the file says: local time)" : "")],
    ["device", facts.deviceSerial],
    ["firmware", facts.firmware],
    ["session", facts.session === null ? null : `${facts.session}, split ${facts.split ?? "?"}`],
    ["comment", facts.userComment],
    ["frames", String(facts.records)],
  ];
  const rows = facts.channels.map((row) => [
    `${row.bus}${row.channel}`,
    row.kind + (row.fd ? " FD" : ""),
    row.frames,
    row.distinctIds,
    row.tx === 0 ? null : row.tx,
    utcText(row.firstNs),
    utcText(row.lastNs),
  ]);
  const header = about
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${String(name).padEnd(10)}${String(value).replace(/\p{Cc}+/gu, " ")}\n`);
  const table = rows.length === 0 ? "" : `\n${tableText(["bus", "kind", "frames", "ids", "sent", "first", "last"], rows)}`;
  return header.join("") + table;
}
