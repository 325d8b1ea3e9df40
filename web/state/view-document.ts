/**
 * A view as plain data: what a link, a layout file and the browser's memory hold (viewer.md §7). Names, never indexes into files; times are
 * decimal strings of ns since 1970; what is absent has its default. One parser from `unknown` reads it: sizes are capped, nothing is believed.
 */
import type { Lane, Limits, Style, Zone } from "./model.ts";

export const VERSION = 1;
const STRIPES_MAX = 64;
const SIGNALS_MAX = 256;
const TEXT_MAX = 512;
const MARKS_MAX = 1000;

/** A signal in a stripe; `s` counts in the document's names. */
export interface DocumentSignal {
  readonly s: number;
  readonly limits: Limits | null;
  readonly axis: number | null;
  /** From 0. */
  readonly slot: number | null;
  readonly lane: Lane | null | "default";
  readonly log: boolean;
  readonly hidden: boolean;
  readonly style: Partial<Style>;
}

export interface DocumentStripe {
  readonly weight: number | null;
  readonly name: string | null;
  readonly kind: "plot" | "lanes";
  readonly folded: boolean;
  readonly signals: readonly DocumentSignal[];
}

export interface ViewDocument {
  /** Recordings: `device` or `device/session`. */
  readonly recordings: readonly string[];
  readonly names: readonly string[];
  readonly stripes: readonly DocumentStripe[];
  readonly time: { readonly fromNs: bigint; readonly widthNs: bigint } | null;
  readonly zone: Zone | null;
  readonly zeroNs: bigint | null;
  readonly cursors: { readonly a: bigint | null; readonly b: bigint | null };
  readonly panels: readonly string[];
  readonly marks: readonly { readonly timeNs: bigint; readonly text: string }[];
  /** DBC names. */
  readonly dbcs: readonly string[];
  /** Parts of a newer version: kept when the view is saved again. */
  readonly foreign: Readonly<Record<string, unknown>>;
}

export type Parsed =
  | { readonly ok: true; readonly document: ViewDocument /** Made by a newer version. */; readonly isNewer: boolean }
  | { readonly ok: false; readonly why: string };

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);
const bagOf = (value: unknown): Bag => (isBag(value) ? value : {});
const listOf = (value: unknown, max: number): readonly unknown[] => (Array.isArray(value) ? value.slice(0, max) : []);
const textOf = (value: unknown): string | null =>
  typeof value === "string" && value.length > 0 ? value.slice(0, TEXT_MAX) : null;
const textsOf = (value: unknown, max: number): string[] => listOf(value, max).flatMap((item) => textOf(item) ?? []);
/** More than the number of a recording. */
const nameOf = (value: unknown): string | null => {
  const text = textOf(value);
  return text === null || /^\d{1,3}:$/.test(text) ? null : text;
};
const numberOf = (value: unknown, low: number, high: number): number | null =>
  typeof value === "number" && value >= low && value <= high ? value : null;
const wholeOf = (value: unknown, low: number, high: number): number | null => {
  const number = numberOf(value, low, high);
  return number !== null && Number.isInteger(number) ? number : null;
};
const oneOf = <T extends string>(value: unknown, values: readonly T[]): T | null =>
  values.find((known) => known === value) ?? null;

/** The years 1677 to 2262, which ns of 64 bits can say; half a second less, as views are widened to whole pixels. */
const TIME_NS_MAX = 2n ** 63n - 500_000_000n;

/** Whole ns of a decimal string. */
function nsOf(value: unknown): bigint | null {
  const ns = typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
  return ns === null || ns > TIME_NS_MAX || ns < -TIME_NS_MAX ? null : ns;
}

/** A window ends within those years, too. */
function windowOf(fromNs: bigint | null, widthNs: bigint | null): ViewDocument["time"] {
  if (fromNs === null || widthNs === null || widthNs <= 0n || fromNs >= TIME_NS_MAX) return null;
  return { fromNs, widthNs: widthNs < TIME_NS_MAX - fromNs ? widthNs : TIME_NS_MAX - fromNs };
}

/** What is kept of a newer version must fit into the link that is written again; text that is nested too deep cannot be written at all. */
const FOREIGN_MAX = 1024;

function foreignOf(value: Bag): Bag {
  let left = FOREIGN_MAX;
  const isKept = ([key, part]: readonly [string, unknown]): boolean => {
    if (KNOWN.includes(key) || key === "__proto__") return false;
    const length = key.length + lengthOf(part);
    if (length > left) return false;
    left -= length;
    return true;
  };
  return Object.fromEntries(Object.entries(value).filter(isKept));
}

