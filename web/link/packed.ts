/** A view in the address: `#v=1z.` + base64url of raw deflate of UTF-8 JSON (viewer.md §7). */

export const ADDRESS_MAX = 2048;
const PREFIX = "#v=";
const FORM = "1z.";
/** What a hostile link may grow to. */
const INFLATED_MAX_BYTES = 64 * 1024;
const PACKED_MAX = 16 * 1024;

export type Unpacked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/** "#v=1z.…" of a JSON value. */
export async function pack(value: unknown): Promise<string> {
  const bytes = await through(
    new Blob([JSON.stringify(value)]).stream(),
    new CompressionStream("deflate-raw"),
    Number.POSITIVE_INFINITY,
  );
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `${PREFIX}${FORM}${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** null: the fragment is no view. */
export async function unpack(fragment: string): Promise<Unpacked | null> {
  if (!fragment.startsWith(PREFIX)) return null;
  const text = fragment.slice(PREFIX.length);
  if (!text.startsWith(FORM)) return { ok: false, why: "it was made by another version in a form this one does not read" };
  const packed = text.slice(FORM.length);
  if (packed.length > PACKED_MAX) return { ok: false, why: "it is too long" };
  if (!/^[\w-]+$/.test(packed)) return { ok: false, why: "it is cut or was changed" };
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const json = await through(new Blob([bytes]).stream(), new DecompressionStream("deflate-raw"), INFLATED_MAX_BYTES);
    return { ok: true, value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)) as unknown };
  } catch (error) {
    return { ok: false, why: error instanceof RangeError ? "it unfolds to more than a view can be" : "it is cut or was changed" };
  }
}

/** All bytes of a stream; RangeError above the limit, before more is unfolded. */
async function through(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  transform: CompressionStream | DecompressionStream,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.pipeThrough(transform).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    length += value.length;
    if (length > maxBytes) {
      void reader.cancel().catch(() => undefined);
      throw new RangeError("too long");
    }
    parts.push(new Uint8Array(value));
  }
}
