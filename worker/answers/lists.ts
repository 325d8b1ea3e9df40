/** What the tree lists beyond what a device sent altogether: what it sent in one session, and what its databases know and it never sent. */
import type { Dbc, DbcSignal } from "../../core/dbc/model.ts";
import type { Engine, HeardId, OnWork } from "../../core/query/engine.ts";
import type { SilentMessage } from "../api.ts";
import { muxText } from "./mux-text.ts";

/** Identifiers of one session, over its splits; the logs were listened to before. */
export async function idsOfSession(
  engine: Engine,
  device: string,
  session: string,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<HeardId[]> {
  const logs = (await engine.logs({ device }, signal)).filter((log) => log.session === session && log.fault === null);
  const ids = new Map<string, HeardId>();
  for (const { key } of logs) {
    for (const id of (await engine.heard({ device, key }, signal, onWork)).ids) {
      const name = `${id.bus} ${id.channel} ${id.id} ${id.extended}`;
      const before = ids.get(name);
      ids.set(name, before === undefined ? id : together(before, id));
    }
  }
  return [...ids.values()];
}

function together(a: HeardId, b: HeardId): HeardId {
  const firstNs = a.firstNs < b.firstNs ? a.firstNs : b.firstNs;
  const lastNs = a.lastNs > b.lastNs ? a.lastNs : b.lastNs;
  const frames = a.frames + b.frames;
  const seconds = Number(lastNs - firstNs) / 1e9;
  return {
    ...a,
    frames,
    firstNs,
    lastNs,
    rateHz: frames > 1 && seconds > 0 ? (frames - 1) / seconds : null,
    minLengthBytes: Math.min(a.minLengthBytes, b.minLengthBytes),
    maxLengthBytes: Math.max(a.maxLengthBytes, b.maxLengthBytes),
  };
}

/** Messages of the databases in use on each channel that no frame of it is, by channel and database. */
export function silentMessages(dbcs: readonly Dbc[], ids: readonly HeardId[]): SilentMessage[] {
  const channels = new Map<string, { bus: HeardId["bus"]; channel: number; dbs: Set<string>; sent: Set<string> }>();
  for (const { bus, channel, matches } of ids) {
    const own = channels.get(`${bus} ${channel}`) ?? { bus, channel, dbs: new Set(), sent: new Set() };
    channels.set(`${bus} ${channel}`, own);
    for (const { db, message, binding } of matches) {
      if (binding !== null) own.dbs.add(db);
      own.sent.add(`${db}/${message}`);
    }
  }
  return [...channels.values()].flatMap(({ bus, channel, dbs, sent }) =>
    dbcs
      .filter(({ name }) => dbs.has(name))
      .flatMap(({ name: db, messages }) =>
        messages
          .filter((message) => message.signals.length > 0 && !sent.has(`${db}/${message.name}`))
          .map(({ id, extended, name, signals }) => ({
            bus,
            channel,
            db,
            id,
            extended,
            message: name,
            signals: signals.map(known),
          })),
      ),
  );
}

const known = ({ name, unit, selectedBy, selectedWhen, comment }: DbcSignal): SilentMessage["signals"][number] => ({
  name,
  unit,
  selectedBy,
  mux: muxText(selectedWhen),
  comment,
});
