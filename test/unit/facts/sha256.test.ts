import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Sha256, sha256Hex } from "../../../core/facts/sha256.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

test("FIPS 180-4 examples", () => {
  expect(sha256Hex(ascii(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(sha256Hex(ascii("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256Hex(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

test("a million times the letter a", () => {
  const hash = new Sha256();
  for (let i = 0; i < 1000; i++) hash.update(ascii("a".repeat(1000)));
  expect(hash.hex()).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("every length around the block border, in any pieces, equals node:crypto", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const hash = new Sha256();
      const expected = createHash("sha256");
      for (const part of parts) {
        hash.update(part);
        expected.update(part);
      }
      expect(hash.hex()).toBe(expected.digest("hex"));
    }),
    { numRuns: 300 },
  );
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(sha256Hex(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});
