/** The series a target names: from the values of its keys to selectors of the engine, with the names Grafana will show. */
import type { Method } from "../../../core/query/query.ts";
import type { SeriesSelector } from "../../../core/series/series.ts";
import { type JsonObject, kindOf } from "../body.ts";
import { shorten } from "../fault-answer.ts";
import { isPattern } from "./pattern.ts";
import { readScaling, type Scaling } from "./scaling.ts";
import { listIn, signalListIn } from "./target-text.ts";

/** One or, without `merge`, several series of the answer. */
export interface SeriesAsk {
  readonly kind: "series";
  readonly name: string;
  /** `seed`: the CANedge backend's form, which gets its grid, its values and one merged series. */
  readonly form: "seed" | "own";
  readonly method: PanelMethod;
  readonly selector: SeriesSelector;
  /** Own form: every bucket that touches the range, or nothing outside the range. */
  readonly edges: "whole" | "cut";
  /** J1939 codes for "error" and "not available" as values too. */
  readonly keepInvalid: boolean;
  readonly scaling: Scaling | null;
  /** One of several that a pattern may mean: left out where it has no data. */
  readonly isOptional: boolean;
}

/** Nothing to ask the engine; the sentence says why. `broken`: the request itself is wrong, not a name in it. */
export interface EmptyAsk {
  readonly kind: "empty";
  readonly name: string;
  readonly why: string;
  readonly broken: boolean;
}

/** Names with `*` or `?` in them: which series they mean is known when devices and DBCs are. */
export interface PatternAsk {
  readonly kind: "pattern";
  readonly name: string;
  readonly values: Values;
  readonly of: (values: Values) => SeriesAsk | EmptyAsk;
}

export type AnySeriesAsk = SeriesAsk | EmptyAsk | PatternAsk;
export type Values = Readonly<Record<string, string>>;

/** The engine's methods that make points, and what the dialect makes of cells: `mean` and `count` from statistics, `last` from m4. */
export type PanelMethod = Exclude<Method, "stats"> | "mean" | "last" | "count";

const METHODS: readonly PanelMethod[] = ["raw", "envelope", "m4", "nearest", "min", "max", "mean", "last", "count"];
const SEED_METHODS = new Set<PanelMethod>(["nearest", "min", "max"]);
/** As a variable offers them. */
export const METHOD_NAMES: readonly string[] = METHODS.map((method) => method.toUpperCase());
const ASKS_MAX = 2000;

const KEYS = new Set(["device", "itf", "chn", "db", "message", "sa", "signal", "group", "channel", "method", "edges", "invalid"]);
/** Read by others; neither fanned out nor part of the name. */
const QUIET_KEYS = new Set(["type", "scale", "offset", "unit", "edges", "invalid"]);

export const emptyAsk = (name: string, why: string): EmptyAsk => ({ kind: "empty", name, why, broken: false });
export const brokenAsk = (name: string, why: string): EmptyAsk => ({ kind: "empty", name, why, broken: true });

/** Every combination of the lists in the target, signals fastest. Never throws: what is wrong becomes an `empty` ask. */
export function seriesAsks(object: JsonObject): readonly AnySeriesAsk[] {
  const name = nameOf(textsOf(object));
  const wrong = Object.entries(object).find(([key, value]) => KEYS.has(key) && !isValue(value));
  if (wrong) return [brokenAsk(name, `"${wrong[0]}" in the target must be text, a number or a list, not ${kindOf(wrong[1])}`)];
  const scaling = readScaling(object);
  if (scaling !== null && "wrong" in scaling) return [brokenAsk(name, scaling.wrong)];
  const keys = Object.keys(object).filter((key) => !QUIET_KEYS.has(key) || key === "edges" || key === "invalid");
  const lists = keys.map((key) => listOf(key, object[key]));
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count > ASKS_MAX) return [emptyAsk(name, `the target names ${count} series, more than ${ASKS_MAX}`)];
  let rows: readonly Values[] = [{}];
  const slowFirst = keys
    .map((key, at) => ({ key, list: lists[at] ?? [] }))
    .sort((a, b) => Number(isFast(a.key)) - Number(isFast(b.key)));
  for (const { key, list } of slowFirst) rows = rows.flatMap((row) => list.map((value) => ({ ...row, [key]: value })));
  // Back to the order of the user's keys, which is the order of the name.
  return rows.map((row) => {
    const values = Object.fromEntries(keys.map((key) => [key, row[key] ?? ""]));
    const isWild = PATTERN_KEYS.some((key) => values[key] !== undefined && isPattern(values[key]));
    if (!isWild) return askOf(values, scaling, false);
    return { kind: "pattern", name: nameOf(values), values, of: (found) => askOf(found, scaling, true) };
  });
}

const isFast = (key: string): boolean => key === "signal" || key === "channel";
/** Keys whose values may be patterns. */
export const PATTERN_KEYS = ["device", "db", "message", "signal", "group", "channel"] as const;

