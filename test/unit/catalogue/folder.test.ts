import { describe, expect, test } from "vitest";
import type { OpenLog } from "../../../core/canedge/container.ts";
import { parseContainer } from "../../../core/canedge/container.ts";
import { type Catalogue, type CatalogueOptions, folderCatalogue } from "../../../core/catalogue/folder.ts";
import { FaultError } from "../../../core/fault.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import type { LogStore } from "../../../core/store/source.ts";
import { bytesSource } from "../../support/bytes-source.ts";
import { heatshrinkDecode } from "../../support/heatshrink.ts";
import { testKernel } from "../../support/kernel.ts";
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
  START_NS,
  xml,
} from "../../support/mdf.ts";
import { hasShared, sharedBytes, sharedJson } from "../../support/shared.ts";

const signal = AbortSignal.timeout(120_000);
const S = 1_000_000_000n;

interface LogFacts {
  readonly device?: string;
  readonly session?: number;
  /** Record times, s since the session's start, in stored order. */
  readonly timesS: readonly number[];
}

function log({ device, session, timesS }: LogFacts): Uint8Array {
  const device_ = device === undefined ? "" : `<tree name="Device Information"><e name="serial number">${device}</e></tree>`;
  const session_ = session === undefined ? "" : `<tree name="File Information"><e name="session">${session}</e></tree>`;
  const comment = xml(`<HDcomment><common_properties>${device_}${session_}</common_properties></HDcomment>`);
  const cg = group({ recordId: 1, bytes: CAN_RECORD_BYTES, channels: chain(canChannels()) });
  const records = timesS.map((timeS) => joinBytes(Uint8Array.of(1), canRecord({ timeNs: timeS * 1e9, id: 1, payload: [] })));
  return mdfFile(header(dataGroup(1, cg, block("DT", [])), { comment }), [], { unfinished: 0x25, tail: joinBytes(...records) })
    .bytes;
}

/** Plain and compressed logs; counts what was opened. */
function opener(store: LogStore): { openLog: OpenLog; opened: string[] } {
  const opened: string[] = [];
  const openLog: OpenLog = async (key, inner) => {
    opened.push(key);
    const outer = await store.open(key, inner);
    const head = await outer.read(0, Math.min(64, outer.sizeBytes), inner);
    const container = parseContainer(head, outer.sizeBytes, key);
    if (container?.kind !== "compressed") return { source: outer, outer, container };
    const packed = await outer.read(container.dataAtByte, container.dataEndByte - container.dataAtByte, inner);
    const plain = heatshrinkDecode(packed, Math.log2(container.windowBytes), container.lookaheadBits);
    return { source: bytesSource(plain, key, outer.version), outer, container };
  };
  return { openLog, opened };
}

function catalogueOf(
  files: Readonly<Record<string, Uint8Array>>,
  options: CatalogueOptions = {},
): { catalogue: Catalogue; opened: string[]; store: MemoryStore } {
  const store = new MemoryStore(Object.entries(files));
  const { openLog, opened } = opener(store);
  return { catalogue: folderCatalogue(store, openLog, testKernel().codecs, options), opened, store };
}

const all = { fromNs: null, toNs: null };
const keysIn = async (catalogue: Catalogue, fromS: number | null, toS: number | null, device?: string): Promise<string[]> => {
  const at = (timeS: number | null) => (timeS === null ? null : START_NS + BigInt(timeS) * S);
  const range = { fromNs: at(fromS), toNs: at(toS) };
  return (await catalogue.logsInRange(device === undefined ? range : { ...range, device }, signal)).map((entry) => entry.key);
};

