/** Logs are listened to once, whole or at first only where they begin and end; what was heard is kept by file version. */
import type { Catalogue } from "../catalogue/folder.ts";
import { type HeardResult, readHeard } from "../kernel/heard.ts";
import type { KernelPool } from "../kernel/kernel.ts";
import type { ReadHost } from "../mdf/group-reader.ts";
import type { TimeSpan } from "../mdf/time-span.ts";
import { Flights } from "../store/flights.ts";
import type { ByteSource } from "../store/source.ts";
import { Asides, type Pause } from "./aside.ts";
import { bytesOf } from "./decode-log.ts";
import type { LogEntry, OnWork } from "./engine.ts";
import { type HeardLog, partOfLog } from "./heard-log.ts";
import { emptyLedger, unpackedBytes } from "./ledger.ts";
import type { DecodableLog, OpenDecodable } from "./opened-logs.ts";
import { type Host, pace } from "./pace.ts";

/** What it takes to listen to a log. */
export interface HeardParts {
  readonly openDecodable: OpenDecodable;
  readonly kernels: KernelPool;
  readonly host: Host;
  readonly catalogue: Catalogue;
}

export interface AsideOptions {
  readonly pause: Pause;
  /** More is known of the log than before. */
  readonly onMore: () => void;
}

export interface Listening {
  /** All of a log. Whoever asks for it does not wait for work that stands aside. */
  heardLog(key: string, signal: AbortSignal, onWork?: OnWork, aside?: AsideOptions): Promise<HeardLog>;
  /** What is known of a log; where that is nothing, about so many of its first bytes are read, and its last (0: none). null: nothing can be said. */
  heardSoFar(log: Pick<LogEntry, "key" | "version">, signal: AbortSignal, firstBytes: number): Promise<HeardLog | null>;
}

/** Less than this behind the first bytes is walked with them. */
const SMALL_BYTES = 1024 * 1024;
const HEARD_MAX = 2048;
/** The first news of a walk comes after so many bytes, each other after twice as many. */
const NEWS_BYTES = 64 * 1024 * 1024;

const nameOf = ({ key, version }: Pick<LogEntry, "key" | "version">): string => `${version}\n${key}`;

