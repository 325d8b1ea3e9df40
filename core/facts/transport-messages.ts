/** Messages of a DBC that occur in a log reassembled: what HeardMessage is for frames. */
import type { TransportProtocol } from "../bus/transport.ts";
import type { Dbc } from "../dbc/model.ts";
import { chooseTransports, streamsToTry, type TransportChoice } from "../dbc/transport-choice.ts";
import {
  type SurveyedSender,
  type SurveyedStream,
  type SurveyOptions,
  sendersOf,
  surveyStreams,
  triedStream,
} from "../kernel/survey.ts";
import { type Census, type CountedId, heardIds } from "./census.ts";
import { byKeys, type HeardMessage } from "./heard-message.ts";

export interface HeardTransports {
  readonly choices: readonly TransportChoice[];
  /** Sorted as heardMessages sorts. */
  readonly messages: readonly HeardMessage[];
}

/** `forced` null: found out by what the streams give. Faults: those of the source. */
export async function heardTransports(
  census: Census,
  dbc: Dbc,
  forced: TransportProtocol | null,
  options: SurveyOptions,
): Promise<HeardTransports> {
  // A log may have millions of identifiers: they are gone through only where a message may need it.
  if (dbc.messages.every(({ lengthBytes }) => lengthBytes <= 8)) return { choices: [], messages: [] };
  const input = { messages: dbc.messages, heard: heardIds(census), forced };
  const { streams } = await surveyStreams(streamsToTry(input), options);
  const choices = chooseTransports(input, streams.map(triedStream));
  const messages = choices.flatMap((choice) => heardBy(choice, streams)).sort(byKeys);
  return { choices, messages };
}

/** ISO-TP: one for the identifier; else one for each source address. None without a whole message. */
function heardBy(
  { channel, message, transport, addressing, pgn }: TransportChoice,
  streams: readonly SurveyedStream[],
): HeardMessage[] {
  const senders = sendersOf({ channel, message, transport, addressing, pgn }, streams);
  const prefixBytes = transport === "iso-tp" ? 1 : 0;
  return [...senders].map(([sourceAddress, some]) => ({
    channel,
    message,
    sourceAddress,
    ids: [countedMessages(channel, message, some, prefixBytes)],
    transport,
    addressing,
    pgn,
  }));
}

function countedMessages(
  channel: number,
  { id, extended }: { readonly id: number; readonly extended: boolean },
  senders: readonly SurveyedSender[],
  prefixBytes: number,
): CountedId {
  const longest = Math.max(0, ...senders.flatMap(({ messagesOfBytes }) => [...messagesOfBytes.keys()]));
  const framesOfBytes = new Uint32Array(longest + prefixBytes + 1);
  let frames = 0;
  for (const { messages, messagesOfBytes } of senders) {
    frames += messages;
    for (const [bytes, count] of messagesOfBytes)
      framesOfBytes[bytes + prefixBytes] = (framesOfBytes[bytes + prefixBytes] ?? 0) + count;
  }
  return { channel, id, extended, frames, framesOfBytes, maxBytes: longest + prefixBytes };
}
