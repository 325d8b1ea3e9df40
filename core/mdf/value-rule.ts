/** CC blocks whole, with what they refer to: from the raw value of a channel to its physical one (formats/mdf4.md §11). */
import { FaultError, type Notice } from "../fault.ts";
import { type Block, type BlockReader, NO_LOOP } from "./block.ts";
import { FORMULA_CHARACTERS_MAX, parseFormula } from "./formula.ts";
import { lastAtMost, rangesOf } from "./ranges.ts";
import { textAt } from "./text.ts";

/** Before and after a conversion; bigint only where an integer has more than 53 bits. */
export type Value = number | bigint | string;

export interface ValueRule {
  /** Floats take ranges as half open, integers as closed. */
  apply(raw: Value, isFloat: boolean): Value;
  /** 1:1: the raw value, whatever it is. */
  readonly isIdentity: boolean;
  /** offset + factor · raw, for numbers; null if it is anything else. */
  readonly linear: { readonly offset: number; readonly factor: number } | null;
  /** False where programs may differ in the last digits: rational, algebraic, interpolated. */
  readonly isExact: boolean;
  /** Some raw value becomes text. */
  readonly givesText: boolean;
  /** Of a table of values with a text each: raw value as text → text. */
  readonly texts: Readonly<Record<string, string>> | null;
  /** A bit field is in it somewhere. */
  readonly hasBits: boolean;
  /** Work for one value, in that of a plain conversion. */
  readonly cost: number;
  /** cc_tx_name, which stands before the parts of a bit field. */
  readonly name: string;
  /** cc_md_unit. */
  readonly unit: string;
}

const CC = {
  none: 0,
  linear: 1,
  rational: 2,
  algebraic: 3,
  table: 4,
  nearest: 5,
  ranges: 6,
  valueToText: 7,
  rangeToText: 8,
  textToValue: 9,
  textToText: 10,
  bitsToText: 11,
} as const;

/** Conversions refer to conversions; one level was seen. */
const DEPTH_MAX = 32;
/** Of a text or unit, since a byte of a record may stand for it; longer ones are cut. */
const TEXT_BYTES_MAX = 2048;
/** Of a file whose conversions are all wrong the first are told. */
const NOTICES_MAX = 50;
/** Fields of one integer. */
const FIELDS_MAX = 64;
/** A formula of so many characters is as much work as a plain conversion again. */
const FORMULA_CHARACTERS_PER_COST = 32;
/** Of all conversions of a file together: 16-bit enumerations have 65,536 texts. */
const REFERENCES_MAX = 1_000_000;

type Apply = ValueRule["apply"];
const same: Apply = (raw) => raw;

/** Each CC block of a file is read once, however many channels have it. */
export class ValueRules {
  /** What a person should know: formulas that are none, unknown types. */
  readonly notices: Notice[] = [];
  readonly #blocks: BlockReader;
  readonly #known = new Map<number, ValueRule>();
  readonly #open = new Set<number>();
  #references = 0;

  constructor(blocks: BlockReader) {
    this.#blocks = blocks;
  }

