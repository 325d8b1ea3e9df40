/** One target of a /query: from `unknown` to the series it asks for, with the names Grafana will show. */
import { FaultError } from "../../../core/fault.ts";
import type { Method } from "../../../core/query/query.ts";
import type { SeriesSelector } from "../../../core/series/series.ts";
import { type JsonObject, kindOf } from "../body.ts";
import { sentenceOf, shorten } from "../fault-answer.ts";
import type { Maker } from "./made.ts";
import { filesMaker, framesMaker } from "./table.ts";
import { listIn, objectIn, signalListIn } from "./target-text.ts";

/** What one answer item will be made of. `seed`: the CANedge backend's form, which gets its grid, its values and one merged series. */
export type Ask =
  | {
      readonly kind: "series";
      readonly name: string;
      readonly form: "seed" | "own";
      readonly method: Method;
      readonly selector: SeriesSelector;
    }
  /** All signals of the DBC: the names follow when the DBCs are known. */
  | { readonly kind: "all-signals"; readonly of: (signal: string) => Ask; readonly db: string | null }
  /** Nothing to ask the engine; the sentence says why. `broken`: the request itself is wrong, not a name in it. */
  | { readonly kind: "empty"; readonly name: string; readonly why: string; readonly broken: boolean }
  /** Made by a file of its own: tables, tracks, events. */
  | { readonly kind: "made"; readonly name: string; readonly make: Maker };

const ALL = new Set([".*", "*", "$__all"]);
const METHODS: readonly Method[] = ["raw", "envelope", "m4", "nearest", "min", "max"];
const SEED_METHODS = new Set<Method>(["nearest", "min", "max"]);
const SERIES_TYPES = new Set(["timeserie", "timeseries", ""]);
/** Placeholders of the plugins' editors. */
const PLACEHOLDERS = new Set(["select metric", "- select metric -", ""]);
const ASKS_MAX = 2000;

type Values = Readonly<Record<string, string>>;

/** The asks of one target, in the order they are answered. Never throws: what is wrong becomes an `empty` ask. */
export function asksOf(target: JsonObject): readonly Ask[] {
  const type = typeof target.type === "string" ? target.type.toLowerCase() : "";
  const merged = mergedTarget(target);
  if ("wrong" in merged) return [merged.wrong];
  const { object } = merged;
  const name = nameOf(valuesOf(object, () => true));
  const kind = kindOfTarget(type, object);
  if (kind !== "series") {
    const maker = Object.hasOwn(MAKERS, kind) ? MAKERS[kind] : undefined;
    if (maker === undefined)
      return [empty(name, `the table type "${shorten(kind)}" is not known; use ${Object.keys(MAKERS).join(", ")}`)];
    if (object.device === undefined || object.device === "") return [broken(name, 'the target has no "device"')];
    return [madeAsk(name, () => maker(object))];
  }
  if (!SERIES_TYPES.has(type))
    return [empty(name, `the target type "${shorten(type)}" is not known; use "timeserie" or "table"`)];
  const wrong = Object.entries(object).find(([key, value]) => KEYS.has(key) && !isValue(value));
  if (wrong) return [broken(name, `"${wrong[0]}" in the target must be text, a number or a list, not ${kindOf(wrong[1])}`)];
  return expand(object);
}

/** Kinds of targets that are no plain series, by their `type`. */
const MAKERS: Readonly<Record<string, (object: JsonObject) => Maker>> = {
  info: (object) => filesMaker(object, true),
  data: (object) => framesMaker(object, true),
  files: (object) => filesMaker(object, false),
  frames: (object) => framesMaker(object, false),
};

/** The `type` inside the target; a table target without one is the CANedge backend's raw table. */
function kindOfTarget(type: string, object: JsonObject): string {
  const inside = typeof object.type === "string" ? object.type.toLowerCase() : "";
  if (type === "table") return inside === "" ? "data" : inside;
  return Object.hasOwn(MAKERS, inside) ? inside : "series";
}

/** A wrong field of the target is told as such. */
function madeAsk(name: string, make: () => Maker): Ask {
  try {
    return { kind: "made", name, make: make() };
  } catch (error) {
    if (error instanceof FaultError && error.fault.code === "request/bad-parameter") return broken(name, sentenceOf(error.fault));
    throw error;
  }
}

