/** The engine: a store, a kernel and the databases become answers. Every host makes one. */
import { openLogs, type PassWindow } from "../canedge/open-log.ts";
import type { Passwords } from "../canedge/passwords.ts";
import { folderCatalogue } from "../catalogue/folder.ts";
import type { DbcEncoding } from "../dbc/encoding.ts";
import { type Library, libraryFiles, libraryOf, loadLibrary } from "../dbc/library.ts";
import { type ParseDbc, parseOnce } from "../dbc/parse-once.ts";
import { sha256Hex } from "../facts/sha256.ts";
import { FaultError, type Notice } from "../fault.ts";
import { KernelPool } from "../kernel/kernel.ts";
import { headerCache } from "../mdf/header-cache.ts";
import { nameOfSeries, type SeriesAnswer, type SeriesSelector } from "../series/series.ts";
import type { LogStore } from "../store/source.ts";
import type { AttachedParts } from "./attached.ts";
import { channelFits } from "./binding.ts";
import { canSignals } from "./can-signals.ts";
import { channelIds } from "./channel-ids.ts";
import { heardOf, heardSoFar } from "./device-heard.ts";
import type { Engine, Explanation, PlannedFile, PlannedRule, QueryRun } from "./engine.ts";
import { SampleMemory } from "./known-samples.ts";
import { addLedgers, emptyLedger, type Ledger } from "./ledger.ts";
import { listening } from "./listening.ts";
import type { LogIndex } from "./log-index.ts";
import type { FindLosses } from "./losses.ts";
import { decodableLogs } from "./opened-logs.ts";
import { BYTES_PER_TURN, type Host } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import type { Query } from "./query.ts";
import type { AskedRule } from "./rules.ts";
import type { SeriesSource, SourceAnswer } from "./series-source.ts";
import { sharedAnswers } from "./shared-answers.ts";
import { surveyedLogs } from "./transports.ts";

export interface EngineOptions {
  readonly module: WebAssembly.Module;
  /** SHA-256 of the kernel's file, lower-case hex. */
  readonly moduleHash: string;
  readonly store: LogStore;
  /** Databases instead of those in the store. */
  readonly dbcs?: readonly GivenDbc[];
  /** Shared by engines that see the same databases. */
  readonly parseDbc?: ParseDbc;
  readonly host: Host;
  /** Of encrypted logs; they count before those in the store's passwords.json. Asked for whenever a log needs one. */
  readonly passwords?: () => Passwords;
  /** What was learnt of logs before; absent = nothing is kept beyond this engine. */
  readonly index?: LogIndex;
  /** Callers may wait for each other's first pass over a log, and for the answer to the same question: not in a Worker, where a request may not await another's promise. */
  readonly sharesWork?: boolean;
  /** A compressed or encrypted log is gone through for the first time. */
  readonly onFirstPass?: (key: string, bytes: number, bytesAll: number) => void;
  /** Kernels at work at once, 8 MiB each; and as many more that unpack compressed logs for them. */
  readonly kernelsMax?: number;
  /** Room for cells in each of them besides, for hosts that draw many curves at once: fewer passes over a log. Absent: none. */
  readonly cellBytes?: number;
  /** Up to this many logs of a device the catalogue reads every head (see folderCatalogue). */
  readonly probeMax?: number;
}

const KERNELS_MAX = 3;

export function createEngine(options: EngineOptions): Engine {
  const parts = partsOf(options);
  const libraryVersion = libraryVersions(options);
  const shared = options.sharesWork ? sharedAnswers : (source: SeriesSource) => source;
  const sources: Sources = { signal: shared(canSignals(parts)), channel: shared(measuredChannels(parts)) };
  return {
    moduleHash: options.moduleHash,
    async devices({ names }, signal) {
      const devices = await parts.catalogue.devices(signal);
      if (!names) return devices.map((device) => ({ device, name: "" }));
      return Promise.all(
        devices.map(async (device) => ({
          device,
          name: (await parts.catalogue.newestLog(device, signal))?.header?.userComment ?? "",
        })),
      );
    },
    logs: ({ device, fromNs, toNs }, signal) =>
      parts.catalogue.logsInRange(
        { ...(device === undefined ? {} : { device }), fromNs: fromNs ?? null, toNs: toNs ?? null },
        signal,
      ),
    heard: (asked, signal, onWork) => heardOf(parts, asked, signal, onWork),
    heardSoFar: (device, signal) => heardSoFar(parts, device, signal),
    // What few ask for is loaded by the first who does: a page has less to fetch before its first curve.
    losses: lossesOf(parts),
    frames: async (query, signal, onWork) => (await import("./frame-rows.ts")).frameRows(parts, query, signal, onWork),
    busLoad: async (query, signal, onWork) => (await import("./bus-load.ts")).busLoad(parts, query, signal, onWork),
    channels: async (asked, signal) => (await import("./channel-list.ts")).channelList(parts, asked, signal),
    events: async (asked, signal) => (await import("./attached.ts")).eventList(parts, asked, signal),
    dbcs: async (signal) => (await parts.library(signal)).dbcs,
    fits: async (device, signal, others = []) =>
      channelFits([...(await parts.library(signal)).dbcs, ...others], await parts.channelIds(device, signal)),
    edition: async (asked, signal) => (await import("./edition.ts")).editionOf(parts, libraryVersion, asked, signal),
    query: (query, signal, onWork) => runQuery(sources, query, signal, onWork).run,
    explain: (query, signal) => explain(sources, query, signal),
  };
}