/** `shares`: callers may wait for each other's walk; not in a Worker, where a request may not await another's promise. */
export function listening(parts: HeardParts, shares: boolean): Listening {
  const whole = new Map<string, HeardLog>();
  const some = new Map<string, HeardLog>();
  const flights = new Flights<HeardLog>();
  const asides = new Asides();

  async function listen(key: string, signal: AbortSignal, onWork?: OnWork, aside?: AsideOptions): Promise<HeardLog> {
    const log = await parts.openDecodable(key, signal);
    const { source, mdf, times } = log;
    const name = nameOf(source);
    const known = whole.get(name) ?? (await keptBefore(log));
    if (known) return known;
    const host = pace(aside ? asides.host(parts.host, aside.pause) : parts.host, signal, source.sizeBytes, onWork);
    const news = aside === undefined ? {} : newsOf(log, name, aside.onMore);
    const read = await parts.kernels.use((kernel) => readHeard(kernel, source, mdf, { ...host, ...news, logTimes: times }));
    const measured = mdf.measuredGroups === 0 ? null : await measuredSpan(source, { ...host, codecs: parts.kernels.codecs });
    const heard = wholeLog(log, read, measured);
    // What the store did not give this time it may give the next.
    if (hasFailed(read)) return heard;
    if (heard.isWhole && heard.lastNs !== null) parts.catalogue.noteEnd(key, source.version, heard.lastNs);
    some.delete(name);
    keep(whole, name, heard);
    log.kept?.keepHeard(heard);
    return heard;
  }

  /** By another engine, and kept by the host. */
  async function keptBefore({ source, kept }: DecodableLog): Promise<HeardLog | null> {
    const heard = (await kept?.heard()) ?? null;
    if (heard === null) return null;
    if (heard.isWhole && heard.lastNs !== null) parts.catalogue.noteEnd(source.key, source.version, heard.lastNs);
    keep(whole, nameOf(source), heard);
    return heard;
  }

  /** A person who waits sees what was heard up to now; counts, not the clock, say when. */
  function newsOf(log: DecodableLog, name: string, onMore: () => void): Pick<Parameters<typeof readHeard>[3], "onHeard"> {
    let bytes = 0;
    let next = NEWS_BYTES;
    return {
      onHeard(rowsSoFar, windowBytes) {
        bytes += windowBytes;
        if (bytes < next) return;
        next *= 2;
        const end = some.get(name)?.lastNs ?? null;
        keep(some, name, partOfLog(log.mdf, { ids: rowsSoFar(), share: Math.min(1, bytes / log.mdf.recordBytes) }, end));
        onMore();
      },
    };
  }

  return {
    heardLog(key, signal, onWork, aside) {
      const heard = shares
        ? flights.join(key, signal, (stop) => listen(key, stop, onWork, aside))
        : listen(key, signal, onWork, aside);
      return aside ? heard : asides.need(heard);
    },
    async heardSoFar({ key, version }, signal, firstBytes) {
      const known = whole.get(nameOf({ key, version })) ?? some.get(nameOf({ key, version }));
      if (known || firstBytes === 0) return known ?? null;
      const log = await parts.openDecodable(key, signal);
      const { source, mdf } = log;
      const name = nameOf(source);
      const before = await keptBefore(log);
      if (before) return before;
      // A walk over all of it costs no more, or there is nothing but measured values, whose times are all read.
      if (mdf.recordBytes <= firstBytes + SMALL_BYTES) return this.heardLog(key, signal);
      const host = pace(parts.host, signal, source.sizeBytes, undefined);
      const { readStretch } = await import("../kernel/stretch.ts");
      const stretch = await parts.kernels.use((kernel) => readStretch(kernel, source, mdf, firstBytes, host));
      if (stretch === null) return null;
      const lastNs = stretch.hasEnd ? stretch.ids.reduce((last, row) => (row.lastNs > last ? row.lastNs : last), 0n) : null;
      const heard = partOfLog(mdf, stretch, lastNs === null ? null : mdf.header.startNs + lastNs);
      if (!whole.has(name)) keep(some, name, heard);
      return heard;
    },
  };
}

function keep(map: Map<string, HeardLog>, name: string, heard: HeardLog): void {
  if (!map.has(name) && map.size >= HEARD_MAX) map.delete(map.keys().next().value ?? "");
  map.set(name, heard);
}

const hasFailed = ({ notices }: HeardResult): boolean => notices.some((notice) => notice.fault?.code.startsWith("storage/"));

function wholeLog({ mdf, unpacked }: DecodableLog, read: HeardResult, measured: TimeSpan | null): HeardLog {
  const startNs = mdf.header.startNs;
  const ids = read.ids.map((row) => ({ ...row, firstNs: startNs + row.firstNs, lastNs: startNs + row.lastNs }));
  const least = (a: bigint | null, b: bigint) => (a === null || b < a ? b : a);
  const most = (a: bigint | null, b: bigint) => (a === null || b > a ? b : a);
  const { frames, used, otherRecords } = read.counts;
  return {
    ids,
    firstNs: ids.reduce((a, row) => least(a, row.firstNs), measured?.firstNs ?? null),
    lastNs: ids.reduce((a, row) => most(a, row.lastNs), measured?.lastNs ?? null),
    ledger: {
      ...emptyLedger,
      files: 1,
      bytes: mdf.unpackedBytes,
      ...bytesOf(mdf, read),
      frames,
      used,
      unmatched: frames - used,
      otherRecords,
      bytesRead: read.recordBytes + read.tailBytes,
      ...unpackedBytes(unpacked),
    },
    notices: [...mdf.notices, ...read.notices],
    isWhole: !hasFailed(read) && read.counts.unmatched === 0,
    share: 1,
  };
}

/** Of the channels that hold measured values. */
async function measuredSpan(source: ByteSource, host: ReadHost): Promise<TimeSpan | null> {
  const [{ timeSpanOf }, { plainGroups }] = await Promise.all([import("../mdf/time-span.ts"), import("./plain-channels.ts")]);
  return timeSpanOf(source, (measurement) => plainGroups(measurement).map(({ group }) => group), "all", host);
}
