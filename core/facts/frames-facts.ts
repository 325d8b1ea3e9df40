/** What a log holds, as JSON of schema `buslens-frames/1` (golden README §2), comparable with what other programs read. */
import type { FrameKind } from "../bus/layout.ts";
import type { OpenedLog } from "../canedge/container.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import { type FrameBatch, type FramesEnd, readFrames } from "../kernel/frames.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { MdfFile } from "../mdf/file.ts";
import { canonicalRest } from "./canonical-line.ts";
import { document, type FactsDocument } from "./document.ts";
import { hashSource } from "./hash-source.ts";
import { OrderedHash, REORDER_NS } from "./ordered-hash.ts";

export interface FramesFactsOptions {
  readonly kernel: Kernel;
  readonly log: OpenedLog;
  readonly mdf: MdfFile;
  /** As printed. */
  readonly fileName: string;
  readonly host: DecodeHost;
}

/** The document, LF at its end. Memory does not grow with the log unless frames lie more than 2 s out of order. Faults: those of the source. */
export async function framesFacts({ kernel, log, mdf, fileName, host }: FramesFactsOptions): Promise<FactsDocument> {
  let read = await readRows(kernel, log, mdf, host, REORDER_NS);
  if (read.isLate) read = await readRows(kernel, log, mdf, host, null);
  const sha256 = await hashSource(log.outer, host);
  const { header } = mdf;
  const text = document({
    schema: `"buslens-frames/1"`,
    file: JSON.stringify(fileName),
    sizeBytes: String(log.outer.sizeBytes),
    sha256: JSON.stringify(sha256),
    container: await containerFacts(log, host),
    mdfVersion: JSON.stringify(header.version),
    program: JSON.stringify(header.program),
    finalized: String(header.finalized),
    startNs: `"${header.startNs}"`,
    startIsLocal: String(header.startIsLocal),
    zoneMinutes: String(header.zoneMinutes),
    summerMinutes: String(header.summerMinutes),
    deviceSerial: JSON.stringify(header.deviceSerial),
    deviceType: JSON.stringify(header.deviceType),
    hardware: JSON.stringify(header.hardware),
    firmware: JSON.stringify(header.firmware),
    session: JSON.stringify(header.session),
    split: JSON.stringify(header.split),
    userComment: JSON.stringify(header.userComment),
    records: String(read.end.counts.used),
    channels: [...read.rows.values()].sort(byIdentity).map((row) => row.text()),
  });
  return { text, notices: [...mdf.notices, ...read.end.notices] };
}

async function containerFacts({ source, container, layers = [] }: OpenedLog, host: DecodeHost): Promise<string> {
  if (container === null) return "null";
  const { kind, device } = container;
  const compressed = [container, ...layers].find((layer) => layer.kind === "compressed");
  const { lookaheadBits, windowBytes } = compressed ?? {};
  const innerSha256 = await hashSource(source, host);
  const inner = { lookaheadBits, windowBytes, innerSizeBytes: source.sizeBytes, innerSha256 };
  // What a plain .MFC says is as it always was; only what is encrypted says how often it is wrapped.
  const wrapped = layers.some((layer) => layer.kind === "encrypted") || layers.length > 1;
  return JSON.stringify({
    kind,
    device,
    ...inner,
    ...(wrapped ? { layers: layers.map((layer) => `${layer.kind} ${layer.version}`) } : {}),
  });
}

async function readRows(kernel: Kernel, log: OpenedLog, mdf: MdfFile, host: DecodeHost, windowNs: bigint | null) {
  const rows = new Map<string, ChannelRow>();
  const frames = readFrames(kernel, log.source, mdf, host);
  let end: FramesEnd;
  while (true) {
    const next = await frames.next();
    if (next.done) {
      end = next.value;
      break;
    }
    for (let row = 0; row < next.value.rowCount; row++) {
      const key = identityOf(next.value, row);
      let there = rows.get(key);
      if (!there) {
        there = new ChannelRow(next.value, row, mdf.header.startNs, windowNs);
        rows.set(key, there);
      }
      there.add(next.value, row);
    }
  }
  return { rows, end, isLate: [...rows.values()].some((row) => row.isLate) };
}

const identityOf = (frames: FrameBatch, row: number): string =>
  `${frames.bus(row)} ${frames.channel(row)} ${frames.kind(row)} ${frames.flags(row) & 1}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byIdentity = (a: ChannelRow, b: ChannelRow): number =>
  compare(a.bus, b.bus) || a.channel - b.channel || compare(a.kind, b.kind) || Number(a.fd) - Number(b.fd);

/** One row of `channels` while its frames come. */
class ChannelRow {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly kind: FrameKind;
  readonly fd: boolean;
  readonly #startNs: bigint;
  readonly #lines: OrderedHash;
  readonly #ids = new Set<number>();
  #frames = 0;
  #extended = 0;
  #sent = 0;
  #idSum = 0;
  #lengthSum = 0;
  #payloadByteSum = 0;
  #firstNs: bigint | null = null;
  #lastNs = 0n;

  constructor(frames: FrameBatch, row: number, startNs: bigint, windowNs: bigint | null) {
    this.bus = frames.bus(row);
    this.channel = frames.channel(row);
    this.kind = frames.kind(row);
    this.fd = (frames.flags(row) & 1) !== 0;
    this.#startNs = startNs;
    this.#lines = new OrderedHash(windowNs);
  }

  get isLate(): boolean {
    return this.#lines.isLate;
  }

  add(frames: FrameBatch, row: number): void {
    const timeNs = this.#startNs + frames.timeNs(row);
    const id = frames.id(row);
    const isExtended = frames.extended(row);
    this.#frames++;
    if (isExtended) this.#extended++;
    if (frames.dir(row) === 1) this.#sent++;
    // Frames without an identifier count as one.
    this.#ids.add(id === null ? -1 : id + (isExtended ? 2 ** 29 : 0));
    this.#idSum += id ?? 0;
    this.#lengthSum += frames.length(row) ?? 0;
    for (const byte of frames.payload(row)) this.#payloadByteSum += byte;
    if (this.#firstNs === null || timeNs < this.#firstNs) this.#firstNs = timeNs;
    if (this.#frames === 1 || timeNs > this.#lastNs) this.#lastNs = timeNs;
    this.#lines.add(timeNs, canonicalRest(frames, row));
  }

  text(): string {
    return JSON.stringify({
      bus: this.bus,
      channel: this.channel,
      kind: this.kind,
      fd: this.fd,
      frames: this.#frames,
      extended: this.#extended,
      tx: this.#sent,
      distinctIds: this.#ids.size,
      idSum: this.#idSum,
      lengthSum: this.#lengthSum,
      payloadByteSum: this.#payloadByteSum,
      firstNs: String(this.#firstNs),
      lastNs: String(this.#lastNs),
      sha256: this.#lines.hex(),
    });
  }
}