/** Databases in the logs themselves, looked for where there are no others. */
function attachedTo(parts: AttachedParts): (signal: AbortSignal) => Promise<Library | null> {
  let libraryOfLogs: ((signal: AbortSignal) => Promise<Library | null>) | null = null;
  return async (signal) => {
    libraryOfLogs ??= (await import("./attached.ts")).attachedLibraries(parts);
    return libraryOfLogs(signal);
  };
}

/** What was found stays known. */
function lossesOf(parts: EngineParts): FindLosses {
  let find: FindLosses | null = null;
  return async (...asked) => {
    const { lossFinder } = await import("./losses.ts");
    find ??= lossFinder(parts);
    return find(...asked);
  };
}

/** Channels of measurement files, loaded with the first question about one. */
function measuredChannels(parts: EngineParts): SeriesSource {
  let source: SeriesSource | null = null;
  return {
    async answer(...asked) {
      source ??= (await import("./mdf-channels.ts")).mdfChannels(parts);
      return source.answer(...asked);
    },
  };
}

function partsOf(options: EngineOptions): EngineParts {
  const { store, host, module } = options;
  const kernels = new KernelPool(module, options.kernelsMax ?? KERNELS_MAX, options.cellBytes);
  const openLog = openLogs(store, {
    module,
    kernelsMax: options.kernelsMax ?? KERNELS_MAX,
    shared: options.sharesWork ?? false,
    ...(options.passwords === undefined ? {} : { passwords: options.passwords }),
    ...(options.index === undefined ? {} : { index: options.index }),
    onPass: firstPass(options),
  });
  const headers = headerCache();
  const catalogue = folderCatalogue(store, openLog, kernels.codecs, {
    headerCache: headers,
    ...(options.probeMax === undefined ? {} : { probeMax: options.probeMax }),
  });
  const openDecodable = decodableLogs(openLog, headers, options.index);
  const { heardLog, heardSoFar } = listening({ openDecodable, kernels, host, catalogue }, options.sharesWork ?? false);
  const parts = {
    host,
    kernels,
    catalogue,
    openDecodable,
    heardLog,
    heardSoFar,
    async channelsHeard(key: string, signal: AbortSignal) {
      const { ids } = await heardLog(key, signal);
      const found = new Map(ids.map(({ bus, channel }) => [`${bus}${channel}`, { bus, channel }]));
      return [...found.values()];
    },
    surveyLog: surveyedLogs({ openDecodable, kernels, host, catalogue }),
    samples: new SampleMemory(),
    library: libraries(options, attachedTo({ catalogue, openDecodable, codecs: kernels.codecs })),
  };
  return { ...parts, channelIds: channelIds(parts) };
}

/** Gives way every few MB of a first pass, and says how far it is. */
function firstPass({ host, onFirstPass }: EngineOptions) {
  let sinceTurn = 0;
  return ({ key, windowBytes, bytes, bytesAll }: PassWindow): Promise<void> | undefined => {
    sinceTurn += windowBytes;
    if (sinceTurn < BYTES_PER_TURN) return undefined;
    sinceTurn = 0;
    onFirstPass?.(key, bytes, bytesAll);
    return host.yield();
  };
}

/** Given databases are parsed once; those of the store again whenever one of them has changed. */
function libraries(
  { store, dbcs, parseDbc }: EngineOptions,
  attached: (signal: AbortSignal) => Promise<Library | null>,
): (signal: AbortSignal) => Promise<Library> {
  const parse = parseDbc ?? parseOnce();
  let known: { name: string; library: Library } | null = null;
  if (dbcs) {
    let given: Library | null = null;
    return async () => {
      given ??= await givenLibrary(dbcs);
      return given;
    };
  }
  return async (signal) => {
    const { version: name } = await libraryFiles(store, signal);
    if (known?.name !== name) known = { name, library: await loadLibrary(store, { parse, signal }) };
    const isEmpty = known.library.dbcs.length === 0 && known.library.notices.length === 0;
    return (isEmpty ? await attached(signal) : null) ?? known.library;
  };
}

