/** What can be known of messages from the frames that are left of them, told by what their senders meant: no protocol bytes are read. */
import type { SentFrame, SentMessage } from "./transport-bus.ts";

export interface WholeSent {
  readonly message: SentMessage;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly frames: number;
  readonly stream: string;
}

export interface OracleStream {
  frames: number;
  messages: number;
  framesUsed: number;
  framesLost: number;
  framesOpen: number;
  readonly lost: Record<string, number>;
}

export interface OracleResult {
  readonly whole: readonly WholeSent[];
  readonly streams: ReadonlyMap<string, OracleStream>;
  /** Frames that fit an open message by number, but belong to another one: nobody could tell. */
  readonly undetectable: number;
}

interface Open {
  readonly message: SentMessage;
  readonly firstUs: number;
  readonly stream: string;
  lastUs: number;
  expected: number;
  /** Packets of a connection that were seen. */
  highest: number;
  /** When its receiver confirmed the end. */
  endedUs: number;
  frames: number;
}

/** Numbers after which counting goes on at this one: ISO-TP counts modulo 16. */
const after = (frame: SentFrame): number =>
  frame.stream.startsWith("iso") ? ((frame.number ?? 0) + 1) & 15 : (frame.number ?? 0) + 1;

export function oracle(frames: readonly SentFrame[]): OracleResult {
  const whole: WholeSent[] = [];
  const streams = new Map<string, OracleStream>();
  const open = new Map<string, Open>();
  let undetectable = 0;
  for (const frame of frames) {
    const there = streams.get(frame.stream);
    const stream = there ?? { frames: 0, messages: 0, framesUsed: 0, framesLost: 0, framesOpen: 0, lost: {} };
    if (!there) streams.set(frame.stream, stream);
    const count = (cause: string) => {
      stream.lost[cause] = (stream.lost[cause] ?? 0) + 1;
    };
    const lose = (cause: string, given: Open) => {
      count(cause);
      stream.framesLost += given.frames;
      open.delete(frame.conversation);
    };
    stream.frames++;
    const session = open.get(frame.conversation);
    const isLate = session !== undefined && frame.timeUs - session.lastUs > frame.patienceUs;
    if (!frame.message) {
      // A receiver that still answers keeps a connection open, and may ask for what was sent before.
      if (session && frame.number === null) session.endedUs = frame.timeUs;
      if (!session || frame.number === null || isLate || session.endedUs > 0) continue;
      session.lastUs = frame.timeUs;
      if (frame.number < session.expected) session.expected = frame.number;
      continue;
    }
    const finish = (given: Open) => {
      whole.push({ ...given, lastUs: frame.timeUs });
      stream.messages++;
      stream.framesUsed += given.frames;
      open.delete(frame.conversation);
    };
    if (frame.isStart) {
      if (session) lose("interrupted", session);
      const { message, timeUs, conversation } = frame;
      const begun = {
        message,
        firstUs: timeUs,
        stream: frame.stream,
        lastUs: timeUs,
        expected: 1,
        highest: 0,
        endedUs: 0,
        frames: 1,
      };
      open.set(conversation, begun);
      if (frame.isLast) finish(begun);
      continue;
    }
    if (!session) count("orphanFrames");
    else if (isLate || frame.number !== session.expected || session.endedUs > 0 || isOther(frame, session)) {
      lose(isLate ? "timeout" : "sequence", session);
      count("orphanFrames");
    } else {
      if (session.message !== frame.message) undetectable++;
      session.frames++;
      session.lastUs = frame.timeUs;
      session.expected = after(frame);
      session.highest = Math.max(session.highest, frame.number ?? 0);
      if (frame.isLast) finish(session);
    }
  }
  for (const given of open.values()) {
    const stream = streams.get(given.stream);
    if (!stream) continue;
    stream.lost.unfinished = (stream.lost.unfinished ?? 0) + 1;
    stream.framesOpen += given.frames;
  }
  return { whole, streams, undetectable };
}

/** A packet that was there before, sent again: with other bytes it is of another message. */
const isOther = (frame: SentFrame, session: Open): boolean =>
  frame.stream === "tp" && (frame.number ?? 0) <= session.highest && frame.message !== session.message;
