/** Engines over the drive of the fixtures, in any runtime. */
import { createEngine, type EngineOptions } from "../../core/query/create.ts";
import type { Engine } from "../../core/query/engine.ts";
import { imbalance, type Ledger } from "../../core/query/ledger.ts";
import type { Query } from "../../core/query/query.ts";
import type { SeriesAnswer } from "../../core/series/series.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import type { LogStore } from "../../core/store/source.ts";
import type { Generation, LogFacts } from "../../fixtures/comments.ts";
import { dbcText } from "../../fixtures/dbc-text.ts";
import type { Drive } from "../../fixtures/drive.ts";
import type { Frame } from "../../fixtures/frame.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import type { MessageRow } from "../../fixtures/message.ts";

export interface LoadedKernel {
  readonly module: WebAssembly.Module;
  readonly moduleHash: string;
}

/** No clock, and a turn of the loop at each yield. */
export const turns = { yield: () => new Promise<void>((done) => setTimeout(done, 0)) };
/** Does not even give way. */
export const still = { yield: async () => undefined };

/** The logs and the DBCs of a drive. */
export function driveStore(drive: Pick<Drive, "files" | "dbcs">, windowBytes?: number): MemoryStore {
  const text = new TextEncoder();
  return new MemoryStore(
    [
      ...drive.files.map(({ key, bytes }) => [key, bytes] as const),
      ...drive.dbcs.map((dbc) => [dbc.name, text.encode(dbc.text)] as const),
    ],
    windowBytes === undefined ? {} : { windowBytes },
  );
}

export const engineOver = (kernel: LoadedKernel, store: LogStore, more: Partial<EngineOptions> = {}): Engine =>
  createEngine({ ...kernel, store, host: still, ...more });

export const never = (): AbortSignal => new AbortController().signal;

/** A store with one log of these frames, in the order given, and a DBC of these messages. */
export function oneLog(
  generation: Generation,
  frames: readonly Frame[],
  messages: readonly MessageRow[],
  more: { readonly key?: string; readonly facts?: Partial<LogFacts>; readonly dbcs?: Drive["dbcs"] } = {},
): MemoryStore {
  const key = more.key ?? `${DEVICE}/00000001/00000001.MF4`;
  const bytes = unfinalizedLog({ ...oneLogFacts, generation, ...more.facts }, frames);
  return driveStore({ files: [{ key, bytes }], dbcs: more.dbcs ?? [{ name: "test.dbc", text: dbcText(messages, "test") }] });
}

export const DEVICE = "B0551009";
/** Of `oneLog`; its frames' times count from here. */
export const START_NS = 1_715_666_400_000_000_000n;

export const oneLogFacts: LogFacts = {
  generation: "D",
  startNs: START_NS,
  zoneMinutes: 0,
  serial: DEVICE,
  deviceType: "0000005F",
  firmware: "01.08.01",
  hardware: "00.03",
  session: 1,
  split: 1,
  userComment: "",
  storageTotal: 31_154_688,
  storageFree: 31_153_632,
  storageId: "000353445341333247809B0AC8A4015B",
  configCrc32: "00C0FFEE",
  bitRatesHz: { can1: 500_000, can2: 250_000 },
};

/** Everything of a device in its own range, raw; with what differs. */
export const queryFor = (selectors: Query["selectors"], more: Partial<Query> = {}): Query => ({
  selectors,
  fromNs: null,
  toNs: null,
  method: "raw",
  grid: { kind: "fixed", originNs: 0n, stepNs: 1_000_000_000n },
  wholeBuckets: false,
  neighbours: false,
  budgetBytes: null,
  budgetPoints: null,
  ...more,
});

export async function answersTo(
  engine: Engine,
  query: Query,
  signal: AbortSignal = never(),
): Promise<{ readonly series: SeriesAnswer[]; readonly ledger: Ledger }> {
  const run = engine.query(query, signal);
  const series: SeriesAnswer[] = [];
  for await (const answer of run.series) series.push(answer);
  return { series, ledger: run.ledger() };
}

/** Equations that do not hold, and terms below nothing. */
export const wrongIn = (ledger: Ledger): string[] => [
  ...imbalance(ledger),
  ...Object.entries(ledger).flatMap(([term, value]) => (value < 0 ? [`${value} ${term}`] : [])),
];
