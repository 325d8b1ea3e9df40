/** What is open in this tab: one store, one engine over it, and the work that runs. */
import { mergedPasswords, type Passwords, parsePasswords } from "../core/canedge/passwords.ts";
import type { BindingRule } from "../core/dbc/binding-file.ts";
import type { Dbc } from "../core/dbc/model.ts";
import { type ParseDbc, parseOnce } from "../core/dbc/parse-once.ts";
import { semanticHash } from "../core/dbc/semantic-hash.ts";
import { type Fault, FaultError, type Notice } from "../core/fault.ts";
import type { Pause } from "../core/query/aside.ts";
import { createEngine } from "../core/query/create.ts";
import type { ChannelFit, Engine, HeardId, OnWork } from "../core/query/engine.ts";
import type { AsideOptions } from "../core/query/listening.ts";
import type { LogIndex } from "../core/query/log-index.ts";
import type { LogStore } from "../core/store/source.ts";
import { answerView } from "./answers/view.ts";
import type {
  AboutQuery,
  AtQuery,
  Catalogue,
  DbcSummary,
  DeviceHeard,
  Differences,
  FoundLosses,
  LibraryDbc,
  OpenFile,
  QuickStatistics,
  Sample,
  SeriesStatistics,
  SignalAbout,
  SilentMessage,
  StatisticsQuery,
  StepQuery,
  ViewAnswer,
  ViewQuery,
} from "./api.ts";
import { withoutCopies } from "./copies.ts";
import { databaseLayer } from "./databases.ts";
import { type HeldFile, tellApart } from "./dropped.ts";
import { heardSoFar, heardWhole } from "./heard.ts";
import type { Kernel } from "./kernel.ts";
import { FileStore } from "./sources/blob.ts";
import { LayeredStore } from "./sources/layered.ts";

