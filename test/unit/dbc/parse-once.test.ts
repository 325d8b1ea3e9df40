/** A text is read once, whoever asks; another name, encoding or text is another database. */
import { expect, test } from "vitest";
import { parseOnce } from "../../../core/dbc/parse-once.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const dbc = (name: string): Uint8Array => bytesOf(`BS_:\nBU_: A\nBO_ 100 ${name}: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] "" A\n`);

test("the same text is the same database", async () => {
  const parse = parseOnce();
  const first = await parse(dbc("M"), "a.dbc", null);
  expect(first.messages.map(({ name }) => name)).toEqual(["M"]);
  expect(await parse(dbc("M"), "a.dbc", null)).toBe(first);
});

test("another text, name or encoding is read anew", async () => {
  const parse = parseOnce();
  const first = await parse(dbc("M"), "a.dbc", null);
  const others = [
    await parse(dbc("N"), "a.dbc", null),
    await parse(dbc("M"), "b.dbc", null),
    await parse(dbc("M"), "a.dbc", "utf-8"),
  ];
  expect(others).not.toContain(first);
  expect(others.map(({ file, messages }) => `${file} ${messages[0]?.name}`)).toEqual(["a.dbc N", "b.dbc M", "a.dbc M"]);
});

test("what cannot be read is a fault each time, and at most 64 are kept", async () => {
  const parse = parseOnce();
  for (let i = 0; i < 2; i++) await expect(parse(bytesOf("Dear reader"), "letter.dbc", null)).rejects.toThrow();
  const first = await parse(dbc("M"), "a.dbc", null);
  for (let i = 0; i < 64; i++) await parse(dbc(`M${i}`), "a.dbc", null);
  expect(await parse(dbc("M"), "a.dbc", null)).not.toBe(first);
});
