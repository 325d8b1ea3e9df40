/** Channels of a measurement file as a table: what `decode` shows without a database. */
import { FaultError, type Notice } from "../../core/fault.ts";
import type { Engine } from "../../core/query/engine.ts";
import type { Query } from "../../core/query/query.ts";
import type { ChannelSelector, Segment } from "../../core/series/series.ts";
import { tableText } from "./table.ts";
import { utcText } from "./utc.ts";

interface ChannelsTable {
  /** "" if there are none. */
  readonly text: string;
  readonly notices: readonly Notice[];
}

/** Series of one query: their samples are held at once. */
const SERIES_AT_ONCE = 8;

/** Channels with numbers over time, by device, group and name; only those of these names, if there are any. Faults: those of `Engine.channels`. */
export async function channelSelectors(
  engine: Engine,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly selectors: readonly ChannelSelector[]; readonly notices: readonly Notice[] }> {
  const { channels, notices } = await engine.channels({}, signal);
  const wanted = channels.filter(({ channel, why }) => why === null && (names.length === 0 || names.includes(channel)));
  const selectors = wanted.map(({ device, group, channel }) => ({ kind: "channel", device, group, channel }) as const);
  return { selectors, notices };
}

/** Count, first, last, least and greatest value of each. `queryOf` asks for all samples. Faults: those of the engine. */
export async function channelsTable(
  engine: Engine,
  names: readonly string[],
  queryOf: (selectors: readonly ChannelSelector[]) => Query,
  signal: AbortSignal,
): Promise<ChannelsTable> {
  const [bad] = (await engine.logs({}, signal)).filter(({ fault }) => fault !== null);
  if (bad?.fault) throw new FaultError({ ...bad.fault, object: bad.key });
  const { selectors, notices: listed } = await channelSelectors(engine, names, signal);
  const notices = [...listed];
  const rows: (string | number | null)[][] = [];
  for (let first = 0; first < selectors.length; first += SERIES_AT_ONCE) {
    for await (const answer of engine.query(queryOf(selectors.slice(first, first + SERIES_AT_ONCE)), signal).series) {
      for (const notice of answer.notices) if (!notices.some(({ text }) => text === notice.text)) notices.push(notice);
      if (answer.labels.kind !== "channel") continue;
      const { group, channel } = answer.labels;
      const { count, first: start, last, min, max, fromNs, toNs } = endsOf(answer.segments);
      const [from, to] = [fromNs, toNs].map((timeNs) => (timeNs === null ? null : utcText(String(timeNs))));
      rows.push([group, channel, count, start, last, min, max, answer.unit, from ?? null, to ?? null]);
    }
  }
  if (rows.length === 0) return { text: "", notices };
  const columns = ["group", "channel", "count", "first", "last", "min", "max", "unit", "from", "to"];
  return { text: tableText(columns, rows), notices };
}

interface Ends {
  count: number;
  first: number | null;
  last: number | null;
  min: number | null;
  max: number | null;
  fromNs: bigint | null;
  toNs: bigint | null;
}

/** Least and greatest of the finite values. */
function endsOf(segments: readonly Segment[]): Ends {
  const ends: Ends = { count: 0, first: null, last: null, min: null, max: null, fromNs: null, toNs: null };
  for (const { baseNs, timesNs, values } of segments) {
    if (values.length === 0) continue;
    ends.count += values.length;
    ends.first ??= values[0] ?? null;
    ends.last = values.at(-1) ?? null;
    ends.fromNs ??= baseNs + BigInt(timesNs[0] ?? 0);
    ends.toNs = baseNs + BigInt(timesNs.at(-1) ?? 0);
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (ends.min === null || value < ends.min) ends.min = value;
      if (ends.max === null || value > ends.max) ends.max = value;
    }
  }
  return ends;
}