describe("the tree", () => {
  const two = {
    "2F6913DB/00000002/00000001.MF4": log({ timesS: [200] }),
    "2F6913DB/00000001/00000010.MF4": log({ timesS: [100] }),
    "2F6913DB/00000001/00000002.mf4": log({ timesS: [50] }),
    "AABBCCDD/00000001/00000001.MF4": log({ timesS: [10] }),
    "AABBCCDD/00000001/notes.txt": new Uint8Array(3),
    "AABBCCDD/config-01.07.json": new Uint8Array(3),
    "passwords.json": new Uint8Array(3),
  };

  test("devices are folders, in key order", async () => {
    expect(await catalogueOf(two).catalogue.devices(signal)).toEqual(["2F6913DB", "AABBCCDD"]);
  });

  test("logs come by session and split number, with their times", async () => {
    const entries = await catalogueOf(two).catalogue.logsInRange({ ...all, device: "2F6913DB" }, signal);
    expect(entries.map(({ session, split, startNs, endNs, fault }) => [session, split, startNs, endNs, fault])).toEqual([
      ["00000001", 2, START_NS + 50n * S, null, null],
      ["00000001", 10, START_NS + 100n * S, null, null],
      ["00000002", 1, START_NS + 200n * S, null, null],
    ]);
  });

  test("device folders may lie below LOG/", async () => {
    const below = Object.fromEntries(Object.entries(two).map(([key, bytes]) => [`LOG/${key}`, bytes]));
    const { catalogue } = catalogueOf(below);
    expect(await catalogue.devices(signal)).toEqual(["2F6913DB", "AABBCCDD"]);
    expect(await keysIn(catalogue, null, null, "AABBCCDD")).toEqual(["LOG/AABBCCDD/00000001/00000001.MF4"]);
  });

  test("of several objects of one split only the first in key order counts", async () => {
    const { catalogue } = catalogueOf({
      "2F6913DB/00000001/00000001-60000002.MF4": log({ timesS: [2] }),
      "2F6913DB/00000001/00000001-60000001.MF4": log({ timesS: [1] }),
      "2F6913DB/00000001/00000001.MFC": log({ timesS: [3] }),
    });
    expect(await keysIn(catalogue, null, null)).toEqual(["2F6913DB/00000001/00000001-60000001.MF4"]);
  });

  test("a device that is not there has no logs", async () => {
    expect(await keysIn(catalogueOf(two).catalogue, null, null, "00000000")).toEqual([]);
  });

  test("the newest log is the one of the highest session and split", async () => {
    expect((await catalogueOf(two).catalogue.newestLog("2F6913DB", signal))?.key).toBe("2F6913DB/00000002/00000001.MF4");
    expect(await catalogueOf(two).catalogue.newestLog("99999999", signal)).toBeNull();
  });

  test("one log by key", async () => {
    const { catalogue } = catalogueOf(two);
    const key = "2F6913DB/00000001/00000010.MF4";
    expect(await catalogue.log(key, signal)).toMatchObject({ key, device: "2F6913DB", session: "00000001", split: 10 });
    expect(await catalogue.log("2F6913DB/00000001/00000010", signal)).toBeNull();
  });
});

describe("logs outside the tree", () => {
  test("device and session come from the header, the device else from the name, and equal splits do not hide each other", async () => {
    const { catalogue } = catalogueOf({
      "b.MF4": log({ device: "2F6913DB", session: 7, timesS: [10] }),
      "a.MF4": log({ device: "2F6913DB", session: 7, timesS: [20] }),
      "plain.mf4": log({ timesS: [0] }),
    });
    expect(await catalogue.devices(signal)).toEqual(["2F6913DB", "plain"]);
    const entries = await catalogue.logsInRange({ ...all, device: "2F6913DB" }, signal);
    expect(entries.map(({ key, session, split }) => [key, session, split])).toEqual([
      ["a.MF4", "00000007", 1],
      ["b.MF4", "00000007", 1],
    ]);
  });

  test("a tree deeper down is found by its last three names", async () => {
    const { catalogue } = catalogueOf({
      "backup/LOG/2F6913DB/00000004/00000002.MF4": log({ device: "FFFFFFFF", timesS: [1] }),
      "backup/LOG/2F6913DB/00000004/00000002-60000000.MF4": log({ timesS: [2] }),
    });
    const entries = await catalogue.logsInRange(all, signal);
    expect(entries.map(({ key, device, session, split }) => [key, device, session, split])).toEqual([
      ["backup/LOG/2F6913DB/00000004/00000002-60000000.MF4", "2F6913DB", "00000004", 2],
    ]);
  });

  test("an empty store is no fault", async () => {
    const { catalogue } = catalogueOf({});
    expect([await catalogue.devices(signal), await catalogue.logsInRange(all, signal)]).toEqual([[], []]);
  });

  test("a file that is no log has a fault and makes no device", async () => {
    const { catalogue } = catalogueOf({
      "page.MF4": new TextEncoder().encode("<html>"),
      "good.MF4": log({ device: "2F6913DB", timesS: [1] }),
    });
    expect(await catalogue.devices(signal)).toEqual(["2F6913DB"]);
    const entries = await catalogue.logsInRange(all, signal);
    expect(entries.map((entry) => [entry.key, entry.fault?.code ?? null])).toEqual([
      ["page.MF4", "input/not-mdf"],
      ["good.MF4", null],
    ]);
  });
});

