/** Which database a frame belongs to where nobody names one: what buslens.json says, else the best fit. The rules are in docs/dbc.md. */
import { bestFit, type FitId } from "../dbc/best-fit.ts";
import { databasesFor } from "../dbc/binding-file.ts";
import type { Library } from "../dbc/library.ts";
import { pgnOf } from "../dbc/match.ts";
import type { Dbc, DbcMessage } from "../dbc/model.ts";
import type { Notice } from "../fault.ts";
import type { ChannelFit } from "./engine.ts";

/** config: buslens.json says so. only: no other database knows the frame. best-fit: several do, this one has the best score. */
export type BoundBy = "config" | "only" | "best-fit";

/** The databases of one channel. */
export interface ChannelBinding {
  readonly by: "config" | "best-fit";
  /** In order of precedence; others decode nothing here. */
  readonly dbcs: readonly Dbc[];
  /** By database, where they were compared. */
  readonly scores: ReadonlyMap<Dbc, number>;
}

/** Identifiers heard, by bus and channel (`CAN1`). */
export type HeardChannels = ReadonlyMap<string, readonly FitId[]>;

export class Binder {
  readonly #library: Library;
  readonly #device: string | null;
  readonly #heard: HeardChannels;
  readonly #channels = new Map<string, ChannelBinding>();
  readonly #said = new Map<string, Set<string>>();

  /** `heard` empty: databases that know the same frames keep their order. */
  constructor(library: Library, device: string | null, heard: HeardChannels) {
    this.#library = library;
    this.#device = device;
    this.#heard = heard;
  }

  on(bus: "CAN" | "LIN", channel: number): ChannelBinding {
    const name = `${bus}${channel}`;
    const known = this.#channels.get(name);
    if (known) return known;
    const found = this.#bind(bus, channel, this.#heard.get(name) ?? []);
    this.#channels.set(name, found);
    return found;
  }

  #bind(bus: "CAN" | "LIN", channel: number, ids: readonly FitId[]): ChannelBinding {
    const { dbcs, bindings, find } = this.#library;
    const names = databasesFor(bindings, { device: this.#device, bus, channel });
    if (names) return { by: "config", dbcs: names.flatMap((name) => find(name) ?? []), scores: new Map() };
    const scores = new Map(ids.length === 0 || dbcs.length < 2 ? [] : dbcs.map((dbc) => [dbc, bestFit(dbc, ids).score]));
    // Of equal scores the first in the order of the files.
    const order = [...dbcs].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0));
    return { by: "best-fit", dbcs: order, scores };
  }

  /** By what the frames of a message are this database's on the channel; null: another database has them, or the channel is not its. */
  boundBy(bus: "CAN" | "LIN", channel: number, dbc: Dbc, message: DbcMessage): BoundBy | null {
    const { by, dbcs } = this.on(bus, channel);
    const place = dbcs.indexOf(dbc);
    if (place < 0 || dbcs.slice(0, place).some((other) => claims(other, message))) return null;
    if (by === "config") return "config";
    return dbcs.slice(place + 1).some((other) => claims(other, message)) ? "best-fit" : "only";
  }

  /** Identifiers of a parameter group that databases before this one know exactly. */
  takenIds(bus: "CAN" | "LIN", channel: number, dbc: Dbc, pgn: number): readonly number[] {
    const { dbcs } = this.on(bus, channel);
    return dbcs.slice(0, Math.max(0, dbcs.indexOf(dbc))).flatMap((other) => exactIdsOf(other, pgn));
  }

  /** To be called for frames of a message bound by best fit that are given out: they are told once, by channel and database. */
  note(bus: "CAN" | "LIN", channel: number, dbc: Dbc, message: DbcMessage): void {
    const name = `${bus} ${channel}`;
    const { dbcs, scores } = this.on(bus, channel);
    const rivals = dbcs.slice(dbcs.indexOf(dbc) + 1).filter((other) => claims(other, message));
    const text = (one: Dbc) => (scores.has(one) ? `${one.file} (score ${(scores.get(one) ?? 0).toFixed(2)})` : one.file);
    const said = this.#said.get(name) ?? new Set<string>();
    said.add(`${text(dbc)} before ${rivals.map(text).join(", ")}`);
    this.#said.set(name, said);
  }

  get notices(): Notice[] {
    return [...this.#said].map(([name, choices]): Notice => {
      const of = this.#device === null ? "" : ` of ${this.#device}`;
      const hint = "name a database to get its values, or bind it in buslens.json";
      return { severity: "info", text: `${name}${of}: best fit chose ${[...choices].join("; ")}; ${hint}` };
    });
  }
}

/** Every database on every channel, best first; of equal scores in the order of the files. */
export const channelFits = (dbcs: readonly Dbc[], heard: HeardChannels): ChannelFit[] =>
  [...heard].map(([name, ids]): ChannelFit => {
    const fits = dbcs.map((dbc) => ({ db: dbc.name, file: dbc.file, fit: bestFit(dbc, ids) }));
    const bus = name.startsWith("LIN") ? "LIN" : "CAN";
    return { bus, channel: Number(name.slice(bus.length)), fits: fits.sort((a, b) => b.fit.score - a.fit.score) };
  });

/** Whether a database knows all frames that are the message's. */
export function claims(dbc: Dbc, message: DbcMessage): boolean {
  const known = knownIn(dbc);
  if (message.pgn !== null) return known.groups.has(message.pgn);
  return known.exact.has(exactKey(message)) || (message.extended && known.groups.has(pgnOf(message.id)));
}

/** Identifiers of this group that the database names exactly: those frames are not of the group (golden README §3). */
export function exactIdsOf(dbc: Dbc, pgn: number): readonly number[] {
  return knownIn(dbc).exactOfGroup.get(pgn) ?? [];
}

interface Known {
  readonly exact: ReadonlySet<number>;
  readonly groups: ReadonlySet<number>;
  readonly exactOfGroup: ReadonlyMap<number, readonly number[]>;
}

const knownBy = new WeakMap<Dbc, Known>();
const exactKey = ({ id, extended }: DbcMessage): number => id + (extended ? 2 ** 31 : 0);

function knownIn(dbc: Dbc): Known {
  const there = knownBy.get(dbc);
  if (there) return there;
  const exactOfGroup = new Map<number, number[]>();
  for (const { pgn, extended, id } of dbc.messages) {
    if (pgn !== null || !extended) continue;
    const list = exactOfGroup.get(pgnOf(id));
    if (list) list.push(id);
    else exactOfGroup.set(pgnOf(id), [id]);
  }
  const known: Known = {
    exact: new Set(dbc.messages.filter(({ pgn }) => pgn === null).map(exactKey)),
    groups: new Set(dbc.messages.flatMap(({ pgn }) => pgn ?? [])),
    exactOfGroup,
  };
  knownBy.set(dbc, known);
  return known;
}
