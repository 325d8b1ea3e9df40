/** Messages of transport protocols and their losses, as JSON of schema `buslens-transport/1` (golden README §4). */
import { streamProtocol, type TransportProtocol } from "../bus/transport.ts";
import type { StreamAccount } from "../bus/transport-account.ts";
import type { OpenedLog } from "../canedge/container.ts";
import type { Notice } from "../fault.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { readMessages, STREAMS_MAX, type WholeMessage } from "../kernel/messages.ts";
import { busiest, hex, type SurveyedSender, type SurveyedStream, senderName, surveyProtocol } from "../kernel/survey.ts";
import type { MdfFile } from "../mdf/file.ts";
import { countFrames, heardIds } from "./census.ts";
import { document, type FactsDocument } from "./document.ts";
import { hashSource } from "./hash-source.ts";
import { Sha256 } from "./sha256.ts";

export interface TransportFactsOptions {
  readonly kernel: Kernel;
  readonly log: OpenedLog;
  readonly mdf: MdfFile;
  /** As printed. */
  readonly fileName: string;
  /** null: each channel says what it speaks. */
  readonly protocol: TransportProtocol | null;
  /** Only frames of this channel; null = all. */
  readonly channel: number | null;
  readonly host: DecodeHost;
}

/** The document, LF at its end. Memory does not grow with the log. Faults: those of the source. */
export async function transportFacts(options: TransportFactsOptions): Promise<FactsDocument> {
  const { kernel, log, mdf, fileName, protocol, channel, host } = options;
  const census = await countFrames(kernel, log.source, mdf, channel, host);
  const protocols = protocol === null ? (["iso-tp", "j1939-21", "fast-packet"] as const) : [streamProtocol(protocol)];
  const rows: string[] = [];
  const { ids, notices } = busiest(heardIds(census));
  for (const one of protocols) {
    const streams = await surveyProtocol(one, ids, { kernel, source: log.source, mdf, host });
    rows.push(...(await streamRows(streams, options)));
  }
  const text = document({
    schema: `"buslens-transport/1"`,
    file: JSON.stringify(fileName),
    fileSha256: `"${await hashSource(log.outer, host)}"`,
    streams: rows,
  });
  return { text, notices: [...mdf.notices, ...census.notices, ...notices, ...nothing(rows, protocol)] };
}

const nothing = (rows: readonly string[], protocol: TransportProtocol | null): Notice[] =>
  rows.length > 0 ? [] : [{ severity: "info", text: `no identifier speaks ${protocol ?? "a transport protocol"}` }];

/** Rows in the order of channel and identifier; a J1939 channel is followed by its groups. */
async function streamRows(streams: readonly SurveyedStream[], options: TransportFactsOptions): Promise<string[]> {
  const { kernel, log, mdf, host } = options;
  const sorted = [...streams].sort((a, b) => byPlace(a.account, b.account));
  const rows: string[] = [];
  for (let first = 0; first < sorted.length; first += STREAMS_MAX) {
    const some = sorted.slice(first, first + STREAMS_MAX);
    const figures = some.map(({ account, senders }) => new StreamFigures(account, senders, mdf.header.startNs));
    const keys = some.map(({ account }) => account.key);
    await readMessages(kernel, log.source, mdf, keys, host, (message) => figures[message.stream]?.add(message));
    rows.push(...figures.flatMap((one) => one.rows()));
  }
  return rows;
}

const idOf = ({ key }: StreamAccount): number => (key.protocol === "j1939-21" ? -1 : (key.id ?? -1));
const byPlace = (a: StreamAccount, b: StreamAccount): number => a.key.channel - b.key.channel || idOf(a) - idOf(b);

/** Rows of one stream while its messages come. */
class StreamFigures {
  readonly #account: StreamAccount;
  readonly #all: MessageFigures;
  /** J1939-21: of each group, source, destination and kind. */
  readonly #parts = new Map<string, { readonly sender: SurveyedSender; readonly figures: MessageFigures }>();

