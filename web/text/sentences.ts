/** What went wrong, in the words of viewer.md §9: subject, number, way out. The code stays readable in the details. */
import type { Fault, Notice } from "../../core/fault.ts";
import { bytesText, countText } from "./number.ts";

const nameOf = (fault: Fault): string => (fault.object ?? "The file").split("/").at(-1) ?? "";
const atByte = (fault: Fault): string => (fault.atByte === undefined ? "" : ` at byte ${countText(fault.atByte)}`);
const hostOf = (fault: Fault): string => fault.object ?? "The server";
const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** One sentence with the object's name. */
export function faultSentence(fault: Fault): string {
  switch (fault.code) {
    case "input/empty":
      return `${nameOf(fault)} is empty (0 bytes). The logger may have lost power before the first write.`;
    case "input/bad-block":
    case "input/bad-record":
    case "input/bad-container":
      if (fault.read !== undefined) return `${nameOf(fault)} is damaged${atByte(fault)}. ${readText(fault.read)}`;
      return `${nameOf(fault)} is damaged${atByte(fault)}: ${ended(fault.message)}`;
    case "input/unsupported":
      // What a dropped file is, said of it.
      return fault.object !== undefined && /^is /.test(fault.message) ? `${nameOf(fault)} ${ended(fault.message)}` : plain(fault);
    case "input/truncated":
      if (isCutInBlock(fault)) return `${nameOf(fault)} is cut: ${ended(fault.message)}`;
      return `${nameOf(fault)} ends in the middle of a record${atByte(fault)}. ${completeText(fault.read?.frames)}`;
    case "access/password-needed":
      return `${nameOf(fault)} is encrypted. A password for device ${fault.found ?? ""} is needed.`;
    case "access/password-wrong":
      return `This password does not open ${nameOf(fault)}.`;
    case "access/not-authentic":
      return `${nameOf(fault)} does not match its own check value. It was changed or cut after encryption.`;
    case "access/no-cryptography":
      return "Encrypted logs cannot be opened over plain http on another host, because the browser switches off its cryptography there. Use https or localhost.";
    case "access/token-needed":
      return `${hostOf(fault)} asks for an access token.`;
    case "access/token-wrong":
      return `${hostOf(fault)} does not accept this token.`;
    case "storage/changed":
      return `${nameOf(fault)} has changed since it was opened.`;
    case "storage/no-ranges":
      return `${hostOf(fault).split("/")[0]} sends whole files only.${typeof fault.found === "number" ? ` ${nameOf(fault)} is ${bytesText(fault.found)}.` : ""}`;
    case "storage/refused":
      return `${hostOf(fault)} refused the address${fault.found === undefined ? "" : ` (${fault.found})`}. It may have expired.`;
    case "storage/cors":
      return `${hostOf(fault)} cannot be reached, or does not allow this page to read it. Its CORS rule must name this origin and expose Content-Range and ETag.`;
    case "storage/missing":
      return `${nameOf(fault)}: ${ended(fault.message)}`;
    case "storage/unreachable":
      if (fault.found === 429) return `${hostOf(fault)} asks to wait: too many requests (429).`;
      if (typeof fault.found === "number") return `${hostOf(fault)} answers with an error (${fault.found}).`;
      if (fault.object === undefined) return "No connection. Files on this machine still work.";
      return `${nameOf(fault)}: ${ended(fault.message)} Files on this machine still work.`;
    case "bug/unbalanced":
      return `The sums of ${nameOf(fault)} do not add up: ${ended(fault.message)} This is our fault.`;
    default:
      return plain(fault);
  }
}

/** "131,007 frames before it are shown, 2.1 MB after it are not." */
const readText = ({ frames, leftBytes }: Required<Fault>["read"]): string =>
  `${countText(frames)} frame${frames === 1 ? "" : "s"} before it ${frames === 1 ? "is" : "are"} shown, ${bytesText(leftBytes)} after it are not.`;

const completeText = (frames: number | undefined): string =>
  frames === 1
    ? "The one complete frame is shown."
    : `All ${frames === undefined ? "" : `${countText(frames)} `}complete frames are shown.`;

const plain = (fault: Fault): string =>
  fault.object === undefined ? ended(capital(fault.message)) : `${nameOf(fault)}: ${ended(fault.message)}`;

/** Where the file's description ends early, not its records: perhaps no frame can be shown. */
const isCutInBlock = ({ atByte, found, allowed }: Fault): boolean =>
  typeof found === "number" && typeof allowed === "number" && (atByte !== found || found < ID_BYTES);

/** Of the block that every MDF file begins with. */
const ID_BYTES = 64;

/** A file's name keeps its own case. */
const capital = (text: string): string => (/^\S+\.\w/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));

/** A notice of the engine: its fault in our words, otherwise its own text. */
export const noticeSentence = (notice: Notice): string =>
  notice.fault === undefined ? ended(capital(notice.text)) : faultSentence(notice.fault);

/** What is listed is what was heard before somebody cancelled. */
export const unheardSentence = ({ device, share }: { readonly device: string; readonly share: number }): string =>
  `${device} was listened to in part (${share < 0.01 ? "less than 1" : Math.floor(share * 100)} %): ids may be missing, rates and counts are estimates.`;

/** "67 ids heard on CAN 1, no DBC assigned." / "None of the 41 messages in body.dbc occur on CAN 1. Heard: …" */
export function unmatchedSentence(
  channel: string,
  heardIds: readonly string[],
  dbcs: readonly { readonly file: string; readonly messageCount: number }[],
): string {
  const count = heardIds.length;
  if (dbcs.length === 0) return `${countText(count)} id${count === 1 ? "" : "s"} heard on ${channel}, no DBC assigned.`;
  const messages = dbcs.reduce((sum, d) => sum + d.messageCount, 0);
  const names = dbcs.map((d) => d.file.split("/").at(-1)).join(", ");
  const more = count > 3 ? ` and ${count - 3} more` : "";
  return `None of the ${countText(messages)} messages in ${names} occur on ${channel}. Heard: ${heardIds.slice(0, 3).join(", ")}${more}.`;
}
