/** What the logs themselves bring: databases attached to them, for when nobody gives any; and the events they marked. */
import type { Catalogue } from "../catalogue/folder.ts";
import { type Library, libraryOf } from "../dbc/library.ts";
import type { Dbc } from "../dbc/model.ts";
import { parseDbc } from "../dbc/parse.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import type { Codecs } from "../kernel/codecs.ts";
import { attachmentBytes } from "../mdf/attachment.ts";
import { readContents } from "../mdf/contents.ts";
import type { ByteSource } from "../store/source.ts";
import type { EventEntry, EventList } from "./engine.ts";
import type { OpenDecodable } from "./opened-logs.ts";
import { unreadable } from "./readable-logs.ts";

export interface AttachedParts {
  readonly catalogue: Catalogue;
  readonly openDecodable: OpenDecodable;
  readonly codecs: Codecs;
}

/** The newest log of so many devices is looked into. */
const DEVICES_MAX = 8;
/** The newest logs that are asked for events. */
const LOGS_MAX = 64;

interface AttachedDatabase {
  /** Without folders. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The `.dbc` files that an MDF 4 file holds, each name once. Faults: `input/*`, `limit/*`, those of the source. */
export async function attachedDatabases(
  source: ByteSource,
  codecs: Codecs,
  signal: AbortSignal,
): Promise<readonly AttachedDatabase[]> {
  const { attachments, blocks } = await readContents(source, signal);
  const found: AttachedDatabase[] = [];
  for (const one of attachments) {
    const file = one.fileName.slice(Math.max(one.fileName.lastIndexOf("/"), one.fileName.lastIndexOf("\\")) + 1);
    if (!one.isEmbedded || !/\.dbc$/i.test(file) || found.some((before) => before.file === file)) continue;
    found.push({ file, bytes: await attachmentBytes(blocks, one, codecs, signal) });
  }
  return found;
}

/** Databases attached to the newest logs, kept until those change; null if there are none. Faults: of the listing, `request/cancelled`. */
export function attachedLibraries({
  catalogue,
  openDecodable,
  codecs,
}: AttachedParts): (signal: AbortSignal) => Promise<Library | null> {
  let known: { readonly name: string; readonly library: Library | null } | null = null;
  return async (signal) => {
    const devices = (await catalogue.devices(signal)).slice(0, DEVICES_MAX);
    const newest = await Promise.all(devices.map((device) => catalogue.newestLog(device, signal)));
    const logs = newest.filter((log) => log !== null && log.fault === null);
    const name = logs.map((log) => `${log?.key}\n${log?.version}`).join("\n");
    if (known?.name === name) return known.library;
    const dbcs: Dbc[] = [];
    const notices: Notice[] = [];
    for (const log of logs) {
      if (log === null) continue;
      try {
        const { source, mdf } = await openDecodable(log.key, signal);
        if (!mdf.hasAttachments) continue;
        for (const { file, bytes } of await attachedDatabases(source, codecs, signal)) {
          if (dbcs.some((dbc) => dbc.file === file)) continue;
          dbcs.push(parseDbc(bytes, file));
          notices.push({
            severity: "info",
            text: `${file} is attached to ${log.key}; it is used because no other database is there`,
          });
        }
      } catch (error) {
        if (!isOfOneObject(error)) throw error;
        notices.push(unreadable(log.key, error.fault));
      }
    }
    known = { name, library: dbcs.length === 0 && notices.length === 0 ? null : libraryOf(dbcs, notices) };
    return known.library;
  };
}

/** Events of the newest logs in a range, by time; those at an angle, a distance or an index are left out. Faults: of the listing, `request/cancelled`. */
export async function eventList(
  { catalogue, openDecodable }: Omit<AttachedParts, "codecs">,
  asked: { readonly device?: string; readonly fromNs?: bigint | null; readonly toNs?: bigint | null },
  signal: AbortSignal,
): Promise<EventList> {
  const fromNs = asked.fromNs ?? null;
  const toNs = asked.toNs ?? null;
  const logs = await catalogue.logsInRange(
    { ...(asked.device === undefined ? {} : { device: asked.device }), fromNs, toNs },
    signal,
  );
  const events: EventEntry[] = [];
  const notices: Notice[] = [];
  if (logs.length > LOGS_MAX)
    notices.push({ severity: "info", text: `Only the newest ${LOGS_MAX} of ${logs.length} logs were searched for events` });
  for (const { key, device, session, fault } of logs.slice(-LOGS_MAX)) {
    if (fault) continue;
    try {
      const { source, mdf } = await openDecodable(key, signal);
      if (!mdf.hasEvents) continue;
      const contents = await readContents(source, signal);
      notices.push(...contents.notices);
      for (const { timeNs: sinceStart, ...event } of contents.events) {
        if (sinceStart === null) continue;
        const timeNs = mdf.header.startNs + BigInt(sinceStart);
        if ((fromNs === null || timeNs >= fromNs) && (toNs === null || timeNs < toNs))
          events.push({ device, session, key, timeNs, ...event });
      }
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(unreadable(key, error.fault));
    }
  }
  return { events: events.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)), notices };
}
