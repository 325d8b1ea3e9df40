/** What an answer is made of, known before a record is read: the same text, the same answer. */
import type { Library } from "../dbc/library.ts";
import type { LogEntry } from "./engine.ts";
import type { EngineParts } from "./parts.ts";
import type { Query } from "./query.ts";
import { widened, withReach } from "./range.ts";

/** Devices and the range that an answer is about. */
export interface EditionQuery {
  readonly devices: readonly string[];
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** The answer says when logs end, which is known once they were read. */
  readonly tellsEnds?: boolean;
}

/** Devices and range of a query with a closed range; null of one that ends where the data does. */
export function editionQueryOf(query: Query): EditionQuery | null {
  const { fromNs, toNs } = withReach(query, widened(query), true);
  if (fromNs === null || toNs === null) return null;
  return { devices: [...new Set(query.selectors.map(({ device }) => device))], fromNs, toNs };
}

/**
 * Keys and versions of the logs and databases that answers about this range are made of. Reads no record; at most the heads of logs. null:
 * answers may change although none of them does. Faults: `storage/*` of the listing.
 */
export async function editionOf(
  parts: Pick<EngineParts, "catalogue" | "library">,
  libraryVersion: (signal: AbortSignal) => Promise<string>,
  asked: EditionQuery,
  signal: AbortSignal,
): Promise<string | null> {
  const library = await parts.library(signal);
  if (!isSettled(library)) return null;
  const texts = [await libraryVersion(signal)];
  for (const device of asked.devices) {
    const { fromNs, toNs, tellsEnds = false } = asked;
    const logs = await parts.catalogue.logsInRange({ device, fromNs, toNs, byStarts: !tellsEnds }, signal);
    if (logs.some(({ fault }) => fault !== null && !fault.code.startsWith("input/"))) return null;
    // Which database fits best is seen from the newest log, wherever the range lies.
    const newest = library.dbcs.length > 1 ? await parts.catalogue.newestLog(device, signal) : null;
    for (const log of newest === null ? logs : [...logs, newest]) texts.push(textOf(log, tellsEnds));
  }
  return texts.join("\n");
}

/** Databases that come out of logs are those of other logs tomorrow; one that could not be read may be readable then. */
const isSettled = ({ dbcs, notices }: Library): boolean =>
  dbcs.length > 0 && notices.every(({ fault }) => fault === undefined || fault.code.startsWith("input/"));

const textOf = ({ key, version, sizeBytes, endNs }: LogEntry, tellsEnds: boolean): string =>
  JSON.stringify([key, version, sizeBytes, tellsEnds ? `${endNs}` : ""]);
