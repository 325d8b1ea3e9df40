/** What the start of a log says: header facts and the time of its earliest record. Kept by key and version. */
import type { ContainerHeader, OpenLog } from "../canedge/container.ts";
import { type Fault, FaultError } from "../fault.ts";
import type { Codecs } from "../kernel/codecs.ts";
import type { MdfHeader } from "../mdf/file.ts";
import type { HeaderCache } from "../mdf/header-cache.ts";
import { readMdf } from "../mdf/read.ts";
import type { ByteSource } from "../store/source.ts";
import { firstTimes } from "./first-time.ts";

export interface LogHead {
  readonly header: MdfHeader | null;
  readonly container: ContainerHeader | null;
  /** Of the frames, or of measured values if there are no frames; null if there is neither, or it cannot be read. */
  readonly startNs: bigint | null;
  /** Time of the record that is stored first; up to a second later than the earliest. */
  readonly storedFirstNs: bigint | null;
  /** Why it cannot be read. */
  readonly fault: Fault | null;
}

/** The header of generation D and some 80 kB of records, mostly more than the two seconds that are looked at: one read per log. */
const HEAD_READ_BYTES = 192 * 1024;
/** A head has about 1 kB. */
const HEADS_MAX = 8192;

export interface HeadReader {
  /** Never fails because of the log; faults of the log are in the head. Faults: none but cancellation. */
  head(log: { readonly key: string; readonly version: string }, signal: AbortSignal): Promise<LogHead>;
}

/** Only settled heads are shared between callers: a request in a Worker may not await another's promise. */
export function headReader(openLog: OpenLog, codecs: Codecs, headerCache: HeaderCache | undefined): HeadReader {
  const heads = new Map<string, LogHead>();
  return {
    async head(log, signal) {
      const name = `${log.version}\n${log.key}`;
      const known = heads.get(name);
      if (known !== undefined) return known;
      const head = await readHead(openLog, log.key, codecs, headerCache, signal);
      // A store that refuses now may not do so later, a password may be given; what is in the file stays.
      if (head.fault === null || (head.fault.code.startsWith("input/") && head.fault.code !== "input/bad-passwords"))
        heads.set(name, head);
      if (heads.size > HEADS_MAX) forgetOldest(heads);
      return head;
    },
  };
}

async function readHead(
  openLog: OpenLog,
  key: string,
  codecs: Codecs,
  headerCache: HeaderCache | undefined,
  signal: AbortSignal,
): Promise<LogHead> {
  let container: ContainerHeader | null = null;
  try {
    const opened = await openLog(key, signal);
    container = opened.container;
    const source = await withFirstRead(opened.source, signal);
    const file = await readMdf(source, signal, headerCache === undefined ? {} : { headerCache });
    const { earliestNs, storedFirstNs } = await firstTimes(file, source, codecs, signal);
    const startNs = earliestNs ?? (file.measuredGroups > 0 ? await firstMeasuredNs(source, codecs, signal) : null);
    return { header: file.header, container, startNs, storedFirstNs, fault: null };
  } catch (error) {
    if (signal.aborted || !(error instanceof FaultError) || error.fault.code === "request/cancelled") throw error;
    return { header: null, container, startNs: null, storedFirstNs: null, fault: error.fault };
  }
}

/** Of a log without frames. */
async function firstMeasuredNs(source: ByteSource, codecs: Codecs, signal: AbortSignal): Promise<bigint | null> {
  // What measurement files need is loaded with the first of them.
  const { timeSpanOf } = await import("../mdf/time-span.ts");
  const span = await timeSpanOf(source, ({ groups }) => groups, "first", { codecs, signal, onWindow: () => undefined });
  return span?.firstNs ?? null;
}

/** The same object, its first bytes read once. */
async function withFirstRead(source: ByteSource, signal: AbortSignal): Promise<ByteSource> {
  if (source.sizeBytes === 0) return source;
  const first = await source.read(0, Math.min(source.sizeBytes, HEAD_READ_BYTES), signal);
  return {
    key: source.key,
    version: source.version,
    sizeBytes: source.sizeBytes,
    read: async (atByte, lengthBytes, inner) =>
      atByte + lengthBytes <= first.length ? first.slice(atByte, atByte + lengthBytes) : source.read(atByte, lengthBytes, inner),
    stream: (atByte, lengthBytes, inner) => source.stream(atByte, lengthBytes, inner),
  };
}

function forgetOldest(heads: Map<string, LogHead>): void {
  for (const name of heads.keys()) {
    heads.delete(name);
    return;
  }
}
