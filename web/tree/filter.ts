/**
 * The filter language of tree and palette: terms are ANDed, `-x` excludes, `a|b` is either, `*` and `?` are wildcards on the whole name, quotes
 * are exact, fields ask one property; anything else is a fuzzy subsequence of name and message. Linear time, no regular expressions on names.
 */
import { type Letters, lettersOf, mayHold } from "./letters.ts";

/** What is searched; all texts in lower case. */
export interface Leaf {
  /** Of the series; "" for an identifier that no database knows. */
  readonly id: string;
  readonly name: string;
  /** With capitals, where words start. */
  readonly label: string;
  readonly message: string;
  readonly letters: Letters;
  readonly messageLetters: Letters;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly rateHz: number | null;
  readonly is: ReadonlySet<string>;
}

const FIELDS = ["unit", "id", "pgn", "sa", "ch", "dev", "msg", "db"] as const;
type Field = (typeof FIELDS)[number];
const isField = (name: string): name is Field => FIELDS.some((known) => known === name);
const KINDS = ["plotted", "enum", "bool", "calc", "mux", "missing"];

/** `plotted`: ids of the series that are, which changes more often than an index. */
type Test = (leaf: Leaf, plotted: ReadonlySet<string>) => boolean;

export interface Filter {
  readonly matches: Test;
  /** How well plain terms fit, for what is chosen first: higher is better, 0 without any. */
  readonly score: (leaf: Leaf) => number;
  /** Positions in the name to light up. */
  readonly lit: (name: string) => readonly number[];
  /** Unknown fields, named to the user; the rest still applies. */
  readonly unknown: readonly string[];
  readonly empty: boolean;
}

export function parseFilter(text: string): Filter {
  const unknown: string[] = [];
  const plain: string[] = [];
  const terms = text.toLowerCase().match(/-?(?:[a-z]+:)?"[^"]*"|\S+/g) ?? [];
  const tests = terms.flatMap((term) => parseTerm(term, unknown, plain) ?? []);
  return {
    matches: (leaf, plotted) => tests.every((test) => test(leaf, plotted)),
    score: (leaf) => plain.reduce((sum, term) => sum + scoreOf(term, leaf), 0),
    lit: (name) => [...new Set(plain.flatMap((term) => subsequence(term, name.toLowerCase()) ?? []))],
    unknown,
    empty: tests.length === 0,
  };
}

/** null: nothing in it is understood, so that it rules nothing out. */
function parseTerm(term: string, unknown: string[], plain: string[]): Test | null {
  if (term.startsWith("-") && term.length > 1) {
    const test = parseTerm(term.slice(1), unknown, []);
    return test === null ? null : (leaf, plotted) => !test(leaf, plotted);
  }
  const either = term.includes('"') ? [term] : term.split("|").filter((part) => part !== "");
  const tests = either.flatMap((part) => parsePart(part, unknown, plain) ?? []);
  if (tests.length === 0) return null;
  return (leaf, plotted) => tests.some((test) => test(leaf, plotted));
}

function parsePart(part: string, unknown: string[], plain: string[]): Test | null {
  const colon = part.indexOf(":");
  if (colon > 0 && !part.startsWith('"')) return parseField(part.slice(0, colon), unquote(part.slice(colon + 1)), unknown);
  if (part.startsWith('"')) {
    const exact = unquote(part);
    return ({ name }) => name === exact;
  }
  if (hasWildcard(part)) return ({ name }) => glob(part, name);
  plain.push(part);
  const letters = lettersOf(part);
  return (leaf) =>
    (mayHold(leaf.letters, letters) && holds(part, leaf.name)) ||
    (mayHold(leaf.messageLetters, letters) && holds(part, leaf.message));
}

