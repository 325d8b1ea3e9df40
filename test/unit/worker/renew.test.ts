/** Sources that grow: the session goes on with the same engine, and of a log at an address only its new bytes are asked for. */
import { afterAll, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { createSession } from "../../../worker/session.ts";
import { testModule } from "../../support/kernel.ts";
import { type PublicBucket, startPublicBucket } from "../../support/public-bucket.ts";

const never = new AbortController().signal;
const drive = generateDrive({ splitSeconds: 10 });
const [first, second] = drive.files.filter(({ key }) => key.startsWith("B0551002/00000001/"));
if (first === undefined || second === undefined) throw new Error("the drive has no such log");
const DEVICE = "B0551002";
const cut = (bytes: number) => first.bytes.subarray(0, bytes);
const session = () =>
  createSession({ module: testModule(), hash: "", bytes: 0 }, { yield: async () => undefined }, () => undefined);
const buckets: PublicBucket[] = [];
afterAll(() => {
  for (const bucket of buckets) bucket.close();
});

test("of a log in a bucket that grows only the new bytes are fetched, of the others none", async () => {
  const objects: Record<string, Uint8Array> = { [second.key]: second.bytes, [first.key]: cut(20_000) };
  const bucket = await startPublicBucket("logs", { objects });
  buckets.push(bucket);
  const now = session();
  await now.openAddress(bucket.url, null, never);
  const heard = async () => now.heard(DEVICE, never, () => undefined);
  const before = await heard();
  expect(await now.look(never)).toEqual({ grown: [], changed: [], added: [] });
  const sizes = [40_000, 55_000, first.bytes.length];
  for (const [turn, sizeBytes] of sizes.entries()) {
    objects[first.key] = cut(sizeBytes);
    expect(await now.look(never)).toEqual({ grown: [first.key], changed: [], added: [] });
    const from = bucket.asked.length;
    await now.renew(null, never);
    await heard();
    const asked = bucket.asked.slice(from);
    expect(asked.filter(({ path }) => path.includes(second.key)).filter(({ bytes }) => bytes > 65_536)).toEqual([]);
    // The first time it is taken whole; from then on what is new, the head that opening costs, and what proves that it is the same log.
    const own = asked.filter(({ path, range }) => path.includes(first.key) && range !== "bytes=0-65535");
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    if (turn > 0) expect(bytes).toBeLessThanOrEqual(sizeBytes - (sizes[turn - 1] ?? 0) + 2 * 4096);
  }
  const after = await heard();
  expect(after.lastNs ?? 0n).toBeGreaterThanOrEqual(before.lastNs ?? 0n);
  const whole = session();
  await whole.openAddress(bucket.url, null, never);
  const fresh = await whole.heard(DEVICE, never, () => undefined);
  expect(after.ids).toEqual(fresh.ids);
  expect({ ...after.ledger, bytesRead: 0 }).toEqual({ ...fresh.ledger, bytesRead: 0 });
});

test("a log that was written anew, longer, is not taken for one that grew", async () => {
  const objects: Record<string, Uint8Array> = { [first.key]: cut(20_000) };
  const bucket = await startPublicBucket("logs", { objects });
  buckets.push(bucket);
  const now = session();
  await now.openAddress(bucket.url + first.key, null, never);
  for (const bytes of [cut(30_000), second.bytes, first.bytes]) {
    objects[first.key] = bytes;
    expect((await now.look(never)).grown).toEqual([first.key]);
    await now.renew(null, never);
    const { ledger, ids } = await now.heard(DEVICE, never, () => undefined);
    const alone = session();
    await alone.openAddress(bucket.url + first.key, null, never);
    const fresh = await alone.heard(DEVICE, never, () => undefined);
    expect([ledger.frames, ids.length]).toEqual([fresh.ledger.frames, fresh.ids.length]);
  }
  objects[first.key] = cut(20_000);
  expect((await now.look(never)).changed).toEqual([first.key]);
});

test("files that are handed over again take the place of those of the same path, others come beside", async () => {
  const file = (key: string, bytes: Uint8Array, lastModified: number) => ({
    path: `LOG/${key}`,
    file: new File([bytes as Uint8Array<ArrayBuffer>], key.split("/").at(-1) ?? key, { lastModified }),
  });
  const now = session();
  await now.open([file(first.key, cut(20_000), 1)], "files", false, never);
  const { logs, source } = await now.renew([file(first.key, first.bytes, 2), file(second.key, second.bytes, 2)], never);
  expect(logs.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
    [first.key, first.bytes.length],
    [second.key, second.bytes.length],
  ]);
  expect(source.bytes).toBe(first.bytes.length + second.bytes.length);
});