/** Changes when a database does. */
function libraryVersions({ store, dbcs }: EngineOptions): (signal: AbortSignal) => Promise<string> {
  if (dbcs === undefined) return async (signal) => (await libraryFiles(store, signal)).version;
  let known: string | null = null;
  return async () => {
    known ??= dbcs.map(({ file, bytes, encoding }) => `${file} ${encoding ?? ""} ${sha256Hex(bytes)}`).join("\n");
    return known;
  };
}

interface GivenDbc {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Absent: the bytes decide. */
  readonly encoding?: DbcEncoding | null;
}

/** The parser is loaded with the first database: a page shows its first log before. */
async function givenLibrary(given: readonly GivenDbc[]): Promise<Library> {
  const { parseDbc } = await import("../dbc/parse.ts");
  const notices: Notice[] = [];
  const dbcs = given.flatMap(({ file, bytes, encoding }) => {
    try {
      return [parseDbc(bytes, file, { encoding: encoding ?? null })];
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      notices.push({ severity: "error", text: `${file}: ${error.fault.message}`, fault: error.fault });
      return [];
    }
  });
  return libraryOf(dbcs, notices);
}

/** Each kind of series has its own. */
type Sources = Readonly<Record<"signal" | "channel", SeriesSource>>;

/** Selectors by kind and device, in the order they first appear; a device's logs are read when its first series is asked for. */
function runQuery(sources: Sources, query: Query, signal: AbortSignal, onWork: Parameters<Engine["query"]>[2]) {
  const kindOf = ({ kind = "signal" }: SeriesSelector) => kind;
  const nameOf = (selector: SeriesSelector) => `${kindOf(selector)} ${selector.device}`;
  const byName = new Map<string, number[]>();
  query.selectors.forEach((selector, i) => {
    byName.set(nameOf(selector), [...(byName.get(nameOf(selector)) ?? []), i]);
  });
  const budget = { leftBytes: query.budgetBytes };
  const done = new Map<string, SourceAnswer>();
  async function* series(): AsyncGenerator<SeriesAnswer> {
    for (const [i, selector] of query.selectors.entries()) {
      const name = nameOf(selector);
      let answer = done.get(name);
      if (!answer) {
        const numbers = byName.get(name) ?? [];
        answer = await sources[kindOf(selector)].answer(selector.device, numbers, query, budget, signal, onWork);
        done.set(name, answer);
      }
      yield* answer.series.filter((one) => one.selector === i);
    }
  }
  const ledger = (): Ledger => [...done.values()].reduce((sum, answer) => addLedgers(sum, answer.ledger), emptyLedger);
  const files = () => [...done.values()].flatMap((answer) => answer.files);
  const run: QueryRun = { series: series(), ledger, files };
  return { run, done };
}

async function explain(sources: Sources, query: Query, signal: AbortSignal): Promise<Explanation> {
  const { run, done } = runQuery(sources, query, signal, undefined);
  const whyEmpty: string[] = [];
  const notices: Notice[] = [];
  for await (const answer of run.series) {
    const count = answer.segments.reduce((sum, segment) => sum + segment.timesNs.length, 0) + (answer.stats?.length ?? 0);
    if (count === 0) whyEmpty.push(answer.notices[0]?.text ?? `${nameOfSeries(answer.labels)} has no points`);
    for (const notice of answer.notices) if (!notices.some((known) => known.text === notice.text)) notices.push(notice);
  }
  const answers = [...done.values()];
  const files: PlannedFile[] = answers.flatMap((answer) => answer.files);
  return {
    files,
    rules: answers.flatMap((answer) => answer.rules.flatMap(plannedRules)),
    ledger: run.ledger(),
    whyEmpty,
    notices,
  };
}

const plannedRules = ({ rule, dbc, asked, binding }: AskedRule): PlannedRule[] =>
  asked.map(({ message, signal }) => ({
    bus: rule.key.bus,
    channel: rule.key.channel,
    db: dbc.name,
    message: message.name,
    signal: signal.name,
    frameId: message.id,
    extended: message.extended,
    rule: rule.transport === undefined ? rule.key.kind : "transport",
    transport: rule.transport ?? null,
    binding,
  }));
