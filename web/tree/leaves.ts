/** All signals that occur, as one list and as an index to search; kept as long as what was heard. */
import type { SignalInfo, State } from "../state/model.ts";
import { type Branch, buildTree } from "./build.ts";
import { type Entry, indexTree } from "./search.ts";

interface Known {
  readonly heard: State["heard"];
  readonly entries: readonly Entry[];
  readonly leaves: readonly SignalInfo[];
}

let known: Known | null = null;
const indexes = new WeakMap<Branch, readonly Entry[]>();

export const leavesOf = (heard: State["heard"]): readonly SignalInfo[] => knownOf(heard).leaves;
export const entriesOf = (heard: State["heard"]): readonly Entry[] => knownOf(heard).entries;

function knownOf(heard: State["heard"]): Known {
  if (known?.heard === heard) return known;
  const entries = buildTree(Object.values(heard), new Map()).flatMap(indexed);
  // What has no curve is found, but cannot be plotted.
  const leaves = entries.flatMap(({ node }) => (node.kind === "signal" && !node.info.absent ? [node.info] : []));
  known = { heard, entries, leaves };
  return known;
}

/** A branch that was indexed before, such as another device's, is not walked again. */
function indexed(branch: Branch): readonly Entry[] {
  const there = indexes.get(branch) ?? indexTree([branch]);
  indexes.set(branch, there);
  return there;
}
