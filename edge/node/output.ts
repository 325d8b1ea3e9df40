/** The two streams: stdout is for the document alone, stderr for everything a person should know. */
import { once } from "node:events";
import type { Fault, Notice } from "../../core/fault.ts";

const LINE_CHARACTERS_MAX = 1000;

/** Writes to stdout and waits while the reader is slow. Without effect once the reader is gone. */
export async function print(text: string): Promise<void> {
  if (process.stdout.destroyed || text === "") return;
  if (!process.stdout.write(text)) await once(process.stdout, "drain").catch(() => undefined);
}

/** One line on stderr. */
export const say = (line: string): void => void process.stderr.write(`${oneLine(line)}\n`);

/** Notices as lines, with the file in front. */
export function sayNotices(name: string, notices: readonly Notice[]): void {
  for (const { severity, text } of notices) say(`buslens: ${name}: ${severity === "info" ? "" : `${severity}: `}${text}`);
}

/** `buslens: NAME: sentence (family/code, byte N)`, at most 1,000 characters. */
export function faultLine(fault: Fault, name: string | null): string {
  const place = fault.atByte !== undefined ? `, byte ${fault.atByte}` : fault.line !== undefined ? `, line ${fault.line}` : "";
  const end = ` (${fault.code}${place})`;
  const subject = name ?? fault.object;
  const begin = oneLine(subject === undefined ? `buslens: ${fault.message}` : `buslens: ${subject}: ${fault.message}`);
  const room = LINE_CHARACTERS_MAX - end.length;
  return (begin.length <= room ? begin : `${begin.slice(0, room - 1)}…`) + end;
}

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
