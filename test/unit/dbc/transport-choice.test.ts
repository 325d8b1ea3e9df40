/** Which messages travel by a transport protocol, decided from what was heard and what an assembler made of it. */
import { describe, expect, test } from "vitest";
import { isFastPacketGroup, isProprietaryGroup } from "../../../core/bus/fast-packet-groups.ts";
import { type HeardId, isDiagnosticId, speaks } from "../../../core/bus/speaks.ts";
import type { StreamAccount, StreamKey } from "../../../core/bus/transport-account.ts";
import { chooseTransports, isoTpConvention, streamsToTry, type TriedStream } from "../../../core/dbc/transport-choice.ts";
import { message, signal } from "../../support/dbc-model.ts";

const heardId = (id: number, extended: boolean, maxBytes = 8): HeardId => ({ channel: 1, id, extended, frames: 100, maxBytes });
const place = { bus: "CAN", channel: 1 } as const;
const isoTp: StreamKey = { ...place, protocol: "iso-tp", id: 0x7e8, extended: false, addressing: "normal" };

const account = (key: StreamKey, parts: Partial<StreamAccount>): StreamAccount => ({
  ...{ key, frames: 0, frameKinds: {}, messages: 0, framesUsed: 0, framesLost: 0, framesOpen: 0, framesRestored: 0, lost: {} },
  ...{ used: 0, tooShort: 0, muxInactive: 0, unmatched: 0, outOfRange: 0 },
  ...parts,
});
const tried = (parts: StreamAccount, heads: readonly string[] = [], pgns: readonly number[] = []): TriedStream => ({
  account: parts,
  pgns: new Set(pgns),
  heads: new Map(heads.map((head) => [head, 1])),
});

const good = { frames: 60, frameKinds: { first: 10, consecutive: 50 }, messages: 10, framesUsed: 60 };

