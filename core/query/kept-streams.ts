/** What came out of the transport streams of a log, as a document and back. */
import { FRAME_CAUSES, FRAME_KINDS_OF, MESSAGE_CAUSES, TRANSPORT_BYTES_MAX } from "../bus/transport.ts";
import { type StreamAccount, type StreamKey, streamImbalance } from "../bus/transport-account.ts";
import { arrayOf, countOf, listOf, objectOf } from "../kernel/kept-values.ts";
import { HEADS_MAX, type SurveyedSender, type SurveyedStream, senderName } from "../kernel/survey.ts";

const STREAMS_MAX = 4096;
const SENDERS_MAX = 1 << 16;
const CHANNEL_MAX = 255;
const ID_MAX = 0x1fffffff;
const PGN_MAX = 0x3ffff;

export const streamsDocument = (streams: readonly SurveyedStream[]): object => ({
  streams: streams.map(({ account, senders }) => ({
    account,
    senders: [...senders.values()].map((sender) => ({
      ...sender,
      messagesOfBytes: [...sender.messagesOfBytes],
      heads: [...sender.heads],
    })),
  })),
});

/** null: it is none, or not one of ours. */
export const parseStreams = (value: unknown): readonly SurveyedStream[] | null =>
  listOf(objectOf(value)?.streams, STREAMS_MAX, surveyedOf);

function surveyedOf(value: unknown): SurveyedStream | null {
  const given = objectOf(value);
  const account = accountOf(given?.account);
  const senders = listOf(given?.senders, SENDERS_MAX, senderOf);
  if (account === null || senders === null) return null;
  return { account, senders: new Map(senders.map((sender) => [senderName(sender), sender])) };
}

/** null also where it has what no stream of its protocol has. */
export function streamKeyOf(value: unknown): StreamKey | null {
  const given = objectOf(value);
  const channel = countOf(given?.channel, CHANNEL_MAX);
  if (given === null || channel === null || (given.bus !== "CAN" && given.bus !== "LIN")) return null;
  const place = { bus: given.bus, channel } as const;
  const id = countOf(given.id, ID_MAX);
  if (given.protocol === "j1939-21") return { ...place, protocol: given.protocol };
  if (given.protocol === "fast-packet") {
    const pgn = countOf(given.pgn, PGN_MAX);
    return pgn === null || (id === null && given.id !== null) ? null : { ...place, protocol: given.protocol, pgn, id };
  }
  const { protocol, extended, addressing } = given;
  if (protocol !== "iso-tp" || id === null || typeof extended !== "boolean") return null;
  return addressing === "normal" || addressing === "extended" ? { ...place, protocol, id, extended, addressing } : null;
}

const TERMS = ["frames", "messages", "framesUsed", "framesLost", "framesOpen", "framesRestored"] as const;
const FATES = ["used", "tooShort", "muxInactive", "unmatched", "outOfRange"] as const;

/** An account that does not balance is none. */
function accountOf(value: unknown): StreamAccount | null {
  const given = objectOf(value);
  const key = streamKeyOf(given?.key);
  if (given === null || key === null) return null;
  const terms = countsOf(given, [...TERMS, ...FATES]);
  const kinds = objectOf(given.frameKinds);
  const lost = objectOf(given.lost);
  const frameKinds =
    kinds &&
    countsOf(
      kinds,
      FRAME_KINDS_OF[key.protocol].filter((kind) => kind in kinds),
    );
  const causes =
    lost &&
    countsOf(
      lost,
      [...MESSAGE_CAUSES, ...FRAME_CAUSES].filter((cause) => cause in lost),
    );
  if (terms === null || frameKinds === null || causes === null) return null;
  const account: StreamAccount = { key, ...terms, frameKinds, lost: causes };
  // Rows were made of its messages: nobody asked for them one by one.
  return streamImbalance(account, true).length === 0 ? account : null;
}

function countsOf<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Readonly<Record<Name, number>> | null {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const count = countOf(given[name]);
    if (count === null) return null;
    counts[name] = count;
  }
  return counts as Readonly<Record<Name, number>>;
}

function senderOf(value: unknown): SurveyedSender | null {
  const given = objectOf(value);
  if (given === null || typeof given.isConnection !== "boolean") return null;
  const [pgn, source, destination] = [countOf(given.pgn, PGN_MAX), countOf(given.source, 255), countOf(given.destination, 255)];
  const messages = countOf(given.messages);
  const lengths = listOf(given.messagesOfBytes, TRANSPORT_BYTES_MAX + 1, (one) => {
    const [bytes, count] = [countOf(arrayOf(one, 2)?.[0], TRANSPORT_BYTES_MAX), countOf(arrayOf(one, 2)?.[1])];
    return bytes === null || count === null ? null : ([bytes, count] as const);
  });
  const heads = listOf(given.heads, HEADS_MAX, (one) => {
    const [head, count] = [arrayOf(one, 2)?.[0], countOf(arrayOf(one, 2)?.[1])];
    return typeof head !== "string" || !/^([0-9a-f]{2}){0,8}$/.test(head) || count === null ? null : ([head, count] as const);
  });
  if (pgn === null || source === null || destination === null || messages === null || lengths === null || heads === null)
    return null;
  const { isConnection } = given;
  return { pgn, source, destination, isConnection, messages, messagesOfBytes: new Map(lengths), heads: new Map(heads) };
}
