/** The first 64 bytes: whether this is an MDF 4 file, and how much of it was finished (ASAM MDF ID block). */
import { FaultError, type Notice } from "../fault.ts";
import { formatOf } from "./foreign.ts";

export interface Identification {
  /** id_vers, trimmed. */
  readonly version: string;
  /** id_prog, trimmed. */
  readonly program: string;
  /** id_file is "MDF", not "UnFinMF". */
  readonly finalized: boolean;
  /** id_unfin_flags; 0 when finalized, whatever stands there. */
  readonly unfinished: number;
  /** id_custom_unfin_flags; 0 when finalized. */
  readonly customUnfinished: number;
}

/** Finalization steps that an unfinalized file still needs (id_unfin_flags). */
export const UNFINISHED = { cycleCounts: 0x01, lastDt: 0x04, lastDl: 0x10, vlsdBytes: 0x20, vlsdOffsets: 0x40 } as const;

const ID_BYTES = 64;
/** The newest version this reader was written for. */
const NEWEST_VERSION = 430;

/** Faults: `input/empty`, `input/not-mdf`, `input/unsupported-version`, `input/truncated`. */
export function readIdentification(head: Uint8Array, object: string): { id: Identification; notices: Notice[] } {
  if (head.length === 0) {
    throw new FaultError({
      code: "input/empty",
      message: "The file is empty (0 bytes). The logger may have lost power before the first write.",
      object,
      atByte: 0,
      found: 0,
      allowed: ID_BYTES,
    });
  }
  const magic = asciiAt(head, 0, 8);
  const finalized = magic === "MDF";
  if (!finalized && magic !== "UnFinMF") {
    const format = formatOf(head);
    throw new FaultError({
      code: "input/not-mdf",
      message: `This is not an MDF log: ${format.sentence}`,
      object,
      atByte: 0,
      found: format.firstBytes,
      allowed: "MDF or UnFinMF",
    });
  }
  if (head.length < ID_BYTES) {
    throw new FaultError({
      code: "input/truncated",
      message: `The file ends after ${head.length} bytes, inside the ${ID_BYTES} bytes that identify it.`,
      object,
      atByte: head.length,
      found: head.length,
      allowed: ID_BYTES,
    });
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const version = asciiAt(head, 8, 8);
  const number = view.getUint16(28, true);
  checkVersion(version, number, object);
  const id: Identification = {
    version,
    program: asciiAt(head, 16, 8),
    finalized,
    unfinished: finalized ? 0 : view.getUint16(60, true),
    customUnfinished: finalized ? 0 : view.getUint16(62, true),
  };
  return { id, notices: identificationNotices(id, number, object) };
}

function checkVersion(version: string, number: number, object: string): void {
  const major = number >= 100 ? Math.floor(number / 100) : Number.parseInt(version, 10);
  if (major === 4) return;
  const old = major === 2 || major === 3;
  throw new FaultError({
    code: "input/unsupported-version",
    message: old
      ? `This is MDF ${version}, not MDF 4. Convert it to MDF 4 first.`
      : `This says it is MDF version "${version}" (${number}); buslens reads MDF 4.`,
    object,
    atByte: 8,
    found: version,
    allowed: "4.00 to 4.30",
  });
}

function identificationNotices(id: Identification, number: number, object: string): Notice[] {
  const notices: Notice[] = [];
  if (number > NEWEST_VERSION) {
    notices.push({
      severity: "warning",
      text: `${object}: MDF ${id.version} is newer than 4.30; parts of it may be read wrongly.`,
    });
  }
  if (id.customUnfinished !== 0) {
    const flags = id.customUnfinished.toString(16);
    notices.push({
      severity: "warning",
      text: `${object}: ${id.program || "its writer"} left steps of its own undone (custom flags 0x${flags}); the file is read without them.`,
    });
  }
  return notices;
}

/** Text up to the first NUL, trimmed: writers pad with spaces or with NULs. */
function asciiAt(bytes: Uint8Array, at: number, lengthBytes: number): string {
  let text = "";
  for (const byte of bytes.subarray(at, at + lengthBytes)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text.trim();
}
