/** The index that the filter runs over, made once per tree, and the rows of what it found. */
import { atOnce, type Growth } from "../slices.ts";
import type { Branch, IdLeaf, Node, SignalLeaf } from "./build.ts";
import type { Filter, Leaf } from "./filter.ts";
import { lettersOf } from "./letters.ts";

export interface Entry extends Leaf {
  readonly node: SignalLeaf | IdLeaf;
  /** From the device down to the message. */
  readonly path: readonly Branch[];
}

export interface Found {
  /** In the order of the tree. */
  readonly entries: readonly Entry[];
  readonly signals: number;
  /** The best match among the signals. */
  readonly best: Entry | null;
}

/** Yields entries as they are made. */
export function* growIndex(tree: readonly Branch[]): Growth<Entry[]> {
  const entries: Entry[] = [];
  function* walk(nodes: readonly Node[], path: readonly Branch[]): Growth<void> {
    let parent: Parent | null = null;
    let made = 0;
    for (const node of nodes) {
      if ("children" in node) yield* walk(node.children, [...path, node]);
      else {
        parent ??= parentOf(path);
        entries.push(entryOf(node, parent));
        made++;
      }
    }
    if (made > 0) yield made;
  }
  yield* walk(tree, []);
  return entries;
}

export const indexTree = (tree: readonly Branch[]): Entry[] => atOnce(growIndex(tree));

/** What the leaves of a branch have in common. */
interface Parent extends Pick<Entry, "path" | "message" | "messageLetters"> {
  readonly fields: { readonly dev: string; readonly ch: string; readonly msg: string };
  readonly pgn: string;
}

function parentOf(path: readonly Branch[]): Parent {
  const label = (kind: Branch["kind"]): string => (path.find((branch) => branch.kind === kind)?.label ?? "").toLowerCase();
  const message = label("message");
  const where = path.findLast(({ kind }) => kind === "source" || kind === "message")?.detail.toLowerCase() ?? "";
  return {
    path,
    message,
    messageLetters: lettersOf(message),
    fields: { dev: label("device"), ch: label("channel").replace(" ", ""), msg: message },
    pgn: where.split(" ")[0] ?? "",
  };
}

const NO_KINDS: ReadonlySet<string> = new Set();
const MISSING: ReadonlySet<string> = new Set(["missing"]);

function entryOf(node: SignalLeaf | IdLeaf, { path, message, messageLetters, fields: shared, pgn }: Parent): Entry {
  const name = node.label.toLowerCase();
  const id = node.kind === "signal" ? node.info.id : "";
  const leaf = { id, node, path, name, label: node.label, message, letters: lettersOf(name), messageLetters };
  if (node.kind === "id") return { ...leaf, fields: { ...shared, id: name }, rateHz: node.rateHz, is: MISSING };
  const { selector, lane, absent, unit } = node.info;
  const kinds = [lane, node.mux === null ? null : "mux", absent ? "missing" : null].filter((kind) => kind !== null);
  const address = selector.kind === "channel" ? undefined : selector.sourceAddress;
  const fields = {
    ...shared,
    unit: unit.toLowerCase(),
    db: selector.kind === "channel" ? "" : (selector.db ?? "").toLowerCase(),
    id: node.ids,
    ...(address === undefined ? {} : { sa: address.toString(16).padStart(2, "0"), pgn }),
  };
  return { ...leaf, fields, rateHz: node.rateHz, is: kinds.length === 0 ? NO_KINDS : new Set(kinds) };
}

/** One pass over the index. */
export function search(entries: readonly Entry[], filter: Filter, plotted: ReadonlySet<string>): Found {
  const found: Entry[] = [];
  let [signals, best, bestScore] = [0, null as Entry | null, -1];
  for (const entry of entries) {
    if (!filter.matches(entry, plotted)) continue;
    found.push(entry);
    if (entry.node.kind !== "signal") continue;
    signals++;
    const score = filter.score(entry);
    if (score > bestScore) [best, bestScore] = [entry, score];
  }
  return { entries: found, signals, best };
}

/** The found leaves with their parents, as rows. */
export function rowsOf(entries: readonly Entry[]): Node[] {
  const rows: Node[] = [];
  let open: readonly Branch[] = [];
  for (const { node, path } of entries) {
    let same = 0;
    while (same < path.length && path[same] === open[same]) same++;
    rows.push(...path.slice(same), node);
    open = path;
  }
  return rows;
}

export const countSignals = (nodes: readonly Node[]): number =>
  nodes.reduce((sum, node) => sum + (node.kind === "signal" ? 1 : "children" in node ? countSignals(node.children) : 0), 0);

/** Rows as they stand on screen: children of closed branches are left out. */
export function flatten(nodes: readonly Node[], isOpen: (key: string) => boolean): Node[] {
  const rows: Node[] = [];
  const add = (some: readonly Node[]): void => {
    for (const node of some) {
      rows.push(node);
      if ("children" in node && isOpen(node.key)) add(node.children);
    }
  };
  add(nodes);
  return rows;
}
