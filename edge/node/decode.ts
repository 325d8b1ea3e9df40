/** `buslens decode FILE… [--dbc D]`: signals of logs as a table, CSV or facts. */
import { mergedPasswords, type Passwords } from "../../core/canedge/passwords.ts";
import { FaultError } from "../../core/fault.ts";
import type { Engine } from "../../core/query/engine.ts";
import { withTransported } from "../../core/query/heard-transports.ts";
import type { Query } from "../../core/query/query.ts";
import type { SeriesSelector } from "../../core/series/series.ts";
import { csvHeader, csvText } from "../app/api/series-csv.ts";
import type { GivenDbc } from "../app/context.ts";
import { type Command, UsageError } from "./arguments.ts";
import { channelSelectors, channelsTable } from "./channels-table.ts";
import { checkGiven, sayUnknownSignals } from "./dbc-check.ts";
import { readDbcFiles } from "./dbc-files.ts";
import { attachedDbcs, signalsDocument, transportDocument } from "./documents.ts";
import { hostEngine, loadKernel } from "./host-engine.ts";
import { logFiles } from "./log-files.ts";
import { faultLine, print, say, sayNotices, sayNoticesOnce } from "./output.ts";
import { hostPasswords, passwordsNear } from "./passwords.ts";
import { tableText } from "./table.ts";
import { utcText } from "./utc.ts";

type Decode = Extract<Command, { readonly name: "decode" }>;

/** Series of one engine query: more would hold the samples of all of them at once. */
const SERIES_AT_ONCE = 8;

export async function decode(command: Decode, signal: AbortSignal): Promise<void> {
  const dbcs = await readDbcFiles(command.dbcs, command.encoding);
  const passwords = await hostPasswords(command.passwords, process.env);
  if (dbcs.length > 0) sayUnknownSignals(checkGiven(dbcs), command.signals);
  if (command.form === "csv") return printCsv(command, dbcs, passwords, signal);
  const forced = command.transport === "auto" ? null : command.transport;
  let read = 0;
  for (const [at, file] of command.files.entries()) {
    try {
      if (dbcs.length === 0 && command.form === "table") {
        const isShown = await printOwn(command, file, passwords, signal);
        if (isShown) read++;
        else if (read === 0 && at === command.files.length - 1) throw nothingToDecode(file);
        else say(`buslens: ${file}: warning: ${NOTHING_OF_ITS_OWN}`);
        continue;
      }
      if (dbcs.length === 0) {
        const { text, notices } = await transportDocument(file, command.channel, forced, passwords, signal);
        read++;
        sayNotices(file, notices);
        await print(text);
      }
      for (const dbc of dbcs) {
        const { text, notices } = await signalsDocument(file, dbc, command.channel, forced, passwords, signal);
        read++;
        sayNotices(file, notices);
        sayIfNothingFits(text, file);
        await print(command.form === "facts" ? chosenFacts(text, command.signals) : signalsTable(text, command, dbcs.length));
      }
    } catch (error) {
      // One bad file of several costs the others nothing; that all were bad is said with the last.
      if (!(error instanceof FaultError)) throw error;
      if (read === 0 && at === command.files.length - 1) throw new FaultError({ ...error.fault, object: file });
      say(faultLine(error.fault, file));
    }
  }
}

const NOTHING_OF_ITS_OWN = "no database is attached to it, and it has no measured channels; --dbc FILE names a database";

const nothingToDecode = (object: string): UsageError => new UsageError(`${object}: ${NOTHING_OF_ITS_OWN}`);

