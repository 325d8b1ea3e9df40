/** What travels by transport protocols in a log: every stream that speaks one, and which messages came out of it. */
import { fastPacketCandidates, type HeardId, isoTpCandidates, isPlaceOf, j1939Candidates, speaks } from "../bus/speaks.ts";
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
}

interface WalkedStream extends SurveyedStream {
  /** The first of them; their causes are counted in full in the account. */
  readonly losses: readonly TransportLoss[];
}

interface Survey {
  readonly streams: readonly WalkedStream[];
  /** Losses that found no room, of all streams together. */
  readonly lossesBeyond: number;
  /** The store did not give all of the log: the next time may say otherwise. */
  readonly hasFailed: boolean;
}

/** Identifiers that a survey looks at, the busiest ones: a log with a million of them is no bus. */
const IDS_MAX = 4000;

/** The busiest identifiers in their order, and what is to be said if there are more. */
export function busiest(ids: readonly HeardId[]): { readonly ids: readonly HeardId[]; readonly notices: readonly Notice[] } {
  if (ids.length <= IDS_MAX) return { ids, notices: [] };
  const kept = new Set([...ids].sort((a, b) => b.frames - a.frames).slice(0, IDS_MAX));
  const text = `${ids.length} identifiers; only the ${IDS_MAX} busiest were looked at for transport protocols`;
  return { ids: ids.filter((one) => kept.has(one)), notices: [{ severity: "warning", text }] };
}

const HEAD_BYTES = 8;
/** Different first bytes of one sender. */
export const HEADS_MAX = 64;

/** Streams of a protocol that speak it. */
export async function surveyProtocol(
  protocol: StreamProtocol,
  ids: readonly HeardId[],
  options: SurveyOptions,
): Promise<readonly SurveyedStream[]> {
  const { streams } = await surveyStreams(CANDIDATES[protocol](ids), options);
  return speakingOf(streams);
}

/** Whether a walk could find anything that `surveySpeaking` looks for. */
export const mightSpeak = (ids: readonly HeardId[]): boolean => candidatesOf(ids).length > 0;

/**
 * Streams of all protocols that speak theirs, with the first 1024 losses of those. None is walked for where no identifier could speak; a second
 * walk only tells the losses of a stream that speaks where nobody would look for it.
 */
export async function surveySpeaking(ids: readonly HeardId[], options: SurveyOptions): Promise<Survey> {
  const all = await surveyStreams(candidatesOf(ids), options, (key) => !isPlaceOf(key));
  const streams = speakingOf(all.streams);
  const losing = streams.flatMap(({ account }) => (Object.keys(account.lost).length > 0 ? [account.key] : []));
  const isAllTold = losing.length === 0 || (all.lossesBeyond === 0 && losing.every(isPlaceOf));
  return isAllTold ? { ...all, streams } : surveyStreams(losing, options);
}

const CANDIDATES: Readonly<Record<StreamProtocol, (ids: readonly HeardId[]) => StreamKey[]>> = {
  "iso-tp": (ids) => [...isoTpCandidates(ids, "normal"), ...isoTpCandidates(ids, "extended")],
  "j1939-21": j1939Candidates,
  "fast-packet": fastPacketCandidates,
};

const candidatesOf = (ids: readonly HeardId[]): StreamKey[] => Object.values(CANDIDATES).flatMap((of) => of(ids));

/** Extended addressing only where normal addressing does not make sense. */
function speakingOf<Stream extends SurveyedStream>(streams: readonly Stream[]): Stream[] {
  const speaking = streams.filter(({ account }) => speaks(account));
  const nameOf = (key: StreamKey): string => (key.protocol === "iso-tp" ? `${key.channel} ${key.id} ${key.extended}` : "");
  const normal = new Set(
    speaking.flatMap(({ account: { key } }) => (key.protocol === "iso-tp" && key.addressing === "normal" ? [nameOf(key)] : [])),
  );
  return speaking.filter(
    ({ account: { key } }) => key.protocol !== "iso-tp" || key.addressing === "normal" || !normal.has(nameOf(key)),
  );
}

/** Whatever came out of these streams, in as many walks as the kernel's ports ask for. */
export async function surveyStreams(
  keys: readonly StreamKey[],
  options: SurveyOptions,
  isQuiet?: (key: StreamKey) => boolean,
): Promise<Survey> {
  const streams: WalkedStream[] = [];
  let lossesBeyond = 0;
  let hasFailed = false;
  for (let first = 0; first < keys.length; first += STREAMS_MAX) {
    const some = keys.slice(first, first + STREAMS_MAX);
    const senders = some.map(() => new Map<string, SurveyedSender>());
    const { kernel, source, mdf, host } = options;
    const give = (message: WholeMessage): void => note(senders[message.stream], message);
    const end = await readMessages(kernel, source, mdf, some, host, give, isQuiet);
    const { account } = end;
    lossesBeyond += account.lossesBeyond;
    hasFailed ||= end.notices.some(({ fault }) => fault?.code.startsWith("storage/"));
    account.streams.forEach((stream, i) => {
      const losses = account.losses.filter((loss) => loss.stream === i);
      streams.push({ account: stream, senders: senders[i] ?? new Map(), losses });
    });
  }
  return { streams, lossesBeyond, hasFailed };
}

export const senderName = ({
  pgn,
  source,
  destination,
  isConnection,
}: Pick<WholeMessage, "pgn" | "source" | "destination" | "isConnection">): string =>
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
