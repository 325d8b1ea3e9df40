/** What a dashboard variable may be: devices, buses, channels, DBCs, messages, signals; with a range only what occurs in it. */
import type { Dbc, DbcMessage } from "../../../core/dbc/model.ts";
import type { Engine, HeardId } from "../../../core/query/engine.ts";
import { withTransported } from "../../../core/query/heard-transports.ts";
import { compareKeys } from "../../../core/store/check-key.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { readInstant } from "../instant.ts";
import { devicesNamed } from "./devices.ts";
import { isPattern, matchesPattern } from "./pattern.ts";
import { listIn } from "./target-text.ts";

/** What can be listed from the logs and DBCs, in the words of a target. */
export const LISTS = ["itf", "chn", "db", "message", "signal", "sa", "group", "channel"] as const;
export type List = (typeof LISTS)[number];
/** Those of bus frames. */
type FrameList = Exclude<List, "group" | "channel">;
const FRAME_LISTS = LISTS.filter((list): list is FrameList => list !== "group" && list !== "channel");

export interface ClosedRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface ListOptions {
  readonly engine: Engine;
  readonly budgetBytes: number | null;
  readonly range: ClosedRange | null;
  readonly signal: AbortSignal;
}

/** A message that can have data, and where it was heard if a range was given. */
interface Candidate {
  readonly itf: string;
  readonly chn: string;
  readonly db: string;
  readonly message: string;
  readonly sa: string | null;
  readonly signals: readonly string[];
}

/** Distinct values, sorted; signals in the order of their messages. `filter` has the other keys of the query. Faults: `storage/*`, `request/bad-parameter`. */
export async function listOf(list: List, filter: JsonObject, options: ListOptions): Promise<readonly string[]> {
  const { engine, range, signal } = options;
  if (list === "group" || list === "channel") return plainList(list, filter, options);
  if (range === null && (list === "itf" || list === "chn")) return list === "itf" ? ["CAN", "LIN"] : ["CH1", "CH2", "CH9"];
  const all = range === null ? loaded(await engine.dbcs(signal)) : await heard(filter, range, options);
  const kept = all.filter((one) =>
    FRAME_LISTS.every((key) => {
      if (key === list || key === "signal") return true;
      const wanted = namesIn(filter[key]);
      return wanted.length === 0 || wanted.some((name) => isSame(key, one[key], name));
    }),
  );
  const values = kept.flatMap((one) => (list === "signal" ? one.signals : (one[list] ?? [])));
  const distinct = [...new Set(values.filter((value) => value !== ""))];
  return list === "signal" ? distinct : distinct.sort(compareKeys);
}

/** Groups and channels of measurement files, in their order; with a range of the devices that have logs in it. */
async function plainList(list: "group" | "channel", filter: JsonObject, { engine, range, signal }: ListOptions) {
  const named = namesIn(filter.device);
  const groups = namesIn(filter.group);
  const found = new Set<string>();
  for (const device of await devicesNamed(named.length === 0 ? "*" : named, engine, signal)) {
    if (range !== null && (await engine.logs({ device, fromNs: range.fromNs, toNs: range.toNs + 1n }, signal)).length === 0)
      continue;
    for (const one of (await engine.channels({ device }, signal)).channels) {
      const isWanted =
        groups.length === 0 || groups.some((name) => name === one.group || (isPattern(name) && matchesPattern(one.group, name)));
      if (one.why === null && isWanted) found.add(one[list]);
    }
  }
  return [...found];
}

/** A range beside the search (`from`, `to`, as `$__from` gives them), since some clients send none. Faults: `request/bad-parameter`. */
export function rangeIn(filter: JsonObject, range: ClosedRange | null, nowMs: number): ClosedRange | null {
  if (filter.from === undefined || filter.to === undefined) return range;
  const within = { fromNs: readInstant(filter.from, "from", nowMs), toNs: readInstant(filter.to, "to", nowMs) };
  if (within.toNs < within.fromNs) throw badParameter('"to" lies before "from"');
  return within;
}

function namesIn(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  return (Array.isArray(value) ? value.map(String) : listIn(String(value))).filter((name) => name !== "");
}

/** Names in any case; `CH2` is also `2`. */
function isSame(key: string, value: string | readonly string[] | null, name: string): boolean {
  if (typeof value !== "string") return false;
  if (isPattern(name)) return matchesPattern(value, name);
  const plain = (text: string): string => (key === "chn" ? text.replace(/^(?:ch|can|lin)/i, "") : text.toLowerCase());
  return plain(value) === plain(name);
}

const loaded = (dbcs: readonly Dbc[]): Candidate[] =>
  dbcs.flatMap((dbc) =>
    dbc.messages.map((message) => ({
      itf: "",
      chn: "",
      db: dbc.name.toLowerCase(),
      message: message.name,
      sa: null,
      signals: byLine(message),
    })),
  );

const byLine = (message: DbcMessage): readonly string[] =>
  message.signals.toSorted((a, b) => a.line - b.line).map(({ name }) => name);

/** Messages whose frames were heard in the range, or that a transport protocol carried in its logs, by the devices named (all without one). Frames that no DBC knows count for bus and channel. */
async function heard(filter: JsonObject, range: ClosedRange, options: ListOptions): Promise<Candidate[]> {
  const { engine, signal, budgetBytes } = options;
  const named = namesIn(filter.device);
  const devices = await devicesNamed(named.length === 0 ? "*" : named, engine, signal);
  const found: Candidate[] = [];
  for (const device of devices) {
    const asked = { device, fromNs: range.fromNs, toNs: range.toNs + 1n, budgetBytes, transports: true };
    const ids = withTransported(await engine.heard(asked, signal));
    found.push(...ids.filter((id) => id.lastNs >= range.fromNs && id.firstNs <= range.toNs).flatMap(candidatesOf));
  }
  return found;
}

function candidatesOf(id: HeardId): Candidate[] {
  const where = { itf: id.bus, chn: `CH${id.channel}` };
  if (id.matches.length === 0) return [{ ...where, db: "", message: "", sa: null, signals: [] }];
  return id.matches.map(({ db, message, sourceAddress, signals }) => ({
    ...where,
    db: db.toLowerCase(),
    message,
    sa: sourceAddress === null ? null : saText(sourceAddress),
    signals: signals.map(({ name }) => name),
  }));
}

/** `0x0B`, as targets and tags write a source address. */
export const saText = (address: number): string => `0x${address.toString(16).toUpperCase().padStart(2, "0")}`;
