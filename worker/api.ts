/** What the page may ask of the preview worker. Every reply is data: Comlink keeps only the name and message of an error. */

import type { BindingRule } from "../core/dbc/binding-file.ts";
import type { DbcEncoding } from "../core/dbc/encoding.ts";
import type { Fault, Notice } from "../core/fault.ts";
import type { ChannelEntry, ChannelFit, DeviceEntry, HeardId, LogEntry } from "../core/query/engine.ts";
import type { Ledger } from "../core/query/ledger.ts";
import type { Loss } from "../core/query/transport-losses.ts";
import type { Segment, SeriesLabels, SeriesSelector } from "../core/series/series.ts";
import type { KeptSizes } from "./index-shelf.ts";

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** A dropped or picked file with its path inside what was dropped (a File loses it on its way to another thread). */
export interface OpenFile {
  readonly path: string;
  readonly file: File;
}

export interface DbcSummary {
  readonly name: string;
  readonly file: string;
  readonly messageCount: number;
  readonly warnings: readonly { readonly line: number; readonly column: number; readonly text: string }[];
  /** How its text was read. */
  readonly encoding: DbcEncoding;
  /** Equal = the same answers to every question about frames. */
  readonly meaning: string;
}

/** A database that the browser keeps. */
export interface LibraryDbc {
  readonly file: string;
  readonly blob: Blob;
  /** null: the bytes decide. */
  readonly encoding: DbcEncoding | null;
}

/** What is open, before any record was read. */
export interface Catalogue {
  readonly source: { readonly kind: "files" | "sample" | "server" | "address"; readonly name: string; readonly bytes: number };
  readonly devices: readonly DeviceEntry[];
  readonly logs: readonly LogEntry[];
  readonly dbcs: readonly DbcSummary[];
  /** About files that were not taken, and faults of single objects. */
  readonly notices: readonly Notice[];
  readonly moduleHash: string;
  readonly moduleBytes: number;
}

/** What the DBC says of a signal that occurs; key = `db/message/signal`. */
export interface SignalFacts {
  readonly lengthBits: number;
  readonly isFloat: boolean;
  readonly factor: number;
  readonly offset: number;
  /** Number of texts in the value table, 0 without one. */
  readonly textCount: number;
  /** "m3" or "m3-5": values of the multiplexor for which it is sent; null = always. */
  readonly mux: string | null;
  readonly comment: string | null;
}

/** Ids heard on one device, its logs with their now known ends, and facts of the matched signals. */
export interface DeviceHeard {
  readonly device: string;
  /** How much of its logs was listened to, 0 to 1. */
  readonly share: number;
  /** False: counts, rates and last times are estimates, ids and messages may be missing, and the ledger is not that of all bytes. */
  readonly isWhole: boolean;
  readonly ids: readonly HeardId[];
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
  readonly logs: readonly LogEntry[];
  /** Channels of measured values, which no DBC is needed for. */
  readonly channels: readonly ChannelEntry[];
  readonly facts: Readonly<Record<string, SignalFacts>>;
}

/** A message of a database in use on a channel, of which no frame was heard there. */
export interface SilentMessage {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly db: string;
  readonly message: string;
  readonly id: number;
  readonly extended: boolean;
  readonly signals: readonly {
    readonly name: string;
    readonly unit: string;
    readonly selectedBy: string | null;
    /** As in `SignalFacts`. */
    readonly mux: string | null;
    readonly comment: string | null;
  }[];
}