  constructor(account: StreamAccount, senders: ReadonlyMap<string, SurveyedSender>, startNs: bigint) {
    this.#account = account;
    this.#all = new MessageFigures(account.messages, startNs);
    if (account.key.protocol !== "j1939-21") return;
    for (const [name, sender] of senders)
      this.#parts.set(name, { sender, figures: new MessageFigures(sender.messages, startNs) });
  }

  add(message: WholeMessage): void {
    this.#all.add(message);
    this.#parts.get(senderName(message))?.figures.add(message);
  }

  rows(): string[] {
    const { key, frames, frameKinds, lost } = this.#account;
    const counts = `"frames":${frames},"frameKinds":${sortedObject(frameKinds)}`;
    const own = `{${identity(this.#account)},${counts},${this.#all.text(lost)}}`;
    const parts = [...this.#parts.values()].sort((a, b) => bySender(a.sender, b.sender));
    return [
      own,
      ...parts.map(({ sender, figures }) => {
        const { pgn, source, destination, isConnection } = sender;
        const names = `"pgn":${pgn},"source":${source},"destination":${destination},"kind":"${isConnection ? "rts" : "bam"}"`;
        const place = `"protocol":"j1939-21","channel":${key.channel},${names}`;
        return `{${place},"frames":${figures.frames},"frameKinds":{},${figures.text({})}}`;
      }),
    ];
  }
}

const bySender = (a: SurveyedSender, b: SurveyedSender): number =>
  a.pgn - b.pgn || a.source - b.source || a.destination - b.destination || Number(a.isConnection) - Number(b.isConnection);

function identity({ key }: StreamAccount): string {
  const place = `"protocol":"${key.protocol}","channel":${key.channel}`;
  if (key.protocol === "j1939-21") return place;
  if (key.protocol === "fast-packet") return `${place},"id":${key.id},"pgn":${key.pgn},"source":${(key.id ?? 0) & 0xff}`;
  const addressing = key.addressing === "extended" ? `,"addressing":"extended"` : "";
  return `${place},"id":${key.id},"extended":${key.extended}${addressing}`;
}

const sortedObject = (counts: Readonly<Record<string, number>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Figures of whole messages. `count` of them will come, so that the middle one is known. */
class MessageFigures {
  readonly #middle: number;
  readonly #startNs: bigint;
  readonly #hash = new Sha256();
  readonly #encoder = new TextEncoder();
  readonly #samples: string[] = [];
  #count = 0;
  frames = 0;
  #lengthSum = 0;
  #byteSum = 0;
  #firstNs = 0n;
  #lastNs = 0n;

  constructor(count: number, startNs: bigint) {
    this.#middle = Math.floor(count / 2);
    this.#startNs = startNs;
  }

  add({ firstNs, lastNs, frames, payload }: WholeMessage): void {
    const first = this.#startNs + firstNs;
    const last = this.#startNs + lastNs;
    const text = hex(payload);
    this.#hash.update(this.#encoder.encode(`${first} ${last} ${frames} ${text}\n`));
    if (this.#count === 0 || first < this.#firstNs) this.#firstNs = first;
    if (this.#count === 0 || last > this.#lastNs) this.#lastNs = last;
    const sample = `["${first}","${last}","${text}"]`;
    if (this.#count === 0) this.#samples.push(sample);
    if (this.#count === this.#middle) this.#samples.push(sample);
    this.#count++;
    this.frames += frames;
    this.#lengthSum += payload.length;
    for (const byte of payload) this.#byteSum += byte;
  }

  text(lost: Readonly<Record<string, number>>): string {
    const sums = `"lengthSum":${this.#lengthSum},"payloadByteSum":${this.#byteSum}`;
    const counts = `"messages":${this.#count},"framesUsed":${this.frames},${sums},"lost":${sortedObject(lost)}`;
    if (this.#count === 0) return counts;
    const times = `"firstNs":"${this.#firstNs}","lastNs":"${this.#lastNs}"`;
    return `${counts},${times},"sha256":"${this.#hash.hex()}","samples":[${this.#samples.join()}]`;
  }
}
