/** Rows of `buslens-frames/1` (golden README §2) from the slow walk, without help from the code that prints them for users. */
import { createHash } from "node:crypto";
import type { SlowFrame } from "./slow-frames.ts";

export interface ChannelFacts {
  readonly bus: string;
  readonly channel: number;
  readonly kind: string;
  readonly fd: boolean;
  readonly frames: number;
  readonly extended: number;
  readonly tx: number;
  readonly distinctIds: number;
  readonly idSum: number;
  readonly lengthSum: number;
  readonly payloadByteSum: number;
  readonly firstNs: string;
  readonly lastNs: string;
  readonly sha256: string;
}

export function channelFacts(frames: readonly SlowFrame[]): ChannelFacts[] {
  const byChannel = Map.groupBy(frames, (frame) => JSON.stringify([frame.bus, frame.channel, frame.kind, frame.fd]));
  const facts = [...byChannel.values()].map(factsOf);
  return facts.sort(
    (a, b) => compareText(a.bus, b.bus) || a.channel - b.channel || compareText(a.kind, b.kind) || Number(a.fd) - Number(b.fd),
  );
}

function factsOf(frames: readonly SlowFrame[]): ChannelFacts {
  const [first] = frames;
  if (first === undefined) throw new Error("a group of frames is never empty");
  const times = BigInt64Array.from(frames, (frame) => frame.timeNs).sort();
  const sum = (count: (frame: SlowFrame) => number) => frames.reduce((total, frame) => total + count(frame), 0);
  return {
    bus: first.bus,
    channel: first.channel,
    kind: first.kind,
    fd: first.fd,
    frames: frames.length,
    extended: sum((frame) => Number(frame.extended)),
    tx: sum((frame) => Number(frame.dir === 1)),
    // Frames without an identifier count as one.
    distinctIds: new Set(frames.map((frame) => `${frame.id} ${frame.extended}`)).size,
    idSum: sum((frame) => frame.id ?? 0),
    lengthSum: sum((frame) => frame.length ?? 0),
    payloadByteSum: sum((frame) => frame.payload.reduce((total, byte) => total + byte, 0)),
    firstNs: String(times.at(0)),
    lastNs: String(times.at(-1)),
    sha256: sha256Of(frames),
  };
}

function sha256Of(frames: readonly SlowFrame[]): string {
  const lines = frames.map((frame) => ({ timeNs: frame.timeNs, rest: canonicalRest(frame) }));
  lines.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : compareText(a.rest, b.rest)));
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line.timeNs} ${line.rest}\n`);
  return hash.digest("hex");
}

/** The canonical line behind its time. */
function canonicalRest(frame: SlowFrame): string {
  const id = frame.id === null ? "-" : `${frame.id.toString(16)}${frame.extended ? "x" : ""}`;
  const dir = frame.dir === null ? "-" : frame.dir === 1 ? "t" : "r";
  const flags = `${frame.fd ? "f" : ""}${frame.brs ? "b" : ""}${frame.esi ? "e" : ""}` || "-";
  const payload = Buffer.from(frame.payload).toString("hex") || "-";
  const line = [id, frame.dlc ?? "-", frame.length ?? "-", dir, flags, payload];
  if (frame.kind === "error") line.push(frame.errorType ?? "-");
  return line.join(" ");
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
