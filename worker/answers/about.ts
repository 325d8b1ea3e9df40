/** One signal in facts: what its database says of it, and what its samples of the whole recording are. */
import type { Dbc, DbcSignal } from "../../core/dbc/model.ts";
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { SeriesLabels } from "../../core/series/series.ts";
import type { AboutQuery, SignalAbout } from "../api.ts";
import { windowOf } from "./samples.ts";
import { statisticsOf } from "./statistics.ts";

/** Reads all its samples twice: only where a recording is small. */
export async function aboutSignal(engine: Engine, query: AboutQuery, signal: AbortSignal, onWork: OnWork): Promise<SignalAbout> {
  const { selector, samplesExpected, gapNs, fromNs, toNs } = query;
  const dbcs = await engine.dbcs(signal);
  // One bucket: its cells say nothing here, but the ledger does.
  const run = engine.query(windowOf([selector], fromNs, toNs, "stats"), signal, onWork);
  let labels: SeriesLabels | null = null;
  for await (const answer of run.series) labels = answer.labels;
  const asked = { series: [{ selector, samplesExpected, gapNs, shares: false }], fromNs, toNs };
  const [statistics = { count: 0, gaps: 0 }] = await statisticsOf(engine, asked, signal, onWork);
  return { ...wordsOf(labels === null ? null : signalOf(dbcs, labels)), statistics, notAvailable: run.ledger().notAvailable };
}

function signalOf(dbcs: readonly Dbc[], labels: SeriesLabels): DbcSignal | null {
  if (labels.kind === "channel") return null;
  const message = dbcs.find(({ name }) => name === labels.db)?.messages.find(({ name }) => name === labels.message);
  return message?.signals.find(({ name }) => name === labels.signal) ?? null;
}

const TEXTS_MAX = 16;

function wordsOf(signal: DbcSignal | null): Pick<SignalAbout, "range" | "texts" | "textCount"> {
  if (signal === null) return { range: null, texts: [], textCount: 0 };
  const { min, max, values } = signal;
  return {
    range: min === null || max === null ? null : [min, max],
    texts: [...(values ?? [])].slice(0, TEXTS_MAX).map(([raw, text]) => [String(raw), text] as const),
    textCount: values?.size ?? 0,
  };
}