export interface AboutQuery {
  readonly selector: SeriesSelector;
  readonly samplesExpected: number;
  readonly gapNs: number;
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface SignalAbout {
  /** Of the database; null where it says none. */
  readonly range: readonly [min: number, max: number] | null;
  /** The first of the value table, raw and text, and how many it has. */
  readonly texts: readonly (readonly [raw: string, text: string])[];
  readonly textCount: number;
  readonly statistics: SeriesStatistics;
  /** Values that said "not available" or "error". */
  readonly notAvailable: number;
}

/** One window of some series: `columns` buckets of `stepNs` from `fromNs`. */
export interface ViewQuery {
  readonly series: readonly {
    readonly selector: SeriesSelector;
    readonly samplesExpected: number;
    /** Where it said "not available" or "error": NaN, or the codes as values; absent = nothing stands there. */
    readonly codes?: "gap" | "draw";
    /** Asks for the series' rhythm, found in this range. */
    readonly rhythmIn?: { readonly fromNs: bigint; readonly toNs: bigint };
  }[];
  readonly fromNs: bigint;
  readonly stepNs: bigint;
  readonly columns: number;
  /** A first picture is enough: samples from evenly spread places of the logs, and no others (worker/answers/coarse.ts). */
  readonly coarse?: boolean;
}

/** How samples follow each other. */
export interface Rhythm {
  /** null: fewer than two samples were found. */
  readonly medianNs: number | null;
  /** Not event driven: nine of ten intervals are alike. */
  readonly isSteady: boolean;
}

/** One series of a window. `every` = all its samples are there; otherwise first, min, max and last of each bucket. Arrays are transferred. */
export interface ViewSeries {
  readonly every: boolean;
  readonly labels: SeriesLabels;
  readonly unit: string;
  readonly decimals: number | null;
  readonly valueTable: Readonly<Record<string, string>> | null;
  readonly segments: readonly Segment[];
  readonly notices: readonly Notice[];
  /** Where it was asked for. */
  readonly rhythm?: Rhythm;
}

export interface ViewAnswer {
  /** In the order of the query. */
  readonly series: readonly ViewSeries[];
  readonly ledger: Ledger;
  readonly elapsedMs: number;
}

export interface Sample {
  readonly timeNs: bigint;
  readonly value: number;
  /** All digits of an integer that the double does not hold. */
  readonly exact?: string;
}

/** The last sample of each series at or before a time, not older than `reachNs`. */
export interface AtQuery {
  readonly series: readonly {
    readonly selector: SeriesSelector;
    readonly reachNs: bigint;
    /** As in `ViewQuery`. */
    readonly codes?: "gap" | "draw";
  }[];
  readonly timeNs: bigint;
}

/** From a time so many samples on (`by` > 0) or back, or to the next sample with another value than `value`. */
export interface StepQuery {
  readonly selector: SeriesSelector;
  readonly timeNs: bigint;
  readonly by: number;
  readonly toChange: boolean;
  readonly value: number | null;
  /** About how far samples are apart, ≥ 1. */
  readonly periodNs: bigint;
  readonly range: { readonly fromNs: bigint; readonly toNs: bigint };
}

export interface StatisticsQuery {
  readonly series: readonly {
    readonly selector: SeriesSelector;
    readonly samplesExpected: number;
    /** A longer silence is a gap; Infinity where none is known. */
    readonly gapNs: number;
    /** Also how long each value held. */
    readonly shares: boolean;
  }[];
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface ValueShare {
  readonly value: number;
  /** Of the time that some value held, 0 … 1. */
  readonly share: number;
}

/** `count` 0: nothing else is known. */
export type SeriesStatistics =
  | { readonly count: 0; readonly gaps: 0 }
  | {
      readonly count: number;
      readonly gaps: number;
      readonly min: number;
      readonly max: number;
      readonly mean: number;
      readonly rms: number;
      readonly sigma: number;
      readonly weightedMean: number;
      /** Median, and that of the slowest hundredth; null below two samples. */
      readonly rateHz: number | null;
      readonly slowRateHz: number | null;
      readonly first: Sample;
      readonly last: Sample;
      /** Longest held first; empty unless asked for. */
      readonly shares: readonly ValueShare[];
    };

/** Logs of an address, by key, that are not as they were when they were opened. */
export interface Differences {
  readonly grown: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/** What was in an archive: files that open like any other, and what is said about those that do not. */
export interface Unpacked {
  readonly files: readonly OpenFile[];
  readonly notices: readonly Notice[];
}

/** `count` 0: nothing else is known. */
export type QuickStatistics =
  | { readonly count: 0 }
  | {
      readonly count: number;
      readonly min: number;
      readonly max: number;
      readonly mean: number;
      readonly first: number;
      readonly last: number;
    };

/** Named by the caller, so that it can cancel. */
export type WorkId = number;
/** The work under which progress is told of logs that are gone through for the first time (unpacked, verified), whoever asked. */
export const FIRST_PASS: WorkId = -1;
/** `bytesAll` 0: not known; -1: the work has ended. */
export type OnProgress = (work: WorkId, bytes: number, bytesAll: number) => void;

/** Some of what was heard of a device. */
export type HeardPiece = Pick<DeviceHeard, "ids" | "facts">;
/** Settles when it has been taken. */
export type OnPiece = (work: WorkId, piece: HeardPiece) => Promise<void>;

export interface FoundLosses {
  /** Ascending in time. */
  readonly losses: readonly Loss[];
  /** Of logs that nobody looked through, since that was not asked for: then there are no losses here. */
  readonly leftBytes: number;
}

export interface PreviewApi {
  /**
   * One listener for the progress of all work; one for devices of which more is known than `heardSoFar` said last; one for pieces of
   * `heardSoFar` and `heard`, which come before their reply and belong in front of its ids and facts.
   */
  listen(onProgress: OnProgress, onMore: (device: string) => void, onPiece: OnPiece): void;
  /** Opens files; with `beside`, together with the files that are open already. */
  open(files: readonly OpenFile[], kind: "files" | "sample", beside: boolean): Promise<Reply<Catalogue>>;
  /** Opens what lies behind an address: a buslens server, one log, or a public bucket. Faults: `access/token-*`, `storage/*`, `input/not-mdf`. */
  openAddress(id: WorkId, address: string, token: string | null): Promise<Reply<Catalogue>>;
  /** Asks the open address what is different now; nothing of files, which the page looks at. */
  look(work: WorkId): Promise<Reply<Differences>>;
  /** Reads from now on what `look` found, or these files: they take the place of those of the same path, or come beside. The rest is not read again. */
  renew(work: WorkId, files: readonly OpenFile[] | null): Promise<Reply<Catalogue>>;
  /** The logs and databases in a ZIP or gzip file. Faults: `input/bad-container`, `input/unsupported`, `limit/*`. */
  unpack(work: WorkId, file: OpenFile): Promise<Reply<Unpacked>>;
  /** Fetches a whole log from a server without ranges. Faults: `storage/*`, `limit/too-large`. */
  download(work: WorkId, address: string): Promise<Reply<OpenFile>>;
  /**
   * Passwords by device id, or "default", on top of those given before; kept in this worker's memory until the tab closes. Reads again what could
   * not be read: its logs come with the fault `access/password-wrong` (found = the device) if a password does not fit.
   */
  setPasswords(work: WorkId, passwords: Readonly<Record<string, string>>): Promise<Reply<Catalogue>>;
  /** The browser's library, and which of it belongs where; both replace what was set before. null: nothing is open. */
  setLibrary(library: readonly LibraryDbc[], rules: readonly BindingRule[]): Promise<Reply<Catalogue | null>>;
  /** How well each database, open or in the library, fits the channels of a device; best first. */
  fits(work: WorkId, device: string): Promise<Reply<readonly ChannelFit[]>>;
  /** What can be said of a device at once; the reply has the last piece. */
  heardSoFar(work: WorkId, device: string): Promise<Reply<DeviceHeard>>;
  /** All of it, the last piece in the reply. Rests while views, samples and statistics are worked on; what is known when it is cancelled stays known. */
  heard(work: WorkId, device: string): Promise<Reply<DeviceHeard>>;
  /** What was heard of a device in one session. */
  sessionIds(work: WorkId, device: string, session: string): Promise<Reply<readonly HeardId[]>>;
  /** What the databases of a device's channels know and the device never sent. */
  silent(work: WorkId, device: string): Promise<Reply<readonly SilentMessage[]>>;
  about(work: WorkId, query: AboutQuery): Promise<Reply<SignalAbout>>;
  view(work: WorkId, query: ViewQuery): Promise<Reply<ViewAnswer>>;
  at(work: WorkId, query: AtQuery): Promise<Reply<readonly (Sample | null)[]>>;
  step(work: WorkId, query: StepQuery): Promise<Reply<Sample | null>>;
  /** What is known soon of the same question. */
  quickStatistics(work: WorkId, query: StatisticsQuery): Promise<Reply<readonly QuickStatistics[]>>;
  statistics(work: WorkId, query: StatisticsQuery): Promise<Reply<readonly SeriesStatistics[]>>;
  /** Messages of transport protocols that the logs of a device lost. `isAsked`: a person wants them, whatever there is to read for it. */
  losses(work: WorkId, device: string, isAsked: boolean): Promise<Reply<FoundLosses>>;
  /** What this browser keeps of logs that were opened: who is heard in them, and which times lie where. */
  keptSizes(): Promise<KeptSizes>;
  /** Forgets it, and keeps nothing more until the page is loaded again. */
  forgetKept(): Promise<void>;
  cancel(work: WorkId): void;
}
