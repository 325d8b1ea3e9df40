/** Logs inside containers, as an engine sees them: nesting, the three ways in which a password fails, what is read and kept. */
import { beforeAll, describe, expect, test } from "vitest";
import type { OpenedLog } from "../../../core/canedge/container.ts";
import { openLogs, type PassWindow } from "../../../core/canedge/open-log.ts";
import { type Passwords, parsePasswords } from "../../../core/canedge/passwords.ts";
import { type Fault, FaultError } from "../../../core/fault.ts";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { compressedLog } from "../../../fixtures/container.ts";
import { frame } from "../../../fixtures/frame.ts";
import { unfinalizedLog } from "../../../fixtures/log.ts";
import { sealedLog } from "../../../fixtures/sealed.ts";
import { answersTo, engineOver, never, queryFor } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";
import { madeFacts } from "../../support/made-log.ts";

const DEVICE = "0B0E0001";
const KEY = `${DEVICE}/00000001/00000001.MFM`;
const PASSWORD = "correct horse";
const kernel = { module: testModule(), moduleHash: "" };

const frames = Array.from({ length: 6000 }, (_, i) =>
  frame({ timeNs: i * 1_000_000, id: 0x100 + (i % 7), payload: Uint8Array.of(i & 255, i >> 8) }),
);
const log = unfinalizedLog(madeFacts("D"), frames);
const seal = (plain: Uint8Array, more = {}) => sealedLog(plain, { device: DEVICE, password: PASSWORD, iterations: 10, ...more });

const passwords = (list: Record<string, string>): Passwords => parsePasswords(JSON.stringify(list), "given");

function opener(bytes: Uint8Array, given: () => Passwords = () => passwords({ default: PASSWORD })) {
  const store = new CountingStore(new MemoryStore([[KEY, bytes]], { windowBytes: 10_000 }));
  const passes: PassWindow[] = [];
  const onPass = (pass: PassWindow) => {
    passes.push(pass);
    return undefined;
  };
  const open = openLogs(store, { module: kernel.module, kernelsMax: 1, passwords: given, shared: true, onPass });
  return { store, passes, open: () => open(KEY, AbortSignal.timeout(30_000)) };
}

const faultOf = (open: () => Promise<OpenedLog>): Promise<Fault> =>
  open().then(
    () => Promise.reject(new Error("opened without a fault")),
    (error: unknown) => (error instanceof FaultError ? error.fault : Promise.reject(error)),
  );

const contentOf = async ({ source }: OpenedLog): Promise<Uint8Array> =>
  source.read(0, source.sizeBytes, AbortSignal.timeout(30_000));

describe("layers", () => {
  const c = (version: "0.0" | "1.1") => async (plain: Uint8Array) => compressedLog(plain, DEVICE, version);
  const e = (version: "0.0" | "1.0") => (plain: Uint8Array) => seal(plain, { version });
  test.each([
    ["compressed 0.0", [c("0.0")]],
    ["compressed 1.1", [c("1.1")]],
    ["encrypted 0.0", [e("0.0")]],
    ["encrypted 1.0", [e("1.0")]],
    ["encrypted 0.0 around compressed 1.1", [c("1.1"), e("0.0")]],
    ["compressed 0.0 around encrypted 1.0", [e("1.0"), c("0.0")]],
    ["encrypted 1.0 around encrypted 0.0", [e("0.0"), e("1.0")]],
    ["compressed 1.1 around compressed 0.0", [c("0.0"), c("1.1")]],
    ["encrypted 0.0 around encrypted 0.0 around compressed 0.0", [c("0.0"), e("0.0"), e("0.0")]],
    ["compressed 0.0 around encrypted 0.0 around compressed 1.1", [c("1.1"), e("0.0"), c("0.0")]],
  ] as const)("%s", async (name, wraps) => {
    let bytes = log;
    for (const wrap of wraps) bytes = await wrap(bytes);
    const opened = await opener(bytes).open();
    expect(Buffer.compare(await contentOf(opened), log)).toBe(0);
    expect(opened.layers?.map(({ kind, version }) => `${kind} ${version}`).join(" around ")).toBe(name);
    const { source } = opened;
    for (const [at, length] of [
      [1, 15],
      [16, 17],
      [70_001, 50_000],
      [source.sizeBytes - 5, 5],
      [99, 0],
    ] as const) {
      const part = await source.read(at, length, AbortSignal.timeout(10_000));
      expect([at, Buffer.compare(part, log.subarray(at, at + length))]).toEqual([at, 0]);
    }
  });

  test("three are the most", async () => {
    let bytes = log;
    for (let i = 0; i < 4; i++) bytes = await seal(bytes);
    expect(await faultOf(opener(bytes).open)).toMatchObject({ code: "input/unsupported", object: KEY, allowed: 3 });
  });

  test("many at once, each with layers of its own, do not wait for each other's kernels", async () => {
    const { open } = opener(compressedLog(await seal(compressedLog(log, DEVICE)), DEVICE));
    const opened = await Promise.all(Array.from({ length: 6 }, open));
    const read = await Promise.all(opened.map(contentOf));
    expect(read.every((bytes) => Buffer.compare(bytes, log) === 0)).toBe(true);
  });
});