function parseField(field: string, wanted: string, unknown: string[]): Test | null {
  if (field === "rate") {
    const limit = /^([<>]=?)?(\d+(?:\.\d+)?)$/.exec(wanted);
    if (limit !== null) {
      const hz = Number(limit[2]);
      return ({ rateHz }) => rateHz !== null && compare(rateHz, limit[1] ?? "=", hz);
    }
  } else if (field === "is" && KINDS.includes(wanted))
    return wanted === "plotted" ? ({ id }, plotted) => plotted.has(id) : ({ is }) => is.has(wanted);
  else if (isField(field))
    return ({ fields }) => {
      const value = fields[field] ?? "";
      return hasWildcard(wanted) ? glob(wanted, value) : value.includes(wanted);
    };
  unknown.push(field === "rate" || field === "is" ? `${field}:${wanted}` : field);
  return null;
}

function compare(value: number, how: string, limit: number): boolean {
  if (how === ">") return value > limit;
  if (how === ">=") return value >= limit;
  if (how === "<") return value < limit;
  if (how === "<=") return value <= limit;
  return Math.abs(value - limit) <= limit / 20; // as rates are written
}

const unquote = (text: string): string => text.replace(/^"|"$/g, "");
const hasWildcard = (text: string): boolean => text.includes("*") || text.includes("?");

/**
 * Whether all that `after` finds was found by `before`: letters were put behind plain terms only. The third letter of a term also finds strewn
 * ones, so it may find more than the second.
 */
export function narrows(before: string, after: string): boolean {
  if (!after.startsWith(before) || /[-|:"*?]/.test(after)) return false;
  const last = /\S*$/.exec(before)?.[0] ?? "";
  const isWhole = last === "" || /^\s/.test(after.slice(before.length));
  return before.trim() !== "" && (isWhole || last.length >= STREWN_FROM);
}

/** Letters strewn over a name say nothing when there are only one or two of them. */
const STREWN_FROM = 3;

/** Whether the letters occur together, or in this order. */
function holds(wanted: string, text: string): boolean {
  if (text.includes(wanted)) return true;
  if (wanted.length < STREWN_FROM) return false;
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** The whole name, its start, the start of a word in it, inside it, strewn over it, only in the message. */
function scoreOf(term: string, { name, label }: Leaf): number {
  const at = name.indexOf(term);
  const short = 1 / (1 + name.length);
  if (at < 0) return holds(term, name) ? 1 + short + strewnOnStarts(term, label) : 0;
  if (name === term) return 6;
  return (at === 0 ? 5 : isWordStart(label, at) ? 4 : 3) + short;
}

/** "wbvs" are the capitals of WheelBasedVehicleSpeed: share of the letters at the start of words. */
function strewnOnStarts(term: string, label: string): number {
  let starts = 0;
  let at = 0;
  for (let i = 0; i < label.length && at < term.length; i++) {
    if (!isWordStart(label, i) || label.charAt(i).toLowerCase() !== term[at]) continue;
    starts++;
    at++;
  }
  return starts / term.length;
}

function isWordStart(label: string, at: number): boolean {
  const [before, here] = [label.charAt(at - 1), label.charAt(at)];
  return at === 0 || before === "_" || before === " " || (here !== here.toLowerCase() && before === before.toLowerCase());
}

/** Positions of the letters: together if they occur together, otherwise the first of each in order; null if they do not occur. */
export function subsequence(wanted: string, text: string): readonly number[] | null {
  const together = text.indexOf(wanted);
  if (together >= 0) return Array.from(wanted, (_, i) => together + i);
  if (wanted.length < STREWN_FROM) return null;
  const positions: number[] = [];
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at);
    if (at < 0) return null;
    positions.push(at++);
  }
  return positions;
}

/** `*` any run, `?` one character; the last star is the only one ever tried again, so the time is bounded by the product of the lengths. */
export function glob(pattern: string, text: string): boolean {
  let p = 0;
  let star = -1;
  let retry = 0;
  for (let t = 0; t < text.length; ) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++;
      retry = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