/** Of its JSON text; Infinity where it has none. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const KNOWN = ["v", "d", "s", "c", "p", "t", "k", "o", "b"];

/** Reads any JSON value. Faults are sentences; what is merely odd is left out. */
export function parseDocument(value: unknown): Parsed {
  if (!isBag(value)) return { ok: false, why: "it holds no view" };
  const version = wholeOf(value.v, 1, 1e9);
  if (version === null) return { ok: false, why: "it says no version" };
  // Each keeps its place, which others count by; one that says nothing names nothing.
  const names = listOf(value.s, SIGNALS_MAX).map((item) => nameOf(item) ?? "");
  const [time, cursors, other] = [bagOf(value.t), bagOf(value.k), bagOf(value.o)];
  const [fromNs, widthNs] = [nsOf(time.f), nsOf(time.w)];
  const zones = { rel: "relative", log: "log", utc: "utc", local: "local" } as const;
  const zone = oneOf(time.z, ["rel", "log", "utc", "local"]);
  const document: ViewDocument = {
    recordings: textsOf(value.d, SIGNALS_MAX),
    names,
    stripes: stripesOf(value.p, names),
    time: windowOf(fromNs, widthNs),
    zone: zone === null ? null : zones[zone],
    zeroNs: nsOf(time.zero),
    cursors: { a: nsOf(cursors.a), b: nsOf(cursors.b) },
    panels: (textOf(other.x) ?? "").split(" ").filter((name) => name !== ""),
    marks: listOf(other.m, MARKS_MAX).flatMap((mark) => {
      const [at, text] = Array.isArray(mark) ? mark : [];
      const timeNs = nsOf(at);
      return timeNs === null ? [] : [{ timeNs, text: textOf(text) ?? "mark" }];
    }),
    dbcs: textsOf(value.b, SIGNALS_MAX),
    foreign: foreignOf(value),
  };
  return { ok: true, document, isNewer: version > VERSION };
}

/** No signal is in two places, and all places together hold no more than the caps. */
function stripesOf(value: unknown, names: readonly string[]): DocumentStripe[] {
  const taken = new Set<number>();
  return listOf(value, STRIPES_MAX).map((item) => {
    const bag = bagOf(item);
    const signals = listOf(bag.g, SIGNALS_MAX)
      .flatMap((signal) => signalOf(bagOf(signal), names.length) ?? [])
      .filter(({ s }) => names[s] !== "" && !taken.has(s) && taken.add(s));
    return {
      weight: numberOf(bag.h, 0.05, 1000),
      name: textOf(bag.n),
      kind: oneOf(bag.k, ["plot", "lanes"]) ?? "plot",
      folded: bag.f === 1,
      signals,
    };
  });
}

function signalOf(bag: Bag, nameCount: number): DocumentSignal | null {
  const s = wholeOf(bag.s, 0, nameCount - 1);
  if (s === null) return null;
  const [low, high] = listOf(bag.y, 2).map((end) => numberOf(end, -Number.MAX_VALUE, Number.MAX_VALUE));
  const isRange = low !== null && low !== undefined && high !== null && high !== undefined && high > low;
  const slot = wholeOf(bag.k, 1, SIGNALS_MAX) ?? wholeOf(bag.q, 1, SIGNALS_MAX);
  const line = oneOf(bag.l, ["line", "step", "lane", "bool"]);
  return {
    s,
    limits: isRange && Number.isFinite(high - low) ? [low, high] : null,
    axis: wholeOf(bag.a, 0, SIGNALS_MAX),
    slot: slot === null ? null : slot - 1,
    lane: line === "lane" ? "enum" : line === "bool" ? "bool" : line === null ? "default" : null,
    log: bag.log === 1,
    hidden: bag.hide === 1,
    style: styleOf(bag, line),
  };
}

function styleOf(bag: Bag, line: string | null): Partial<Style> {
  const colour = typeof bag.k === "string" && /^#[0-9a-f]{6}$/i.test(bag.k) ? bag.k : null;
  const widthPx = numberOf(bag.w, 0.5, 10);
  const form = oneOf(bag.r, ["raw", "hex"]);
  const markers = oneOf(bag.m, ["always", "never"]);
  const decimals = wholeOf(bag.n, 0, 15);
  return {
    ...(colour === null ? {} : { colour }),
    ...(widthPx === null ? {} : { widthPx }),
    ...(form === null ? {} : { form }),
    ...(markers === null ? {} : { markers }),
    ...(decimals === null ? {} : { decimals }),
    ...(bag.na === 1 ? { codes: "draw" } : {}),
    ...(line === "step" ? { line: "step" } : line === "line" ? { line: "linear" } : {}),
  };
}
