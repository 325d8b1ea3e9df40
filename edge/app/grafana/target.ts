/** One target of a /query: from `unknown` to what it asks for. */
import { FaultError } from "../../../core/fault.ts";
import { type JsonObject, kindOf } from "../body.ts";
import { sentenceOf, shorten } from "../fault-answer.ts";
import { KIND_OF_ANNOTATION, KINDS } from "./kinds.ts";
import type { Maker } from "./made.ts";
import { seriesNamed } from "./metric-name.ts";
import { type AnySeriesAsk, brokenAsk, type EmptyAsk, emptyAsk, nameOf, seriesAsks, textsOf } from "./series-target.ts";
import { objectIn, parseLoosely } from "./target-text.ts";

/** What one answer item, or a few, will be made of. */
export type Ask =
  | AnySeriesAsk
  /** Made by a file of its own: tables, tracks, events. */
  | { readonly kind: "made"; readonly name: string; readonly make: Maker };

const SERIES_TYPES = new Set(["timeserie", "timeseries", ""]);
/** Placeholders of the plugins' editors. */
const PLACEHOLDERS = new Set(["select metric", "- select metric -", ""]);

/** The asks of one target, in the order they are answered. Never throws: what is wrong becomes an `empty` ask. */
export function asksOf(target: JsonObject): readonly Ask[] {
  const type = typeof target.type === "string" ? target.type.toLowerCase() : "";
  const merged = mergedTarget(target);
  if ("wrong" in merged) return [merged.wrong];
  const { object } = merged;
  const name = nameOf(textsOf(object));
  const kind = kindOfTarget(type, object);
  if (kind !== "series") {
    const maker = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (maker === undefined)
      return [emptyAsk(name, `the type "${shorten(kind)}" is not known; use ${Object.keys(KINDS).join(", ")}`)];
    return [madeAsk(name, () => maker(object))];
  }
  if (!SERIES_TYPES.has(type))
    return [emptyAsk(name, `the target type "${shorten(type)}" is not known; use "timeserie" or "table"`)];
  return seriesAsks(object);
}

/** The `type` inside the target; a table target without one is the CANedge backend's raw table. */
function kindOfTarget(type: string, object: JsonObject): string {
  const inside = typeof object.type === "string" ? object.type.toLowerCase() : "";
  if (inside === "series" || inside === "timeserie" || inside === "timeseries") return "series";
  const mark = typeof object.annotation === "string" ? object.annotation.toLowerCase() : "";
  if (Object.hasOwn(KIND_OF_ANNOTATION, mark)) return KIND_OF_ANNOTATION[mark] ?? mark;
  if (type === "table") return inside === "" ? "data" : inside;
  if (inside === "" && object.expr !== undefined) return "calc";
  return Object.hasOwn(KINDS, inside) ? inside : "series";
}

/** A wrong field of the target is told as such. */
function madeAsk(name: string, make: () => Maker): Ask {
  try {
    return { kind: "made", name, make: make() };
  } catch (error) {
    if (error instanceof FaultError && error.fault.code === "request/bad-parameter")
      return brokenAsk(name, sentenceOf(error.fault));
    throw error;
  }
}

/** `payload` (simPod ≥ 0.3) or `data` (0.2) laid over the target; a target that is the name of a kind (what /metrics offers) is its type. */
function mergedTarget(target: JsonObject): { readonly object: JsonObject } | { readonly wrong: EmptyAsk } {
  const over = objectIn(target.payload) ?? objectIn(target.data) ?? {};
  const given = target.target;
  const base = objectIn(given);
  if (base !== null) return { object: { ...base, ...over } };
  if (typeof given === "string" && Object.keys(over).length > 0) {
    if (PLACEHOLDERS.has(given)) return { object: over };
    const kind = given.toLowerCase();
    if (isKind(kind)) return { object: { type: kind, ...over } };
    const { device, ...named } = seriesNamed(given) ?? { signal: given };
    return { object: over.device === undefined && device !== undefined ? { device, ...named, ...over } : { ...named, ...over } };
  }
  if (given === undefined || given === null) {
    if (Object.keys(over).length > 0) return { object: over };
    return { wrong: brokenAsk("", 'a target needs a "target": a JSON object with device, itf, chn, db and signal') };
  }
  if (typeof given !== "string")
    return { wrong: brokenAsk(JSON.stringify(given), `"target" must be text or an object, not ${kindOf(given)}`) };
  if (PLACEHOLDERS.has(given)) return { wrong: emptyAsk(given, "no series is chosen yet") };
  if (isKind(given.toLowerCase()))
    return { wrong: emptyAsk(given, `"${given}" needs a payload with "device" and what it is to show`) };
  return namedTarget(given);
}

const isKind = (word: string): boolean => word === "series" || Object.hasOwn(KINDS, word);

/** A target that is no JSON is the name of a series; JSON text in quotes is one too. */
function namedTarget(given: string): { readonly object: JsonObject } | { readonly wrong: EmptyAsk } {
  const parsed = parseLoosely(given);
  const name = parsed === undefined ? given : parsed;
  const object = typeof name === "string" ? seriesNamed(name) : null;
  if (object !== null) return { object };
  const wanted = '{"device": "…", "itf": "CAN", "chn": "CH1", "db": "…", "signal": "…"}';
  const why = `the target is neither a JSON object such as ${wanted} nor the name of a series`;
  return { wrong: emptyAsk(given, why) };
}
