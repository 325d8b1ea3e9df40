/** The index that the filter runs over, made once per tree, and the rows of what it found. */
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

export function indexTree(tree: readonly Branch[]): Entry[] {
  const entries: Entry[] = [];
  const walk = (nodes: readonly Node[], path: readonly Branch[]): void => {
    for (const node of nodes) {
      if ("children" in node) walk(node.children, [...path, node]);
      else entries.push(entryOf(node, path));
    }
  };
  walk(tree, []);
  return entries;
}

function entryOf(node: SignalLeaf | IdLeaf, path: readonly Branch[]): Entry {
  const [device, channel] = [path.find(({ kind }) => kind === "device"), path.find(({ kind }) => kind === "channel")];
  const message = path.find(({ kind }) => kind === "message");
  const source = path.find(({ kind }) => kind === "source");
  const name = node.label.toLowerCase();
  const group = (message?.label ?? "").toLowerCase();
  const where = (source ?? message)?.detail.toLowerCase() ?? "";
  const shared = {
    dev: device?.label.toLowerCase() ?? "",
    ch: (channel?.label ?? "").replace(" ", "").toLowerCase(),
    msg: group,
  };
  const leaf = {
    id: node.kind === "signal" ? node.info.id : "",
    node,
    path,
    name,
    label: node.label,
    message: group,
    letters: lettersOf(name),
    messageLetters: lettersOf(group),
  };
  if (node.kind === "id") return { ...leaf, fields: { ...shared, id: name }, rateHz: node.rateHz, is: new Set(["missing"]) };
  const { selector, lane, absent, unit } = node.info;
  const kinds = [lane, node.mux === null ? null : "mux", absent ? "missing" : null];
  const address = selector.kind === "channel" ? undefined : selector.sourceAddress;
  const fields = {
    ...shared,
    unit: unit.toLowerCase(),
    db: selector.kind === "channel" ? "" : (selector.db ?? "").toLowerCase(),
    id: node.ids,
    ...(address === undefined ? {} : { sa: address.toString(16).padStart(2, "0"), pgn: where.split(" ")[0] ?? "" }),
  };
  return { ...leaf, fields, rateHz: node.rateHz, is: new Set(kinds.flatMap((kind) => kind ?? [])) };
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
