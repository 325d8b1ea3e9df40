/** Streams that no log has, frame by frame through the kernel: what other programs make of them, and every loss by its cause. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type StreamKey, streamImbalance } from "../../core/bus/transport-account.ts";
import { sha256Hex } from "../../core/facts/sha256.ts";
import { readMessages } from "../../core/kernel/messages.ts";
import { type Frame, frame } from "../../fixtures/frame.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { MADE_START_NS, type MadeLog, madeLog } from "../support/made-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

interface Synthetic {
  /** Of one protocol, on channel 1; the streams of a J1939 channel's groups are not looked at here. */
  readonly streams: readonly {
    readonly protocol: "iso-tp" | "j1939-21" | "fast-packet";
    readonly id: number;
    readonly pgn: number;
    readonly frames: number;
    readonly frameKinds: object;
    readonly messages: number;
    readonly framesUsed: number;
    readonly lost: object;
    readonly sha256?: string;
  }[];
  readonly lengths: readonly number[];
  /** Time in ns, identifier in hex (x = extended), payload in hex. */
  readonly input: readonly (readonly [string, string, string])[];
}

const shared = new URL("../../../shared/golden/transport/", import.meta.url);
const names = hasShared ? readdirSync(shared).filter((name) => name.startsWith("synthetic__")) : [];
const kernel = testKernel();

describe.skipIf(!hasShared)("made-up streams (needs ../shared)", () => {
  test("all are tried", () => expect(names.length).toBeGreaterThanOrEqual(19));

  test.each(names)("%s", async (name) => {
    const golden = sharedJson<Synthetic>(`golden/transport/${name}`);
    const [stream] = golden.streams;
    if (!stream) throw new Error("it has a stream");
    for (const options of WRITERS) await compare(golden, stream, await madeLog(golden.input.map(frameOf), options));
  });
});

/** Values beside, behind and apart from their frames. Finalized, newer logs hold FD frames over 8 bytes in a list of their own, out of order. */
const WRITERS = [{ generation: "B" }, { generation: "B", finalized: true }, { generation: "D" }] as const;

async function compare(golden: Synthetic, stream: Synthetic["streams"][number], log: MadeLog): Promise<void> {
  const lengths: number[] = [];
  let lines = "";
  const { account } = await readMessages(kernel, log.source, log.mdf, [keyOf(stream)], testHost(), (message) => {
    lengths.push(message.payload.length);
    const times = `${MADE_START_NS + message.firstNs} ${MADE_START_NS + message.lastNs}`;
    lines += `${times} ${message.frames} ${Buffer.from(message.payload).toString("hex")}\n`;
  });
  const [found] = account.streams;
  if (!found) throw new Error("one stream was asked for");
  expect(lengths).toEqual(golden.lengths);
  if (stream.sha256 !== undefined) expect(sha256Hex(new TextEncoder().encode(lines))).toBe(stream.sha256);
  const { frames, frameKinds, messages, framesUsed, lost } = stream;
  expect(found).toMatchObject({ frames, messages, framesUsed });
  expect(found.frameKinds).toEqual(frameKinds);
  expect(found.lost).toEqual(lost);
  expect(streamImbalance(found, true)).toEqual([]);
}

function frameOf([timeNs, id, payload]: Synthetic["input"][number]): Frame {
  return frame({
    timeNs: Number(BigInt(timeNs) - MADE_START_NS),
    id: Number.parseInt(id, 16),
    extended: id.endsWith("x"),
    payload: Uint8Array.from(Buffer.from(payload, "hex")),
    fd: payload.length > 16,
  });
}

function keyOf({ protocol, id, pgn }: Synthetic["streams"][number]): StreamKey {
  const place = { bus: "CAN", channel: 1 } as const;
  if (protocol === "iso-tp") return { ...place, protocol, id, extended: false, addressing: "normal" };
  return protocol === "j1939-21" ? { ...place, protocol } : { ...place, protocol, pgn, id: null };
}
