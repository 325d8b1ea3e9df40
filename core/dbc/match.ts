/** Which message a frame is: by its identifier, or by its J1939 parameter group number. */
import type { Dbc, DbcMessage } from "./model.ts";

export interface Match {
  readonly dbc: Dbc;
  readonly message: DbcMessage;
  /** exact: identifier and extended flag equal; group: parameter group number equal, priority and destination ignored. */
  readonly rule: "exact" | "group";
  /** Low byte of the identifier; null unless matched as a group. */
  readonly sourceAddress: number | null;
}

export interface MatchIndex {
  /** In the order of the databases; in each of them an exact match rules out a group match. Empty: no database knows the frame. */
  matchesOf(id: number, extended: boolean): readonly Match[];
}

/** Index over some databases; building it is linear in their messages, a look-up in what it finds. */
export function matchIndex(dbcs: readonly Dbc[]): MatchIndex {
  const tables = dbcs.map((dbc) => ({ dbc, exact: new Map<number, DbcMessage[]>(), group: new Map<number, DbcMessage[]>() }));
  for (const { dbc, exact, group } of tables) {
    for (const message of dbc.messages) {
      if (message.pgn === null) push(exact, idKey(message.id, message.extended), message);
      else push(group, message.pgn, message);
    }
  }
  return {
    matchesOf(id, extended) {
      const matches: Match[] = [];
      for (const { dbc, exact, group } of tables) {
        const same = exact.get(idKey(id, extended));
        for (const message of same ?? []) matches.push({ dbc, message, rule: "exact", sourceAddress: null });
        if (same || !extended) continue;
        const sourceAddress = id & 0xff;
        for (const message of group.get(pgnOf(id)) ?? []) matches.push({ dbc, message, rule: "group", sourceAddress });
      }
      return matches;
    },
  };
}

/**
 * Parameter group number of a 29-bit identifier: 18 bits (extended data page, data page, PF, PS). Below PF 240 (PDU1) the low
 * byte is the destination and reads 0.
 */
export function pgnOf(id: number): number {
  const pgn = (id >>> 8) & 0x3ffff;
  const pduFormat = (pgn >>> 8) & 0xff;
  return pduFormat < 240 ? pgn & 0x3ff00 : pgn;
}

const idKey = (id: number, extended: boolean): number => id + (extended ? 2 ** 31 : 0);

function push(table: Map<number, DbcMessage[]>, key: number, message: DbcMessage): void {
  const there = table.get(key);
  if (there) there.push(message);
  else table.set(key, [message]);
}
