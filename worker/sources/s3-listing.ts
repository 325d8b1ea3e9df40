/** One page of a public bucket's listing: the XML that ListObjectsV2 answers, as S3, R2, MinIO and Google Cloud Storage write it. */
import { plainEtag } from "../../core/store/http-range.ts";

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly version: string;
  readonly modifiedMs: number | null;
}

export interface ListingPage {
  readonly objects: readonly ListedObject[];
  /** For the next page; null on the last. */
  readonly next: string | null;
  /** False: its text ends early. */
  readonly isWhole: boolean;
}

/** null: this is no listing. Linear in the text; a worker has no XML parser, and the form is fixed. Source: S3 API, ListObjectsV2. */
export function parseListing(xml: string): ListingPage | null {
  const root = xml.indexOf("<ListBucketResult");
  if (root < 0) return null;
  const urlEncoded = tag(xml, "EncodingType", root) === "url";
  const text = (value: string): string => (urlEncoded ? urlDecoded(value) : value);
  const objects: ListedObject[] = [];
  for (let at = xml.indexOf("<Contents>", root); at >= 0; ) {
    const end = xml.indexOf("</Contents>", at);
    if (end < 0) break;
    const item = xml.slice(at, end);
    const key = tag(item, "Key");
    const sizeBytes = Number(tag(item, "Size") ?? "0");
    const modifiedMs = Date.parse(tag(item, "LastModified") ?? "");
    if (key !== null && Number.isSafeInteger(sizeBytes))
      objects.push({
        key: text(key),
        sizeBytes,
        version: plainEtag(tag(item, "ETag")),
        modifiedMs: Number.isNaN(modifiedMs) ? null : modifiedMs,
      });
    at = xml.indexOf("<Contents>", end);
  }
  const isTruncated = tag(xml, "IsTruncated", root)?.toLowerCase() === "true";
  const next = isTruncated ? tag(xml, "NextContinuationToken", root) : null;
  return { objects, next, isWhole: xml.indexOf("</ListBucketResult>", root) >= 0 };
}

function tag(xml: string, name: string, from = 0): string | null {
  const start = xml.indexOf(`<${name}>`, from);
  if (start < 0) return null;
  const end = xml.indexOf(`</${name}>`, start);
  return end < 0 ? null : unescaped(xml.slice(start + name.length + 2, end));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** As forms encode: "+" is a blank. What is not encoded well stays as it is. */
function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
