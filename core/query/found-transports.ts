/** Which of the messages of databases travel by a transport protocol in some logs. Loaded with the first question about one that may. */
import type { HeardId } from "../bus/speaks.ts";
import { nameOfStream, type StreamAccount } from "../bus/transport-account.ts";
import { pgnOf } from "../dbc/match.ts";
import type { DbcMessage } from "../dbc/model.ts";
import {
  type ChoiceInput,
  chooseTransports,
  type ForcedTransport,
  streamsToTry,
  type TransportChoice,
  type TriedStream,
} from "../dbc/transport-choice.ts";
import { isOfOneObject } from "../fault.ts";
import { type SurveyedStream, triedStream } from "../kernel/survey.ts";
import type { LogEntry } from "./engine.ts";
import {
  type ForcedOn,
  type FoundTransports,
  heardCanIds,
  isLongMessage,
  noTransports,
  type TransportParts,
} from "./transports.ts";

/**
 * Choices for the messages on all channels of these logs. One split may hold nothing but the end of a message, so all of them have a say.
 * Nothing is read where every message fits the frames that carry it. Logs that cannot be read have no say.
 */
export async function transportsOf(
  parts: TransportParts,
  logs: readonly LogEntry[],
  messages: readonly DbcMessage[],
  forced: ForcedOn,
  signal: AbortSignal,
): Promise<FoundTransports> {
  if (!messages.some(isLongMessage)) return noTransports;
  const streams: SurveyedStream[] = [];
  const heard = new Map<string, HeardId>();
  const tried = new Map<string, TriedStream>();
  for (const { key } of logs) {
    try {
      const ids = heardCanIds(await parts.heardLog(key, signal));
      const keys = askedOf(messages, ids, forced).flatMap((one) =>
        streamsToTry(one.forced === null ? { ...one, messages: messages.filter((message) => isCutUp(message, one.heard)) } : one),
      );
      for (const stream of await parts.surveyLog(key, keys, signal)) {
        streams.push(stream);
        const name = nameOfStream(stream.account.key);
        const there = tried.get(name);
        tried.set(name, there ? together(there, triedStream(stream)) : triedStream(stream));
      }
      for (const id of ids) {
        const name = `${id.channel} ${id.id} ${id.extended}`;
        const there = heard.get(name);
        const frames = id.frames + (there?.frames ?? 0);
        heard.set(name, { ...id, frames, maxBytes: Math.max(id.maxBytes, there?.maxBytes ?? 0) });
      }
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
    }
  }
  const choices = askedOf(messages, [...heard.values()], forced).flatMap((one) => {
    const found = chooseTransports(one, [...tried.values()]);
    return found.map((choice) => ({ ...choice, hasFrames: one.forced === null && hasFrames(choice, found, one.heard) }));
  });
  return { choices, streams };
}

/** What is to be found out, channels with the same protocol together. */
function askedOf(messages: readonly DbcMessage[], heard: readonly HeardId[], forced: ForcedOn): ChoiceInput[] {
  const byProtocol = new Map<ForcedTransport | null, HeardId[]>();
  for (const id of heard) {
    const protocol = forced(id.channel);
    const there = byProtocol.get(protocol);
    if (there) there.push(id);
    else byProtocol.set(protocol, [id]);
  }
  return [...byProtocol].flatMap(([protocol, ids]) => (protocol === "none" ? [] : { messages, heard: ids, forced: protocol }));
}

/** Not where the same group comes in fast packets: those frames are parts. */
function hasFrames(choice: TransportChoice, all: readonly TransportChoice[], heard: readonly HeardId[]): boolean {
  const { channel, message, transport, pgn } = choice;
  if (transport !== "j1939-21" || pgn === null) return false;
  if (all.some((other) => other.transport === "fast-packet" && other.channel === channel && other.message === message))
    return false;
  return heard.some((id) => id.channel === channel && id.extended && pgnOf(id.id) === pgn);
}

/** Do its frames, or any that could carry its group, hold less than the message? */
function isCutUp(message: DbcMessage, heard: readonly HeardId[]): boolean {
  if (!isLongMessage(message)) return false;
  const own = heard.filter(({ id, extended }) => extended === message.extended && (id === message.id || isOfGroup(message, id)));
  // A parameter group of J1939-21 has no frames of its own.
  return own.length === 0 ? message.extended : own.some(({ maxBytes }) => maxBytes < message.lengthBytes);
}

const isOfGroup = (message: DbcMessage, id: number): boolean => message.extended && pgnOf(message.id) === pgnOf(id);

/** Accounts of one stream in two logs. */
function together(a: TriedStream, b: TriedStream): TriedStream {
  const heads = new Map(a.heads);
  for (const [head, count] of b.heads) heads.set(head, (heads.get(head) ?? 0) + count);
  return { account: addAccounts(a.account, b.account), pgns: new Set([...a.pgns, ...b.pgns]), heads };
}

function addAccounts(a: StreamAccount, b: StreamAccount): StreamAccount {
  const added = (name: keyof StreamAccount): number => Number(a[name]) + Number(b[name]);
  const addedCounts = <T extends Readonly<Record<string, number>>>(one: T, other: T): T => {
    const sum: Record<string, number> = { ...one };
    for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
    return sum as T;
  };
  return {
    key: a.key,
    frames: added("frames"),
    frameKinds: addedCounts(a.frameKinds, b.frameKinds),
    messages: added("messages"),
    framesUsed: added("framesUsed"),
    framesLost: added("framesLost"),
    framesOpen: added("framesOpen"),
    framesRestored: added("framesRestored"),
    lost: addedCounts(a.lost as Record<string, number>, b.lost as Record<string, number>),
    used: added("used"),
    tooShort: added("tooShort"),
    muxInactive: added("muxInactive"),
    unmatched: added("unmatched"),
    outOfRange: added("outOfRange"),
  };
}
