/** Puts together what was heard of a device: its pieces come ahead of the reply, one task each. */
import type { DeviceHeard, HeardPiece, OnPiece, Reply, WorkId } from "../../worker/api.ts";

export interface Pieces {
  readonly take: OnPiece;
  /** The reply to this work, with all that came ahead of it. */
  whole(work: WorkId, reply: Reply<DeviceHeard>): Reply<DeviceHeard>;
}

export function createPieces(): Pieces {
  const held = new Map<WorkId, HeardPiece[]>();
  return {
    async take(work, piece) {
      const before = held.get(work);
      if (before === undefined) held.set(work, [piece]);
      else before.push(piece);
    },
    whole(work, reply) {
      const before = held.get(work);
      held.delete(work);
      if (before === undefined || !reply.ok) return reply;
      const all = [...before, reply.value];
      const facts = Object.assign({}, ...all.map((piece) => piece.facts));
      return { ok: true, value: { ...reply.value, ids: all.flatMap(({ ids }) => ids), facts } };
    },
  };
}
