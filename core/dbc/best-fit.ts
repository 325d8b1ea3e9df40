/** How well a database fits what was heard on a channel: a proposal for people, and the order of databases where nobody has said one. */
import { maxDataRaw } from "./codes.ts";
import { physicalOf } from "./exact-integer.ts";
import { matchIndex } from "./match.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./model.ts";
import { selectorChain } from "./mux.ts";
import { rawOf } from "./raw-value.ts";

/** One identifier of a channel. */
export interface FitId {
  readonly id: number;
  readonly extended: boolean;
  readonly frames: number;
  readonly minLengthBytes: number;
  readonly maxLengthBytes: number;
  /** Some payloads; none = its values are not judged. */
  readonly payloads: readonly Uint8Array[];
}

/** Shares from 0 to 1. */
export interface Fit {
  /** Identifiers that belong to a message. */
  readonly ids: number;
  /** Of all frames, those that belong to a message. */
  readonly frames: number;
  /** Of these, those whose length can be the message's. */
  readonly lengths: number;
  /** Of sampled frames of multiplexed messages, those whose selectors have a value the database mentions. */
  readonly mux: number;
  /** Of sampled values with a range in the database, those inside. */
  readonly ranges: number;
  /** The product of the shares: 1 = every frame is explained and nothing speaks against it. */
  readonly score: number;
}

const NO_FIT: Fit = { ids: 0, frames: 0, lengths: 1, mux: 1, ranges: 1, score: 0 };

/** Linear in identifiers × payloads × signals. */
export function bestFit(dbc: Dbc, ids: readonly FitId[]): Fit {
  const index = matchIndex([dbc]);
  const all = ids.reduce((sum, { frames }) => sum + frames, 0);
  const tally = { ids: 0, frames: 0, fitting: 0, mux: new Share(), ranges: new Share() };
  for (const one of ids) {
    const [match] = index.matchesOf(one.id, one.extended);
    if (!match) continue;
    tally.ids++;
    tally.frames += one.frames;
    if (isLengthOf(match.message, one)) tally.fitting += one.frames;
    const isGroup = match.rule === "group";
    for (const payload of one.payloads) judge(match.message, payload, isGroup, tally.mux, tally.ranges);
  }
  if (tally.frames === 0) return NO_FIT;
  const shares = {
    ids: tally.ids / ids.length,
    frames: tally.frames / all,
    lengths: tally.fitting / tally.frames,
    mux: tally.mux.value,
    ranges: tally.ranges.value,
  };
  return { ...shares, score: shares.frames * shares.lengths * shares.mux * shares.ranges };
}

/** The longest frame is as long as the message; a message of parameter groups may be carried by 8 bytes always. */
const isLengthOf = ({ lengthBytes }: DbcMessage, { maxLengthBytes }: FitId): boolean =>
  lengthBytes === maxLengthBytes || (lengthBytes > 8 && maxLengthBytes === 8) || lengthBytes === 0;

class Share {
  #good = 0;
  #all = 0;
  add(isGood: boolean): void {
    this.#all++;
    if (isGood) this.#good++;
  }
  /** Nothing to judge is nothing against it. */
  get value(): number {
    return this.#all === 0 ? 1 : this.#good / this.#all;
  }
}

function judge(message: DbcMessage, payload: Uint8Array, isGroup: boolean, mux: Share, ranges: Share): void {
  const raws = new Map(message.signals.map((signal) => [signal, rawOf(payload, signal)]));
  const isActive = (signal: DbcSignal): boolean =>
    selectorChain(message, signal).every(({ selector, ranges: wanted }) => {
      const raw = raws.get(selector);
      if (raw === undefined || raw === null) return false;
      const bits = BigInt.asUintN(selector.lengthBits, raw);
      return wanted.some(([low, high]) => bits >= low && bits <= high);
    });
  const multiplexed = message.signals.filter(({ selectedBy }) => selectedBy !== null);
  if (multiplexed.length > 0) mux.add(multiplexed.some(isActive));
  for (const [signal, raw] of raws) {
    if (raw === null || signal.float !== null || signal.min === null || signal.max === null || !isActive(signal)) continue;
    const limit = isGroup ? maxDataRaw(signal) : null;
    if (limit !== null && raw > limit) continue;
    const value = physicalOf(signal, raw);
    ranges.add(value >= Math.min(signal.min, signal.max) && value <= Math.max(signal.min, signal.max));
  }
}
