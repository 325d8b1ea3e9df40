/**
 * The filter box: terms are ANDed, `-x` excludes, `a|b` is either, `*` and `?` are wildcards on the whole name, quotes are exact,
 * `unit: id: ch: dev: msg: db:` ask one field; anything else is a fuzzy subsequence of name and message. Linear time, no regular expressions.
 */
import type { Branch, IdLeaf, Node, SignalLeaf } from "./build.ts";

export interface Leaf {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

type Test = (leaf: Leaf) => boolean;

export interface Filter {
  readonly matches: Test;
  /** Positions in the name to light up. */
  readonly lit: (name: string) => readonly number[];
  /** Unknown fields, named to the user; the rest still applies. */
  readonly unknown: readonly string[];
  readonly empty: boolean;
}

const FIELDS = ["unit", "id", "ch", "dev", "msg", "db"] as const;

export function parseFilter(text: string): Filter {
  const unknown: string[] = [];
  const plain: string[] = [];
  const tests = (text.toLowerCase().match(/-?(?:[a-z]+:)?"[^"]*"|\S+/g) ?? []).map((term) => parseTerm(term, unknown, plain));
  return {
    matches: (leaf) => tests.every((test) => test(leaf)),
    lit: (name) => [...new Set(plain.flatMap((term) => subsequence(term, name.toLowerCase()) ?? []))],
    unknown,
    empty: tests.length === 0,
  };
}

function parseTerm(term: string, unknown: string[], plain: string[]): Test {
  if (term.startsWith("-") && term.length > 1) {
    const test = parseTerm(term.slice(1), unknown, []);
    return (leaf) => !test(leaf);
  }
  const either = term.split("|").filter((part) => part !== "");
  const tests = either.map((part) => parsePart(part, unknown, plain));
  return (leaf) => tests.some((test) => test(leaf));
}

function parsePart(part: string, unknown: string[], plain: string[]): Test {
  const colon = part.indexOf(":");
  if (colon > 0) {
    const field = part.slice(0, colon);
    const wanted = unquote(part.slice(colon + 1));
    if (!FIELDS.some((known) => known === field)) {
      unknown.push(field);
      return () => true;
    }
    return ({ fields }) => {
      const value = (fields[field] ?? "").toLowerCase();
      return hasWildcard(wanted) ? glob(wanted, value) : value.includes(wanted);
    };
  }
  if (part.startsWith('"')) {
    const exact = unquote(part);
    return ({ name }) => name.toLowerCase() === exact;
  }
  if (hasWildcard(part)) return ({ name }) => glob(part, name.toLowerCase());
  plain.push(part);
  return ({ name, fields }) =>
    subsequence(part, name.toLowerCase()) !== null || subsequence(part, (fields.msg ?? "").toLowerCase()) !== null;
}

const unquote = (text: string): string => text.replace(/^"|"$/g, "");
const hasWildcard = (text: string): boolean => text.includes("*") || text.includes("?");

/** Positions of the letters: together if they occur together, otherwise the first of each in order; null if they do not occur. */
export function subsequence(wanted: string, text: string): readonly number[] | null {
  const together = text.indexOf(wanted);
  if (together >= 0) return Array.from(wanted, (_, i) => together + i);
  // Letters strewn over a name say nothing when there are only one or two of them.
  if (wanted.length < 3) return null;
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

/** The same tree with only the matching leaves and their parents. */
export function filterTree(branches: readonly Branch[], filter: Filter): { tree: Branch[]; found: number } {
  let found = 0;
  function keep(node: Node, device: string, channel: string, message: Branch | null): Node | null {
    if (node.kind === "signal" || node.kind === "id") {
      if (!filter.matches(leafOf(node, device, channel, message))) return null;
      if (node.kind === "signal") found++;
      return node;
    }
    const children = node.children.flatMap(
      (child) =>
        keep(
          child,
          node.kind === "device" ? node.label : device,
          node.kind === "channel" ? node.label : channel,
          node.kind === "message" ? node : message,
        ) ?? [],
    );
    return children.length === 0 ? null : { ...node, children };
  }
  const tree = branches.flatMap((branch) => {
    const kept = keep(branch, "", "", null);
    return kept?.kind === "device" ? [kept] : [];
  });
  return { tree, found };
}

function leafOf(node: SignalLeaf | IdLeaf, device: string, channel: string, message: Branch | null): Leaf {
  const shared = { dev: device, ch: channel.replace(" ", ""), msg: message?.label ?? "" };
  if (node.kind === "id") return { name: node.label, fields: { ...shared, id: node.label } };
  const { selector } = node.info;
  const db = selector.kind === "channel" ? "" : (selector.db ?? "");
  const fields = { ...shared, unit: node.info.unit, db, id: message?.detail ?? "" };
  return { name: node.label, fields };
}

export const countSignals = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, node) => sum + (node.kind === "signal" ? 1 : "children" in node ? countSignals(node.children) : 0), 0);

/** Rows as they stand on screen: children of closed branches are left out. */
export function flatten(nodes: readonly Node[], isOpen: (key: string) => boolean): Node[] {
  return nodes.flatMap((node) => ("children" in node && isOpen(node.key) ? [node, ...flatten(node.children, isOpen)] : [node]));
}
