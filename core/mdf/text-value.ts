/** Texts inside records and signal data, by cn_data_type. All end at the first NUL; blanks stay. */

export const TEXT_TYPE = { latin1: 6, utf8: 7, utf16Le: 8, utf16Be: 9, withBom: 17 } as const;

export type TextDecode = (bytes: Uint8Array) => string;

/** null: not a data type of texts. */
export function textDecoder(dataType: number): TextDecode | null {
  switch (dataType) {
    case TEXT_TYPE.latin1:
      return latin1;
    case TEXT_TYPE.utf8:
      return utf8;
    case TEXT_TYPE.utf16Le:
      return (bytes) => utf16(bytes, "little");
    case TEXT_TYPE.utf16Be:
      return (bytes) => utf16(bytes, "big");
    case TEXT_TYPE.withBom:
      return byMark;
    default:
      return null;
  }
}

// A byte order mark inside UTF-8 text is a character like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Characters in one call: more arguments than this overflow the stack of some engines. */
const PIECE_CHARACTERS = 4096;

const toNul = (bytes: Uint8Array): Uint8Array => {
  const nul = bytes.indexOf(0);
  return nul < 0 ? bytes : bytes.subarray(0, nul);
};

/** Bytes that are no UTF-8 become U+FFFD. */
const utf8: TextDecode = (bytes) => decoder.decode(toNul(bytes));

/** ISO-8859-1 by hand: a TextDecoder of that name means Windows-1252. */
function latin1(bytes: Uint8Array): string {
  return fromCodes(toNul(bytes));
}

/** By hand too, since not every host has a decoder for it. */
function utf16(bytes: Uint8Array, order: "little" | "big"): string {
  const codes = new Uint16Array(bytes.length >> 1);
  let count = 0;
  for (; count < codes.length; count++) {
    const [first, second] = [bytes[2 * count] as number, bytes[2 * count + 1] as number];
    const code = order === "big" ? (first << 8) | second : (second << 8) | first;
    if (code === 0) break;
    codes[count] = code;
  }
  return fromCodes(codes.subarray(0, count)).toWellFormed();
}

function fromCodes(codes: Uint8Array | Uint16Array): string {
  let text = "";
  for (let at = 0; at < codes.length; at += PIECE_CHARACTERS) {
    text += String.fromCharCode(...codes.subarray(at, at + PIECE_CHARACTERS));
  }
  return text;
}

/** Version 4.30: the mark says which encoding it is; UTF-8 without one. */
function byMark(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return utf16(bytes.subarray(2), "little");
  if (a === 0xfe && b === 0xff) return utf16(bytes.subarray(2), "big");
  return utf8(a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes);
}
