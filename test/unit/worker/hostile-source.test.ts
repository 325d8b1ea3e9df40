/** Hosts that go wrong: each is told by what it did, soon, and what was open stays open. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { createSession } from "../../../worker/session.ts";
import { openAddress } from "../../../worker/sources/address.ts";
import { reach } from "../../../worker/sources/reach.ts";
import { type HostileSource, startHostileSource } from "../../support/hostile-source.ts";
import { testModule } from "../../support/kernel.ts";

const never = new AbortController().signal;
const log = generateDrive({ splitSeconds: 10 }).files.find(({ bytes }) => bytes.length > 64 * 1024);
if (log === undefined) throw new Error("the drive has no log that two reads need");
let source: HostileSource;
beforeAll(async () => {
  source = await startHostileSource(log.bytes);
});
afterAll(() => source.close());

type Told = { readonly code: string; readonly message: string; readonly object?: string } | null;
const faultOf = (work: Promise<unknown>): Promise<Told> =>
  work.then(
    () => null,
    (error: { fault?: Told }) => error.fault ?? { code: "none", message: String(error) },
  );

test.each([
  ["missing", "a.MF4", "storage/missing", /no such object/],
  ["refused", "a.MF4", "storage/refused", /refuses/],
  ["broken", "a.MF4", "storage/unreachable", /HTTP 500/],
  ["whole", "a.MF4", "storage/no-ranges", /whole files only/],
  ["html", "a.MF4", "input/not-mdf", /HTML page/],
  ["html", "", "storage/missing", /no buslens server, no log, and no bucket/],
  ["shifted", "a.MF4", "storage/unreachable", /bytes 8-\d+\/\d+/],
  ["nonsense", "a.MF4", "storage/unreachable", /bytes 0-NaN/],
  ["short", "a.MF4", "storage/short", /\d+ bytes came where \d+ were asked/],
  ["drops", "a.MF4", "storage/unreachable", /did not answer/],
  ["circle", "a.MF4", "storage/unreachable", /did not answer/],
  ["cut-listing", "", "storage/short", /page 1 of its listing ends in the middle/],
  ["endless-same", "", "limit/too-many", /does not come to an end/],
  ["endless-new", "", "limit/too-many", /does not come to an end/],
])("%s/%s is %s", async (way, name, code, message) => {
  const fault = await faultOf(openAddress(`${source.url}${way}/${name}`, null, never));
  expect(fault).toMatchObject({ code, message: expect.stringMatching(message) });
});

test("a host that never answers is left: after a while by itself, at once when a person cancels", async () => {
  const url = `${source.url}silent/a.MF4`;
  const asking = { object: "a.MF4", signal: never, silenceMs: 50 };
  expect(await faultOf(reach(url, asking))).toMatchObject({
    code: "storage/unreachable",
    object: "a.MF4",
    message: "the store did not answer (nothing came for 0.05 s)",
  });
  const stop = new AbortController();
  const opening = faultOf(openAddress(url, null, stop.signal));
  stop.abort();
  expect((await opening)?.code).toBe("request/cancelled");
});

test("a body that stops in the middle is left as well; a reader that takes its time is not", async () => {
  const answer = await reach(`${source.url}stalls/a.MF4`, {
    object: "a.MF4",
    signal: never,
    silenceMs: 150,
    headers: { range: "bytes=0-999" },
  });
  const reader = answer.body?.getReader();
  expect((await reader?.read())?.value?.length).toBe(500);
  await new Promise((done) => setTimeout(done, 300));
  expect(await faultOf(reader?.read() ?? Promise.resolve())).toMatchObject({ code: "storage/unreachable" });
  const whole = await reach(`${source.url}whole/a.MF4`, { object: "a.MF4", signal: never, silenceMs: 150 });
  await new Promise((done) => setTimeout(done, 300));
  expect((await whole.arrayBuffer()).byteLength).toBe(log.bytes.length);
});

test.each(["missing/a.MF4", "no-keys/", "restless/a.MF4"])(
  "what is open answers as before when %s cannot be opened",
  async (path) => {
    const session = createSession(
      { module: testModule(), hash: "", bytes: 0 },
      { yield: async () => undefined },
      () => undefined,
    );
    const file = new File([new Uint8Array(log.bytes)], "00000001.MF4");
    const before = await session.open([{ path: log.key, file }], "files", false, never);
    const device = before.devices[0]?.device ?? "";
    const heard = await session.heard(device, never, () => undefined);
    await faultOf(session.openAddress(source.url + path, null, never));
    const after = await session.heard(device, never, () => undefined);
    expect([after.ids.length, after.firstNs]).toEqual([heard.ids.length, heard.firstNs]);
    expect(after.ids.length).toBeGreaterThan(0);
  },
);
