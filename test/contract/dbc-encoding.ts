/** The same bytes are the same text in every host. */
import { expect, test } from "vitest";
import { parseDbc } from "../../core/dbc/parse.ts";

const hex = (text: string): number[] => text.split(" ").map((each) => Number.parseInt(each, 16));
const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const withComment = (comment: readonly number[]): Uint8Array =>
  Uint8Array.from([...ascii('BO_ 1 M: 8 N\r\nCM_ BO_ 1 "'), ...comment, ...ascii('\r\nend";\r')]);

const utf16 = (text: string, isBig: boolean): Uint8Array =>
  Uint8Array.from(
    [...`\ufeff${text}`].flatMap((char) => {
      const [low, high] = [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8];
      return isBig ? [high, low] : [low, high];
    }),
  );

// Bytes from the tables of JIS X 0208 and GB 18030; the second byte of 表 in Shift-JIS is a backslash, of ソ too.
const TEXTS = [
  { encoding: "shift_jis", bytes: hex("83 47 83 93 83 57 83 93 89 f1 93 5d 95 5c 83 5c"), text: "エンジン回転表ソ" },
  { encoding: "gb18030", bytes: hex("b7 a2 b6 af bb fa d7 aa cb d9"), text: "发动机转速" },
  { encoding: "gb18030", bytes: hex("81 30 81 30 a1 e6"), text: "\u0080℃" },
  { encoding: "windows-1252", bytes: hex("d6 6c 20 96 20 80 81"), text: "Öl – €\u0081" },
  { encoding: "utf-8", bytes: hex("e5 9b 9e c3 96"), text: "回Ö" },
] as const;

/** Plugged into each runtime. */
export function dbcEncodingContract(): void {
  test.each(TEXTS)("$text in $encoding", ({ encoding, bytes, text }) => {
    const dbc = parseDbc(withComment(bytes), "a.dbc", { encoding });
    expect([dbc.messages[0]?.comment, dbc.encoding, dbc.warnings]).toEqual([`${text}\nend`, encoding, []]);
  });

  test.each([true, false])("UTF-16 with a BOM, big end first: %s", (isBig) => {
    const dbc = parseDbc(utf16('BO_ 1 M: 8 N\r\nCM_ BO_ 1 "回転\r\nÖl";\r', isBig), "a.dbc", { encoding: "shift_jis" });
    expect([dbc.messages[0]?.comment, dbc.encoding]).toEqual(["回転\nÖl", isBig ? "utf-16be" : "utf-16le"]);
  });

  test("bytes that the chosen encoding has not are marked where they first stand", () => {
    const dbc = parseDbc(withComment(hex("61 ff fe")), "a.dbc", { encoding: "utf-8" });
    expect(dbc.messages[0]?.comment).toBe("a\ufffd\ufffd\nend");
    expect(dbc.warnings).toMatchObject([{ line: 2, column: 13, text: expect.stringContaining("not utf-8") }]);
  });
}
