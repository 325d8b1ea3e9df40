import { describe, expect, test } from "vitest";
import { checkContainerChecksum, containerChecksum } from "../../../core/canedge/checksum.ts";
import { parseContainer } from "../../../core/canedge/container.ts";
import { type Fault, FaultError } from "../../../core/fault.ts";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const REAL = hex("47656e657269632046696c6500002201 5bc57fec 00000004 00000400");

function faultOf(bytes: Uint8Array, sizeBytes = bytes.length): Fault {
  try {
    parseContainer(bytes, sizeBytes, "a.MFC");
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  throw new Error("parsed without a fault");
}

const changed = (at: number, ...values: readonly number[]): Uint8Array => {
  const bytes = REAL.slice();
  bytes.set(values, at);
  return bytes;
};

test.each([16, 32, 32_768])("a window of %i bytes is taken, as the shortest lookahead is", (windowBytes) => {
  const bytes = changed(20, 0, 0, 0, 3, 0, 0, windowBytes >> 8, windowBytes & 255);
  expect(parseContainer(bytes, 526_614, "a.MFC")).toMatchObject({ windowBytes, lookaheadBits: 3 });
});

test("the header of a real .MFC", () => {
  expect(parseContainer(REAL, 526_614, "a.MFC")).toEqual({
    kind: "compressed",
    version: "0.0",
    device: "5BC57FEC",
    lookaheadBits: 4,
    windowBytes: 1024,
    dataAtByte: 28,
    dataEndByte: 526_614,
    checksumAtByte: null,
  });
});

test("version 1.1 ends in a checksum", () => {
  const whole = hex("47656e657269632046696c6501012201 5bc57fec 00000004 00000400 001e003c e76cd21e");
  expect(parseContainer(whole, whole.length, "a.MFC")).toMatchObject({ version: "1.1", dataEndByte: 32, checksumAtByte: 32 });
  const found = containerChecksum(whole.subarray(28, 32));
  expect(() => checkContainerChecksum(whole.subarray(32), found, "a.MFC", 32)).not.toThrow();
  expect(() => checkContainerChecksum(whole.subarray(32), found + 1, "a.MFC", 32)).toThrow(
    /it says 0xe76cd21e, they give 0xe76cd21f/,
  );
});

test("the checksum is that of the test vector, also in pieces", () => {
  const digits = new TextEncoder().encode("123456789");
  expect(containerChecksum(digits)).toBe(0x340bc6d9);
  expect(containerChecksum(digits.subarray(4), containerChecksum(digits.subarray(0, 4)))).toBe(0x340bc6d9);
});

test("other files are no containers", () => {
  expect(parseContainer(new TextEncoder().encode("UnFinMF 4.11    "), 100, "a.MF4")).toBeNull();
  expect(parseContainer(new Uint8Array(), 0, "a.MF4")).toBeNull();
});

describe("each thing that can be wrong is named with what was found and what is allowed", () => {
  test.each([
    ["type", changed(14, 0x33), { code: "input/bad-container", atByte: 14, found: "0x33" }],
    ["sub-type", changed(15, 2), { code: "input/bad-container", atByte: 15, found: "0x02" }],
    ["version", changed(12, 1, 0), { code: "input/unsupported", atByte: 12, found: "1.0", allowed: "0.0 or 1.1" }],
    ["window 1000", changed(26, 0x03, 0xe8), { code: "input/bad-container", atByte: 24, found: 1000 }],
    ["window 0", changed(26, 0, 0), { code: "input/bad-container", atByte: 24, found: 0 }],
    ["window 8", changed(26, 0, 8), { code: "input/bad-container", atByte: 24, found: 8 }],
    ["window 65536", changed(25, 1, 0, 0), { code: "input/bad-container", atByte: 24, found: 65_536 }],
    ["lookahead 2", changed(23, 2), { code: "input/bad-container", atByte: 20, found: 2, allowed: "3 to 9 bits" }],
    ["lookahead 10", changed(23, 10), { code: "input/bad-container", atByte: 20, found: 10 }],
    ["cut header", REAL.subarray(0, 20), { code: "input/bad-container", found: 20, allowed: 28 }],
    ["cut in the first fields", REAL.subarray(0, 13), { code: "input/bad-container", found: 13, allowed: 20 }],
  ])("%s", (_name, bytes, fault) => {
    expect(faultOf(bytes)).toMatchObject({ object: "a.MFC", ...fault });
  });
});

describe("encrypted logs", () => {
  const encrypted = hex(
    "47656e657269632046696c65 0000 11 01 25674460 000102030405060708090a0b 000003e8 000102030405060708090a0b0c0d0e0f ca4b630843658a80db62e69ade556453",
  );

  test("say what it takes to open them", () => {
    expect(parseContainer(encrypted, 84, "a.MFE")).toEqual({
      kind: "encrypted",
      version: "0.0",
      device: "25674460",
      iv: Uint8Array.from({ length: 12 }, (_, i) => i),
      iterations: 1000,
      salt: Uint8Array.from({ length: 16 }, (_, i) => i),
      head: encrypted.slice(0, 52),
      dataAtByte: 52,
      dataEndByte: 68,
    });
  });

  test("version 1.0 is the same, others are refused", () => {
    const versions = [
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 0],
    ].map((version) => encrypted.with(12, version[0] ?? 0).with(13, version[1] ?? 0));
    expect(parseContainer(versions[0] as Uint8Array, 84, "a.MFE")).toMatchObject({ version: "1.0", kind: "encrypted" });
    for (const version of versions.slice(1))
      expect(faultOf(version, 84)).toMatchObject({ code: "input/unsupported", atByte: 12, allowed: "0.0 or 1.0" });
  });

  test("a header that is broken is called broken before any password is asked for", () => {
    expect(faultOf(encrypted.subarray(0, 52), 60)).toMatchObject({ code: "input/bad-container", found: 60, allowed: 68 });
    expect(faultOf(encrypted.with(15, 2), 84)).toMatchObject({ code: "input/bad-container", atByte: 15, found: "0x02" });
    const huge = encrypted.slice();
    huge.set([255, 255, 255, 255], 32);
    expect(faultOf(huge, 84)).toMatchObject({ atByte: 32, found: 4_294_967_295, allowed: "1 to 2000000" });
    huge.set([0, 0, 0, 0], 32);
    expect(faultOf(huge, 84)).toMatchObject({ atByte: 32, found: 0 });
  });
});
