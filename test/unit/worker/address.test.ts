/** What lies behind an address, told by its own answers; and that nothing else of the page asks anybody for anything. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { createSession } from "../../../worker/session.ts";
import { openAddress } from "../../../worker/sources/address.ts";
import { BucketStore, bucketPlaces, openBucket } from "../../../worker/sources/bucket.ts";
import { parseListing } from "../../../worker/sources/s3-listing.ts";
import { logStoreContract, SHELF, shelfBytes } from "../../contract/log-store.ts";
import { testModule } from "../../support/kernel.ts";
import { type BucketOptions, type PublicBucket, startPublicBucket } from "../../support/public-bucket.ts";

const never = new AbortController().signal;
const drive = generateDrive({ splitSeconds: 10 });
const driveObjects = Object.fromEntries([
  ...drive.files.map(({ key, bytes }) => [`fleet/${key}`, bytes] as const),
  ...drive.dbcs.map(({ name, text }) => [`fleet/${name}`, new TextEncoder().encode(text)] as const),
]);
const opened: PublicBucket[] = [];
afterAll(() => {
  for (const bucket of opened) bucket.close();
});

async function bucketOf(objects: BucketOptions["objects"], more: Partial<BucketOptions> = {}): Promise<PublicBucket> {
  const bucket = await startPublicBucket("logs", { objects, ...more });
  opened.push(bucket);
  return bucket;
}

logStoreContract("public bucket", async (keys) => {
  const bucket = await bucketOf(Object.fromEntries(keys.map((key) => [key, shelfBytes(key)])), { pageKeys: 3 });
  const store = await openBucket({ base: bucket.url, folder: "" }, never);
  if (store === null) throw new Error("it lists");
  return { store };
});

test("a bucket is listed page by page, to its end, and folders of it are stores of their own", async () => {
  const bucket = await bucketOf(Object.fromEntries(SHELF.map((key) => [`in it/${key}`, shelfBytes(key)])), { pageKeys: 5 });
  const { kind, name, store } = await openAddress(`${bucket.url}in%20it`, null, never);
  expect([kind, name.endsWith("/in it")]).toEqual(["address", true]);
  expect(store).toBeInstanceOf(BucketStore);
  const keys: string[] = [];
  for await (const entry of store.list("", { signal: never })) keys.push(entry.key);
  expect(keys.sort()).toEqual([...SHELF].sort());
  expect(bucket.asked.filter(({ path }) => path.includes("list-type")).length).toBe(Math.ceil(SHELF.length / 5));
});

test.each([
  ["https://logs.s3.eu-west-1.amazonaws.com/fleet/", "https://logs.s3.eu-west-1.amazonaws.com/", "fleet/"],
  ["https://s3.eu-west-1.amazonaws.com/logs/fleet", "https://s3.eu-west-1.amazonaws.com/logs/", "fleet/"],
  ["https://minio.example/logs/?list-type=2&prefix=a%20b/", "https://minio.example/logs/", "a b/"],
  ["https://bucket.example", "https://bucket.example/", ""],
])("%s is most likely the bucket %s", (address, base, folder) => {
  expect(bucketPlaces(new URL(address))[0]).toEqual({ base, folder });
});

describe("a listing", () => {
  const page = (inside: string): string => `<?xml version="1.0"?><ListBucketResult>${inside}</ListBucketResult>`;
  test("gives keys, sizes and etags without their quotes; entities and percent signs are undone", () => {
    const one = "<Contents><Key>a%20%26+b.MF4</Key><Size>7</Size><ETag>&quot;e1&quot;</ETag></Contents>";
    expect(parseListing(page(`<EncodingType>url</EncodingType>${one}`))?.objects).toEqual([
      { key: "a & b.MF4", sizeBytes: 7, version: "e1", modifiedMs: null },
    ]);
    const plain = parseListing(page("<Contents><Key>a&amp;b&#x2f;c&#65;</Key><Size>1</Size></Contents>"));
    expect(plain?.objects[0]?.key).toBe("a&b/cA");
  });
  test("goes on only where it says so", () => {
    const token = "<NextContinuationToken>x&amp;y</NextContinuationToken>";
    expect(parseListing(page(`<IsTruncated>true</IsTruncated>${token}`))?.next).toBe("x&y");
    expect(parseListing(page(`<IsTruncated>false</IsTruncated>${token}`))?.next).toBeNull();
  });
  test.each(["", "<html></html>", "<Error><Code>AccessDenied</Code></Error>"])("%j is none", (text) => {
    expect(parseListing(text)).toBeNull();
  });
  test("cut in the middle gives what is whole, in linear time", () => {
    const many = "<Contents><Key>a</Key><Size>1</Size></Contents>".repeat(20_000);
    const cut = parseListing(page(`${many}<Contents><Key>b`).replace("</ListBucketResult>", ""));
    expect([cut?.objects.length, cut?.isWhole]).toEqual([20_000, false]);
  });
});

describe("faults", () => {
  const faultOf = (address: string) =>
    openAddress(address, null, never).then(
      () => null,
      (error: { fault?: { code: string; object?: string } }) => error.fault,
    );
  test("not there, no ranges, no log, no address: each by its own name", async () => {
    const bucket = await bucketOf({ "a.MF4": new Uint8Array(10), "text.mf4": new TextEncoder().encode("hello, log") });
    const whole = await bucketOf({ "a.MF4": new Uint8Array(1000) }, { ranges: false });
    expect(await faultOf(`${bucket.url}none.MF4`)).toMatchObject({ code: "storage/missing" });
    expect(await faultOf(`${whole.url}a.MF4`)).toMatchObject({
      code: "storage/no-ranges",
      object: `${new URL(whole.url).host}/a.MF4`,
    });
    expect(await faultOf(`${bucket.url}text.mf4`)).toMatchObject({
      code: "input/not-mdf",
      object: "text.mf4",
      found: "68 65 6C 6C",
    });
    expect(await faultOf("ftp://host/log.MF4")).toMatchObject({ code: "request/bad-parameter" });
    expect(await faultOf(`${bucket.url.replace("/logs/", "/other/")}`)).toMatchObject({ code: "storage/missing" });
  });
});

test("a bucket opens with its databases, each log beginning with one read of 64 KiB", async () => {
  const bucket = await bucketOf(driveObjects);
  const session = createSession({ module: testModule(), hash: "", bytes: 0 }, { yield: async () => undefined }, () => undefined);
  const catalogue = await session.openAddress(`${bucket.url}fleet/`, null, never);
  expect(catalogue.logs.map(({ fault }) => fault)).toEqual(drive.files.map(() => null));
  expect(catalogue.dbcs.map(({ file }) => file).sort()).toEqual(drive.dbcs.map(({ name }) => name).sort());
  for (const { key, bytes } of drive.files) {
    const reads = bucket.asked.filter(({ path }) => decodeURIComponent(path).endsWith(key));
    expect(reads[0]?.range).toBe("bytes=0-65535");
    expect(reads.reduce((sum, read) => sum + read.bytes, 0)).toBeLessThan(bytes.length + 256 * 1024);
  }
});

test("a log alone: first read of 128 KiB at most, six requests to the first values", async () => {
  const [log] = drive.files;
  if (log === undefined) throw new Error("the drive has no log");
  const bucket = await bucketOf({ [log.key]: log.bytes });
  const session = createSession({ module: testModule(), hash: "", bytes: 0 }, { yield: async () => undefined }, () => undefined);
  const [device = ""] = log.key.split("/");
  const dbcs = drive.dbcs.map(({ name, text }) => ({ file: name, blob: new Blob([text]), encoding: null }));
  await session.setLibrary(dbcs, [{ device, dbcs: dbcs.map(({ file }) => file) }], never);
  const catalogue = await session.openAddress(bucket.url + log.key, null, never);
  expect(catalogue.logs.map(({ key }) => key)).toEqual([log.key]);
  const heard = await session.heard(device, never, () => undefined);
  const match = heard.ids.find(({ matches }) => matches.length > 0)?.matches[0];
  const signal = match?.signals[0]?.name ?? "";
  const from = catalogue.logs[0]?.startNs ?? 0n;
  const answer = await session.view(
    {
      series: [{ selector: { device, message: match?.message ?? "", signal }, samplesExpected: 100 }],
      fromNs: from,
      stepNs: 10_000_000n,
      columns: 1000,
    },
    never,
    () => undefined,
  );
  expect(answer.series[0]?.segments[0]?.timesNs.length).toBeGreaterThan(0);
  expect(bucket.asked[0]?.bytes).toBeLessThanOrEqual(128 * 1024);
  expect(bucket.asked.length).toBeLessThanOrEqual(6);
});

test("only the one place that opens sources fetches; beside it the kernel and the service worker, their own files", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const sources = ["web", "worker"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${room}/${path.replaceAll("\\", "/")}`),
  );
  const asks = /\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\s*\(/;
  const who = sources.filter((path) => asks.test(readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")));
  expect(who.sort()).toEqual(["worker/kernel.ts", "worker/offline.ts", "worker/sources/reach.ts"]);
});