const isValue = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "number" ||
  (Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number"));

function listOf(key: string, value: unknown): readonly string[] {
  if (!KEYS.has(key)) return [textOf(value)];
  if (Array.isArray(value)) return value.length === 0 ? [""] : value.map(String);
  const text = String(value);
  const list = isFast(key) ? signalListIn(text) : listIn(text);
  return list.length === 0 ? [""] : list;
}

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** All values as text, as the user wrote them. */
export const textsOf = (object: JsonObject): Values =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, textOf(value)]));

/** All values in the user's order, joined by ":"; itf, chn and method upper case, db lower case, as the CANedge backend names series. */
export function nameOf(values: Values): string {
  return Object.entries(values)
    .filter(([key]) => !QUIET_KEYS.has(key))
    .map(([key, value]) => {
      if (key === "itf" || key === "method") return value.toUpperCase();
      if (key === "chn") return channelOf(value) === null ? value.toUpperCase() : `CH${channelOf(value)}`;
      return key === "db" ? value.toLowerCase() : value;
    })
    .join(":");
}

/** 1-based channel of `CH2`, `ch2`, `2`, `CAN2`; null if it is none. */
function channelOf(text: string): number | null {
  const digits = /^(?:ch|can|lin)?(\d{1,3})$/i.exec(text)?.[1];
  const channel = digits === undefined ? 0 : Number(digits);
  return channel >= 1 && channel <= 255 ? channel : null;
}

function askOf(values: Values, scaling: Scaling | null, isOptional: boolean): SeriesAsk | EmptyAsk {
  const name = nameOf(values);
  const unreplaced = Object.values(values).find((value) => /\$\{\w+(:\w+)?\}|\[\[\w+\]\]/.test(value));
  if (unreplaced !== undefined)
    return emptyAsk(name, `Grafana did not replace the variable ${shorten(unreplaced)}: the dashboard has none of this name`);
  const { device, signal, itf, chn, db, message, group, channel: plainChannel } = values;
  const what = signal === undefined && plainChannel !== undefined ? "channel" : "signal";
  const named = what === "channel" ? plainChannel : signal;
  if (device === undefined || named === undefined)
    return emptyAsk(name, `the target has no "${device === undefined ? "device" : "signal"}"`);
  if (device === "" || named === "") return emptyAsk(name, `no ${device === "" ? "device" : what} is chosen`);
  if (/[/\\]/.test(device)) return emptyAsk(name, `there is no device "${shorten(device)}"`);
  const edges = values.edges?.toLowerCase() ?? "whole";
  if (edges !== "whole" && edges !== "cut") return brokenAsk(name, `"edges" must be whole or cut, not "${shorten(edges)}"`);
  const invalid = values.invalid?.toLowerCase() ?? "gap";
  if (invalid !== "gap" && invalid !== "keep") return brokenAsk(name, `"invalid" must be gap or keep, not "${shorten(invalid)}"`);
  const bus = itf?.toUpperCase();
  if (bus !== undefined && bus !== "CAN" && bus !== "LIN")
    return emptyAsk(name, `"${shorten(itf ?? "")}" is no interface; use CAN or LIN`);
  const channel = chn === undefined ? undefined : channelOf(chn);
  if (channel === null) return emptyAsk(name, `"${shorten(chn ?? "")}" is no channel; use CH1, CH2 …`);
  const sa = values.sa === undefined ? undefined : addressOf(values.sa);
  if (sa === null) return emptyAsk(name, `"${shorten(values.sa ?? "")}" is no source address; use 0 to 255 or 0x00 to 0xFF`);
  const isSeedLike = bus !== undefined && channel !== undefined && db !== undefined && message === undefined && sa === undefined;
  const seedKeys = isSeedLike && what === "signal";
  const method = methodOf(values.method, seedKeys);
  if (method === null)
    return emptyAsk(name, `"${shorten(values.method ?? "")}" is no method; use NEAREST, MIN or MAX, or ${METHODS.join(", ")}`);
  const form = seedKeys && SEED_METHODS.has(method) ? "seed" : "own";
  const selector: SeriesSelector =
    what === "channel"
      ? { kind: "channel", device, channel: named, ...(group === undefined ? {} : { group }) }
      : {
          device,
          ...(bus === undefined ? {} : { bus }),
          ...(channel === undefined ? {} : { channel }),
          ...(db === undefined ? {} : { db }),
          ...(message === undefined ? {} : { message }),
          ...(sa === undefined ? {} : { sourceAddress: sa }),
          signal: named,
          ...(form === "seed" ? { merge: true } : {}),
        };
  return { kind: "series", name, form, method, selector, edges, keepInvalid: invalid === "keep", scaling, isOptional };
}

function methodOf(text: string | undefined, seedKeys: boolean): PanelMethod | null {
  if (text === undefined || text === "") return seedKeys ? "nearest" : "envelope";
  return METHODS.find((method) => method === text.toLowerCase()) ?? null;
}

function addressOf(text: string): number | null {
  const value = /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(text) ? Number(text) : Number.NaN;
  return value <= 255 ? value : null;
}
