/** The two streams: stdout is for the document alone, stderr for everything a person should know. */
import { once } from "node:events";
import type { Fault, Notice } from "../../core/fault.ts";

const LINE_CHARACTERS_MAX = 1000;
/** Of a name, even if the sentence is long. */
const NAME_CHARACTERS_KEPT = 300;

/** Writes to stdout and waits while the reader is slow. Without effect once the reader is gone. */
export async function print(text: string): Promise<void> {
  if (process.stdout.destroyed || text === "") return;
  if (!process.stdout.write(text)) await once(process.stdout, "drain").catch(() => undefined);
}

const PRINT_CHARACTERS = 256 * 1024;

/** Pieces of a document as they come, a good many at once. */
export async function printPieces(pieces: Iterable<string>): Promise<void> {
  let gathered = "";
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < PRINT_CHARACTERS) continue;
    await print(gathered);
    gathered = "";
  }
  await print(gathered);
}

/** One line on stderr. */
export const say = (line: string): void => void process.stderr.write(`${oneLine(line)}\n`);

/** Notices as lines, with the file in front as it was typed, once. */
export function sayNotices(name: string, notices: readonly Notice[]): void {
  const parts = name.replaceAll("\\", "/").split("/");
  const keys = parts.map((_part, at) => parts.slice(at).join("/"));
  for (const { severity, text } of notices) {
    const key = keys.find((one) => text.startsWith(`${one} `) || text.startsWith(`${one}: `));
    const about = key === undefined ? text : text.slice(key.length).replace(/^:? /, "");
    say(`buslens: ${name}: ${severity === "info" ? "" : `${severity}: `}${about}`);
  }
}

/** The same for texts that name what they are about; `said` keeps them from coming again with the next series. */
export function sayNoticesOnce(notices: readonly Notice[], said: Set<string>): void {
  for (const { severity, text } of notices) {
    if (!said.has(text)) say(`buslens: ${severity === "info" ? "" : `${severity}: `}${text}`);
    said.add(text);
  }
}

/** `buslens: NAME: sentence (family/code, byte N)`, or `NAME:LINE:COLUMN: …` of a text; at most 1,000 characters. */
export function faultLine(fault: Fault, name: string | null): string {
  const { line, column, atByte } = fault;
  const isPlaced = line !== undefined && column !== undefined;
  const place = atByte !== undefined ? `, byte ${atByte}` : line !== undefined && !isPlaced ? `, line ${line}` : "";
  const end = ` (${fault.code}${place})`;
  const named = name ?? fault.object;
  // As compilers write it, so that editors can jump there.
  const subject = named !== undefined && isPlaced ? `${named}:${line}:${column}` : named;
  const room = LINE_CHARACTERS_MAX - "buslens: ".length - end.length;
  const sentence = oneLine(fault.message);
  if (subject === undefined) return `buslens: ${cut(sentence, room)}${end}`;
  const left = oneLine(subject);
  const shown = cut(sentence, room - ": ".length - Math.min(left.length, NAME_CHARACTERS_KEPT));
  const nameRoom = room - ": ".length - shown.length;
  // The end of a path says more than its begin.
  return `buslens: ${left.length <= nameRoom ? left : `…${left.slice(left.length - nameRoom + 1)}`}: ${shown}${end}`;
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** `buslens DIR | head` ends quietly when head has seen enough. */
export function endQuietlyWhenNobodyReads(): void {
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") process.exit(0);
    throw error;
  };
  process.stdout.on("error", onError);
  process.stderr.on("error", onError);
}

// No control characters: names and comments come from files.
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, 4 * LINE_CHARACTERS_MAX);
