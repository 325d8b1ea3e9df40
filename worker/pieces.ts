/** What was heard of a device, cut for the line to the page: there, reading fifty thousand signals of one message took a task of 200 ms. */
import type { HeardId } from "../core/query/engine.ts";
import type { DeviceHeard, HeardPiece, OnPiece, Reply, WorkId } from "./api.ts";

/** Signals, or facts of them: some 4 µs each where they are read. */
const ROWS_PER_PIECE = 2000;

/** Sends all but the last piece ahead, each when the one before was taken; the reply has the rest. Few signals come with the reply alone. */
export async function inPieces(work: WorkId, reply: Reply<DeviceHeard>, send: OnPiece): Promise<Reply<DeviceHeard>> {
  if (!reply.ok) return reply;
  const pieces = piecesOf(reply.value, ROWS_PER_PIECE);
  const last = pieces.pop();
  for (const piece of pieces) await send(work, piece);
  return { ok: true, value: { ...reply.value, ...last } };
}

/** Laid end to end they are ids and facts as they were, in their order. At least one; an id is never cut. */
export function piecesOf({ ids, facts }: Pick<DeviceHeard, "ids" | "facts">, rowsMax: number): HeardPiece[] {
  const parts = cut(ids, rowsOf, rowsMax).map((some): HeardPiece => ({ ids: some, facts: {} }));
  for (const some of cut(Object.entries(facts), () => 1, rowsMax)) parts.push({ ids: [], facts: Object.fromEntries(some) });
  return parts.length <= 2 ? [{ ids, facts }] : parts;
}

const rowsOf = ({ matches }: HeardId): number => matches.reduce((sum, { signals }) => sum + signals.length, 1);

function cut<T>(all: readonly T[], weightOf: (one: T) => number, weightMax: number): T[][] {
  const parts: T[][] = [];
  let weight = weightMax;
  for (const one of all) {
    weight += weightOf(one);
    if (weight > weightMax) {
      parts.push([]);
      weight = weightOf(one);
    }
    parts.at(-1)?.push(one);
  }
  return parts;
}