/** What a file says without a database: signals of those attached to it, and its measured channels. False: nothing. */
async function printOwn(command: Decode, file: string, given: Passwords, signal: AbortSignal): Promise<boolean> {
  const dbcs = await attachedDbcs(file, given, signal);
  for (const dbc of dbcs) {
    say(`buslens: ${file}: ${dbc.file} is attached to it; it is used because no other database is given`);
    const { text, notices } = await signalsDocument(file, dbc, command.channel, null, given, signal);
    sayNotices(file, notices);
    sayIfNothingFits(text, file);
    await print(signalsTable(text, command, dbcs.length));
  }
  if (command.channel !== null) return dbcs.length > 0;
  const passwords = mergedPasswords([given, await passwordsNear(file)]);
  const engine = hostEngine(await loadKernel(), await logFiles([file], signal), [], passwords);
  const table = await channelsTable(engine, command.signals, (selectors) => rawQuery(selectors, command), signal);
  sayNotices(file, table.notices);
  if (table.text === "") return dbcs.length > 0;
  await print(command.files.length > 1 ? `${file}\n${table.text}\n` : table.text);
  return true;
}

/** First to last, least to greatest; left out where there is no value. */
interface Ends {
  readonly count: number;
  readonly firstNs?: string;
  readonly lastNs?: string;
  readonly first?: number;
  readonly last?: number;
  readonly min?: number;
  readonly max?: number;
}

interface SeriesFacts extends Ends {
  readonly channel: number;
  readonly message: string;
  readonly sourceAddress: number | null;
  readonly signal: string;
  readonly unit: string;
  /** Of parameter groups: without J1939 codes; only the count if they are none or all. */
  readonly valid?: Ends;
}

interface SignalsFacts {
  readonly file: string;
  readonly dbc: string;
  readonly frames: number;
  readonly matched: number;
  readonly series: readonly SeriesFacts[];
}

function sayIfNothingFits(text: string, file: string): void {
  const { frames, matched, dbc } = JSON.parse(text) as SignalsFacts;
  if (matched === 0 && frames > 0)
    say(
      `buslens: ${file}: warning: none of its ${frames} frames belongs to a message of ${dbc}; is it the database of this bus?`,
    );
}

