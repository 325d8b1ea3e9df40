/** Archives that a person dropped: the logs and databases in them, as files that open like any other. Nothing is written to a disk. */
import { BINDING_FILE } from "../../core/dbc/binding-file.ts";
import { FaultError, isOfOneObject, type Notice } from "../../core/fault.ts";
import { throwIfCancelled } from "../../core/store/ask.ts";
import type { OpenFile, Unpacked } from "../api.ts";
import { crc32 } from "./crc32.ts";
import { broken, placeOfMember, readZipDirectory, type ZipMember } from "./zip-directory.ts";

/** What may be unpacked of one archive; browsers keep it on disk or in memory, as they see fit. Stored members cost nothing. */
const UNPACKED_BYTES_MAX = 2_000_000_000;
const MEMBERS_MAX = 20_000;
const WANTED = /\.(mf4|mfc|mfm|mfe|dbc)$/i;

type OnBytes = (done: { readonly bytes: number; readonly bytesAll: number }) => void;

/** Faults: `input/bad-container`, `input/unsupported` if nothing in it can be opened, `limit/*` with both numbers, `request/cancelled`. */
export async function unpack({ path, file }: OpenFile, signal: AbortSignal, onBytes: OnBytes): Promise<Unpacked> {
  const magic = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return magic[0] === 0x1f && magic[1] === 0x8b ? ungzip(path, file, signal, onBytes) : unzip(path, file, signal, onBytes);
}

async function ungzip(path: string, file: File, signal: AbortSignal, onBytes: OnBytes): Promise<Unpacked> {
  const inner = path.replace(/\.gz$/i, "");
  const count = counted(file.name, (bytes) => onBytes({ bytes, bytesAll: 0 }));
  const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
  const blob = await drained(stream, signal, count, broken(file.name, NOT_DEFLATE));
  return { files: [{ path: inner, file: fileOf(blob, inner, file.lastModified) }], notices: [] };
}

async function unzip(path: string, file: File, signal: AbortSignal, onBytes: OnBytes): Promise<Unpacked> {
  const all = await readZipDirectory(file, file.name);
  const wanted = all.filter(({ path: inner }) => isWanted(inner));
  if (wanted.length === 0) throw nothingIn(file.name, all);
  if (wanted.length > MEMBERS_MAX) throw overLimit("limit/too-many", file.name, "files are in it", wanted.length, MEMBERS_MAX);
  const bytesAll = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const packed = wanted.reduce((sum, { method, sizeBytes }) => sum + (method === 0 ? 0 : sizeBytes), 0);
  if (packed > UNPACKED_BYTES_MAX)
    throw overLimit("limit/too-large", file.name, "bytes are in it, unpacked", packed, UNPACKED_BYTES_MAX);
  const files: OpenFile[] = [];
  const notices: Notice[] = [];
  const count = counted(file.name, (bytes) => onBytes({ bytes, bytesAll }));
  const folder = path.split("/").slice(0, -1).join("/");
  for (const member of wanted) {
    throwIfCancelled(signal);
    try {
      const blob = await contentOf(file, member, signal, count);
      const inner = [folder, ...member.path.split(/[\\/]/)]
        .filter((part) => part !== "" && part !== "." && part !== "..")
        .join("/");
      files.push({ path: inner, file: fileOf(blob, inner, file.lastModified) });
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push({ severity: "error", text: error.fault.message, fault: error.fault });
    }
  }
  const [first] = notices;
  if (files.length === 0 && first?.fault !== undefined) throw new FaultError(first.fault);
  return { files, notices };
}

function isWanted(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  // What macOS puts beside each file.
  if (path.startsWith("__MACOSX/")) return false;
  return WANTED.test(name) || name === BINDING_FILE || name === "passwords.json";
}

/** Stored bytes are read where they lie; deflated ones must have the length and the checksum that the directory says. */
async function contentOf(archive: File, member: ZipMember, signal: AbortSignal, count: Take): Promise<Blob> {
  const object = `${archive.name}/${member.path}`;
  if (member.isEncrypted)
    throw new FaultError({ code: "input/unsupported", message: "it is encrypted by the ZIP archive; unpack it first", object });
  const { from, to } = await placeOfMember(archive, member, archive.name);
  const packed = archive.slice(from, to);
  if (member.method === 0) {
    if (member.packedBytes !== member.sizeBytes) throw broken(object, "its two lengths in the archive differ", from);
    return packed;
  }
  if (member.method !== 8) {
    const message = `it is packed by method ${member.method}; 0 (stored) and 8 (deflate) are read. Unpack it first`;
    throw new FaultError({ code: "input/unsupported", message, object, found: member.method, allowed: 8 });
  }
  let sizeBytes = 0;
  let crc = 0;
  const take: Take = (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > member.sizeBytes) throw wrongLength(object, from, `more than ${member.sizeBytes}`, member);
    crc = crc32(chunk, crc);
    count(chunk);
  };
  const stream = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const blob = await drained(stream, signal, take, broken(object, NOT_DEFLATE, from));
  if (sizeBytes !== member.sizeBytes) throw wrongLength(object, from, String(sizeBytes), member);
  if (crc !== member.crc32) throw broken(object, "its checksum is wrong", from);
  return blob;
}

const NOT_DEFLATE = "its packed bytes are damaged or cut";

const wrongLength = (object: string, atByte: number, found: string, { sizeBytes }: ZipMember): FaultError =>
  new FaultError({
    ...broken(object, `it unpacks to ${found} bytes, the archive says ${sizeBytes}`, atByte).fault,
    found,
    allowed: sizeBytes,
  });

/** Sees what comes, and may refuse it by a fault. */
type Take = (chunk: Uint8Array) => void;

function counted(name: string, tell: (bytes: number) => void): Take {
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    if (bytes > UNPACKED_BYTES_MAX)
      throw overLimit("limit/too-large", name, "or more bytes are in it, unpacked", bytes, UNPACKED_BYTES_MAX);
    tell(bytes);
  };
}

/** The browser holds the bytes, not this worker's heap: a Blob may lie on disk. */
async function drained(stream: ReadableStream<Uint8Array>, signal: AbortSignal, take: Take, damaged: FaultError): Promise<Blob> {
  let refused: unknown = null; // a Response tells its reader only that it failed
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      try {
        throwIfCancelled(signal);
        take(chunk);
      } catch (error) {
        refused = error;
        throw error;
      }
      controller.enqueue(chunk);
    },
  });
  try {
    return await new Response(stream.pipeThrough(watched)).blob();
  } catch {
    throw refused ?? damaged;
  }
}

const fileOf = (blob: Blob, path: string, lastModified: number): File =>
  new File([blob], path.split("/").at(-1) ?? path, { lastModified });

function nothingIn(object: string, members: readonly ZipMember[]): FaultError {
  const files = members.filter(({ path }) => !path.endsWith("/"));
  const first = files[0] === undefined ? "" : `, first ${files[0].path.slice(0, 80)}`;
  const message = `no log and no DBC is in it (${files.length} file${files.length === 1 ? "" : "s"}${first})`;
  return new FaultError({ code: "input/unsupported", message, object });
}

const overLimit = (
  code: "limit/too-large" | "limit/too-many",
  object: string,
  what: string,
  found: number,
  allowed: number,
): FaultError =>
  new FaultError({ code, message: `${found} ${what}, ${allowed} are opened; unpack it first`, object, found, allowed });