describe("heads", () => {
  test("the first record is not always the earliest", async () => {
    const { catalogue } = catalogueOf({ "2F6913DB/00000001/00000001.MF4": log({ timesS: [10, 10.5, 9.25, 11, 13, 1] }) });
    const [entry] = await catalogue.logsInRange(all, signal);
    // 13 s is more than two seconds later than 10 s: what follows cannot be earlier.
    expect(entry?.startNs).toBe(START_NS + 9_250_000_000n);
  });

  test("a log without records has no start", async () => {
    const [entry] = await catalogueOf({ "2F6913DB/00000001/00000001.MF4": log({ timesS: [] }) }).catalogue.logsInRange(
      all,
      signal,
    );
    expect([entry?.startNs, entry?.fault]).toEqual([null, null]);
  });

  test("a log that cannot be read keeps its fault, and the others are listed", async () => {
    const { catalogue } = catalogueOf({
      "2F6913DB/00000001/00000001.MF4": log({ timesS: [10] }),
      "2F6913DB/00000001/00000002.MF4": new Uint8Array(),
      "2F6913DB/00000001/00000003.MF4": log({ timesS: [30] }),
    });
    const entries = await catalogue.logsInRange(all, signal);
    expect(entries.map((entry) => entry.fault?.code ?? null)).toEqual([null, "input/empty", null]);
  });

  test("each log is opened once, until its version changes", async () => {
    const key = "2F6913DB/00000001/00000001.MF4";
    const { catalogue, opened, store } = catalogueOf({ [key]: log({ timesS: [10] }) });
    await catalogue.logsInRange(all, signal);
    await catalogue.logsInRange(all, signal);
    expect(opened).toEqual([key]);
    store.put(key, log({ timesS: [20] }));
    expect((await catalogue.logsInRange(all, signal))[0]?.startNs).toBe(START_NS + 20n * S);
  });

  test("a store that refuses is asked again; a cancelled question fails", async () => {
    const store = new MemoryStore([["2F6913DB/00000001/00000001.MF4", log({ timesS: [10] })]]);
    const { openLog } = opener(store);
    let refused = 0;
    const refusing: OpenLog = async (key, inner) => {
      if (refused++ === 0) throw new FaultError({ code: "storage/refused", message: "Not now.", object: key });
      return openLog(key, inner);
    };
    const catalogue = folderCatalogue(store, refusing, testKernel().codecs);
    expect((await catalogue.logsInRange(all, signal))[0]?.fault?.code).toBe("storage/refused");
    expect((await catalogue.logsInRange(all, signal))[0]?.fault).toBeNull();
    await expect(catalogue.logsInRange(all, AbortSignal.abort())).rejects.toThrow();
  });

  test("an end that was noted is told and used, for that version only", async () => {
    const key = "2F6913DB/00000001/00000001.MF4";
    const { catalogue, store } = catalogueOf({ [key]: log({ timesS: [10] }) });
    const [entry] = await catalogue.logsInRange(all, signal);
    catalogue.noteEnd(key, entry?.version ?? "", START_NS + 60n * S);
    expect((await catalogue.logsInRange(all, signal))[0]?.endNs).toBe(START_NS + 60n * S);
    expect(await keysIn(catalogue, 61, 70)).toEqual([]);
    store.put(key, log({ timesS: [10] }));
    expect(await keysIn(catalogue, 61, 70)).toEqual([key]);
  });
});

