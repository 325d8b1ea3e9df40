/** All signals that occur, as one list; kept as long as what was heard. */
import type { SignalInfo, State } from "../state/model.ts";
import { buildTree, type Node } from "./build.ts";

let known: { readonly heard: State["heard"]; readonly leaves: readonly SignalInfo[] } | null = null;

export function leavesOf(heard: State["heard"]): readonly SignalInfo[] {
  if (known?.heard !== heard) known = { heard, leaves: walk(buildTree(Object.values(heard), new Map())) };
  return known.leaves;
}

const walk = (nodes: readonly Node[]): SignalInfo[] =>
  nodes.flatMap((node) => (node.kind === "signal" ? [node.info] : "children" in node ? walk(node.children) : []));