describe("what speaks", () => {
  test("diagnostic identifiers", () => {
    expect([0x6ff, 0x700, 0x7ff].map((id) => isDiagnosticId(id, false))).toEqual([false, true, true]);
    expect([0x18daf110, 0x18db33f1, 0x18ce1234, 0x18fef100].map((id) => isDiagnosticId(id, true))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("a diagnostic identifier may lose messages; another one must be spotless and send several frames", () => {
    const elsewhere: StreamKey = { ...isoTp, id: 0x123 };
    const lossy = { ...good, framesUsed: 6, messages: 1, lost: { sequence: 9, orphanFrames: 40 } };
    const singles = { frames: 60, frameKinds: { single: 60 }, messages: 60, framesUsed: 60 };
    const noisy = { ...good, frames: 80, lost: { unknownType: 20 } };
    expect([good, lossy, singles, noisy].map((parts) => speaks(account(isoTp, parts)))).toEqual([true, true, true, false]);
    expect([good, lossy, singles, noisy].map((parts) => speaks(account(elsewhere, parts)))).toEqual([true, false, false, false]);
  });

  test("fast packets: published groups, or spotless ones; makers' groups say nothing", () => {
    const packets = (pgn: number, parts: Partial<StreamAccount>) =>
      speaks(account({ ...place, protocol: "fast-packet", pgn, id: 1 }, parts));
    expect([129_029, 126_996, 127_250, 126_720].map(isFastPacketGroup)).toEqual([true, true, false, false]);
    expect([61_184, 65_300, 126_720, 130_900, 129_029].map(isProprietaryGroup)).toEqual([true, true, true, true, false]);
    expect(packets(129_029, { frames: 100, messages: 2, framesUsed: 20 })).toBe(true);
    expect(packets(129_029, { frames: 3, messages: 1, framesUsed: 3 })).toBe(false);
    expect(packets(127_250, { frames: 100, messages: 5, framesUsed: 60 })).toBe(false);
    expect(packets(127_250, { frames: 100, messages: 20, framesUsed: 100 })).toBe(true);
    expect(packets(130_900, { frames: 100, messages: 20, framesUsed: 100 })).toBe(false);
  });
});

describe("what is chosen", () => {
  const uds = message({ id: 0x7e8, lengthBytes: 60, signals: [signal({ start: 8 })] });
  const heard = [heardId(0x7e8, false)];
  const choose = (
    messages: (typeof uds)[],
    ids: readonly HeardId[],
    streams: TriedStream[],
    forced: "iso-tp-payload" | null = null,
  ) => chooseTransports({ messages, heard: ids, forced }, streams).map((choice) => choice.transport);

  test("nothing is tried for messages that fit their frames", () => {
    expect(streamsToTry({ messages: [message({ id: 0x7e8 })], heard, forced: null })).toEqual([]);
  });

  test("ISO-TP where it is spoken; else the frames stay messages, unless it is forced", () => {
    expect(streamsToTry({ messages: [uds], heard, forced: null }).map(({ protocol }) => protocol)).toEqual(["iso-tp", "iso-tp"]);
    const noise = account(isoTp, { frames: 60, lost: { unknownType: 60 } });
    expect(choose([uds], heard, [tried(account(isoTp, good))])).toEqual(["iso-tp"]);
    expect(choose([uds], heard, [tried(noise)])).toEqual([]);
    expect(choose([uds], heard, [tried(noise)], "iso-tp-payload")).toEqual(["iso-tp-payload"]);
  });

  test("a group by whatever it comes: announced, in fast packets, or both; shortened frames are neither", () => {
    const long = message({ id: 0x19f805fe, extended: true, lengthBytes: 43, signals: [signal()] });
    const ids = [heardId(0x0df80523, true), heardId(0x1cecff23, true)];
    const packets = (parts: Partial<StreamAccount>, pgn = 129_029) =>
      tried(account({ ...place, protocol: "fast-packet", pgn, id: 0x0df80523 }, parts));
    const connection = tried(account({ ...place, protocol: "j1939-21" }, {}), [], [129_029]);
    expect(streamsToTry({ messages: [long], heard: ids, forced: null }).map(({ protocol }) => protocol)).toEqual([
      "fast-packet",
      "j1939-21",
    ]);
    expect(choose([long], ids, [packets(good), connection])).toEqual(["j1939-21", "fast-packet"]);
    expect(choose([long], ids, [packets({ frames: 60 })])).toEqual([]);
    const diagnostic = message({ id: 0x18fecafe, extended: true, lengthBytes: 60, signals: [signal()] });
    expect(choose([diagnostic], ids, [packets({ frames: 100, messages: 20, framesUsed: 20 }, 0xfeca)])).toEqual([]);
  });
});

describe("where a UDS database counts from", () => {
  const withService = (start: number) =>
    message({
      lengthBytes: 60,
      signals: [
        signal({ name: "service", start, lengthBits: 8, selector: true }),
        signal({ name: "a", start: 40, selectedBy: "service", selectedWhen: [[0x62n, 0x62n]] }),
      ],
    });
  const heads = new Map([["6201007e5007c8ff", 5]]);

  test("the byte before, or the payload: by the values of the service selector", () => {
    expect(isoTpConvention(withService(8), heads)).toBe("iso-tp");
    expect(isoTpConvention(withService(0), heads)).toBe("iso-tp-payload");
  });

  test("without messages to look at: by its place", () => {
    expect(isoTpConvention(withService(8), new Map())).toBe("iso-tp");
    expect(isoTpConvention(withService(0), new Map())).toBe("iso-tp-payload");
    expect(isoTpConvention(message({ signals: [signal({ start: 3, lengthBits: 2 })] }), new Map())).toBe("iso-tp-payload");
    expect(isoTpConvention(message({ signals: [signal({ start: 24 })] }), new Map())).toBe("iso-tp");
  });

  test("a selector of two bytes in Motorola order is read as such", () => {
    const did = message({
      signals: [
        signal({ name: "did", start: 23, lengthBits: 16, byteOrder: "big", selector: true }),
        signal({ name: "a", start: 40, selectedBy: "did", selectedWhen: [[0x0100n, 0x0100n]] }),
      ],
    });
    // Bytes 2 and 3 of what the database sees: with the byte before that is 62 [01 00].
    expect(isoTpConvention(did, heads)).toBe("iso-tp");
    expect(isoTpConvention(did, new Map([["aa620100aaaaaaaa", 1]]))).toBe("iso-tp-payload");
  });
});
