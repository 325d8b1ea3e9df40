/** What really occurs in some logs together, and what the databases make of it. */

import type { Library } from "../dbc/library.ts";
import { matchIndex } from "../dbc/match.ts";
import type { Dbc, DbcMessage } from "../dbc/model.ts";
import type { Notice } from "../fault.ts";
import { Binder, type BoundBy, type HeardChannels } from "./binding.ts";
import type { Heard, HeardId, LogEntry } from "./engine.ts";
import type { HeardLog } from "./heard-log.ts";
import { addLedgers, emptyLedger } from "./ledger.ts";

/** The logs' ids together, sorted by bus, channel, extended and id, with the messages that match. */
export async function combineHeard(
  logs: readonly { readonly log: LogEntry; readonly heard: HeardLog }[],
  library: Library,
  device: string | null,
  channels: () => Promise<HeardChannels>,
  notices: readonly Notice[],
): Promise<Omit<Heard, "transports">> {
  const matches = matchIndex(library.dbcs);
  const rows = new Map<string, Omit<HeardId, "rateHz" | "matches">>();
  let ledger = emptyLedger;
  let firstNs: bigint | null = null;
  let lastNs: bigint | null = null;
  for (const { heard } of logs) {
    ledger = addLedgers(ledger, heard.ledger);
    if (heard.firstNs !== null && (firstNs === null || heard.firstNs < firstNs)) firstNs = heard.firstNs;
    if (heard.lastNs !== null && (lastNs === null || heard.lastNs > lastNs)) lastNs = heard.lastNs;
    for (const row of heard.ids) {
      if (row.kind !== "data") continue;
      const key = `${row.bus}${row.channel}:${row.id}${row.extended ? "x" : ""}`;
      const there = rows.get(key);
      rows.set(key, {
        bus: row.bus,
        channel: row.channel,
        id: row.id,
        extended: row.extended,
        frames: row.frames + (there?.frames ?? 0),
        firstNs: there && there.firstNs < row.firstNs ? there.firstNs : row.firstNs,
        lastNs: there && there.lastNs > row.lastNs ? there.lastNs : row.lastNs,
        minLengthBytes: Math.min(row.minBytes, there?.minLengthBytes ?? 255),
        maxLengthBytes: Math.max(row.maxBytes, there?.maxLengthBytes ?? 0),
      });
    }
  }
  const matchesOf = [...rows.values()].map((row) => matches.matchesOf(row.id, row.extended));
  const hasRivals = matchesOf.some((found) => found.some(({ dbc }) => dbc !== found[0]?.dbc));
  const binder = new Binder(library, device, hasRivals ? await channels() : new Map());
  const ids = [...rows.values()].map((row): HeardId => {
    const seconds = Number(row.lastNs - row.firstNs) / 1e9;
    return {
      ...row,
      rateHz: row.frames > 1 && seconds > 0 ? (row.frames - 1) / seconds : null,
      matches: matches.matchesOf(row.id, row.extended).map(({ dbc, message, rule, sourceAddress }) => ({
        db: dbc.name,
        message: message.name,
        rule,
        sourceAddress,
        binding: bound(binder, row, dbc, message),
        signals: message.signals.map(({ name, unit, selectedBy }) => ({ name, unit, selectedBy })),
      })),
    };
  });
  ids.sort(
    (a, b) =>
      (a.bus < b.bus ? -1 : a.bus > b.bus ? 1 : 0) ||
      a.channel - b.channel ||
      Number(a.extended) - Number(b.extended) ||
      a.id - b.id,
  );
  return {
    ids,
    firstNs,
    lastNs,
    ledger,
    notices: [...notices, ...binder.notices, ...logs.flatMap(({ heard }) => heard.notices)],
  };
}

function bound(
  binder: Binder,
  { bus, channel }: Pick<HeardId, "bus" | "channel">,
  dbc: Dbc,
  message: DbcMessage,
): BoundBy | null {
  const by = binder.boundBy(bus, channel, dbc, message);
  if (by === "best-fit") binder.note(bus, channel, dbc, message);
  return by;
}
