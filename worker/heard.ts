/** What the tree of a device is made of: at once as far as it is known, and whole. */
import type { Dbc, DbcSignal } from "../core/dbc/model.ts";
import type { Engine, HeardSoFar, LogEntry, OnWork } from "../core/query/engine.ts";
import { withTransported } from "../core/query/heard-transports.ts";
import type { AsideOptions } from "../core/query/listening.ts";
import { muxText } from "./answers/mux-text.ts";
import type { DeviceHeard, SignalFacts } from "./api.ts";

export async function heardSoFar(engine: Engine, device: string, signal: AbortSignal): Promise<DeviceHeard> {
  const { endsNs, ...heard } = await engine.heardSoFar(device, signal);
  const logs = await engine.logs({ device }, signal);
  const ended = logs.map((log): LogEntry => ({ ...log, endNs: log.endNs ?? endsNs.get(log.key) ?? null }));
  return withFacts(engine, device, heard, ended, signal);
}

export async function heardWhole(
  engine: Engine,
  device: string,
  signal: AbortSignal,
  onWork: OnWork,
  aside?: AsideOptions,
): Promise<DeviceHeard> {
  const heard = await engine.heard({ device, transports: true, ...(aside ? { aside } : {}) }, signal, onWork);
  const whole = { ...heard, share: 1, isWhole: true };
  return withFacts(engine, device, whole, await engine.logs({ device }, signal), signal);
}

const LOGS_AT_ONCE = 16;

async function withFacts(
  engine: Engine,
  device: string,
  heard: Omit<HeardSoFar, "endsNs">,
  logs: readonly LogEntry[],
  signal: AbortSignal,
): Promise<DeviceHeard> {
  const ids = withTransported(heard);
  // Each log's header is read for it: where there are many, that comes with the rest.
  const isLater = !heard.isWhole && logs.length > LOGS_AT_ONCE;
  const { channels } = isLater ? { channels: [] } : await engine.channels({ device }, signal);
  return { device, ...heard, ids, logs, channels, facts: factsOf(await engine.dbcs(signal), ids) };
}

/** Facts of the signals that occur, by `db/message/signal`. */
function factsOf(dbcs: readonly Dbc[], ids: DeviceHeard["ids"]): Record<string, SignalFacts> {
  const facts: Record<string, SignalFacts> = {};
  for (const { matches } of ids) {
    for (const { db, message } of matches) {
      const signals = dbcs.find((d) => d.name === db)?.messages.find((m) => m.name === message)?.signals ?? [];
      for (const signal of signals) facts[`${db}/${message}/${signal.name}`] ??= factOf(signal);
    }
  }
  return facts;
}

const factOf = ({ lengthBits, float, factorNumber, offsetNumber, values, comment, selectedWhen }: DbcSignal): SignalFacts => ({
  lengthBits,
  isFloat: float !== null,
  factor: factorNumber,
  offset: offsetNumber,
  textCount: values?.size ?? 0,
  mux: muxText(selectedWhen),
  comment,
});
