/** Why a series has no points: one sentence that names what is there instead (viewer.md §9, rows 2, 4, 23 to 25). */

import { idText } from "../bus/id-text.ts";
import { matchIndex } from "../dbc/match.ts";
import type { Dbc } from "../dbc/model.ts";
import { nearestNames } from "../dbc/names.ts";
import { isOfOneObject } from "../fault.ts";
import type { SignalSelector } from "../series/series.ts";
import type { Binder } from "./binding.ts";
import type { LogEntry } from "./engine.ts";
import type { HeardLog } from "./heard-log.ts";
import type { EngineParts } from "./parts.ts";
import { databaseOf } from "./rules.ts";

/** What was heard in the first logs; those that cannot be read have their own notice. */
async function heardIn(parts: EngineParts, logs: readonly LogEntry[], signal: AbortSignal): Promise<HeardLog[]> {
  const readable = logs.filter((log) => !log.fault).slice(0, LOGS_MAX);
  const read = await Promise.all(readable.map((log) => heardOrNull(parts, log.key, signal)));
  return read.filter((one) => one !== null);
}

async function heardOrNull(parts: EngineParts, key: string, signal: AbortSignal): Promise<HeardLog | null> {
  try {
    return await parts.heardLog(key, signal);
  } catch (error) {
    if (isOfOneObject(error)) return null;
    throw error;
  }
}

/** Logs are searched for what they hold only this far: the sentence must not cost more than the answer. */
const LOGS_MAX = 3;
const NAMES_MAX = 8;

export async function whyEmpty(
  parts: EngineParts,
  selector: SignalSelector,
  dbcs: readonly Dbc[],
  logs: readonly LogEntry[],
  range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  { binder, notAvailable }: { readonly binder: Binder; readonly notAvailable: number },
  signal: AbortSignal,
): Promise<string> {
  const { device } = selector;
  const devices = await parts.catalogue.devices(signal);
  if (!devices.includes(device)) return `There is no device ${device} here. ${listed("Devices", devices)}`;
  if (dbcs.length === 0)
    return `No DBC is loaded, so ${selector.signal} cannot be decoded. ${heardSentence(selector, await heardIn(parts, logs, signal))}`;
  const meant = databaseOf(selector, dbcs);
  if (meant.length === 0)
    return `There is no DBC ${selector.db}. ${listed(
      "Loaded",
      dbcs.map((dbc) => dbc.name),
    )}`;
  const messages = meant.flatMap((dbc) =>
    dbc.messages.filter((message) => selector.message === undefined || message.name === selector.message),
  );
  const there = messages.filter((message) => message.signals.some((one) => one.name === selector.signal));
  const where = selector.db === undefined ? "the loaded DBCs" : `${meant[0]?.name}`;
  if (there.length === 0) {
    const names = new Set(messages.flatMap((message) => message.signals.map((one) => one.name)));
    const nearest = nearestNames(selector.signal, names, 3);
    const hint = nearest.length > 0 ? listed("Nearest", nearest) : listed("It has", [...names].sort());
    return `${where} has no signal ${selector.signal}${selector.message === undefined ? "" : ` in ${selector.message}`}. ${hint}`;
  }
  const { fromNs, toNs } = range;
  if (fromNs !== null && toNs !== null && fromNs >= toNs)
    return `The range is empty: it does not begin before it ends. ${await ownRange(parts, device, signal)}`;
  if (logs.length === 0) return `${device} has no data in this range. ${await ownRange(parts, device, signal)}`;
  const read = await heardIn(parts, logs, signal);
  if (read.length === 0) return `No log of ${device} in this range can be read`;
  // The log before the range's start is among them as long as nobody knew where it ends.
  const heard = read.filter(
    ({ firstNs, lastNs }) =>
      firstNs !== null && lastNs !== null && (fromNs === null || lastNs >= fromNs) && (toNs === null || firstNs < toNs),
  );
  if (heard.length === 0 && logs.length <= LOGS_MAX)
    return `${device} has no data in this range. ${await ownRange(parts, device, signal)}`;
  const matches = matchIndex(meant);
  const ids = heard
    .flatMap((one) => one.ids)
    .filter((id) => id.kind === "data" && (selector.channel ?? id.channel) === id.channel);
  const found = ids.flatMap(({ bus, channel, id, extended }) =>
    matches
      .matchesOf(id, extended)
      .flatMap(({ dbc, message }) => (there.includes(message) ? [{ bus, channel, dbc, message }] : [])),
  );
  const names = there.map((message) => `${message.name} (${idText(message.id, message.extended)})`);
  const [first] = found;
  const isOthers =
    selector.db === undefined && found.every((one) => binder.boundBy(one.bus, one.channel, one.dbc, one.message) === null);
  if (first && isOthers)
    return `${selector.signal}: frames of ${names.slice(0, 3).join(", ")} occur on ${first.bus} ${first.channel}, but belong to another database there; name ${first.dbc.name}, or change buslens.json`;
  if (first && notAvailable > 0)
    return `${selector.signal}: frames of ${names.slice(0, 3).join(", ")} were read, but in this range they mark it as not available (J1939); keep invalid values to see the codes`;
  if (first)
    return `${selector.signal}: frames of ${names.slice(0, 3).join(", ")} were read, but none of them carries this signal in this range`;
  const bus = selector.channel === undefined ? "" : ` on ${selector.bus ?? "CAN"} ${selector.channel}`;
  const looked = logs.length > LOGS_MAX ? ` in the first ${LOGS_MAX} logs` : "";
  return `No frame of ${names.slice(0, 3).join(", ")} occurs${bus}${looked}. ${heardSentence(selector, heard)}`;
}

function heardSentence(selector: SignalSelector, heard: readonly HeardLog[]): string {
  const ids = new Set<string>();
  for (const { ids: rows } of heard) {
    for (const row of rows) {
      if (row.kind === "data" && (selector.channel ?? row.channel) === row.channel) ids.add(idText(row.id, row.extended));
    }
  }
  const bus = selector.channel === undefined ? "" : ` on ${selector.bus ?? "CAN"} ${selector.channel}`;
  return ids.size === 0 ? `No frame was heard${bus}` : listed(`${ids.size} ids heard${bus}`, [...ids]);
}

async function ownRange(parts: EngineParts, device: string, signal: AbortSignal): Promise<string> {
  const logs = await parts.catalogue.logsInRange({ device, fromNs: null, toNs: null }, signal);
  const starts = logs.flatMap((log) => (log.startNs === null ? [] : [log.startNs]));
  if (starts.length === 0) return "None of its logs can be read";
  const last = [...logs].reverse().find((log) => log.startNs !== null);
  const end = last ? ((await heardOrNull(parts, last.key, signal))?.lastNs ?? last.startNs) : null;
  const first = starts.reduce((a, b) => (b < a ? b : a));
  return `Its data runs from ${iso(first)} to ${iso(end ?? first)}`;
}

const iso = (timeNs: bigint): string => new Date(Number(timeNs / 1_000_000n)).toISOString();

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `${what}: none`;
  const more = names.length - NAMES_MAX;
  return `${what}: ${names.slice(0, NAMES_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