/** The document as it is, or without the series of other signals: rows stand one to a line. */
function chosenFacts(text: string, signals: readonly string[]): string {
  if (signals.length === 0) return text;
  const facts = JSON.parse(text) as SignalsFacts;
  const series = facts.series.filter((row) => signals.includes(row.signal)).map((row) => JSON.stringify(row));
  const fields = Object.entries(facts)
    .filter(([key]) => key !== "series")
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{\n${fields.join(",\n")},\n"series":[\n${series.join(",\n")}\n]\n}\n`;
}

function signalsTable(text: string, command: Decode, dbcCount: number): string {
  const facts = JSON.parse(text) as SignalsFacts;
  const rows = facts.series.filter(({ signal }) => command.signals.length === 0 || command.signals.includes(signal));
  const several = command.files.length > 1 || dbcCount > 1;
  const head = `${several ? `${facts.file}, ${facts.dbc}: ` : ""}${facts.matched} of ${facts.frames} frames belong to messages of the DBC\n`;
  const table = tableText(
    ["channel", "message", "sa", "signal", "count", "n/a", "first", "last", "min", "max", "unit", "from", "to"],
    rows.map((row) => {
      const shown = command.keepInvalid ? row : dataOf(row);
      return [
        row.channel,
        row.message,
        row.sourceAddress,
        row.signal,
        shown.count,
        row.count === shown.count ? null : row.count - shown.count,
        shown.first ?? null,
        shown.last ?? null,
        shown.min ?? null,
        shown.max ?? null,
        row.unit,
        shown.firstNs === undefined ? null : utcText(shown.firstNs),
        shown.lastNs === undefined ? null : utcText(shown.lastNs),
      ];
    }),
  );
  return rows.length === 0 ? head : `${head}${table}\n`;
}

/** Without J1939 codes for "error" and "not available". */
function dataOf(row: SeriesFacts): Ends {
  return row.valid === undefined || row.valid.count === row.count ? row : row.valid;
}

async function printCsv(command: Decode, dbcs: readonly GivenDbc[], given: Passwords, signal: AbortSignal): Promise<void> {
  const near = await Promise.all(command.files.map(passwordsNear));
  const passwords = mergedPasswords([given, ...near]);
  const engine = hostEngine(await loadKernel(), await logFiles(command.files, signal), dbcs, passwords);
  const said = new Set<string>();
  const ownChannels = async () => {
    const { selectors, notices } = await channelSelectors(engine, command.signals, signal);
    sayNoticesOnce(notices, said);
    return selectors;
  };
  const signals = await occurring(engine, await readableDevices(engine, signal), command, { said, signal });
  const selectors = dbcs.length > 0 || command.channel !== null ? signals : [...signals, ...(await ownChannels())];
  if (selectors.length === 0 && dbcs.length === 0) throw nothingToDecode(command.files.join(", "));
  if (selectors.length === 0 && command.signals.length === 0)
    say(
      `buslens: warning: no frame belongs to a message of ${dbcs.map(({ file }) => file).join(", ")}; is it the database of this bus?`,
    );
  await print(csvHeader(command.text));
  for (let first = 0; first < selectors.length; first += SERIES_AT_ONCE) {
    for await (const answer of engine.query(rawQuery(selectors.slice(first, first + SERIES_AT_ONCE), command), signal).series) {
      for (const piece of csvText(answer, command.text)) await print(piece);
      // Why a series has no sample is of interest to who asked for it by name.
      if (answer.segments.length > 0 || command.signals.length > 0) sayNoticesOnce(answer.notices, said);
    }
  }
}

/** Logs that cannot be read are said and left out; if that is all of them, it is a fault. */
async function readableDevices(engine: Engine, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const logs = await engine.logs({}, signal);
  const faults = logs.flatMap(({ fault, key }) => (fault === null ? [] : [{ ...fault, object: key }]));
  const [first] = faults;
  if (first !== undefined && faults.length === logs.length) throw new FaultError(first);
  for (const fault of faults) say(faultLine(fault, null));
  return new Set(logs.flatMap(({ device, fault }) => (fault === null ? [device] : [])));
}

/** Series that occur in the files, by device, channel, message and source address, in the order they are heard. */
async function occurring(
  engine: Engine,
  devices: ReadonlySet<string>,
  { signals: wanted, channel: wantedChannel, transport }: Decode,
  { said, signal }: { readonly said: Set<string>; readonly signal: AbortSignal },
): Promise<readonly SeriesSelector[]> {
  const selectors = new Map<string, SeriesSelector>();
  for (const device of devices) {
    const heard = await engine.heard({ device, transports: true, ...protocolOf(transport) }, signal);
    const { notices } = heard;
    sayNoticesOnce(
      notices.filter(({ severity }) => severity !== "error"),
      said,
    );
    for (const { bus, channel, matches } of withTransported(heard)) {
      if (wantedChannel !== null && channel !== wantedChannel) continue;
      for (const { db, message, sourceAddress, signals } of matches) {
        for (const { name } of signals) {
          if (wanted.length > 0 && !wanted.includes(name)) continue;
          const selector = {
            device,
            bus,
            channel,
            db,
            message,
            ...(sourceAddress === null ? {} : { sourceAddress }),
            signal: name,
          };
          selectors.set(JSON.stringify(selector), selector);
        }
      }
    }
  }
  return [...selectors.values()];
}

/** Found out where none is forced. */
const protocolOf = (transport: Decode["transport"]): Pick<Query, "transport"> => (transport === "auto" ? {} : { transport });

const rawQuery = (selectors: readonly SeriesSelector[], { keepInvalid, transport }: Decode): Query => ({
  selectors,
  fromNs: null,
  toNs: null,
  method: "raw",
  grid: { kind: "fixed", originNs: 0n, stepNs: 1n },
  wholeBuckets: false,
  neighbours: false,
  keepInvalid,
  ...protocolOf(transport),
  budgetBytes: null,
  budgetPoints: null,
});