  /** Faults: `input/bad-block` (a cycle too), `input/truncated`, `limit/too-many`. Synchronous: call it inside `attempt`. */
  at(atByte: number): ValueRule | null {
    if (atByte === 0) return null;
    const known = this.#known.get(atByte);
    if (known !== undefined) return known;
    if (this.#open.has(atByte) || this.#open.size >= DEPTH_MAX) throw this.#tooDeep(atByte);
    this.#open.add(atByte);
    try {
      const rule = this.#read(this.#blocks.open(atByte, "CC"));
      this.#known.set(atByte, rule);
      return rule;
    } finally {
      this.#open.delete(atByte);
    }
  }

  #read(block: Block): ValueRule {
    const type = block.u8(0);
    const base = {
      isIdentity: false,
      linear: null,
      isExact: true,
      givesText: false,
      texts: null,
      hasBits: false,
      cost: 1,
      name: textAt(this.#blocks, block.link(0), TEXT_BYTES_MAX),
      unit: unitAt(this.#blocks, block.link(1)),
    };
    const v = type === CC.bitsToText ? [] : valuesOf(block);
    switch (type) {
      case CC.none:
        return { ...base, isIdentity: true, linear: { offset: 0, factor: 1 }, apply: same };
      case CC.linear: {
        const linear = { offset: v[0] ?? 0, factor: v[1] ?? 1 };
        return { ...base, linear, apply: ofNumbers((x) => linear.offset + linear.factor * x) };
      }
      case CC.rational:
        return { ...base, isExact: false, apply: ofNumbers(rational(v)) };
      case CC.algebraic:
        return { ...base, isExact: false, ...this.#formula(block) };
      case CC.table:
        return { ...base, isExact: false, apply: ofNumbers(interpolated(pairsOf(v))) };
      case CC.nearest:
        return { ...base, apply: ofNumbers(nearest(pairsOf(v))) };
      case CC.ranges:
        return { ...base, apply: rangeToValue(v) };
      case CC.valueToText:
      case CC.rangeToText: {
        const references = this.#referred(block, (type === CC.valueToText ? v.length : v.length >> 1) + 1);
        const apply = type === CC.valueToText ? valueToText(v, references) : rangeToText(v, references);
        const texts = type === CC.valueToText ? tableOf(v, references) : null;
        const cost = 1 + references.reduce((most, one) => Math.max(most, costOf(one)), 0);
        return { ...base, givesText: true, texts, hasBits: references.some(hasBits), cost, apply };
      }
      case CC.textToValue:
        return { ...base, apply: textToValue(v, this.#texts(block, v.length - 1)) };
      case CC.textToText:
        return { ...base, givesText: true, apply: textToText(this.#texts(block, block.u16(4))) };
      case CC.bitsToText: {
        const references = this.#referred(block, FIELDS_MAX);
        const cost = references.reduce((sum, one) => sum + 1 + costOf(one), 1);
        return { ...base, givesText: true, hasBits: true, cost, apply: bitsToText(masksOf(block), references) };
      }
      default:
        this.#note(
          block.atByte,
          `The conversion at byte ${block.atByte} has the type ${type}, which buslens does not know: values stay raw.`,
          type,
          "0 to 11",
        );
        return { ...base, apply: same };
    }
  }

  #formula(block: Block): Pick<ValueRule, "apply" | "cost"> {
    const text = textAt(this.#blocks, block.link(4), FORMULA_CHARACTERS_MAX + 1);
    const formula = parseFormula(text);
    const cost = 1 + Math.floor(text.length / FORMULA_CHARACTERS_PER_COST);
    if (typeof formula !== "string") return { apply: ofNumbers(formula), cost };
    this.#note(
      block.atByte,
      `The formula "${text.slice(0, 80)}" at byte ${block.atByte} cannot be worked out: ${formula}. Its values are not numbers.`,
      text.slice(0, 80),
      "a formula of X",
    );
    return { apply: ofNumbers(() => Number.NaN), cost: 1 };
  }

  /** cc_ref: a text, another conversion, or nothing. */
  #referred(block: Block, count: number): Reference[] {
    return this.#links(block, count).map((link) => {
      if (link === 0) return null;
      const { id } = this.#blocks.header(link, "TX", { readAhead: true });
      return id === "CC" ? this.at(link) : textAt(this.#blocks, link, TEXT_BYTES_MAX);
    });
  }

  #texts(block: Block, count: number): string[] {
    return this.#links(block, count).map((link) => textAt(this.#blocks, link, TEXT_BYTES_MAX));
  }

  #links(block: Block, count: number): number[] {
    const links = Math.max(0, Math.min(count, block.u16(4), block.linkCount - 4));
    this.#references += links;
    if (this.#references > REFERENCES_MAX) throw this.#tooMany(block.atByte);
    return Array.from({ length: links }, (_, i) => block.link(4 + i));
  }

  #note(atByte: number, text: string, found: string | number, allowed: string): void {
    if (this.notices.length >= NOTICES_MAX) return;
    const message = `${this.#blocks.source.key}: ${text}`;
    const fault = { code: "input/unsupported" as const, message: text, object: this.#blocks.source.key, atByte, found, allowed };
    this.notices.push({ severity: "warning", text: message, fault });
  }

  #tooDeep(atByte: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The conversions (##CC) at byte ${atByte} lead back to themselves, or are nested deeper than ${DEPTH_MAX}.`,
      object: this.#blocks.source.key,
      atByte,
      found: atByte,
      allowed: `${NO_LOOP}, and ${DEPTH_MAX} levels`,
    });
  }

  #tooMany(atByte: number): FaultError {
    return new FaultError({
      code: "limit/too-many",
      message: `The conversions of this file refer to more than ${REFERENCES_MAX} texts.`,
      object: this.#blocks.source.key,
      atByte,
      found: this.#references,
      allowed: REFERENCES_MAX,
    });
  }
}