describe("many logs", () => {
  const name = (session: number, split: number) =>
    `2F6913DB/${String(session).padStart(8, "0")}/${String(split).padStart(8, "0")}.MF4`;
  /** 20 sessions of 30 splits; a split every 10 s, a session every 1000 s. */
  const startS = (session: number, split: number) => session * 1000 + split * 10;
  const files: Record<string, Uint8Array> = {};
  for (let session = 1; session <= 20; session++) {
    for (let split = 1; split <= 30; split++) files[name(session, split)] = log({ timesS: [startS(session, split)] });
  }

  test("halving chooses what reading every head chooses, and reads few heads", async () => {
    const few = catalogueOf(files, { probeMax: 10 });
    const every = catalogueOf(files, { probeMax: 10_000 });
    for (const [fromS, toS] of [
      [5105, 5125],
      [5110, 5111],
      [5000, 5009],
      [4999, 7015],
      [0, 1],
      [0, 1011],
      [20_299, 30_000],
      [20_301, 30_000],
      [3290, 3305],
    ] as const) {
      expect([fromS, toS, await keysIn(few.catalogue, fromS, toS)]).toEqual([
        fromS,
        toS,
        await keysIn(every.catalogue, fromS, toS),
      ]);
    }
    const narrow = catalogueOf(files, { probeMax: 10 });
    await keysIn(narrow.catalogue, 5105, 5125);
    expect(new Set(narrow.opened).size).toBeLessThan(25);
  });

  test("logs that cannot be read do not lead the search astray", async () => {
    const broken = { ...files, [name(5, 1)]: new Uint8Array(), [name(5, 15)]: new Uint8Array(), [name(6, 1)]: new Uint8Array() };
    const { catalogue } = catalogueOf(broken, { probeMax: 10 });
    expect(await keysIn(catalogue, 5145, 5175)).toEqual([name(5, 14), name(5, 15), name(5, 16), name(5, 17)]);
    expect(await keysIn(catalogue, 6025, 6026)).toEqual([name(6, 2)]);
    expect(await keysIn(catalogue, 5012, 5015)).toEqual([name(4, 30), name(5, 1)]);
    expect(await keysIn(catalogueOf(broken).catalogue, 5012, 5015)).toEqual([name(4, 30), name(5, 1)]);
  });

  test("open ranges", async () => {
    const { catalogue } = catalogueOf(files, { probeMax: 10 });
    expect((await keysIn(catalogue, null, 1025)).length).toBe(2);
    expect((await keysIn(catalogue, 20_285, null)).length).toBe(3);
  });
});

describe.skipIf(!hasShared)("the sample logs (needs ../shared)", () => {
  const paths = [
    "17BD1DB7/00000006/00000170.MF4",
    "2F6913DB/00000004/00000001.MF4",
    "2F6913DB/00001089/00000001-63BEF5CD.MF4",
    "2F6913DB/00001089/00000002-63BEFDF9.MF4",
    "3BA199E2/00000164/00000001-60FE3F04.MF4",
    "3BA199E2/00000164/00000005-60FEB5A8.MF4",
    "5BC57FEC/00000001/00000005-643E503A.MFC",
    "7512BE4D/00000427/00000001.MF4",
    "94C49784/00000005/00000002.MF4",
    "FCBF0606/00003482/00000001-60B621D9.MF4",
  ];

  test("start where their earliest frame is", async () => {
    const { catalogue } = catalogueOf(
      Object.fromEntries(paths.map((path) => [path, sharedBytes(`samples/canedge/LOG/${path}`)])),
    );
    const entries = await catalogue.logsInRange(all, signal);
    const expected = paths.map((path) => {
      const { channels } = sharedJson<{ channels: readonly { readonly firstNs: string }[] }>(
        `golden/frames/canedge__LOG__${path.replaceAll("/", "__")}.json`,
      );
      return [
        path,
        BigInt64Array.from(channels, (row) => BigInt(row.firstNs))
          .sort()
          .at(0),
      ];
    });
    expect(entries.map((entry) => [entry.key, entry.startNs])).toEqual(expected);
    expect(entries.map((entry) => entry.fault)).toEqual(paths.map(() => null));
  });
});
