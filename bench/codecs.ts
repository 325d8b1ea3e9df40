/** What the kernel does besides decoding, against plain JavaScript: unpacking .MFC logs, and numbers as JSON. */
import { readFileSync } from "node:fs";
import { OUT, TEXT, WINDOW, WINDOW_BYTES } from "../core/kernel/abi.ts";
import { Kernel } from "../core/kernel/kernel.ts";
import { bigLog } from "../fixtures/big.ts";
import { heatshrink, LOOKAHEAD_BITS, WINDOW_BITS } from "../fixtures/heatshrink.ts";
import type { EndToEndResult } from "./end-to-end.ts";
import { gcmBench } from "./gcm.ts";
import { plainHeatshrink } from "./plain-heatshrink.ts";
import { inTurns, medianOf, ratioOf } from "./rounds.ts";

const HISTORY_BYTES = 32_768;
const PLAIN_BYTES = 1_000_000;
const POINTS = 1000;
const TIMES_OVER = 50;
const HEATSHRINK_LEAST = 5;
const JSON_LEAST = 6;

export function codecBench(): EndToEndResult[] {
  const kernel = new Kernel(
    new WebAssembly.Module(new Uint8Array(readFileSync(new URL("../build/kernel.wasm", import.meta.url)))),
  );
  return [heatshrinkBench(kernel), gcmBench(kernel), jsonBench(kernel)];
}

function heatshrinkBench(kernel: Kernel): EndToEndResult {
  const plain = new Uint8Array(PLAIN_BYTES);
  let filled = 0;
  for (const chunk of bigLog({ sizeBytes: PLAIN_BYTES, generation: "D", variant: "drive" })) {
    plain.set(chunk.subarray(0, plain.length - filled), filled);
    filled = Math.min(plain.length, filled + chunk.length);
  }
  const packed = heatshrink(plain.subarray(0, filled));
  const outAt = OUT + HISTORY_BYTES;
  const outBytes = 1 << 20;
  const unpacked = new Uint8Array(filled + 64);
  const ours = (): void => {
    const { exports, bytes } = kernel;
    exports.heatshrinkStart(outAt);
    let at = 0;
    let held = 0;
    for (let from = 0; from < packed.length; ) {
      const part = packed.subarray(from, from + WINDOW_BYTES - held);
      from += part.length;
      bytes.set(part, WINDOW + held);
      let input = WINDOW;
      let left = held + part.length;
      while (true) {
        const made = exports.heatshrink(input, left, outAt, outBytes, WINDOW_BITS, LOOKAHEAD_BITS);
        input += exports.heatshrinkUsed();
        left -= exports.heatshrinkUsed();
        if (made === 0) break;
        unpacked.set(bytes.subarray(outAt, outAt + made), at);
        at += made;
        exports.heatshrinkKeep(outAt, made);
      }
      bytes.copyWithin(WINDOW, input, input + left);
      held = left;
    }
  };
  ours();
  const theirs = plainHeatshrink(packed, filled, WINDOW_BITS, LOOKAHEAD_BITS);
  for (let i = 0; i < filled; i++)
    if (unpacked[i] !== plain[i] || theirs[i] !== plain[i]) throw new Error(`unpacked byte ${i} is wrong`);
  const times = inTurns(ours, () => plainHeatshrink(packed, filled, WINDOW_BITS, LOOKAHEAD_BITS));
  const mbPerS = (side: readonly number[]): number => filled / ((medianOf(side) ?? 1) / 1000);
  return {
    what: "heatshrink, plain TypeScript's time : ours",
    against: "the same in plain TypeScript",
    value: ratioOf(times.plain, times.ours) ?? Number.NaN,
    most: null,
    least: HEATSHRINK_LEAST,
    details: { oursMbPerS: mbPerS(times.ours), plainMbPerS: mbPerS(times.plain) },
  };
}

function jsonBench(kernel: Kernel): EndToEndResult {
  const { exports, bytes, doubles } = kernel;
  const values = Float64Array.from({ length: POINTS }, (_, i) => Math.round(80_000 * Math.sin(i / 50)) / 1000);
  const times = Float64Array.from({ length: POINTS }, (_, i) => i * 12_345_678);
  const baseMs = 1_715_666_400_000;
  const decoder = new TextDecoder();
  doubles.set(values, OUT / 8);
  doubles.set(times, OUT / 8 + POINTS);
  const write = (): number => exports.writePairs(OUT, OUT + POINTS * 8, POINTS, baseMs, 0, 3, TEXT, 0x10000);
  const stringify = (): string =>
    JSON.stringify(Array.from(values, (value, i) => [value, baseMs + Math.floor((times[i] ?? 0) / 1e6)]));
  const text = decoder.decode(bytes.subarray(TEXT, TEXT + write()));
  if (exports.pairsWritten() !== POINTS || `[${text}]` !== stringify()) throw new Error("the kernel's JSON is another");
  const repeat = (work: () => void) => (): void => {
    for (let i = 0; i < TIMES_OVER; i++) work();
  };
  const took = inTurns(repeat(write), repeat(stringify));
  return {
    what: "JSON pairs, JSON.stringify's time : ours",
    against: "JSON.stringify of pairs made from the same columns",
    value: ratioOf(took.plain, took.ours) ?? Number.NaN,
    most: null,
    least: JSON_LEAST,
    details: {
      oursNsPerPoint: (medianOf(took.ours) ?? 0) / POINTS / TIMES_OVER,
      plainNsPerPoint: (medianOf(took.plain) ?? 0) / POINTS / TIMES_OVER,
    },
  };
}
