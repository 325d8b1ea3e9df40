/** What a file is that is no MDF file, by its first bytes: a wrong file is called what it is. */

export interface ForeignFormat {
  /** Continues "This is not an MDF log: ". */
  readonly sentence: string;
  /** Up to 8 bytes in hex. */
  readonly firstBytes: string;
}

const READS = "buslens reads MF4, MFC, MFE, MFM and DBC.";

/** First bytes in hex, and what it is then. */
const BYTE_STARTS: readonly (readonly [string, string])[] = [
  ["504b0304", "it starts with 50 4B 03 04 (a ZIP archive). Unpack it first."],
  ["1f8b", "it is a gzip archive. Unpack it first."],
  ["377abcaf271c", "it is a 7-Zip archive. Unpack it first."],
  ["526172211a07", "it is a RAR archive. Unpack it first."],
  ["28b52ffd", "it is a Zstandard archive. Unpack it first."],
  ["d4c3b2a1", `it is a pcap capture. ${READS}`],
  ["a1b2c3d4", `it is a pcap capture. ${READS}`],
  ["0a0d0d0a", `it is a pcap capture. ${READS}`],
  ["894844460d0a1a0a", `it is an HDF5 or MATLAB file. ${READS}`],
  ["fd377a585a00", "it is an xz archive. Unpack it first."],
  ["425a68", "it is a bzip2 archive. Unpack it first."],
  ["04224d18", "it is an LZ4 archive. Unpack it first."],
  ["4152524f5731", `it is an Arrow file. ${READS}`],
  ["5444536d", `it is an NI TDMS file. ${READS}`],
  ["444c5401", `it is an AUTOSAR DLT trace. ${READS}`],
  ["89504e470d0a1a0a", "it is a PNG picture."],
  ["0000000000000000", "its first bytes are all zero. It was perhaps never written to the end."],
];

/** Start as text, one char per byte, and what it is then. */
const TEXT_STARTS: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs/, "it is a Git LFS pointer. The log itself was not fetched; run git lfs pull."],
  [/^\s*(<!doctype html|<html|<head|<body)/i, "it is an HTML page, perhaps a log-in or error page saved in its place."],
  [/^\s*<\?xml|^\s*<(Error|ListBucketResult)\b/, "it is an XML document, perhaps a store's error message."],
  [/^LOGG/, `it is a Vector BLF file. ${READS}`],
  [/^\s*date \w+/i, `it is a Vector ASC text log. ${READS}`],
  [/^\s*base\s+(hex|dec)/i, `it is a Vector ASC text log. ${READS}`],
  [/^MATLAB 5\.0/, `it is a MATLAB file. ${READS}`],
  [/^\s*LIN_description_file/i, "it is a LIN description (LDF), not a log."],
  [/^;\$FILEVERSION/, `it is a PEAK TRC text log. ${READS}`],
  [/^\(\d+\.\d+\) \w+ [0-9A-Fa-f]+#/, `it is a candump text log. ${READS}`],
  [/^Generic File/, "it is a CANedge container whose content was not unpacked."],
  [/^PAR1/, `it is a Parquet file. ${READS}`],
  [/^SQLite format 3/, "it is an SQLite database."],
  [/^%PDF/, "it is a PDF document."],
  [/^(\xef\xbb\xbf)?\s*(VERSION\s+"|NS_\s*:|BU_\s*:|BO_\s+\d)/, "it is a DBC database."],
  [/^\s*[[{]/, "it is a JSON document."],
  // Printable, and two separators in the first line.
  [/^(\xef\xbb\xbf)?(?=[^\r\n]*([,;\t])[^\r\n]*\2)[\t\x20-\x7e\x80-\xff]+(\r?\n|$)/, `it is a text table, such as CSV. ${READS}`],
];

/** Never fails: unknown bytes are shown. `head` may be as short as one byte. */
export function formatOf(head: Uint8Array): ForeignFormat {
  const hex = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  const firstBytes = hex.join(" ");
  const text = String.fromCharCode(...head.subarray(0, 256));
  const sentence =
    BYTE_STARTS.find(([start]) => hex.join("").startsWith(start))?.[1] ??
    TEXT_STARTS.find(([start]) => start.test(text))?.[1] ??
    `it starts with ${firstBytes.toUpperCase()}.`;
  return { sentence, firstBytes };
}