export interface Session {
  open(files: readonly OpenFile[], kind: "files" | "sample", beside: boolean, signal: AbortSignal): Promise<Catalogue>;
  openAddress(address: string, token: string | null, signal: AbortSignal): Promise<Catalogue>;
  look(signal: AbortSignal): Promise<Differences>;
  renew(files: readonly OpenFile[] | null, signal: AbortSignal): Promise<Catalogue>;
  setPasswords(passwords: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Catalogue>;
  setLibrary(library: readonly LibraryDbc[], rules: readonly BindingRule[], signal: AbortSignal): Promise<Catalogue | null>;
  fits(device: string, signal: AbortSignal): Promise<readonly ChannelFit[]>;
  heardSoFar(device: string, signal: AbortSignal): Promise<DeviceHeard>;
  heard(device: string, signal: AbortSignal, onWork: OnWork, aside?: AsideOptions): Promise<DeviceHeard>;
  sessionIds(device: string, session: string, signal: AbortSignal, onWork: OnWork): Promise<readonly HeardId[]>;
  silent(device: string, signal: AbortSignal): Promise<readonly SilentMessage[]>;
  about(query: AboutQuery, signal: AbortSignal, onWork: OnWork): Promise<SignalAbout>;
  view(query: ViewQuery, signal: AbortSignal, onWork: OnWork): Promise<ViewAnswer>;
  at(query: AtQuery, signal: AbortSignal): Promise<readonly (Sample | null)[]>;
  step(query: StepQuery, signal: AbortSignal): Promise<Sample | null>;
  quickStatistics(query: StatisticsQuery, signal: AbortSignal, onWork: OnWork): Promise<readonly QuickStatistics[]>;
  statistics(query: StatisticsQuery, signal: AbortSignal, onWork: OnWork): Promise<readonly SeriesStatistics[]>;
  losses(device: string, how: LossSearch, signal: AbortSignal, onWork: OnWork): Promise<FoundLosses>;
}

export interface LossSearch {
  readonly pause: Pause;
  /** By a person. */
  readonly isAsked: boolean;
}

/** The store that is read, what a person calls it, and the engine over it with its layer of databases. */
interface Open {
  readonly engine: Engine;
  readonly store: LogStore;
  readonly layered: LayeredStore;
  readonly source: Catalogue["source"];
  /** How the place is looked at again; null for files, which the page hands over. */
  readonly again: Again | null;
}

interface Again {
  look(signal: AbortSignal): Promise<Differences>;
  take(): void;
}

/** 64 curves of 3,800 columns in one pass over a log. */
export const CELL_BYTES = 16 * 1024 * 1024;

/** Of the logs of one device on this computer that are walked for marks nobody asked for. From elsewhere none are: bytes cost time and money there. */
const UNASKED_BYTES_MAX = 256 * 1024 * 1024;

/** `onFirstPass`: a compressed or encrypted log is gone through for the first time. `index`: what was learnt of logs before. */
export function createSession(kernel: Kernel, host: { yield(): Promise<void> }, onFirstPass: OnWork, index?: LogIndex): Session {
  let open: Open | null = null;
  /** What was typed; passwords.json of the files counts behind it. Never leaves this memory. */
  let typed: Passwords = new Map();
  let logs: readonly HeldFile[] = [];
  let dropped: readonly HeldFile[] = [];
  let lists: readonly HeldFile[] = [];
  let library: readonly LibraryDbc[] = [];
  let rules: readonly BindingRule[] = [];
  const parseDbc = parseOnce();

  function start(store: LogStore, source: Catalogue["source"], again: Again | null = null): void {
    const layered = new LayeredStore(store);
    const engine = createEngine({
      module: kernel.module,
      moduleHash: kernel.hash,
      store: layered,
      parseDbc,
      host,
      passwords: () => typed,
      sharesWork: true,
      cellBytes: CELL_BYTES,
      ...(index === undefined ? {} : { index }),
      onFirstPass: (_key, bytes, bytesAll) => onFirstPass({ bytes, bytesAll }),
    });
    open = { engine, store, layered, source, again };
  }

  function running(): Open {
    if (open === null) throw new FaultError({ code: "request/not-found", message: "nothing is open" });
    return open;
  }

  async function catalogue(notices: readonly Notice[], signal: AbortSignal): Promise<Catalogue> {
    const now = running();
    now.layered.lay(await databaseLayer(now.store, { dropped, library, rules }, signal));
    const all = await catalogueOf(now.engine, now.source, notices, kernel, signal);
    if (now.source.bytes > 0 || open !== now) return all;
    const source = { ...now.source, bytes: all.logs.reduce((sum, log) => sum + log.sizeBytes, 0) };
    open = { ...now, source };
    return { ...all, source };
  }

  return {
    async open(files, kind, beside, signal) {
      const given = await tellApart(files);
      const before = open;
      const isEmpty = given.logs.length + given.databases.length + given.passwords.length === 0;
      if (isEmpty && (before === null || !beside)) throw nothingHere(given.notices, files.length);
      const staysOpen = beside && before !== null;
      dropped = [...(staysOpen ? replaced(dropped, given.databases) : []), ...given.databases];
      if (staysOpen && given.logs.length === 0 && given.passwords.length === 0) return catalogue(given.notices, signal);
      const isSame = staysOpen && before.source.kind === kind;
      const kept = isSame ? logs : [];
      const { added, notices: copies } = await withoutCopies(given.logs, kept);
      const notices: Notice[] = [...given.notices, ...copies];
      if (given.logs.length > 0 && added.length === 0) notices.push({ severity: "info", text: "These files are open already" });
      logs = [...kept, ...added];
      lists = given.passwords.length > 0 ? given.passwords : isSame ? lists : [];
      const bytes = logs.reduce((sum, { blob }) => sum + blob.size, 0);
      const name = (logs[0] ?? dropped[0])?.key.split("/").at(-1) ?? "";
      start(new FileStore([...logs, ...lists]), { kind, name, bytes });
      return catalogue(notices, signal);
    },
    async openAddress(address, token, signal) {
      // Servers and buckets are loaded for who opens one: dropped files come first.
      const addresses = await import("./sources/address.ts");
      const { kind, name, store, again } = await addresses.openAddress(address, token, signal);
      const before = open;
      const followed = new addresses.FollowedStore(store);
      const look = async (stop: AbortSignal): Promise<Differences> => followed.look(await again(stop), stop);
      try {
        start(followed, { kind, name, bytes: 0 }, { look, take: () => followed.take() });
        const all = await catalogue([], signal);
        const refused = refusalOf(all, name);
        if (refused !== null) throw new FaultError(refused);
        [logs, lists] = [[], []];
        return all;
      } catch (error) {
        open = before; // what was open is still on the screen
        throw error;
      }
    },
    look: async (signal) => (await running().again?.look(signal)) ?? { grown: [], changed: [], added: [] },
    async renew(files, signal) {
      const now = running();
      const given = await tellApart(files ?? []);
      logs = [...replaced(logs, given.logs), ...given.logs];
      dropped = [...replaced(dropped, given.databases), ...given.databases];
      // The engine stays: it keeps by version what it knows of the others.
      if (now.store instanceof FileStore) now.store.replace([...logs, ...lists]);
      now.again?.take();
      open = { ...now, source: { ...now.source, bytes: logs.reduce((sum, { blob }) => sum + blob.size, 0) } };
      return catalogue(given.notices, signal);
    },
    async setPasswords(passwords, signal) {
      running();
      typed = mergedPasswords([parsePasswords(JSON.stringify(passwords), "password"), typed]);
      return catalogue([], signal);
    },
    async setLibrary(nextLibrary, nextRules, signal) {
      library = nextLibrary;
      rules = nextRules;
      return open === null ? null : catalogue([], signal);
    },
    async fits(device, signal) {
      const { engine } = running();
      const here = new Set((await engine.dbcs(signal)).map(({ file }) => file));
      const others = await Promise.all(library.filter(({ file }) => !here.has(file)).map((dbc) => parseOrNull(parseDbc, dbc)));
      return engine.fits(
        device,
        signal,
        others.flatMap((dbc) => dbc ?? []),
      );
    },
    heardSoFar: (device, signal) => heardSoFar(running().engine, device, signal),
    heard: (device, signal, onWork, aside) => heardWhole(running().engine, device, signal, onWork, aside),
    sessionIds: async (device, session, signal, onWork) =>
      (await import("./answers/lists.ts")).idsOfSession(running().engine, device, session, signal, onWork),
    async silent(device, signal) {
      const { engine } = running();
      const { ids } = await engine.heard({ device }, signal);
      return (await import("./answers/lists.ts")).silentMessages(await engine.dbcs(signal), ids);
    },
    about: async (query, signal, onWork) =>
      (await import("./answers/about.ts")).aboutSignal(running().engine, query, signal, onWork),
    async view(query, signal, onWork) {
      const { engine } = running();
      if (query.coarse === true) return (await import("./answers/coarse.ts")).coarseView(engine, query, signal);
      let answer = await answerView(engine, query, signal, onWork);
      if (query.series.some(({ rhythmIn }) => rhythmIn !== undefined))
        answer = await (await import("./answers/rhythm.ts")).withRhythm(engine, query, answer, signal, onWork);
      if (answer.ledger.notAvailable === 0) return answer;
      return (await import("./answers/not-available.ts")).withNotAvailable(engine, query, answer, signal, onWork);
    },
    // Measuring comes after the first picture, and is loaded then.
    at: async (query, signal) => (await import("./answers/samples.ts")).samplesAt(running().engine, query, signal),
    step: async (query, signal) => (await import("./answers/samples.ts")).stepFrom(running().engine, query, signal),
    quickStatistics: async (query, signal, onWork) =>
      (await import("./answers/quick-statistics.ts")).quickStatisticsOf(running().engine, query, signal, onWork),
    statistics: async (query, signal, onWork) =>
      (await import("./answers/statistics.ts")).statisticsOf(running().engine, query, signal, onWork),
    async losses(device, { pause, isAsked }, signal, onWork) {
      const { engine, source } = running();
      const all = { device, fromNs: null, toNs: null, pause };
      if (isAsked) return engine.losses(all, signal, onWork);
      const isFar = source.kind === "server" || source.kind === "address";
      return engine.losses({ ...all, budgetBytes: isFar ? 0 : UNASKED_BYTES_MAX }, signal);
    },
  };
}

/** A database dropped once more takes the place of the one before. */
const replaced = (held: readonly HeldFile[], fresh: readonly HeldFile[]): HeldFile[] =>
  held.filter(({ key }) => !fresh.some((file) => file.key === key));

/** Why nothing there can be read, if so: it holds nothing, or the store hands out none of its logs. */
function refusalOf({ logs, dbcs }: Catalogue, name: string): Fault | null {
  if (logs.length + dbcs.length === 0) return { code: "storage/missing", message: "there is no log in it", object: name };
  const faults = logs.flatMap(({ fault }) => (fault?.code.startsWith("storage/") ? [fault] : []));
  return faults.length === logs.length ? (faults[0] ?? null) : null;
}

const nothingHere = (notices: readonly Notice[], count: number): FaultError =>
  new FaultError(
    notices[0]?.fault ?? {
      code: "input/unsupported",
      message: count === 0 ? "nothing was dropped" : "no log and no DBC was dropped",
    },
  );

async function parseOrNull(parse: ParseDbc, { file, blob, encoding }: LibraryDbc): Promise<Dbc | null> {
  try {
    return await parse(new Uint8Array(await blob.arrayBuffer()), file, encoding);
  } catch (error) {
    if (error instanceof FaultError) return null; // the manager says what is wrong with it
    throw error;
  }
}

async function catalogueOf(
  engine: Engine,
  source: Catalogue["source"],
  notices: readonly Notice[],
  kernel: Kernel,
  signal: AbortSignal,
): Promise<Catalogue> {
  const devices = await engine.devices({ names: true }, signal);
  const logs = await engine.logs({}, signal);
  const dbcs = await engine.dbcs(signal);
  const faults = logs.flatMap(({ fault }): Notice[] =>
    fault === null ? [] : [{ severity: "error", text: fault.message, fault }],
  );
  return {
    source,
    devices,
    logs,
    dbcs: dbcs.map(summaryOf),
    notices: [...notices, ...faults],
    moduleHash: kernel.hash,
    moduleBytes: kernel.bytes,
  };
}

const summaryOf = ({ name, file, messages, warnings, ...dbc }: Dbc): DbcSummary => ({
  name,
  file,
  messageCount: messages.length,
  warnings,
  encoding: dbc.encoding,
  meaning: semanticHash({ messages }),
});
