/** Who is heard on a device: its logs listened to one after the other, or at first only as far as a person wants to wait. */
import { isOfOneObject, type Notice } from "../fault.ts";
import { idsByChannel } from "./channel-ids.ts";
import type { Engine, Heard, HeardId, HeardSoFar, LogEntry, OnWork } from "./engine.ts";
import { combineHeard } from "./heard.ts";
import type { HeardLog } from "./heard-log.ts";
import { heardTransports } from "./heard-transports.ts";
import type { EngineParts } from "./parts.ts";
import { forcedOn, isLongMessage } from "./transports.ts";

interface ReadLog {
  readonly log: LogEntry;
  readonly heard: HeardLog;
}

/** All logs in the range, the newest first: with a budget, what is heard now matters most. */
export async function heardOf(
  parts: EngineParts,
  { device, key, fromNs, toNs, budgetBytes, transports, transport, aside }: Parameters<Engine["heard"]>[0],
  signal: AbortSignal,
  onWork?: OnWork,
): Promise<Heard> {
  const logs = (
    await parts.catalogue.logsInRange(
      { ...(device === undefined ? {} : { device }), fromNs: fromNs ?? null, toNs: toNs ?? null },
      signal,
    )
  ).filter((log) => key === undefined || log.key === key);
  const bytesAll = logs.reduce((sum, log) => sum + log.sizeBytes, 0);
  const notices: Notice[] = [];
  const read: ReadLog[] = [];
  let bytes = 0;
  for (const log of [...logs].reverse()) {
    if (log.fault) {
      notices.push(faulty(log, log.fault));
      continue;
    }
    if (budgetBytes !== null && budgetBytes !== undefined && read.length > 0 && bytes + log.sizeBytes > budgetBytes) {
      notices.push({
        severity: "info",
        text: `Only the newest ${read.length} of ${logs.length} logs were searched for what occurs`,
      });
      break;
    }
    const before = bytes;
    try {
      const told: OnWork | undefined = onWork && ((done) => onWork({ bytes: before + done.bytes, bytesAll }));
      read.unshift({ log, heard: await parts.heardLog(log.key, signal, told, aside) });
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(faulty(log, error.fault));
    }
    bytes += log.sizeBytes;
    onWork?.({ bytes, bytesAll });
  }
  const library = await parts.library(signal);
  const channels = () =>
    device === undefined ? Promise.resolve(idsByChannel(read.map((one) => one.heard))) : parts.channelIds(device, signal);
  const logsRead = read.map(({ log }) => log);
  const forced = forcedOn(library.bindings, device ?? null, transport);
  const carried = transports ? await heardTransports(parts, logsRead, library.dbcs, forced, signal) : [];
  return { ...(await combineHeard(read, library, device ?? null, channels, notices)), transports: carried };
}

/** Bytes at the starts of logs that are looked at, of all together. */
const FIRST_BYTES = 8 * 1024 * 1024;
const FIRST_BYTES_OF_LOG = 1024 * 1024;
const FIRST_BYTES_OF_LOG_LEAST = 64 * 1024;
const SURVEYED_AT_ONCE_BYTES = 32 * 1024 * 1024;
/** Logs nothing is known of that are looked at: the first and the last, the others evenly between them. */
const LOGS_LOOKED_AT = 12;

export async function heardSoFar(parts: EngineParts, device: string, signal: AbortSignal): Promise<HeardSoFar> {
  const logs = await parts.catalogue.logsInRange({ device, fromNs: null, toNs: null }, signal);
  const readable = logs.filter(({ fault }) => fault === null);
  const notices = logs.flatMap((log) => (log.fault ? faulty(log, log.fault) : []));
  const chosen = spread(readable, LOGS_LOOKED_AT);
  const firstBytes = Math.max(
    FIRST_BYTES_OF_LOG_LEAST,
    Math.min(FIRST_BYTES_OF_LOG, Math.floor(FIRST_BYTES / Math.max(1, chosen.size))),
  );
  const looks = readable.map(async (log): Promise<ReadLog[]> => {
    try {
      const heard = await parts.heardSoFar(log, signal, chosen.has(log) ? firstBytes : 0);
      return heard === null ? [] : [{ log, heard }];
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(faulty(log, error.fault));
      return [];
    }
  });
  const read = (await Promise.all(looks)).flat();
  const library = await parts.library(signal);
  const channels = () => Promise.resolve(idsByChannel(read.map((one) => one.heard)));
  const together = await combineHeard(read, library, device, channels, notices);
  const bytesOf = (some: readonly { readonly sizeBytes: number }[]): number => some.reduce((sum, log) => sum + log.sizeBytes, 0);
  const all = bytesOf(readable);
  const known = bytesOf(read.map(({ log }) => log));
  const listened = read.reduce((sum, { log, heard }) => sum + log.sizeBytes * heard.share, 0);
  const endsNs = new Map(read.flatMap(({ log, heard }) => (heard.lastNs === null ? [] : [[log.key, heard.lastNs] as const])));
  const ids = known < all ? together.ids.map((id) => inMore(id, all / known)) : together.ids;
  const share = all === 0 ? 1 : Math.min(1, listened / all);
  const messages = library.dbcs.flatMap((dbc) => dbc.messages);
  // To find out what transport protocols carried, logs are walked some more.
  const isWhole = share === 1 && (all <= SURVEYED_AT_ONCE_BYTES || !messages.some(isLongMessage));
  const forced = forcedOn(library.bindings, device, undefined);
  const carried = isWhole ? await heardTransports(parts, readable, library.dbcs, forced, signal) : [];
  return { ...together, ids, transports: carried, share, isWhole, endsNs };
}

/** As if the logs that were not looked at were like the others. */
const inMore = (id: HeardId, times: number): HeardId => ({
  ...id,
  frames: Math.round(id.frames * times),
  rateHz: id.rateHz === null ? null : id.rateHz * times,
});

function spread<T>(items: readonly T[], count: number): ReadonlySet<T> {
  if (items.length <= count) return new Set(items);
  const at = (i: number): number => Math.round((i * (items.length - 1)) / (count - 1));
  return new Set(Array.from({ length: count }, (_, i) => items[at(i)]).filter((item) => item !== undefined));
}

const faulty = ({ key }: LogEntry, fault: NonNullable<LogEntry["fault"]>): Notice => ({
  severity: "error",
  text: `${key}: ${fault.message}`,
  fault,
});
