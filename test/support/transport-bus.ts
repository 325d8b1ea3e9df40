/** Senders of ISO-TP, J1939 BAM, J1939 RTS/CTS and fast packets on one bus, interleaved, each frame with a note of what it was sent for. */

export interface SentMessage {
  readonly payload: Uint8Array;
}

/** A classic frame and what its sender meant by it. */
export interface SentFrame {
  readonly timeUs: number;
  readonly id: number;
  readonly extended: boolean;
  readonly payload: Uint8Array;
  /** Frames of one key follow each other: an identifier, a pair of addresses, an identifier and its counter. */
  readonly conversation: string;
  /** Stream of the account: an identifier, the channel's J1939 TP, a parameter group. */
  readonly stream: string;
  readonly patienceUs: number;
  /** null: the receiver speaks. */
  readonly message: SentMessage | null;
  /** Number in the protocol's own counting. A receiver's frame: the packet it asks for, or null. */
  readonly number: number | null;
  readonly isStart: boolean;
  readonly isLast: boolean;
}

type Draft = Omit<SentFrame, "timeUs" | "conversation" | "stream" | "patienceUs">;

/** Small, fast, seeded (mulberry32); [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Sender {
  readonly conversation: string;
  readonly stream: string;
  readonly patienceUs: number;
  /** Rests so long between two messages. Senders that do not rest long send no messages of two to four frames (see transport.test.ts). */
  readonly restUs: number;
  next(random: () => number): Draft[];
}

const padded = (bytes: readonly number[], fill: number): Uint8Array => Uint8Array.from({ length: 8 }, (_, i) => bytes[i] ?? fill);

function randomPayload(random: () => number, lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, () => Math.floor(random() * 256));
}

const between = (random: () => number, least: number, most: number): number => least + Math.floor(random() * (most - least + 1));

export function isoTpSender(id: number, restUs: number): Sender {
  const draft = (message: SentMessage, bytes: readonly number[], number: number, isLast: boolean, isStart = false): Draft => ({
    id,
    extended: false,
    payload: padded(bytes, 0xaa),
    message,
    number,
    isStart,
    isLast,
  });
  return {
    conversation: `iso ${id}`,
    stream: `iso ${id}`,
    patienceUs: 1_000_000,
    restUs,
    next(random) {
      const isSingle = random() < 0.4;
      const isBig = random() < 0.002;
      const least = restUs > 1_000_000 ? 8 : 30;
      const payload = randomPayload(random, isSingle ? between(random, 1, 7) : between(random, least, isBig ? 4095 : 50));
      const message = { payload };
      const { length } = payload;
      if (isSingle) return [draft(message, [length, ...payload], 0, true, true)];
      const frames = [draft(message, [0x10 | (length >> 8), length & 0xff, ...payload.subarray(0, 6)], 0, false, true)];
      for (let at = 6, number = 1; at < length; at += 7, number++)
        frames.push(draft(message, [0x20 | (number & 15), ...payload.subarray(at, at + 7)], number & 15, at + 7 >= length));
      return frames;
    },
  };
}

export function fastPacketSender(pgn: number, source: number): Sender & { readonly id: number } {
  const id = ((3 << 26) | (pgn << 8) | source) >>> 0;
  let counter = 0;
  return {
    id,
    conversation: `fast ${id}`,
    stream: `fast ${pgn}`,
    patienceUs: 750_000,
    restUs: 0,
    next(random) {
      const payload = randomPayload(
        random,
        random() < 0.02 ? between(random, 100, 223) : random() < 0.5 ? between(random, 1, 6) : between(random, 30, 40),
      );
      const message = { payload };
      const { length } = payload;
      counter = (counter + 1) & 7;
      const head = counter << 5;
      const draft = (bytes: readonly number[], number: number, isLast: boolean): Draft => ({
        id,
        extended: true,
        payload: padded(bytes, 0xff),
        message,
        number,
        isStart: number === 0,
        isLast,
      });
      const frames = [draft([head, length, ...payload.subarray(0, 6)], 0, length <= 6)];
      for (let at = 6, number = 1; at < length; at += 7, number++)
        frames.push(draft([head | number, ...payload.subarray(at, at + 7)], number, at + 7 >= length));
      return frames;
    },
  };
}

