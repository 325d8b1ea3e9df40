/** Archives: what is in them opens, and what is wrong with them is said with both numbers. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import { unpack } from "../../../worker/archives/unpack.ts";
import { type ZipEntry, type ZipOptions, zipOf } from "../../support/zip-writer.ts";

const never = new AbortController().signal;
const log = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) % 251);
const member = (more: Partial<ZipEntry> = {}): ZipEntry => ({
  path: "LOG/0B0E0001/00000001/00000001.MF4",
  bytes: log,
  deflate: true,
  ...more,
});
const given = (bytes: Uint8Array, name = "drive.zip") => ({
  path: `card/${name}`,
  file: new File([bytes as Uint8Array<ArrayBuffer>], name, { lastModified: 5 }),
});
const open = (entries: readonly ZipEntry[], options?: ZipOptions) =>
  unpack(given(zipOf(entries, options)), never, () => undefined);
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof FaultError ? error.fault : error),
  );

test.each<[string, ZipOptions]>([
  ["plain", {}],
  ["ZIP64", { zip64: true }],
  ["behind a program that unpacks it", { prefix: new Uint8Array(1234) }],
  ["both, with a comment", { prefix: new Uint8Array(10), zip64: true, comment: "PK by hand" }],
])("members of an archive (%s) are files of their own path, stored and deflated alike", async (_, options) => {
  const told: number[] = [];
  const archive = given(
    zipOf(
      [
        { path: "LOG/", bytes: new Uint8Array(0) },
        member(),
        member({ path: "a\\..\\can.dbc", deflate: false }),
        { path: "readme.txt", bytes: log },
      ],
      options,
    ),
  );
  const { files, notices } = await unpack(archive, never, ({ bytes, bytesAll }) => told.push(bytes / bytesAll));
  expect(files.map(({ path, file }) => [path, file.name, file.size, file.lastModified])).toEqual([
    ["card/LOG/0B0E0001/00000001/00000001.MF4", "00000001.MF4", log.length, 5],
    ["card/a/can.dbc", "can.dbc", log.length, 5],
  ]);
  for (const { file } of files) expect(new Uint8Array(await file.arrayBuffer())).toEqual(log);
  expect(notices).toEqual([]);
  expect(told.at(-1)).toBe(0.5); // the stored half is read where it lies
});

test("a log in gzip is the log", async () => {
  const { files } = await unpack(given(gzipSync(log), "00000001.MF4.gz"), never, () => undefined);
  expect(files.map(({ path }) => path)).toEqual(["card/00000001.MF4"]);
  expect(new Uint8Array((await files[0]?.file.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(log);
  expect(await faultOf(unpack(given(gzipSync(log).subarray(0, 300), "x.gz"), never, () => undefined))).toMatchObject({
    code: "input/bad-container",
    object: "x.gz",
  });
});

describe("a member that cannot be opened is left out with its reason, the others open", () => {
  test.each<[string, Partial<ZipEntry>, object]>([
    [
      "encrypted",
      { encrypted: true },
      { code: "input/unsupported", message: expect.stringContaining("encrypted by the ZIP archive") },
    ],
    ["of another method", { method: 14 }, { code: "input/unsupported", found: 14, allowed: 8 }],
    ["larger than it says", { sizeBytes: 69_000 }, { code: "input/bad-container", found: "more than 69000", allowed: 69_000 }],
    ["smaller than it says", { sizeBytes: 71_000 }, { code: "input/bad-container", found: "70000", allowed: 71_000 }],
    ["changed", { crc: 1 }, { code: "input/bad-container", message: "its checksum is wrong" }],
    ["no deflate stream", { deflate: false, method: 8 }, { code: "input/bad-container" }],
  ])("%s", async (_, wrong, fault) => {
    const { files, notices } = await open([member(wrong), member({ path: "b/00000002.MF4" })]);
    expect(files.map(({ path }) => path)).toEqual(["card/b/00000002.MF4"]);
    expect(notices).toMatchObject([{ severity: "error", fault: { object: `drive.zip/${member().path}`, ...fault } }]);
    expect(await faultOf(open([member(wrong)]))).toMatchObject(fault);
  });
});

test("an archive without logs, one that is cut, and a bomb are one fault each", async () => {
  expect(await faultOf(open([{ path: "a.txt", bytes: log }]))).toMatchObject({
    code: "input/unsupported",
    message: "no log and no DBC is in it (1 file, first a.txt)",
  });
  const whole = zipOf([member()]);
  expect(await faultOf(unpack(given(whole.subarray(0, whole.length - 30)), never, () => undefined))).toMatchObject({
    code: "input/bad-container",
  });
  expect(await faultOf(unpack(given(whole.subarray(1000)), never, () => undefined))).toMatchObject({
    code: "input/bad-container",
  });
  const bomb = [member({ sizeBytes: 1_500_000_000 }), member({ path: "2.MF4", sizeBytes: 1_500_000_000 })];
  expect(await faultOf(open(bomb))).toMatchObject({ code: "limit/too-large", found: 3_000_000_000, allowed: 2_000_000_000 });
});

test("no archive of damaged bytes is more than a fault", async () => {
  const whole = zipOf([member(), member({ path: "b.dbc", deflate: false })], { zip64: true });
  let at = 7;
  for (let round = 0; round < 120; round++) {
    const bytes = Uint8Array.from(whole);
    for (let flip = 0; flip < 4; flip++) {
      at = (at * 48_271) % 2_147_483_647;
      const from = round % 2 === 0 ? bytes.length - 300 : 0; // the directory lies at the end
      bytes[from + (at % (bytes.length - from))] = at & 255;
    }
    const fault = await faultOf(unpack(given(bytes), never, () => undefined));
    expect(fault === null || (typeof fault === "object" && /^(input|limit)\//.test((fault as { code: string }).code ?? ""))).toBe(
      true,
    );
  }
});

test("it can be cancelled", async () => {
  const stop = new AbortController();
  const work = unpack(given(zipOf([member(), member({ path: "2.MF4" })])), stop.signal, () => stop.abort());
  expect(await faultOf(work)).toMatchObject({ code: "request/cancelled" });
});
