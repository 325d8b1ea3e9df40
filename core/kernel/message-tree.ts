/**
 * Multiplexing as a tree: a node stages its own signals; a selector of the node leads, by its raw value, to the node of the signals that are
 * there for it. So the kernel's loops know nothing of multiplexing (kernel.md §3).
 */
import { isSelectable } from "../dbc/geometry.ts";
import type { DbcMessage, DbcSignal, RawRange } from "../dbc/model.ts";
import { findSignal, selectorChain } from "../dbc/mux.ts";

/** A signal somebody asked for, with the number under which its samples are given back. */
export interface AskedLane {
  readonly lane: number;
  readonly message: DbcMessage;
  readonly signal: DbcSignal;
  /** Physical value, or the raw 64 bits. */
  readonly output: "physical" | "raw";
  /** Samples with a higher raw value are codes and left out (core/dbc/codes.ts); absent = all are data. */
  readonly maxRaw?: number;
}

export interface TreeNode {
  readonly lanes: readonly AskedLane[];
  readonly selectors: readonly TreeSelector[];
}

export interface TreeSelector {
  readonly signal: DbcSignal;
  /** Ascending from 0 without a gap; node null: nothing asked for is there. */
  readonly ranges: readonly { readonly low: bigint; readonly node: TreeNode | null }[];
}

/** Tree of the lanes of one frame identifier; lanes of several messages (databases) may share it. */
export function messageTree(lanes: readonly AskedLane[]): TreeNode {
  const byMessage = new Map<DbcMessage, AskedLane[]>();
  for (const lane of lanes) byMessage.set(lane.message, [...(byMessage.get(lane.message) ?? []), lane]);
  const parts = [...byMessage].map(([message, asked]) => subtree(message, null, asked));
  return { lanes: parts.flatMap((part) => part.lanes), selectors: parts.flatMap((part) => part.selectors) };
}

/** The node and all below it, each once. */
export function treeNodes(root: TreeNode): TreeNode[] {
  const nodes = new Set<TreeNode>([root]);
  for (const node of nodes) {
    for (const { ranges } of node.selectors) for (const range of ranges) if (range.node) nodes.add(range.node);
  }
  return [...nodes];
}

function subtree(message: DbcMessage, parent: DbcSignal | null, asked: readonly AskedLane[]): TreeNode {
  const depth = parent === null ? 0 : selectorChain(message, parent).length + 1;
  const own = asked.filter((lane) => selectorChain(message, lane.signal).length === depth);
  const deeper = asked.filter((lane) => selectorChain(message, lane.signal).length > depth);
  const bySelector = new Map<string, AskedLane[]>();
  for (const lane of deeper) {
    const name = selectorChain(message, lane.signal)[depth]?.selector.name ?? "";
    bySelector.set(name, [...(bySelector.get(name) ?? []), lane]);
  }
  const selectors: TreeSelector[] = [];
  for (const [name, below] of bySelector) {
    const selector = findSignal(message, name);
    if (selector && isSelectable(selector)) selectors.push(selectorRanges(message, selector, below, depth));
  }
  return { lanes: own, selectors };
}

/** Cuts the selector's values where the set of lanes changes. */
function selectorRanges(message: DbcMessage, selector: DbcSignal, below: readonly AskedLane[], depth: number): TreeSelector {
  const conditions = below.map((lane) => selectorChain(message, lane.signal)[depth]?.ranges ?? []);
  const cuts = new Set<bigint>([0n]);
  for (const ranges of conditions) {
    for (const [low, high] of ranges) {
      cuts.add(low);
      cuts.add(high + 1n);
    }
  }
  const nodes = new Map<string, TreeNode | null>([["", null]]);
  const limit = 1n << BigInt(selector.lengthBits);
  const lows = [...cuts].filter((low) => low >= 0n && low < limit).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const ranges = lows.map((low) => {
    const there = below.filter((_, i) => includes(conditions[i] ?? [], low));
    const key = there.map((lane) => lane.lane).join();
    let node = nodes.get(key);
    if (node === undefined) {
      node = subtree(message, selector, there);
      nodes.set(key, node);
    }
    return { low, node };
  });
  return { signal: selector, ranges };
}

const includes = (ranges: readonly RawRange[], value: bigint): boolean =>
  ranges.some(([low, high]) => value >= low && value <= high);
