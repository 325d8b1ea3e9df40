/** What really occurs in logs, kept by file version, and what the databases make of it. */

import type { Catalogue } from "../catalogue/folder.ts";
import type { Library } from "../dbc/library.ts";
import { matchIndex } from "../dbc/match.ts";
import type { Dbc, DbcMessage } from "../dbc/model.ts";
import type { Notice } from "../fault.ts";
import { type HeardRow, readHeard } from "../kernel/heard.ts";
import type { KernelPool } from "../kernel/kernel.ts";
import type { ReadHost } from "../mdf/group-reader.ts";
import type { TimeSpan } from "../mdf/time-span.ts";
import type { ByteSource } from "../store/source.ts";
import { Binder, type BoundBy, type HeardChannels } from "./binding.ts";
import { bytesOf } from "./decode-log.ts";
import type { Heard, HeardId, LogEntry, OnWork } from "./engine.ts";
import { addLedgers, emptyLedger, type Ledger, unpackedBytes } from "./ledger.ts";
import type { OpenDecodable } from "./opened-logs.ts";
import { type Host, pace } from "./pace.ts";

/** One log's ids, with absolute times. */
export interface HeardLog {
  readonly ids: readonly (Omit<HeardRow, "firstNs" | "lastNs"> & { readonly firstNs: bigint; readonly lastNs: bigint })[];
  /** Of the frames and of measured values. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
  /** False: the store failed on the way, or there are more ids than can be told apart; so the times are not those of all frames. */
  readonly isWhole: boolean;
}

/** What it takes to listen to a log. */
export interface HeardParts {
  readonly openDecodable: OpenDecodable;
  readonly kernels: KernelPool;
  readonly host: Host;
  readonly catalogue: Catalogue;
}

const HEARD_MAX = 2048;

/** Reads a log once and keeps what was heard. */
export function heardLogs(parts: HeardParts) {
  const kept = new Map<string, HeardLog>();
  return async (key: string, signal: AbortSignal, onWork?: OnWork): Promise<HeardLog> => {
    const { source, mdf, times, unpacked } = await parts.openDecodable(key, signal);
    const name = `${source.version}\n${source.sizeBytes}\n${key}`;
    const known = kept.get(name);
    if (known) return known;
    const host = pace(parts.host, signal, source.sizeBytes, onWork);
    const read = await parts.kernels.use((kernel) => readHeard(kernel, source, mdf, { ...host, logTimes: times }));
    const measured = mdf.measuredGroups === 0 ? null : await measuredSpan(source, { ...host, codecs: parts.kernels.codecs });
    const startNs = mdf.header.startNs;
    const ids = read.ids.map((row) => ({ ...row, firstNs: startNs + row.firstNs, lastNs: startNs + row.lastNs }));
    const least = (a: bigint | null, b: bigint) => (a === null || b < a ? b : a);
    const most = (a: bigint | null, b: bigint) => (a === null || b > a ? b : a);
    const { frames, used, otherRecords } = read.counts;
    const hasFailed = read.notices.some((notice) => notice.fault?.code.startsWith("storage/"));
    const heard: HeardLog = {
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
      isWhole: !hasFailed && read.counts.unmatched === 0,
    };
    // What the store did not give this time it may give the next.
    if (hasFailed) return heard;
    if (heard.isWhole && heard.lastNs !== null) parts.catalogue.noteEnd(key, source.version, heard.lastNs);
    if (kept.size >= HEARD_MAX) kept.delete(kept.keys().next().value ?? "");
    kept.set(name, heard);
    return heard;
  };
}

/** Of the channels that hold measured values. */
async function measuredSpan(source: ByteSource, host: ReadHost): Promise<TimeSpan | null> {
  const [{ timeSpanOf }, { plainGroups }] = await Promise.all([import("../mdf/time-span.ts"), import("./plain-channels.ts")]);
  return timeSpanOf(source, (measurement) => plainGroups(measurement).map(({ group }) => group), "all", host);
}

/** The logs' ids together, sorted by bus, channel, extended and id, with the messages that match. */
export async function combineHeard(
  logs: readonly { readonly log: LogEntry; readonly heard: HeardLog }[],
  library: Library,
  device: string | null,
  channels: () => Promise<HeardChannels>,
  notices: readonly Notice[],
): Promise<Omit<Heard, "transports">> {
  const matches = matchIndex(library.dbcs);
  const rows = new Map<string, Omit<HeardId, "rateHz" | "matches">>();
  let ledger = emptyLedger;
  let firstNs: bigint | null = null;
  let lastNs: bigint | null = null;
  for (const { heard } of logs) {
    ledger = addLedgers(ledger, heard.ledger);
    if (heard.firstNs !== null && (firstNs === null || heard.firstNs < firstNs)) firstNs = heard.firstNs;
    if (heard.lastNs !== null && (lastNs === null || heard.lastNs > lastNs)) lastNs = heard.lastNs;
    for (const row of heard.ids) {
      if (row.kind !== "data") continue;
      const key = `${row.bus}${row.channel}:${row.id}${row.extended ? "x" : ""}`;
      const there = rows.get(key);
      rows.set(key, {
        bus: row.bus,
        channel: row.channel,
        id: row.id,
        extended: row.extended,
        frames: row.frames + (there?.frames ?? 0),
        firstNs: there && there.firstNs < row.firstNs ? there.firstNs : row.firstNs,
        lastNs: there && there.lastNs > row.lastNs ? there.lastNs : row.lastNs,
        minLengthBytes: Math.min(row.minBytes, there?.minLengthBytes ?? 255),
        maxLengthBytes: Math.max(row.maxBytes, there?.maxLengthBytes ?? 0),
      });
    }
  }
  const matchesOf = [...rows.values()].map((row) => matches.matchesOf(row.id, row.extended));
  const hasRivals = matchesOf.some((found) => found.some(({ dbc }) => dbc !== found[0]?.dbc));
  const binder = new Binder(library, device, hasRivals ? await channels() : new Map());
  const ids = [...rows.values()].map((row): HeardId => {
    const seconds = Number(row.lastNs - row.firstNs) / 1e9;
    return {
      ...row,
      rateHz: row.frames > 1 && seconds > 0 ? (row.frames - 1) / seconds : null,
      matches: matches.matchesOf(row.id, row.extended).map(({ dbc, message, rule, sourceAddress }) => ({
        db: dbc.name,
        message: message.name,
        rule,
        sourceAddress,
        binding: bound(binder, row, dbc, message),
        signals: message.signals.map(({ name, unit, selectedBy }) => ({ name, unit, selectedBy })),
      })),
    };
  });
  ids.sort(
    (a, b) =>
      (a.bus < b.bus ? -1 : a.bus > b.bus ? 1 : 0) ||
      a.channel - b.channel ||
      Number(a.extended) - Number(b.extended) ||
      a.id - b.id,
  );
  return {
    ids,
    firstNs,
    lastNs,
    ledger,
    notices: [...notices, ...binder.notices, ...logs.flatMap(({ heard }) => heard.notices)],
  };
}

function bound(
  binder: Binder,
  { bus, channel }: Pick<HeardId, "bus" | "channel">,
  dbc: Dbc,
  message: DbcMessage,
): BoundBy | null {
  const by = binder.boundBy(bus, channel, dbc, message);
  if (by === "best-fit") binder.note(bus, channel, dbc, message);
  return by;
}
