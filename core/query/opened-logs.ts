/** Logs opened for decoding: the plain source and its layouts, parsed once per version. */
import { sizeOf } from "../bus/extents.ts";
import type { OpenedLog, OpenLog } from "../canedge/container.ts";
import { LogTimes } from "../kernel/log-times.ts";
import type { FoundTimes } from "../kernel/stream-times.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { HeaderCache } from "../mdf/header-cache.ts";
import { readMdf } from "../mdf/read.ts";
import type { KeptLog, LogIndex } from "./log-index.ts";

export interface DecodableLog extends OpenedLog {
  readonly mdf: MdfFile;
  /** Which times lie where, as far as its records were walked. */
  readonly times: LogTimes;
  /** What was learnt of it before; null: nothing is kept. */
  readonly kept: KeptLog | null;
}

export type OpenDecodable = (key: string, signal: AbortSignal) => Promise<DecodableLog>;

/** A parsed generation D file has some 60 kB. */
const FILES_MAX = 256;
/** Of all logs, some 200 bytes each; above, those of the logs opened first are forgotten. */
const CHUNKS_MAX = 65_536;

interface Parsed {
  readonly isPacked: boolean;
  readonly mdf: MdfFile;
  readonly kept: KeptLog | null;
  times: LogTimes;
}

/** Only settled files are shared between callers. Faults: `storage/*`, `input/*`. */
export function decodableLogs(openLog: OpenLog, headerCache: HeaderCache, index?: LogIndex): OpenDecodable {
  const files = new Map<string, Parsed>();
  return async (key, signal) => {
    const opened = await openLog(key, signal);
    const name = `${opened.source.version}\n${opened.source.sizeBytes}\n${key}`;
    let parsed = files.get(name);
    if (!parsed) {
      const mdf = await readMdf(opened.source, signal, { headerCache });
      if (files.size >= FILES_MAX) files.delete(files.keys().next().value ?? "");
      const kept = index && !isEncrypted(opened) ? await index.open(opened.outer, signal) : null;
      const isPacked = opened.container !== null;
      parsed = { isPacked, mdf, kept, times: new LogTimes(isPacked, (times) => kept?.keepTimes(times.found)) };
      const found = (await kept?.times()) ?? null;
      if (found !== null && isOf(mdf, found)) parsed.times.restore(found);
      files.set(name, parsed);
    }
    forgetTimes(files);
    return { ...opened, mdf: parsed.mdf, times: parsed.times, kept: parsed.kept };
  };
}

/** What is encrypted leaves nothing behind: who hears what, and when, is what its password hides. */
const isEncrypted = ({ layers = [] }: OpenedLog): boolean => layers.some(({ kind }) => kind === "encrypted");

const isOf = ({ streams }: MdfFile, found: readonly (FoundTimes | null)[]): boolean =>
  found.length <= streams.length &&
  found.every((one, i) => one === null || one.end.recordBytes + one.end.tailBytes === sizeOf(streams[i]?.extents ?? []));

function forgetTimes(files: ReadonlyMap<string, Parsed>): void {
  let chunks = 0;
  for (const { times } of files.values()) chunks += times.chunkCount;
  for (const parsed of files.values()) {
    if (chunks <= CHUNKS_MAX) return;
    chunks -= parsed.times.chunkCount;
    parsed.times = new LogTimes(parsed.isPacked);
  }
}
