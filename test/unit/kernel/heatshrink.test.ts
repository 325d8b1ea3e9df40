/** The kernel's heatshrink, in any pieces, against the slow decoder and the vectors of formats/canedge.md §13. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OUT, WINDOW } from "../../../core/kernel/abi.ts";
import { heatshrinkDecode } from "../../support/heatshrink.ts";
import { testKernel } from "../../support/kernel.ts";

const kernel = testKernel();
const { exports } = kernel;
/** The history lies before the output. */
const OUT_AT = OUT + 32_768;

/** Input pieces of `inputBytes`, room for `capacity` bytes of output in each call. */
function decode(input: Uint8Array, windowBits: number, lookaheadBits: number, inputBytes: number, capacity: number): Uint8Array {
  const output: number[] = [];
  exports.heatshrinkStart(OUT_AT);
  for (let at = 0; at < input.length; ) {
    const piece = input.subarray(at, at + inputBytes);
    kernel.bytes.set(piece, WINDOW);
    let used = 0;
    while (true) {
      const written = exports.heatshrink(WINDOW + used, piece.length - used, OUT_AT, capacity, windowBits, lookaheadBits);
      output.push(...kernel.bytes.subarray(OUT_AT, OUT_AT + written));
      exports.heatshrinkKeep(OUT_AT, written);
      const taken = exports.heatshrinkUsed();
      used += taken;
      if (written === 0 && taken === 0) break;
    }
    // What is left of a piece is an unfinished token: it comes again with the next.
    if (used === 0 && piece.length < inputBytes) break;
    at += used === 0 ? piece.length : used;
  }
  return Uint8Array.from(output);
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const long = Uint8Array.from([
  ...new TextEncoder().encode("UnFinMF 4.11    "),
  ...new Uint8Array(40),
  ...new TextEncoder().encode("abc".repeat(6)),
]);

describe("heatshrink", () => {
  test.each([
    { stream: "001e003c", windowBits: 10, expected: new Uint8Array(32) },
    { stream: "aadba8d69b75368d209a4ba633190000203fe003c003d86c563005c0", windowBits: 10, expected: long },
    { stream: "aadba8d69b75368d209a4ba63319000040ff801e003d86c56300b8", windowBits: 9, expected: long },
    { stream: "aadba8d69b75368d209a4ba63319000083fe00f003d86c56301700", windowBits: 8, expected: long },
  ])("vector $stream, window of $windowBits bits", ({ stream, windowBits, expected }) => {
    for (const inputBytes of [16, 64]) expect(decode(hex(stream), windowBits, 4, inputBytes, 4096)).toEqual(expected);
  });

  test("any bits at all, every window and lookahead, in pieces", () => {
    const parts = fc.record({
      input: fc.uint8Array({ maxLength: 600 }),
      windowBits: fc.integer({ min: 4, max: 15 }),
      lookahead: fc.nat(20),
      inputBytes: fc.constantFrom(32, 100, 1000),
      more: fc.constantFrom(64, 1000, 40_000),
    });
    fc.assert(
      fc.property(parts, ({ input, windowBits, lookahead, inputBytes, more }) => {
        const lookaheadBits = 3 + (lookahead % (windowBits - 3));
        const capacity = (1 << lookaheadBits) + 16 + more;
        const decoded = decode(input, windowBits, lookaheadBits, inputBytes, capacity);
        expect(Buffer.compare(decoded, heatshrinkDecode(input, windowBits, lookaheadBits))).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
