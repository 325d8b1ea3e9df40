/** What a log has beside its frames, for people: writers, measured channels, events, attachments. */
import type { OpenedLog } from "../../core/canedge/container.ts";
import type { Notice } from "../../core/fault.ts";
import type { Codecs } from "../../core/kernel/codecs.ts";
import { type Contents, readContents } from "../../core/mdf/contents.ts";
import { readMeasurement } from "../../core/mdf/measurement.ts";
import { timeAxis } from "../../core/mdf/time-axis.ts";
import { timeSpan } from "../../core/mdf/time-span.ts";
import { type PlainGroup, plainGroups } from "../../core/query/plain-channels.ts";
import { type Cell, tableText } from "./table.ts";
import { utcText } from "./utc.ts";

export interface ContentsTables {
  /** Tools of the file's history. */
  readonly tools: readonly string[];
  /** Tables, each behind an empty line; "" if there is nothing. */
  readonly text: string;
  readonly notices: readonly Notice[];
}

const GROUPS_MAX = 200;
const EVENTS_MAX = 50;
/** Channels named in a group's line. */
const CHANNELS_MAX = 6;

/** Faults: `input/*`, those of the source. */
export async function contentsTables({ source }: OpenedLog, codecs: Codecs, signal: AbortSignal): Promise<ContentsTables> {
  const contents = await readContents(source, signal);
  const measurement = await readMeasurement(source, signal);
  const host = { codecs, signal, onWindow: () => undefined };
  const plain = plainGroups(measurement);
  const rows: Cell[][] = [];
  for (const { name, group, channels } of plain.slice(0, GROUPS_MAX)) {
    const axis = timeAxis(measurement, group);
    const span = typeof axis === "string" ? null : await timeSpan(measurement, [group], "all", host);
    rows.push([
      name,
      group.cycleCount,
      channels.length,
      span === null ? null : utcText(String(span.firstNs)),
      span === null ? null : utcText(String(span.lastNs)),
      typeof axis === "string" ? axis : channelsText(channels),
    ]);
  }
  const tables = [
    rows.length === 0 ? "" : tableText(["group", "records", "channels", "first", "last", "such as"], rows),
    plain.length > GROUPS_MAX ? `and ${plain.length - GROUPS_MAX} more groups\n` : "",
    eventsTable(contents, measurement.header.startNs),
    attachmentsTable(contents),
  ];
  return {
    tools: contents.tools,
    text: tables.map((table) => (table === "" ? "" : `\n${table}`)).join(""),
    notices: [...contents.notices, ...measurement.notices],
  };
}

function channelsText(channels: PlainGroup["channels"]): string {
  const named = channels
    .slice(0, CHANNELS_MAX)
    .map(({ name, channel }) => name + (channel.unit === "" ? "" : ` [${channel.unit}]`));
  return named.join(", ") + (channels.length > CHANNELS_MAX ? " …" : "");
}

function eventsTable({ events }: Contents, startNs: bigint): string {
  if (events.length === 0) return "";
  const rows = events
    .slice(0, EVENTS_MAX)
    .map(({ timeNs, kind, range, name, comment, cause }) => [
      timeNs === null ? null : utcText(String(startNs + BigInt(timeNs))),
      kind + (range === "point" ? "" : ` (${range})`),
      [name, comment].filter((text) => text !== "").join(": "),
      cause === "other" ? null : cause,
    ]);
  const more = events.length > EVENTS_MAX ? `and ${events.length - EVENTS_MAX} more events\n` : "";
  return tableText(["event", "kind", "text", "cause"], rows) + more;
}

function attachmentsTable({ attachments }: Contents): string {
  if (attachments.length === 0) return "";
  const rows = attachments.map(({ fileName, mimeType, sizeBytes, isEmbedded, stored }) => [
    fileName,
    mimeType,
    sizeBytes,
    isEmbedded ? (stored.method ?? "as it is") : "not inside",
  ]);
  return tableText(["attachment", "type", "bytes", "stored"], rows);
}