/** `destination` 255: BAM; else RTS/CTS with windows, now and then a packet sent again. */
export function j1939Sender(pgn: number, source: number, destination: number, restUs: number): Sender {
  const isConnection = destination !== 255;
  const id = (pduFormat: number, from: number, to: number): number => ((7 << 26) | (pduFormat << 16) | (to << 8) | from) >>> 0;
  const group = [pgn & 0xff, (pgn >> 8) & 0xff, pgn >> 16];
  const draft = (
    from: number,
    to: number,
    bytes: readonly number[],
    rest: Pick<Draft, "message" | "number" | "isStart" | "isLast">,
  ): Draft => ({
    id: id(rest.message && !rest.isStart ? 0xeb : 0xec, from, to),
    extended: true,
    payload: padded(bytes, 0xff),
    ...rest,
  });
  const answer = (bytes: readonly number[], number: number | null): Draft =>
    draft(destination, source, bytes, { message: null, number, isStart: false, isLast: false });
  return {
    conversation: `tp ${source} ${destination}`,
    stream: "tp",
    patienceUs: 1_250_000,
    restUs,
    next(random) {
      const payload = randomPayload(random, random() < 0.003 ? between(random, 500, 1785) : between(random, 30, 60));
      const message = { payload };
      const packets = Math.ceil(payload.length / 7);
      const lengths = [payload.length & 0xff, payload.length >> 8, packets];
      const data = (number: number): Draft => {
        const bytes = [number, ...payload.subarray((number - 1) * 7, number * 7)];
        return draft(source, destination, bytes, { message, number, isStart: false, isLast: number === packets });
      };
      const start = { message, number: 0, isStart: true, isLast: false };
      if (!isConnection)
        return [
          draft(source, 255, [0x20, ...lengths, 255, ...group], start),
          ...Array.from({ length: packets }, (_, i) => data(i + 1)),
        ];
      const frames = [draft(source, destination, [0x10, ...lengths, 255, ...group], start)];
      for (let first = 1; first <= packets; ) {
        const count = Math.min(between(random, 1, 16), packets - first + 1);
        frames.push(answer([0x11, count, first, 255, 255, ...group], first));
        for (let number = first; number < first + count; number++) frames.push(data(number));
        // The receiver missed the end of the window; it cannot ask again after the last packet, since that ends the message for who listens.
        const isRepeat = count > 2 && first + count <= packets && random() < 0.1;
        first += isRepeat ? count - 2 : count;
      }
      frames.push(answer([0x13, ...lengths, 255, ...group], null));
      return frames;
    },
  };
}

/** `count` messages of these senders. Each round every sender that has something to say sends one frame, in changing order. */
export function busOf(senders: readonly Sender[], count: number, random: () => number): SentFrame[] {
  const frames: SentFrame[] = [];
  const turns = senders.map((sender) => ({ sender, queue: [] as Draft[], at: 0, readyUs: random() * 2_000_000 }));
  let timeUs = 0;
  let sent = 0;
  while (sent < count || turns.some(({ queue, at }) => at < queue.length)) {
    for (let i = turns.length - 1; i > 0; i--) {
      const other = Math.floor(random() * (i + 1));
      const [a, b] = [turns[i], turns[other]];
      if (a && b) [turns[i], turns[other]] = [b, a];
    }
    for (const turn of turns) {
      if (turn.at === turn.queue.length) {
        if (sent >= count || timeUs < turn.readyUs) continue;
        turn.queue = turn.sender.next(random);
        turn.at = 0;
        sent++;
      }
      const draft = turn.queue[turn.at++];
      timeUs += between(random, 50, 400);
      if (!draft) continue;
      const { conversation, stream, patienceUs, restUs } = turn.sender;
      const isFast = conversation.startsWith("fast");
      const counter = isFast ? ` ${(draft.payload[0] ?? 0) >> 5}` : "";
      frames.push({ ...draft, timeUs, conversation: conversation + counter, stream, patienceUs });
      turn.readyUs = timeUs + restUs;
    }
    timeUs += 200;
  }
  return frames;
}
