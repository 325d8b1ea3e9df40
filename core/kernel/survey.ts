/** What travels by transport protocols in a log: every stream that speaks one, and which messages came out of it. */
import { fastPacketCandidates, type HeardId, isoTpCandidates, j1939Candidates, speaks } from "../bus/speaks.ts";
import type { StreamProtocol } from "../bus/transport.ts";
import type { StreamAccount, StreamKey, TransportLoss } from "../bus/transport-account.ts";
import type { TransportChoice, TriedStream } from "../dbc/transport-choice.ts";
import type { Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import type { DecodeHost } from "./decode.ts";
import type { Kernel } from "./kernel.ts";
import { readMessages, STREAMS_MAX, type WholeMessage } from "./messages.ts";

export interface SurveyOptions {
  readonly kernel: Kernel;
  readonly source: ByteSource;
  readonly mdf: MdfFile;
  readonly host: DecodeHost;
}

/** Messages of one sender: of an identifier (ISO-TP), or a parameter group and addresses. */
export interface SurveyedSender {
  readonly pgn: number;
  readonly source: number;
  readonly destination: number;
  readonly isConnection: boolean;
  messages: number;
  /** By payload length. */
  readonly messagesOfBytes: Map<number, number>;
  /** First bytes in hex, of the first few different ones, and how often they came. */
  readonly heads: Map<string, number>;
}

export interface SurveyedStream {
  readonly account: StreamAccount;
  /** By `senderName`. */
  readonly senders: ReadonlyMap<string, SurveyedSender>;
  /** The first of them; their causes are counted in full in the account. */
  readonly losses: readonly TransportLoss[];
}

/** Identifiers that a survey looks at, the busiest ones: a log with a million of them is no bus. Ten walks for each protocol. */
const IDS_MAX = 4000;

/** The busiest identifiers in their order, and what is to be said if there are more. */
export function busiest(ids: readonly HeardId[]): { readonly ids: readonly HeardId[]; readonly notices: readonly Notice[] } {
  if (ids.length <= IDS_MAX) return { ids, notices: [] };
  const kept = new Set([...ids].sort((a, b) => b.frames - a.frames).slice(0, IDS_MAX));
  const text = `${ids.length} identifiers; only the ${IDS_MAX} busiest were looked at for transport protocols`;
  return { ids: ids.filter((one) => kept.has(one)), notices: [{ severity: "warning", text }] };
}

const HEAD_BYTES = 8;
const HEADS_MAX = 64;

/** Streams of a protocol that speak it. */
export async function surveyProtocol(
  protocol: StreamProtocol,
  ids: readonly HeardId[],
  options: SurveyOptions,
): Promise<readonly SurveyedStream[]> {
  if (protocol === "j1939-21") return speaking(await surveyStreams(j1939Candidates(ids), options));
  if (protocol === "fast-packet") return speaking(await surveyStreams(fastPacketCandidates(ids), options));
  const normal = speaking(await surveyStreams(isoTpCandidates(ids, "normal"), options));
  const isKnown = ({ channel, id, extended }: HeardId) =>
    normal.some(({ account: { key } }) => isOfId(key, channel, id, extended));
  const others = ids.filter((one) => !isKnown(one));
  return [...normal, ...speaking(await surveyStreams(isoTpCandidates(others, "extended"), options))];
}

const speaking = (streams: readonly SurveyedStream[]): SurveyedStream[] => streams.filter(({ account }) => speaks(account));

export const isOfId = (key: StreamKey, channel: number, id: number, extended: boolean): boolean =>
  key.protocol === "iso-tp" && key.channel === channel && key.id === id && key.extended === extended;

/** Whatever came out of these streams, in as many walks as the kernel's ports ask for. A walk reads an identifier in one way only. */
export async function surveyStreams(keys: readonly StreamKey[], options: SurveyOptions): Promise<SurveyedStream[]> {
  const surveyed: SurveyedStream[] = [];
  for (const some of walksOf(keys)) {
    const senders = some.map(() => new Map<string, SurveyedSender>());
    const { kernel, source, mdf, host } = options;
    const { account } = await readMessages(kernel, source, mdf, some, host, (message) => note(senders[message.stream], message));
    account.streams.forEach((stream, i) => {
      const losses = account.losses.filter((loss) => loss.stream === i);
      surveyed.push({ account: stream, senders: senders[i] ?? new Map(), losses });
    });
  }
  return surveyed;
}

function walksOf(keys: readonly StreamKey[]): StreamKey[][] {
  const ways = new Map<string, StreamKey[]>();
  for (const key of keys) {
    const way = key.protocol === "iso-tp" ? key.addressing : key.protocol;
    const there = ways.get(way);
    if (there) there.push(key);
    else ways.set(way, [key]);
  }
  return [...ways.values()].flatMap((some) =>
    Array.from({ length: Math.ceil(some.length / STREAMS_MAX) }, (_, i) => some.slice(i * STREAMS_MAX, (i + 1) * STREAMS_MAX)),
  );
}

export const senderName = ({ pgn, source, destination, isConnection }: WholeMessage): string =>
  `${pgn} ${source} ${destination} ${isConnection}`;

function note(senders: Map<string, SurveyedSender> | undefined, message: WholeMessage): void {
  if (!senders) return;
  const name = senderName(message);
  let there = senders.get(name);
  if (!there) {
    const { pgn, source, destination, isConnection } = message;
    there = { pgn, source, destination, isConnection, messages: 0, messagesOfBytes: new Map(), heads: new Map() };
    senders.set(name, there);
  }
  const { length } = message.payload;
  there.messages++;
  there.messagesOfBytes.set(length, (there.messagesOfBytes.get(length) ?? 0) + 1);
  const head = hex(message.payload.subarray(0, HEAD_BYTES));
  const count = there.heads.get(head);
  if (count !== undefined || there.heads.size < HEADS_MAX) there.heads.set(head, (count ?? 0) + 1);
}

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return text;
}

/** What the choice of a transport looks at (core/dbc/transport-choice.ts). */
export function triedStream({ account, senders }: SurveyedStream): TriedStream {
  const heads = new Map<string, number>();
  for (const sender of senders.values())
    for (const [head, count] of sender.heads) heads.set(head, (heads.get(head) ?? 0) + count);
  return { account, pgns: new Set([...senders.values()].map(({ pgn }) => pgn)), heads };
}

/** Who sent whole messages of a choice, by source address (null: ISO-TP has none). */
export function sendersOf(
  { channel, message, transport, addressing, pgn }: TransportChoice,
  streams: readonly SurveyedStream[],
): Map<number | null, SurveyedSender[]> {
  const senders = new Map<number | null, SurveyedSender[]>();
  for (const { account, senders: found } of streams) {
    const { key } = account;
    if (key.channel !== channel) continue;
    const isOwn =
      pgn === null
        ? key.protocol === "iso-tp" && key.id === message.id && key.extended === message.extended && key.addressing === addressing
        : key.protocol === transport;
    if (!isOwn) continue;
    for (const sender of found.values()) {
      if (pgn !== null && sender.pgn !== pgn) continue;
      const source = pgn === null ? null : sender.source;
      senders.set(source, [...(senders.get(source) ?? []), sender]);
    }
  }
  return senders;
}
