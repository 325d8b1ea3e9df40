/** Which database a channel should have: what is matched now, what would fit, and the sentences that say so (viewer.md §9, 3 to 5). */
import type { ChannelFit } from "../../core/query/engine.ts";
import type { DeviceHeard } from "../../worker/api.ts";
import { countText } from "../text/number.ts";
import { type Assignment, type ChannelName, isSame } from "./library.ts";

/** From this share of the identifiers on, a database is taken for the channel's. */
const FITS_FROM = 0.5;

export interface ChannelState extends ChannelName {
  readonly ids: number;
  /** Identifiers that a database in use knows. */
  readonly matched: number;
  /** By the name of the database: what is decoded with it. */
  readonly matchedBy: ReadonlyMap<string, number>;
  /** By the name of the database: what it knows, also where another one has it. */
  readonly knownBy: ReadonlyMap<string, number>;
}

export function channelStates({ device, ids }: Pick<DeviceHeard, "device" | "ids">): ChannelState[] {
  const channels = new Map<
    string,
    { bus: "CAN" | "LIN"; channel: number; ids: number; matched: number; by: Map<string, number>; known: Map<string, number> }
  >();
  for (const { bus, channel, matches } of ids) {
    const key = `${bus}${channel}`;
    const there = channels.get(key) ?? {
      bus,
      channel,
      ids: 0,
      matched: 0,
      by: new Map<string, number>(),
      known: new Map<string, number>(),
    };
    there.ids++;
    const dbs = new Set(matches.filter(({ binding }) => binding !== null).map(({ db }) => db));
    if (dbs.size > 0) there.matched++;
    for (const db of dbs) there.by.set(db, (there.by.get(db) ?? 0) + 1);
    for (const db of new Set(matches.map((match) => match.db))) there.known.set(db, (there.known.get(db) ?? 0) + 1);
    channels.set(key, there);
  }
  return [...channels.values()].map(({ bus, channel, ids: all, matched, by, known }) => ({
    device,
    bus,
    channel,
    ids: all,
    matched,
    matchedBy: by,
    knownBy: known,
  }));
}

/**
 * Whether a database, by name, has at least half of the channel's identifiers. One that came `alone` is what a person wants to see: what it
 * knows counts, whoever had it before. Of several that came together each identifier counts for the one that fits best.
 */
export const isAtHome = ({ ids, matchedBy, knownBy }: ChannelState, db: string, alone: boolean): boolean =>
  ((alone ? knownBy : matchedBy).get(db) ?? 0) >= FITS_FROM * ids;

export interface Proposal extends ChannelName {
  readonly file: string;
  readonly text: string;
}

/** The best database for each channel that none explains; channels for which none is good enough are left out. */
export function proposals(states: readonly ChannelState[], fits: readonly ChannelFit[]): Proposal[] {
  return states.flatMap((state) => {
    if (state.matched > 0) return [];
    const best = fits.find(({ bus, channel }) => bus === state.bus && channel === state.channel)?.fits[0];
    if (best === undefined || best.fit.ids < FITS_FROM) return [];
    const { device, bus, channel } = state;
    return [{ device, bus, channel, file: best.file, text: `${fitText(best.file, state, best.fit)}` }];
  });
}

export interface Misplaced extends ChannelName {
  readonly file: string;
  /** Where it is assigned and does not belong. */
  readonly from: ChannelName;
  readonly text: string;
  readonly label: string;
}

/** Databases that a person gave to a channel where few of their messages occur, though another channel of the device is full of them. */
export function misplaced(
  states: readonly ChannelState[],
  fits: readonly ChannelFit[],
  assignments: readonly Assignment[],
  messageCountOf: (file: string) => number,
): Misplaced[] {
  const shareOf = ({ bus, channel }: ChannelName, file: string): number =>
    fits.find((one) => one.bus === bus && one.channel === channel)?.fits.find((one) => one.file === file)?.fit.ids ?? 0;
  const holds = (place: ChannelName, file: string): boolean =>
    assignments.some((one) => isSame(one, place) && one.dbcs.includes(file));
  return states.flatMap((state) => {
    const files = assignments.find((one) => isSame(one, state))?.dbcs ?? [];
    return files.flatMap((file): Misplaced[] => {
      const others = states.filter(
        (other) => other.device === state.device && !holds(other, file) && shareOf(other, file) >= FITS_FROM,
      );
      const [home] = others.sort((a, b) => shareOf(b, file) - shareOf(a, file));
      if (home === undefined || shareOf(state, file) >= FITS_FROM) return [];
      const count = messageCountOf(file);
      const there = Math.min(count, Math.round(shareOf(home, file) * home.ids));
      const [right, wrong] = [home, state].map(({ bus, channel }) => `${bus} ${channel}`);
      const text = `${file} fits ${right} (${countText(there)} of ${countText(count)} messages), not ${wrong}.`;
      const { device, bus, channel } = home;
      const from = { device: state.device, bus: state.bus, channel: state.channel };
      return [{ device, bus, channel, file, from, text, label: `Assign to ${right}` }];
    });
  });
}

/** "powertrain-j1939.dbc fits CAN 1: 61 of 67 ids, 97 % of frames." */
const fitText = (
  file: string,
  { bus, channel, ids }: ChannelState,
  fit: { readonly ids: number; readonly frames: number },
): string => `${file} fits ${bus} ${channel}: ${matchText(ids, fit)}.`;

/** "61 of 67 ids, 97 % of frames" */
export const matchText = (ids: number, fit: { readonly ids: number; readonly frames: number }): string =>
  `${countText(Math.round(fit.ids * ids))} of ${countText(ids)} ids, ${Math.round(fit.frames * 100)}\u202f% of frames`;
