/** A frame as one line of text, the same in every program that hashes frames (golden README §2, "Canonical line"). */
import type { FrameBatch } from "../kernel/frames.ts";

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The line behind its time, without the line end: `id dlc length dir flags payload [errorType]`. */
export function canonicalRest(frames: FrameBatch, row: number): string {
  const id = frames.id(row);
  const idText = id === null ? "-" : id.toString(16) + (frames.extended(row) ? "x" : "");
  const dir = frames.dir(row);
  const dirText = dir === null ? "-" : dir === 0 ? "r" : "t";
  const payload = frames.payload(row);
  let hex = payload.length === 0 ? "-" : "";
  for (const byte of payload) hex += HEX_OF_BYTE[byte];
  const line = `${idText} ${frames.dlc(row) ?? "-"} ${frames.length(row) ?? "-"} ${dirText} ${flagsText(frames.flags(row))} ${hex}`;
  return frames.kind(row) === "error" ? `${line} ${frames.errorType(row) ?? "-"}` : line;
}

const flagsText = (flags: number): string => FLAGS_TEXTS[flags & 7] ?? "-";

/** By the bits 1 EDL, 2 BRS, 4 ESI. */
const FLAGS_TEXTS = ["-", "f", "b", "fb", "e", "fe", "be", "fbe"];