/** A unit or comment is plain text, or XML with the text in <TX>. */
export function unitAt(blocks: BlockReader, atByte: number): string {
  const text = textAt(blocks, atByte, TEXT_BYTES_MAX);
  const inner = text.trimStart().startsWith("<") ? textElement(text) : null;
  return inner === null ? text : plainText(inner);
}

/** What stands in the first <TX>. By plain searches: a pattern would look at a text of half-open elements again from each of them. */
function textElement(xml: string): string | null {
  const lower = xml.toLowerCase();
  const start = lower.indexOf(">", lower.indexOf("<tx"));
  const end = lower.indexOf("</tx>", start);
  return !lower.includes("<tx") || start < 0 || end < 0 ? null : xml.slice(start + 1, end);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const plainText = (xml: string): string =>
  xml.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (all, decimal: string, hex: string, name: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });

type Reference = string | ValueRule | null;
const costOf = (reference: Reference): number => (reference === null || typeof reference === "string" ? 0 : reference.cost);
const hasBits = (reference: Reference): boolean => reference !== null && typeof reference !== "string" && reference.hasBits;

function valuesOf(block: Block): number[] {
  const count = Math.min(block.u16(6), Math.floor(block.data().length / 8) - 3);
  return Array.from({ length: Math.max(0, count) }, (_, i) => block.f64(24 + 8 * i));
}

const masksOf = (block: Block): bigint[] =>
  Array.from({ length: Math.min(block.u16(6), FIELDS_MAX) }, (_, i) => block.exactU64(24 + 8 * i));

/** Texts stay as they are: writers attach numeric conversions to text channels. */
const ofNumbers =
  (of: (x: number) => number): Apply =>
  (raw) =>
    typeof raw === "string" ? raw : of(Number(raw));

function rational([v0 = 0, v1 = 0, v2 = 0, v3 = 0, v4 = 0, v5 = 0]: readonly number[]) {
  return (x: number): number => {
    const below = v3 * x * x + v4 * x + v5;
    return below === 0 ? Number.NaN : (v0 * x * x + v1 * x + v2) / below;
  };
}

interface Pairs {
  readonly keys: Float64Array;
  readonly values: Float64Array;
}

/** By key, should a writer not have sorted them. */
function pairsOf(v: readonly number[]): Pairs {
  const rows = Array.from({ length: v.length >> 1 }, (_, i) => [v[2 * i] as number, v[2 * i + 1] as number] as const);
  rows.sort(([a], [b]) => a - b);
  return { keys: Float64Array.from(rows, ([key]) => key), values: Float64Array.from(rows, ([, value]) => value) };
}

/** Linear between neighbours; outside the first or last value. */
const interpolated =
  ({ keys, values }: Pairs) =>
  (x: number): number => {
    const at = lastAtMost(keys, x);
    const last = keys.length - 1;
    if (last < 0 || Number.isNaN(x)) return Number.NaN;
    if (at < 0) return values[0] as number;
    if (at === last || keys[at] === x) return values[at] as number;
    const [key, value] = [keys[at] as number, values[at] as number];
    return value + ((x - key) / ((keys[at + 1] as number) - key)) * ((values[at + 1] as number) - value);
  };

/** Exactly in the middle: the lower key. */
const nearest =
  ({ keys, values }: Pairs) =>
  (x: number): number => {
    const at = lastAtMost(keys, x);
    if (keys.length === 0 || Number.isNaN(x)) return Number.NaN;
    if (at < 0) return values[0] as number;
    if (at === keys.length - 1) return values[at] as number;
    const isLower = x - (keys[at] as number) <= (keys[at + 1] as number) - x;
    return values[isLower ? at : at + 1] as number;
  };

