/** Byte ranges as HTTP writes them (RFC 9110 §14), for servers and for buckets that speak S3. */
import { changedFault, noRangesFault, shortFault } from "./ask.ts";
import type { Asked } from "./windows.ts";

/** Value of a Range header: absolute, as suffixes and open ends differ between servers. `lengthBytes` > 0. */
export const rangeHeader = (atByte: number, lengthBytes: number): string => `bytes=${atByte}-${atByte + lengthBytes - 1}`;

/** What `content-range: bytes 0-99/1234` says; null if it says nothing we can use. */
export function parseContentRange(
  header: string | null | undefined,
): { atByte: number; endByte: number; sizeBytes: number } | null {
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header?.trim() ?? "");
  return found ? { atByte: Number(found[1]), endByte: Number(found[2]) + 1, sizeBytes: Number(found[3]) } : null;
}

/**
 * Checks that a 206 brings what was asked, of the object that was opened.
 * Faults: `storage/no-ranges`, `storage/changed` (another size), `storage/short` (another range, other length).
 */
export function checkContentRange(
  asked: Asked & { readonly sizeBytes: number },
  header: string | null | undefined,
  lengthBytes: number | null,
): void {
  const range = parseContentRange(header);
  if (!range) throw noRangesFault(asked.key);
  if (range.sizeBytes !== asked.sizeBytes) throw changedFault(asked.key);
  const foundBytes = range.atByte === asked.atByte ? range.endByte - range.atByte : 0;
  if (foundBytes !== asked.lengthBytes) throw shortFault(asked.key, asked.atByte, asked.lengthBytes, foundBytes);
  if (lengthBytes !== null && lengthBytes !== asked.lengthBytes)
    throw shortFault(asked.key, asked.atByte, asked.lengthBytes, lengthBytes);
}

/** An etag without quotes and weakness mark, as the R2 binding gives it; "" if there is none. */
export const plainEtag = (header: string | null | undefined): string => (header ?? "").replace(/^W\//, "").replaceAll('"', "");
