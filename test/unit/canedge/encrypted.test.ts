/** Encrypted layers: the vectors of formats/canedge.md §13, windows of any size, and what every changed byte leads to. */
import { createCipheriv, pbkdf2Sync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EncryptedHeader, parseContainer } from "../../../core/canedge/container.ts";
import { decryptedSource, isAuthentic, type Locked } from "../../../core/canedge/encrypted.ts";
import { type Cryptography, createKeyring } from "../../../core/canedge/keyring.ts";
import type { FaultError } from "../../../core/fault.ts";
import { KernelPool } from "../../../core/kernel/kernel.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { testModule } from "../../support/kernel.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const VECTOR = hex(
  `47656e657269632046696c65 0000 11 01 25674460 000102030405060708090a0b 000003e8 000102030405060708090a0b0c0d0e0f
   ca4b630843658a80db62e69ade556453 f57b79e6df4046d5e0b63a3443429fb3`.replaceAll(/\s/g, ""),
);
const PASSWORD = "passwordpasswordpassword";

const pool = new KernelPool(testModule(), 1);
const signal = AbortSignal.timeout(60_000);
const keyring = createKeyring();

async function locked(bytes: Uint8Array, password = PASSWORD, windowBytes?: number): Promise<Locked> {
  const outer = memorySource("a.MFE", bytes, windowBytes);
  const header = parseContainer(bytes, bytes.length, "a.MFE") as EncryptedHeader;
  return { outer, header, key: await keyring.key(password, header, "a.MFE"), cryptography: keyring.cryptography };
}

const isRight = async (bytes: Uint8Array, password?: string, windowBytes?: number): Promise<boolean> =>
  isAuthentic(await locked(bytes, password, windowBytes), pool, signal, () => undefined);

/** What Node's own GCM makes of a plain text. */
function sealed(plain: Uint8Array): Uint8Array {
  const head = VECTOR.slice(0, 52);
  const key = pbkdf2Sync(PASSWORD, head.subarray(36, 52), 1000, 32, "sha256");
  const cipher = createCipheriv("aes-256-gcm", key, head.subarray(20, 32));
  cipher.setAAD(head);
  return Uint8Array.from(Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
}

test("the vector decrypts to the start of a log, and its tag is right", async () => {
  const plain = decryptedSource(await locked(VECTOR), { decrypted: 0, decompressed: 0 });
  expect(Buffer.from(await plain.read(0, 16, signal)).toString()).toBe("UnFinMF 4.11    ");
  expect(await isRight(VECTOR)).toBe(true);
  expect(await isRight(VECTOR, "another")).toBe(false);
});

test("a change of any byte behind the magic is found, as is any other length", async () => {
  for (let at = 12; at < VECTOR.length; at++) {
    const changed = VECTOR.with(at, (VECTOR[at] ?? 0) ^ 0x10);
    // Type, version and iteration count lead elsewhere, or take long; they are covered by the same sum.
    if (at < 20 || (at >= 32 && at < 36)) continue;
    expect([at, await isRight(changed)]).toEqual([at, false]);
  }
  expect(await isRight(VECTOR.subarray(0, -1))).toBe(false);
  expect(await isRight(Uint8Array.from([...VECTOR, 0]))).toBe(false);
});

describe("texts of any length", () => {
  test("are checked and read as Node's own AES-256-GCM wrote them, whatever the windows", async () => {
    const cases = fc.record({
      lengthBytes: fc.oneof(fc.nat(100), fc.constantFrom(262_128, 262_144, 262_160, 300_001)),
      windowBytes: fc.constantFrom(7, 61, 4096, 1_000_000),
      from: fc.nat(1000),
      part: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ lengthBytes, windowBytes, from, part }) => {
        const text = Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 7 + (i >> 8)) & 255);
        const bytes = sealed(text);
        const window = lengthBytes > 1000 ? Math.max(4096, windowBytes) : windowBytes;
        expect(await isRight(bytes, PASSWORD, window)).toBe(true);
        const unpacked = { decrypted: 0, decompressed: 0 };
        const plain = decryptedSource(await locked(bytes, PASSWORD, window), unpacked);
        const at = Math.min(from, lengthBytes);
        const wanted = Math.min(part, lengthBytes - at);
        const read: number[] = [];
        for await (const piece of plain.stream(at, wanted, signal)) read.push(...piece);
        expect(Buffer.compare(Uint8Array.from(read), text.subarray(at, at + wanted))).toBe(0);
        expect(unpacked.decrypted).toBe(wanted);
      }),
      { numRuns: 40, seed: 551 },
    );
  });
});

describe("keys", () => {
  const header = parseContainer(VECTOR, VECTOR.length, "a.MFE") as EncryptedHeader;

  test("are derived once for each password, salt and count", async () => {
    let derived = 0;
    const subtle: Cryptography = {
      importKey: crypto.subtle.importKey.bind(crypto.subtle) as Cryptography["importKey"],
      encrypt: (...all) => crypto.subtle.encrypt(...all),
      decrypt: (...all) => crypto.subtle.decrypt(...all),
      deriveBits: (...all) => {
        derived++;
        return crypto.subtle.deriveBits(...all);
      },
    };
    const ring = createKeyring(subtle);
    const key = await ring.key(PASSWORD, header, "a.MFE");
    expect(await ring.key(PASSWORD, { ...header, device: "00000001" }, "b.MFE")).toBe(key);
    expect(derived).toBe(1);
    await ring.key("", header, "a.MFE");
    await ring.key("Zündschlüssel-№7-пароль".repeat(9), { ...header, iterations: 1 }, "a.MFE");
    expect(derived).toBe(3);
    const shared = createKeyring(subtle, { shared: true });
    const keys = await Promise.all(Array.from({ length: 8 }, () => shared.key(PASSWORD, header, "a.MFE")));
    expect([new Set(keys).size, derived]).toEqual([1, 4]);
  });

  test("a host that refuses so many iterations is a limit that names both numbers", async () => {
    const refusing = {
      ...crypto.subtle,
      importKey: async () => ({}) as CryptoKey,
      deriveBits: async () => Promise.reject(new Error("no")),
    };
    const ring = createKeyring(refusing as unknown as Cryptography);
    const fault = await ring.key(PASSWORD, { ...header, iterations: 600_000 }, "a.MFE").catch((error: FaultError) => error.fault);
    expect(fault).toMatchObject({ code: "limit/too-large", found: 600_000, allowed: 100_000, atByte: 32, object: "a.MFE" });
    expect(JSON.stringify(fault)).not.toContain(PASSWORD);
  });

  test("without WebCrypto the reason is said", async () => {
    const fault = await createKeyring(null)
      .key(PASSWORD, header, "a.MFE")
      .catch((error: FaultError) => error.fault);
    expect(fault).toMatchObject({ code: "access/no-cryptography", object: "a.MFE" });
    expect((fault as { message: string }).message).toContain("https or localhost");
  });
});