const everyThird = (v: readonly number[], from: number): number[] =>
  Array.from({ length: Math.floor(v.length / 3) }, (_, i) => v[3 * i + from] as number);

/** Triples (lower, upper, value), then the default; without one the raw number stays. */
function rangeToValue(v: readonly number[]): Apply {
  const [lowers, uppers, values] = [everyThird(v, 0), everyThird(v, 1), everyThird(v, 2)];
  const otherwise = v.length % 3 === 1 ? v.at(-1) : undefined;
  const [closed, open] = [rangesOf(lowers, uppers, true), rangesOf(lowers, uppers, false)];
  return (raw, isFloat) => {
    if (typeof raw === "string") return raw;
    const x = Number(raw);
    const range = (isFloat ? open : closed).find(x);
    return range < 0 ? (otherwise ?? x) : (values[range] as number);
  };
}

/** No text: the raw number. */
const refer = (reference: Reference | undefined, raw: Value, isFloat: boolean): Value => {
  if (typeof reference === "string") return reference;
  return reference ? reference.apply(raw, isFloat) : raw;
};

function valueToText(keys: readonly number[], references: readonly Reference[]): Apply {
  const places = new Map<number, number>();
  for (const [i, key] of keys.entries()) if (!places.has(key) && !Number.isNaN(key)) places.set(key, i);
  return (raw, isFloat) =>
    typeof raw === "string" ? raw : refer(references[places.get(Number(raw)) ?? keys.length], raw, isFloat);
}

function tableOf(keys: readonly number[], references: readonly Reference[]): Record<string, string> {
  const rows = keys.map((key, i) => [String(key), references[i]] as const);
  return Object.fromEntries(rows.flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])));
}

function rangeToText(v: readonly number[], references: readonly Reference[]): Apply {
  const lowers = v.filter((_, i) => i % 2 === 0 && i + 1 < v.length);
  const uppers = v.filter((_, i) => i % 2 === 1);
  const [closed, open] = [rangesOf(lowers, uppers, true), rangesOf(lowers, uppers, false)];
  return (raw, isFloat) => {
    if (typeof raw === "string") return raw;
    const range = (isFloat ? open : closed).find(Number(raw));
    return refer(references[range < 0 ? lowers.length : range], raw, isFloat);
  };
}

function textToValue(values: readonly number[], texts: readonly string[]): Apply {
  const places = new Map<string, number>();
  for (const [i, text] of texts.entries()) if (!places.has(text)) places.set(text, i);
  return (raw) => values[places.get(String(raw)) ?? values.length - 1] ?? Number.NaN;
}

/** Pairs, then the default; without one the text stays. */
function textToText(texts: readonly string[]): Apply {
  const found = new Map<string, string>();
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const key = texts[i] as string;
    if (!found.has(key)) found.set(key, texts[i + 1] as string);
  }
  const otherwise = texts.length % 2 === 1 ? texts.at(-1) : undefined;
  return (raw) => found.get(String(raw)) ?? otherwise ?? raw;
}

/** The parts that say something, with the names of their conversions, joined by "|". A bit field inside a bit field says nothing. */
function bitsToText(masks: readonly bigint[], references: readonly Reference[]): Apply {
  return (raw, isFloat) => {
    if (typeof raw === "string" || (typeof raw === "number" && !Number.isInteger(raw))) return raw;
    const bits = BigInt(raw);
    const parts: string[] = [];
    for (const [i, mask] of masks.entries()) {
      const reference = references[i];
      const masked = BigInt.asUintN(64, bits) & mask;
      if (typeof reference === "string") {
        if (masked !== 0n && reference !== "") parts.push(reference);
      } else if (reference && !reference.hasBits) {
        const value = reference.apply(Number(masked), isFloat);
        if (value !== "") parts.push(`${reference.name === "" ? "" : `${reference.name}=`}${value}`);
      }
    }
    return parts.join("|");
  };
}
