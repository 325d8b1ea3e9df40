/** What is open in this tab: one store, one engine over it, and the work that runs. */
import { mergedPasswords, PASSWORDS_FILE, type Passwords, parsePasswords } from "../core/canedge/passwords.ts";
import { BINDING_FILE } from "../core/dbc/binding-file.ts";
import type { Dbc, DbcSignal } from "../core/dbc/model.ts";
import { FaultError, type Notice } from "../core/fault.ts";
import { createEngine } from "../core/query/create.ts";
import type { Engine, OnWork } from "../core/query/engine.ts";
import { withTransported } from "../core/query/heard-transports.ts";
import type { LogStore } from "../core/store/source.ts";
import type {
  AtQuery,
  Catalogue,
  DbcSummary,
  DeviceHeard,
  OpenFile,
  Sample,
  SeriesStatistics,
  SignalFacts,
  StatisticsQuery,
  StepQuery,
  ViewAnswer,
  ViewQuery,
} from "./api.ts";
import type { Kernel } from "./kernel.ts";
import { samplesAt, stepFrom } from "./samples.ts";
import { sniff } from "./sniff.ts";
import { FileStore } from "./sources/blob.ts";
import { openServerStore } from "./sources/server.ts";
import { statisticsOf } from "./statistics.ts";
import { answerView } from "./view.ts";

export interface Session {
  open(files: readonly OpenFile[], kind: "files" | "sample", beside: boolean, signal: AbortSignal): Promise<Catalogue>;
  openServer(baseUrl: string, token: string | null, signal: AbortSignal): Promise<Catalogue>;
  setPasswords(passwords: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Catalogue>;
  heard(device: string, signal: AbortSignal, onWork: OnWork): Promise<DeviceHeard>;
  view(query: ViewQuery, signal: AbortSignal, onWork: OnWork): Promise<ViewAnswer>;
  at(query: AtQuery, signal: AbortSignal): Promise<readonly (Sample | null)[]>;
  step(query: StepQuery, signal: AbortSignal): Promise<Sample | null>;
  statistics(query: StatisticsQuery, signal: AbortSignal, onWork: OnWork): Promise<readonly SeriesStatistics[]>;
}

type Place = Catalogue["source"];

/** `onFirstPass`: a compressed or encrypted log is gone through for the first time. */
export function createSession(kernel: Kernel, host: { yield(): Promise<void> }, onFirstPass: OnWork): Session {
  let engine: Engine | null = null;
  let place: Place | null = null;
  /** What was typed; passwords.json of the files counts behind it. Never leaves this memory. */
  let typed: Passwords = new Map();
  let held: readonly { readonly key: string; readonly blob: File }[] = [];
  let heldKind: "files" | "sample" = "files";

  const start = (store: LogStore): Engine =>
    createEngine({
      module: kernel.module,
      moduleHash: kernel.hash,
      store,
      host,
      passwords: () => typed,
      sharesWork: true,
      onFirstPass: (_key, bytes, bytesAll) => onFirstPass({ bytes, bytesAll }),
    });

  async function catalogueAt(at: Place, notices: readonly Notice[], signal: AbortSignal): Promise<Catalogue> {
    place = at;
    return catalogueOf(running(), at, notices, kernel, signal);
  }

  function running(): Engine {
    if (engine === null) throw nothingOpen();
    return engine;
  }

  return {
    async open(files, kind, beside, signal) {
      const notices: Notice[] = [];
      const fresh: { key: string; blob: File }[] = [];
      const lists: { key: string; blob: File }[] = [];
      for (const file of files) {
        const found = await sniff(file);
        if (found.kind === "ignored") notices.push(found.notice);
        else if (found.kind === "passwords") lists.push({ key: PASSWORDS_FILE, blob: found.file });
        else fresh.push({ key: keyOf(found.path, found.kind), blob: found.file });
      }
      const before = beside && heldKind === kind ? held : [];
      const kept = before.filter(({ key }) => lists.length === 0 || key !== PASSWORDS_FILE);
      const added = fresh.filter(({ key, blob }) => !kept.some((old) => old.key === key && sameFile(old.blob, blob)));
      if (added.length < fresh.length && added.length === 0)
        notices.push({ severity: "info", text: "These files are open already" });
      if (fresh.length === 0 && kept.length === 0) throw new FaultError(nothingHere(notices, files.length));
      held = [...kept, ...added, ...lists.slice(-1)];
      heldKind = kind;
      engine = start(new FileStore(held));
      const bytes = held.reduce((sum, { key, blob }) => sum + (isLog(key) ? blob.size : 0), 0);
      return catalogueAt({ kind, name: nameOf(held), bytes }, notices, signal);
    },
    async openServer(baseUrl, token, signal) {
      engine = start(await openServerStore(baseUrl, token, signal));
      held = [];
      const catalogue = await catalogueAt({ kind: "server", name: new URL(baseUrl).host, bytes: 0 }, [], signal);
      const bytes = catalogue.logs.reduce((sum, log) => sum + log.sizeBytes, 0);
      place = { ...catalogue.source, bytes };
      return { ...catalogue, source: place };
    },
    async setPasswords(passwords, signal) {
      const at = place;
      if (at === null) throw nothingOpen();
      typed = mergedPasswords([parsePasswords(JSON.stringify(passwords), "password"), typed]);
      return catalogueAt(at, [], signal);
    },
    async heard(device, signal, onWork) {
      const now = running();
      const heard = await now.heard({ device, transports: true }, signal, onWork);
      const ids = withTransported(heard);
      const logs = await now.logs({ device }, signal);
      return { device, ...heard, ids, logs, facts: factsOf(await now.dbcs(signal), ids) };
    },
    view: (query, signal, onWork) => answerView(running(), query, signal, onWork),
    at: (query, signal) => samplesAt(running(), query, signal),
    step: (query, signal) => stepFrom(running(), query, signal),
    statistics: (query, signal, onWork) => statisticsOf(running(), query, signal, onWork),
  };
}

const isLog = (key: string): boolean => !/\.dbc$/i.test(key) && key !== PASSWORDS_FILE && key !== BINDING_FILE;
const nothingOpen = (): FaultError => new FaultError({ code: "request/not-found", message: "nothing is open" });
const sameFile = (a: File, b: File): boolean => a.size === b.size && a.lastModified === b.lastModified;

/** Device, session and split are the last three parts of a path, whatever lies above; DBCs stand at the top, where the engine looks. */
function keyOf(path: string, kind: "log" | "dbc"): string {
  const parts = path.replaceAll(/[\\\0]/g, "_").split("/");
  return parts.slice(kind === "dbc" ? -1 : -3).join("/");
}

const nameOf = (held: readonly { readonly key: string }[]): string => held[0]?.key.split("/").at(-1) ?? "";

const nothingHere = (notices: readonly Notice[], count: number) =>
  ({
    code: "input/unsupported",
    message: notices[0]?.text ?? (count === 0 ? "nothing was dropped" : "no log and no DBC was dropped"),
  }) as const;

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

const summaryOf = ({ name, file, messages, warnings }: Dbc): DbcSummary => ({
  name,
  file,
  messageCount: messages.length,
  warnings,
});

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

const factOf = ({ lengthBits, float, factorNumber, offsetNumber, values, comment }: DbcSignal): SignalFacts => ({
  lengthBits,
  isFloat: float !== null,
  factor: factorNumber,
  offset: offsetNumber,
  textCount: values?.size ?? 0,
  comment,
});
