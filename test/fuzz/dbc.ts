/** Databases of any content: read in time with positioned warnings, or refused in one line; and what was read is safe to decode with. */

import { isDecodable } from "../../core/dbc/geometry.ts";
import type { Dbc } from "../../core/dbc/model.ts";
import { parseDbc, readStatements } from "../../core/dbc/parse.ts";
import { Reader } from "../../core/dbc/reader.ts";
import { Room } from "../../core/dbc/room.ts";
import { semanticHash } from "../../core/dbc/semantic-hash.ts";
import { STATEMENTS } from "../../core/dbc/statements.ts";
import { Warnings } from "../../core/dbc/warnings.ts";
import { dbcFacts } from "../../core/facts/dbc-facts.ts";
import { FaultError } from "../../core/fault.ts";
import { Program } from "../../core/kernel/program.ts";
import { dbcReport } from "../../edge/node/dbc-report.ts";
import type { Random } from "../../fixtures/random.ts";
import { testKernel } from "../support/kernel.ts";
import { DBC_TEXTS, ODD_WORDS } from "./dbc-texts.ts";
import { mutateBytes, pick } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const encoder = new TextEncoder();
const kernel = testKernel();
/** One signal alone must always fit the kernel; so many of each message are tried. */
const LANES_MAX = 8;
const WARNINGS_MAX = 501;
/** Characters looked at per character of the text: each once as a token, once as a name, once in search of the next statement. */
const WORK_PER_CHAR = 6;
/** Generous: what is quadratic takes minutes. */
const MS_PER_MEGABYTE = 20_000;
const MS_AT_LEAST = 3_000;

export const dbcTarget: FuzzTarget = { name: "dbc", make, check, extension: "dbc" };

function make(random: Random): Uint8Array {
  let text = pick(random, DBC_TEXTS);
  for (let times = random.int(5); times > 0; times--) text = mutateText(text, random);
  let bytes: Uint8Array = encoder.encode(text);
  for (let times = random.int(3); times > 0; times--) bytes = mutateBytes(bytes, encoder.encode(pick(random, DBC_TEXTS)), random);
  return bytes;
}

/** A word replaced, put in or repeated very often, or lines in another order. */
function mutateText(text: string, random: Random): string {
  const words = [...text.matchAll(/[A-Za-z0-9_.]+|[^\sA-Za-z0-9_.]/g)];
  const { 0: word, index: at } = words[random.int(words.length)] ?? { 0: "", index: 0 };
  const [head, tail] = [text.slice(0, at), text.slice(at + word.length)];
  switch (random.int(6)) {
    case 0:
      return head + pick(random, ODD_WORDS) + tail;
    case 1:
      return `${head}${pick(random, ODD_WORDS)} ${word}${tail}`;
    case 2:
      return head + `${word} `.repeat(pick(random, [2, 50, 3000])) + tail;
    case 3: {
      const lines = text.split("\n");
      const [one, other] = [random.int(lines.length), random.int(lines.length)];
      [lines[one], lines[other]] = [lines[other] ?? "", lines[one] ?? ""];
      return lines.join("\n");
    }
    case 4:
      return text.replaceAll("\n", pick(random, ["\r", "\r\n", " ", "\n\n", ""]));
    default:
      return head + tail;
  }
}

function check(bytes: Uint8Array): void {
  const start = performance.now();
  const dbc = parsed(bytes);
  const tookMs = performance.now() - start;
  const allowedMs = MS_AT_LEAST + (bytes.length / 1e6) * MS_PER_MEGABYTE;
  must(tookMs < allowedMs, `${tookMs} ms for ${bytes.length} bytes`);
  checkWork(bytes);
  if (dbc === null) return;
  checkWarnings(dbc);
  JSON.parse(dbcFacts(dbc, "", "a.dbc"));
  must(semanticHash(dbc) === semanticHash(parseDbc(bytes, "b.dbc")), "the hash is of the meaning alone");
  for (const piece of dbcReport(dbc)) must(!/[^\P{Cc}\n]/u.test(piece), "control characters in the report");
  checkProgram(dbc);
}

function parsed(bytes: Uint8Array): Dbc | null {
  try {
    return parseDbc(bytes, "a.dbc");
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const { code, object, line, column, message } = error.fault;
    must(["input/bad-dbc", "limit/too-many", "limit/too-large"].includes(code), code);
    must(
      object === "a.dbc" && (line ?? 0) > 0 && (column ?? 0) > 0 && message.length < 400,
      "a fault has a place and a sentence",
    );
    return null;
  }
}

function checkWork(bytes: Uint8Array): void {
  const text = new TextDecoder("latin1").decode(bytes).replaceAll("\r", "\n");
  const reader = new Reader(text, new Warnings(), new Room("a.dbc"), STATEMENTS);
  readStatements(reader);
  const allowed = WORK_PER_CHAR * text.length + 1000;
  must(reader.lexer.work <= allowed, `${reader.lexer.work} characters looked at, ${allowed} allowed for ${text.length}`);
}

function checkWarnings({ warnings }: Dbc): void {
  must(warnings.length <= WARNINGS_MAX, `${warnings.length} warnings`);
  for (const { line, column, text } of warnings) must(line > 0 && column > 0 && text.length < 900, `${line}:${column} ${text}`);
}

/** Every signal that can be decoded has a place in the kernel, alone and beside others, and its multiplexors end. */
function checkProgram({ messages }: Dbc): void {
  const key = { kind: "exact", bus: "CAN", channel: 1, extended: false } as const;
  for (const message of messages.slice(0, 20)) {
    const lanes = message.signals.filter(isDecodable).map((signal, lane) => ({ lane, message, signal, output: "raw" as const }));
    for (const some of [lanes.slice(0, LANES_MAX), ...lanes.slice(0, LANES_MAX).map((lane) => [lane])]) {
      const built = new Program(kernel, { everyFrame: false }).add({ ...key, id: 5 }, some);
      must(built !== null || some.length > 1, `${message.name} ${some[0]?.signal.name} finds no room alone`);
    }
  }
}

function must(condition: boolean, why: string): void {
  if (!condition) throw new Error(why);
}