const KEYS = new Set(["device", "itf", "chn", "db", "message", "sa", "signal", "method"]);
const isValue = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "number" ||
  (Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number"));

const empty = (name: string, why: string): Ask & { kind: "empty" } => ({ kind: "empty", name, why, broken: false });
const broken = (name: string, why: string): Ask & { kind: "empty" } => ({ kind: "empty", name, why, broken: true });

/** `payload` (simPod ≥ 0.3) or `data` (0.2) laid over the target. */
function mergedTarget(target: JsonObject): { readonly object: JsonObject } | { readonly wrong: Ask } {
  const over = objectIn(target.payload) ?? objectIn(target.data) ?? {};
  const given = target.target;
  const base = objectIn(given);
  if (base !== null) return { object: { ...base, ...over } };
  if (typeof given === "string" && Object.keys(over).length > 0) {
    return { object: PLACEHOLDERS.has(given) ? over : { signal: given, ...over } };
  }
  if (given === undefined || given === null) {
    if (Object.keys(over).length > 0) return { object: over };
    return { wrong: broken("", 'a target needs a "target": a JSON object with device, itf, chn, db and signal') };
  }
  if (typeof given !== "string")
    return { wrong: broken(JSON.stringify(given), `"target" must be text or an object, not ${kindOf(given)}`) };
  if (PLACEHOLDERS.has(given)) return { wrong: empty(given, "no series is chosen yet") };
  const wanted = '{"device": "…", "itf": "CAN", "chn": "CH1", "db": "…", "signal": "…"}';
  return { wrong: empty(given, `the target is not a JSON object; it must look like ${wanted}`) };
}

/** Every combination of the lists in the target, signals fastest. */
function expand(object: JsonObject): readonly Ask[] {
  const keys = Object.keys(object);
  const lists = keys.map((key) => listOf(key, object[key]));
  const count = lists.reduce((product, list) => product * list.length, 1);
  const name = nameOf(valuesOf(object, () => true));
  if (count > ASKS_MAX) return [empty(name, `the target names ${count} series, more than ${ASKS_MAX}`)];
  let rows: readonly Values[] = [{}];
  const slowFirst = keys
    .map((key, at) => ({ key, list: lists[at] ?? [] }))
    .sort((a, b) => Number(a.key === "signal") - Number(b.key === "signal"));
  for (const { key, list } of slowFirst) rows = rows.flatMap((row) => list.map((value) => ({ ...row, [key]: value })));
  // Back to the order of the user's keys, which is the order of the name.
  return rows.map((row) => askOf(Object.fromEntries(keys.map((key) => [key, row[key] ?? ""]))));
}

function listOf(key: string, value: unknown): readonly string[] {
  if (!KEYS.has(key)) return [typeof value === "object" ? JSON.stringify(value) : String(value)];
  if (Array.isArray(value)) return value.length === 0 ? [""] : value.map(String);
  const text = String(value);
  const list = key === "signal" ? signalListIn(text) : listIn(text);
  return list.length === 0 ? [""] : list;
}

const valuesOf = (object: JsonObject, keep: (key: string) => boolean): Values =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([key]) => keep(key))
      .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]),
  );

/** All values in the user's order, joined by ":"; itf, chn and method upper case, db lower case, as the CANedge backend names series. */
function nameOf(values: Values): string {
  return Object.entries(values)
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

function askOf(values: Values): Ask {
  const name = nameOf(values);
  const unreplaced = Object.values(values).find((value) => /\$\{\w+(:\w+)?\}|\[\[\w+\]\]/.test(value));
  if (unreplaced !== undefined)
    return empty(name, `Grafana did not replace the variable ${shorten(unreplaced)}: the dashboard has none of this name`);
  const { device, signal, itf, chn, db, message, sa } = values;
  if (device === undefined || signal === undefined)
    return empty(name, `the target has no "${device === undefined ? "device" : "signal"}"`);
  if (device === "" || signal === "") return empty(name, `no ${device === "" ? "device" : "signal"} is chosen`);
  if (/[/\\]/.test(device)) return empty(name, `there is no device "${shorten(device)}"`);
  const bus = itf?.toUpperCase();
  if (bus !== undefined && bus !== "CAN" && bus !== "LIN")
    return empty(name, `"${shorten(itf ?? "")}" is no interface; use CAN or LIN`);
  const channel = chn === undefined ? undefined : channelOf(chn);
  if (channel === null) return empty(name, `"${shorten(chn ?? "")}" is no channel; use CH1, CH2 …`);
  const sourceAddress = sa === undefined ? undefined : addressOf(sa);
  if (sourceAddress === null) return empty(name, `"${shorten(sa ?? "")}" is no source address; use 0 to 255 or 0x00 to 0xFF`);
  const seedKeys = bus !== undefined && channel !== undefined && db !== undefined && message === undefined && sa === undefined;
  const method = methodOf(values.method, seedKeys);
  if (method === null)
    return empty(name, `"${shorten(values.method ?? "")}" is no method; use NEAREST, MIN or MAX, or ${METHODS.join(", ")}`);
  const form = seedKeys && SEED_METHODS.has(method) ? "seed" : "own";
  const of = (one: string, named: string): Ask => ({
    kind: "series",
    name: named,
    form,
    method,
    selector: {
      device,
      ...(bus === undefined ? {} : { bus }),
      ...(channel === undefined ? {} : { channel }),
      ...(db === undefined ? {} : { db }),
      ...(message === undefined ? {} : { message }),
      ...(sourceAddress === undefined ? {} : { sourceAddress }),
      signal: one,
      ...(form === "seed" ? { merge: true } : {}),
    },
  });
  if (ALL.has(signal)) return { kind: "all-signals", db: db ?? null, of: (one) => of(one, nameOf({ ...values, signal: one })) };
  return of(signal, name);
}

function methodOf(text: string | undefined, seedKeys: boolean): Method | null {
  if (text === undefined || text === "") return seedKeys ? "nearest" : "envelope";
  return METHODS.find((method) => method === text.toLowerCase()) ?? null;
}

function addressOf(text: string): number | null {
  const value = /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(text) ? Number(text) : Number.NaN;
  return value <= 255 ? value : null;
}
