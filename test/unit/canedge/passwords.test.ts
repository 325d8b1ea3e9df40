import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergedPasswords, parsePasswords, passwordOf, storedPasswords } from "../../../core/canedge/passwords.ts";
import { type Fault, FaultError } from "../../../core/fault.ts";
import { MemoryStore } from "../../../core/store/memory.ts";

const parse = (text: string) => parsePasswords(text, "passwords.json");

function faultOf(text: string): Fault {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  throw new Error("parsed without a fault");
}

describe("a list of passwords", () => {
  test("has a password for a device, and one for all others", () => {
    const list = parse('\ufeff{ "default": "d", "AABBCCDD": "own", "17BD1DB7": "" }');
    expect([passwordOf(list, "AABBCCDD"), passwordOf(list, "00000001"), passwordOf(list, "17BD1DB7")]).toEqual(["own", "d", ""]);
    expect(passwordOf(parse('{"AABBCCDD": "own"}'), "00000001")).toBeNull();
  });

  test("takes ids in lower case; an upper-case one counts, wherever it stands", () => {
    expect(passwordOf(parse('{"aabbccdd": "low"}'), "AABBCCDD")).toBe("low");
    expect(passwordOf(parse('{"AABBCCDD": "UP", "aabbccdd": "low"}'), "AABBCCDD")).toBe("UP");
    expect(passwordOf(parse('{"aabbccdd": "low", "AABBCCDD": "UP"}'), "AABBCCDD")).toBe("UP");
  });

  test("may hold other things, which are ignored", () => {
    expect([...parse('{"comment": ["x"], "version": 3, "default": "d", "DEFAULT": "no"}')]).toEqual([["default", "d"]]);
  });

  test("in front counts before the others, entry by entry", () => {
    const list = mergedPasswords([parse('{"00000001": "a"}'), parse('{"00000001": "b", "default": "c"}')]);
    expect([...list].sort()).toEqual([
      ["00000001", "a"],
      ["default", "c"],
    ]);
  });

  test.each([
    ["", 1, 1],
    ["secret", 1, 1],
    ['{"default": secret}', 1, 13],
    ['{\n  "default": "secret",\n}', 3, 1],
    ['{\n  "default": "secret"\n  "AABBCCDD": "hidden"\n}', 3, 3],
    ['{"default": "sec\nret"}', 1, 13],
    ["{'default': 'secret'}", 1, 2],
    ['{"default": "secret"', 1, 21],
    ['["secret"]', 1, 1],
    ['{"AABBCCDD": 5}', 1, 1],
  ])("%j is refused with its place", (text, line, column) => {
    const fault = faultOf(text);
    expect(fault).toMatchObject({ code: "input/bad-passwords", object: "passwords.json", line, column });
    expect(JSON.stringify(fault)).not.toMatch(/secret|hidden/);
  });

  test("whatever stands in it, no fault quotes it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(3), (text, kind) => {
        const secret = `s3cr3t${text}s3cr3t`;
        const given = [`{"default": ${secret}`, `{"default": "${secret}"`, secret, `{"${secret}: "x"}`][kind] ?? "";
        try {
          parse(given);
        } catch (error) {
          expect(error).toBeInstanceOf(FaultError);
          expect(`${(error as FaultError).message}${JSON.stringify((error as FaultError).fault)}`).not.toContain("s3cr3t");
        }
      }),
      { numRuns: 300, seed: 551 },
    );
  });
});

describe("the list of a store", () => {
  const signal = AbortSignal.timeout(5000);

  test("is read again when it has changed, and may be missing", async () => {
    const store = new MemoryStore();
    const list = storedPasswords(store);
    expect(passwordOf(await list(signal), "00000001")).toBeNull();
    store.put("passwords.json", new TextEncoder().encode('{"default":"a"}'));
    expect(passwordOf(await list(signal), "00000001")).toBe("a");
    store.put("passwords.json", new TextEncoder().encode('{"default":"b"}'));
    expect(passwordOf(await list(signal), "00000001")).toBe("b");
    store.delete("passwords.json");
    expect(passwordOf(await list(signal), "00000001")).toBeNull();
  });
});
