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
const numberOf = (value: unknown, low: number, high: number): number | null =>
  typeof value === "number" && value >= low && value <= high ? value : null;
const wholeOf = (value: unknown, low: number, high: number): number | null => {
  const number = numberOf(value, low, high);
  return number !== null && Number.isInteger(number) ? number : null;
};
const oneOf = <T extends string>(value: unknown, values: readonly T[]): T | null =>
  values.find((known) => known === value) ?? null;

/** Whole ns of a decimal string, within the years 1677 to 2262 that ns of 64 bits can say. */
function nsOf(value: unknown): bigint | null {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

const KNOWN = ["v", "d", "s", "c", "p", "t", "k", "o", "b"];

/** Reads any JSON value. Faults are sentences; what is merely odd is left out. */
export function parseDocument(value: unknown): Parsed {
  if (!isBag(value)) return { ok: false, why: "it holds no view" };
  const version = wholeOf(value.v, 1, 1e9);
  if (version === null) return { ok: false, why: "it says no version" };
  const names = textsOf(value.s, SIGNALS_MAX);
  const [time, cursors, other] = [bagOf(value.t), bagOf(value.k), bagOf(value.o)];
  const [fromNs, widthNs] = [nsOf(time.f), nsOf(time.w)];
  const zones = { rel: "relative", log: "log", utc: "utc", local: "local" } as const;
  const zone = oneOf(time.z, ["rel", "log", "utc", "local"]);
  const document: ViewDocument = {
    recordings: textsOf(value.d, SIGNALS_MAX),
    names,
    stripes: stripesOf(value.p, names.length),
    time: fromNs !== null && widthNs !== null && widthNs > 0n ? { fromNs, widthNs } : null,
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
    foreign: Object.fromEntries(Object.entries(value).filter(([key]) => !KNOWN.includes(key) && key !== "__proto__")),
  };
  return { ok: true, document, isNewer: version > VERSION };
}

/** No signal is in two places, and all places together hold no more than the caps. */
function stripesOf(value: unknown, nameCount: number): DocumentStripe[] {
  const taken = new Set<number>();
  return listOf(value, STRIPES_MAX).map((item) => {
    const bag = bagOf(item);
    const signals = listOf(bag.g, SIGNALS_MAX)
      .flatMap((signal) => signalOf(bagOf(signal), nameCount) ?? [])
      .filter(({ s }) => !taken.has(s) && taken.add(s));
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