describe("what fails has a sentence of its own", () => {
  let sealed: Uint8Array;
  beforeAll(async () => {
    sealed = await seal(log);
  });

  test("no password: names the device", async () => {
    const fault = await faultOf(opener(sealed, () => passwords({ "17BD1DB7": "x" })).open);
    expect(fault).toMatchObject({ code: "access/password-needed", object: KEY, found: DEVICE });
    expect(fault.message).toContain(`a password for device ${DEVICE} is needed`);
  });

  test("a wrong one, and a changed header, decrypt to no log", async () => {
    const wrong = await faultOf(opener(sealed, () => passwords({ [DEVICE]: "other", default: PASSWORD })).open);
    expect(wrong).toMatchObject({ code: "access/password-wrong", found: DEVICE });
    for (const at of [20, 35, 40]) {
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 1);
      expect((await faultOf(opener(changed).open)).code).toBe("access/password-wrong");
    }
    expect(JSON.stringify(wrong)).not.toMatch(/other|correct horse/);
  });

  test("changed, cut or longer behind the first block: not what was encrypted", async () => {
    const ends = [sealed.subarray(0, -1), sealed.subarray(0, sealed.length / 2), Uint8Array.from([...sealed, 0])];
    const places = [13, 100, sealed.length - 17, sealed.length - 1].map((at) =>
      sealed.with(at, (sealed[at] ?? 0) ^ (at === 13 ? 0 : 0x80)),
    );
    for (const changed of [...ends, ...places.slice(1), sealed.with(12, 1)]) {
      const fault = await faultOf(opener(changed).open);
      expect(fault.code).toBe("access/not-authentic");
      expect(fault.message).toContain("was changed or cut after encryption");
    }
  });

  test("a foreign file that is encrypted well is no log; a large one with an odd start is not read to its end for that", async () => {
    const small = await faultOf(opener(await seal(new Uint8Array(5000).fill(7))).open);
    expect(small).toMatchObject({ code: "input/not-mdf", object: KEY, found: Array(16).fill("07").join(" ") });
    expect(small.message).toContain("what its container (encrypted 0.0) holds is 5000 bytes that begin with 07 07");
    expect((await faultOf(opener(await seal(new Uint8Array())).open)).code).toBe("input/empty");
    const large = opener(await seal(new Uint8Array(1_100_000).fill(7)));
    expect((await faultOf(large.open)).code).toBe("access/password-wrong");
    expect(large.store.counts.bytes).toBeLessThan(1000);
  });
});

describe("the first pass over a log", () => {
  test("is made once, and told of", async () => {
    // Each layer is read through, and a window of 10 kB for the head of the next.
    const bytes = await seal(compressedLog(log, DEVICE));
    const { store, passes, open } = opener(bytes);
    await Promise.all([open(), open(), open()]);
    const { bytes: read } = store.counts;
    expect(read).toBeLessThan(2.3 * bytes.length);
    expect(passes.map(({ key }) => key).every((key) => key === KEY)).toBe(true);
    expect(passes.findLast((pass) => pass.bytesAll === bytes.length)?.bytes).toBe(bytes.length - 68);
    store.reset();
    const opened = await open();
    expect(store.counts.bytes).toBe(0);
    expect(opened.unpacked).toEqual({ decrypted: 0, decompressed: 0 });
  });

  test("a password that failed is not tried again, another one is", async () => {
    let given = passwords({ default: "wrong" });
    const { store, open } = opener(await seal(log), () => given);
    await faultOf(open);
    store.reset();
    expect((await faultOf(open)).code).toBe("access/password-wrong");
    expect(store.counts.bytes).toBeLessThan(100);
    given = passwords({ default: PASSWORD });
    expect(Buffer.compare(await contentOf(await open()), log)).toBe(0);
  });
});

describe("an engine over encrypted logs", () => {
  const text = new TextEncoder();

  async function world(list: object | null) {
    const other = await sealedLog(log, { device: DEVICE, password: "another" });
    const store = new MemoryStore([
      [KEY, await seal(log)],
      [`${DEVICE}/00000002/00000001.MFE`, other],
      ["loose.MFE", await seal(log, { device: "AABBCCDD" })],
    ]);
    if (list !== null) store.put("passwords.json", text.encode(JSON.stringify(list)));
    return store;
  }

  test("lists what it may show: verified logs with their facts, the others with the reason and nothing else", async () => {
    const entries = await engineOver(kernel, await world({ [DEVICE.toLowerCase()]: PASSWORD })).logs({}, never());
    const facts = entries.map(({ key, device, header, startNs, fault }) => [
      key,
      device,
      header?.deviceSerial ?? null,
      startNs,
      fault?.code,
    ]);
    expect(facts).toEqual([
      [KEY, DEVICE, DEVICE, madeFacts("D").startNs, undefined],
      [`${DEVICE}/00000002/00000001.MFE`, DEVICE, null, null, "access/password-wrong"],
      ["loose.MFE", "AABBCCDD", null, null, "access/password-needed"],
    ]);
  });

  test("passwords that come later open what was locked", async () => {
    let given: Passwords = new Map();
    const engine = engineOver(kernel, await world(null), { passwords: () => given });
    expect((await engine.logs({}, never())).map(({ fault }) => fault?.code)).toEqual(Array(3).fill("access/password-needed"));
    given = passwords({ default: PASSWORD });
    expect((await engine.logs({}, never())).map(({ fault }) => fault?.code ?? "open")).toEqual([
      "open",
      "access/password-wrong",
      "open",
    ]);
    const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: "x" }]));
    expect(series[0]?.notices.map(({ text: sentence }) => sentence).join()).not.toContain(PASSWORD);
  });

  test("a broken list is said, with its place and without its content", async () => {
    const store = await world(null);
    store.put("passwords.json", text.encode('{"default": s3cret'));
    const engine = engineOver(kernel, store);
    const entries = await engine.logs({}, never());
    expect(entries.map(({ fault }) => fault?.code)).toEqual(Array(3).fill("input/bad-passwords"));
    expect(JSON.stringify(entries.map(({ fault }) => fault))).not.toContain("s3cret");
    store.put("passwords.json", text.encode(JSON.stringify({ default: PASSWORD })));
    expect((await engine.logs({}, never())).filter(({ fault }) => fault === null)).toHaveLength(2);
  });
});
