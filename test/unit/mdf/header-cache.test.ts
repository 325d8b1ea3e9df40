import { expect, test } from "vitest";
import { headerCache } from "../../../core/mdf/header-cache.ts";
import { readMdf } from "../../../core/mdf/read.ts";
import { bytesSource } from "../../support/bytes-source.ts";
import {
  block,
  CAN_RECORD_BYTES,
  canChannels,
  canRecord,
  chain,
  dataGroup,
  group,
  header,
  joinBytes,
  mdfFile,
  xml,
} from "../../support/mdf.ts";
import { slowFrames } from "../../support/slow-frames.ts";

const signal = AbortSignal.timeout(120_000);

/** `session` is as wide in every file, as loggers write it. */
function log(session: string, startNs: bigint, ids: readonly number[], name = "frames"): Uint8Array {
  const comment = xml(
    `<HDcomment><common_properties><tree name="File Information"><e name="session">${session}</e></tree></common_properties></HDcomment>`,
  );
  const cg = group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), name });
  const tail = ids.map((id) => joinBytes(Uint8Array.of(1), canRecord({ timeNs: 0, id, payload: [] })));
  return mdfFile(header(dataGroup(1, cg, block("DT", [])), { startNs, comment }), [], {
    unfinished: 0x25,
    tail: joinBytes(...tail),
  }).bytes;
}

test("a file that differs in times, comment and records only reuses the layouts, and has its own facts", async () => {
  const cache = headerCache();
  const first = await readMdf(bytesSource(log("00000001", 1n, [1])), signal, { headerCache: cache });
  const bytes = log("00000002", 2n, [7, 8, 9]);
  const second = await readMdf(bytesSource(bytes), signal, { headerCache: cache });
  expect(second.streams[0]?.layouts[0]).toBe(first.streams[0]?.layouts[0]);
  expect([second.header.session, second.header.startNs]).toEqual([2, 2n]);
  expect(slowFrames(second, bytes).frames.map((frame) => frame.id)).toEqual([7, 8, 9]);
});

test("any byte that the layouts were made from, when it differs, makes them anew", async () => {
  const cache = headerCache();
  const bytes = log("00000001", 1n, [1]);
  const plain = await readMdf(bytesSource(bytes), signal, { headerCache: cache });
  const before = JSON.stringify(plain.streams, noBigints);
  for (let at = 60; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ 0x15;
    const fresh = await outcome(changed, undefined);
    expect([at, await outcome(changed, cache)]).toEqual([at, fresh]);
  }
  // The untouched file is read as before.
  expect(JSON.stringify((await readMdf(bytesSource(bytes), signal, { headerCache: cache })).streams, noBigints)).toBe(before);
}, 60_000);

async function outcome(bytes: Uint8Array, cache: ReturnType<typeof headerCache> | undefined): Promise<string> {
  try {
    return JSON.stringify(
      await readMdf(bytesSource(bytes), signal, cache === undefined ? {} : { headerCache: cache }),
      noBigints,
    );
  } catch (error) {
    return String(error);
  }
}

const noBigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

test("a finalized file is not kept: its extents lie where its blocks lie", async () => {
  const cache = headerCache();
  const cg = group({ records: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
  const { bytes } = mdfFile(header(dataGroup(0, cg, block("DT", [], canRecord({ timeNs: 0, id: 1, payload: [] })))));
  await readMdf(bytesSource(bytes), signal, { headerCache: cache });
  expect(cache.find(bytes)).toBeNull();
});
