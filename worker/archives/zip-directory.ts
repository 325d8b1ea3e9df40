/** The list of a ZIP archive's members, read by ranges from its end. Source: PKWARE APPNOTE 6.3.10, §4.3 and §4.5.3 (ZIP64). */
import { FaultError } from "../../core/fault.ts";

export interface ZipMember {
  /** As it was written; folders end in "/". */
  readonly path: string;
  readonly isEncrypted: boolean;
  /** 0 stored, 8 deflated; others are not read. */
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** Of the local header, in the file. */
  readonly atByte: number;
}

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 1;
/** Some 400,000 members. */
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;
const IN_ZIP64 = 0xffffffff;

/** In the order of the archive. Faults: `input/bad-container` if there is no directory, or it does not lie within the file; `limit/too-large`. */
export async function readZipDirectory(archive: Blob, name: string): Promise<ZipMember[]> {
  const tailAt = Math.max(0, archive.size - END_BYTES - COMMENT_BYTES_MAX - LOCATOR_BYTES - END64_BYTES);
  const tail = await viewOf(archive.slice(tailAt));
  const end = findEnd(tail);
  if (end === null) throw broken(name, "it is cut, or no ZIP archive: its directory, which stands at the end, is missing");
  const { directoryBytes, directoryAt, endAt } = await placeOf(archive, tail, tailAt, end, name);
  if (directoryBytes > DIRECTORY_BYTES_MAX) throw tooLarge(name, directoryBytes);
  // Where bytes stand before the archive (a program that unpacks itself), its own offsets do not count them.
  const actualAt = endAt - directoryBytes;
  if (actualAt < 0 || directoryAt > actualAt) throw broken(name, "its directory does not lie within the file", directoryAt);
  const directory = await viewOf(archive.slice(actualAt, endAt));
  return membersOf(directory, { name, shift: actualAt - directoryAt, limit: actualAt });
}

/** Where a member's bytes lie in the file, half open. Faults: `input/bad-container`. */
export async function placeOfMember(archive: Blob, member: ZipMember, name: string): Promise<{ from: number; to: number }> {
  const head = await viewOf(archive.slice(member.atByte, member.atByte + LOCAL_BYTES));
  if (head.byteLength < LOCAL_BYTES || head.getUint32(0, true) !== 0x04034b50)
    throw broken(name, `${member.path} does not start where the directory says`, member.atByte);
  const from = member.atByte + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const to = from + member.packedBytes;
  if (to > archive.size) throw broken(name, `${member.path} ends behind the end of the file`, from);
  return { from, to };
}

export const broken = (object: string, message: string, atByte?: number): FaultError =>
  new FaultError({ code: "input/bad-container", message, object, ...(atByte === undefined ? {} : { atByte }) });

const tooLarge = (object: string, found: number): FaultError =>
  new FaultError({
    code: "limit/too-large",
    message: `its directory has ${found} bytes, ${DIRECTORY_BYTES_MAX} are read; unpack it first`,
    object,
    found,
    allowed: DIRECTORY_BYTES_MAX,
  });

/** Of the last record whose comment reaches the end of the file; null without one. */
function findEnd(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return null;
}

interface Place {
  readonly directoryBytes: number;
  /** As the archive says it. */
  readonly directoryAt: number;
  /** Of the record behind the directory, in the file. */
  readonly endAt: number;
}

async function placeOf(archive: Blob, tail: DataView, tailAt: number, end: number, name: string): Promise<Place> {
  const [directoryBytes, directoryAt] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const locator = end - LOCATOR_BYTES;
  const is64 = directoryAt === IN_ZIP64 || directoryBytes === IN_ZIP64 || tail.getUint16(end + 10, true) === 0xffff;
  if (!is64 || locator < 0 || tail.getUint32(locator, true) !== 0x07064b50)
    return { directoryBytes, directoryAt, endAt: tailAt + end };
  const end64At = numberAt(tail, locator + 8);
  const end64 = await viewOf(archive.slice(end64At, end64At + END64_BYTES));
  if (end64.byteLength < END64_BYTES || end64.getUint32(0, true) !== 0x06064b50)
    throw broken(name, "its ZIP64 record does not stand where it is said to", end64At);
  return { directoryBytes: numberAt(end64, 40), directoryAt: numberAt(end64, 48), endAt: end64At };
}

function membersOf(
  directory: DataView,
  { name, shift, limit }: { readonly name: string; readonly shift: number; readonly limit: number },
): ZipMember[] {
  const members: ZipMember[] = [];
  for (let at = 0; at + ENTRY_BYTES <= directory.byteLength && directory.getUint32(at, true) === 0x02014b50; ) {
    const nameBytes = directory.getUint16(at + 28, true);
    const extraBytes = directory.getUint16(at + 30, true);
    const nameAt = at + ENTRY_BYTES;
    const next = nameAt + nameBytes + extraBytes + directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw broken(name, "its directory is cut");
    const sizes = wideSizes(directory, at, nameAt + nameBytes, extraBytes);
    const member: ZipMember = {
      path: new TextDecoder().decode(new Uint8Array(directory.buffer, directory.byteOffset + nameAt, nameBytes)),
      isEncrypted: (directory.getUint16(at + 8, true) & 1) !== 0,
      method: directory.getUint16(at + 10, true),
      crc32: directory.getUint32(at + 16, true),
      ...sizes,
      atByte: sizes.atByte + shift,
    };
    if (member.atByte + LOCAL_BYTES + member.packedBytes > limit)
      throw broken(name, `${member.path} does not lie within the file`, member.atByte);
    members.push(member);
    at = next;
  }
  return members;
}

/** Sizes and offset; those that do not fit 32 bits stand in the ZIP64 field, in this order. */
function wideSizes(
  view: DataView,
  entry: number,
  extraAt: number,
  extraBytes: number,
): Pick<ZipMember, "sizeBytes" | "packedBytes" | "atByte"> {
  const narrow = [view.getUint32(entry + 24, true), view.getUint32(entry + 20, true), view.getUint32(entry + 42, true)];
  let wideAt = -1;
  let wideEnd = -1;
  for (let at = extraAt; at + 4 <= extraAt + extraBytes; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue;
    wideAt = at + 4;
    wideEnd = Math.min(wideAt + view.getUint16(at + 2, true), extraAt + extraBytes);
    break;
  }
  const [sizeBytes = 0, packedBytes = 0, atByte = 0] = narrow.map((value) => {
    if (value !== IN_ZIP64 || wideAt < 0 || wideAt + 8 > wideEnd) return value;
    wideAt += 8;
    return numberAt(view, wideAt - 8);
  });
  return { sizeBytes, packedBytes, atByte };
}

/** Above 2^53 it is rounded, and lies outside every file. */
const numberAt = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

const viewOf = async (part: Blob): Promise<DataView> => new DataView(await part.arrayBuffer());
