/** Patterns in targets become the names there are: devices of the store, messages and signals of the loaded DBCs, channels of measurement files. */
import type { Dbc } from "../../../core/dbc/model.ts";
import type { Engine } from "../../../core/query/engine.ts";
import { devicesNamed } from "./devices.ts";
import { isPattern, matchesPattern } from "./pattern.ts";
import { type EmptyAsk, emptyAsk, type PatternAsk, type SeriesAsk, type Values } from "./series-target.ts";

/** More series than any panel shows. */
const SERIES_MAX = 2000;

/** The series a pattern means, in the order of the DBC; one `empty` ask if it means none. Faults: `storage/*`. */
export async function expanded(ask: PatternAsk, engine: Engine, signal: AbortSignal): Promise<readonly (SeriesAsk | EmptyAsk)[]> {
  const rows = await namesMeant(ask.values, engine, signal);
  if (rows.length === 0) return [emptyAsk(ask.name, `no device fits ${ask.values.device}`)];
  if (rows.length > SERIES_MAX) return [emptyAsk(ask.name, `the target means ${rows.length} series, more than ${SERIES_MAX}`)];
  return rows.map(ask.of);
}

/**
 * The values with names in place of patterns: by device, then in the order of the DBC. Patterns that fit no DBC stay as they are, because the engine's
 * own sentence says what is loaded and what was heard. Empty if no device fits. Faults: `storage/*`.
 */
export async function namesMeant(values: Values, engine: Engine, signal: AbortSignal): Promise<readonly Values[]> {
  const devices = isPattern(values.device ?? "") ? await devicesNamed(values.device, engine, signal) : [values.device ?? ""];
  const dbcs = await engine.dbcs(signal);
  const isPlain = values.signal === undefined && values.channel !== undefined;
  const rows: Values[] = [];
  for (const device of devices) {
    const own = { ...values, device };
    rows.push(...(isPlain ? await plainRows(own, engine, signal) : rowsOf(own, dbcs)));
  }
  return rows.length === 0 ? devices.map((device) => ({ ...values, device })) : rows;
}

/** Channels of measurement files that have a curve, in the order of the files. */
async function plainRows(values: Values, engine: Engine, signal: AbortSignal): Promise<readonly Values[]> {
  const { device = "", group, channel = "" } = values;
  if (![group, channel].some((text) => text !== undefined && isPattern(text))) return [values];
  const { channels } = await engine.channels({ device }, signal);
  const rows = new Map<string, Values>();
  for (const one of channels) {
    if (one.why !== null || !fitsExactly(one.channel, channel) || !(group === undefined || fitsExactly(one.group, group)))
      continue;
    const row = { ...values, ...(group === undefined ? {} : { group: one.group }), channel: one.channel };
    rows.set(JSON.stringify(row), row);
  }
  return [...rows.values()];
}

const fitsExactly = (name: string, wanted: string): boolean =>
  isPattern(wanted) ? matchesPattern(name, wanted) : name === wanted;

function rowsOf(values: Values, dbcs: readonly Dbc[]): Values[] {
  const { db, message, signal } = values;
  const isWild = [db, message, signal].some((text) => text !== undefined && isPattern(text));
  if (!isWild) return [values];
  const rows = new Map<string, Values>();
  for (const dbc of dbcs.filter(({ name }) => db === undefined || fits(name, db))) {
    const named = db === undefined ? {} : { db: dbc.name };
    for (const one of dbc.messages.filter(({ name }) => message === undefined || fits(name, message))) {
      for (const { name } of one.signals.toSorted((a, b) => a.line - b.line)) {
        if (signal === undefined || !fits(name, signal)) continue;
        const row = { ...values, ...named, ...(message === undefined ? {} : { message: one.name }), signal: name };
        rows.set(JSON.stringify(row), row);
      }
    }
  }
  return [...rows.values()];
}

const fits = (name: string, wanted: string): boolean =>
  isPattern(wanted) ? matchesPattern(name, wanted) : name.toLowerCase() === wanted.toLowerCase();
