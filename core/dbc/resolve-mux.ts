/** Who hangs on which multiplexor: plain `m5` on the message's root, others by SG_MUL_VAL_. */
import type { Draft, MessageDraft, SignalDraft } from "./draft.ts";
import { isSelectable } from "./geometry.ts";
import type { RawRange } from "./model.ts";
import { quote, type Warnings } from "./warnings.ts";

export interface Selected {
  /** Short name of the multiplexor. */
  readonly by: string;
  readonly when: readonly RawRange[];
}

/** Multiplexors above one another; three are seen in the wild. */
const DEPTH_MAX = 16;
/** Ranges of a signal and of all multiplexors above it; the kernel has room for some thousand at a time. */
const RANGES_MAX = 256;

/**
 * The selection of each multiplexed signal, by short name, without cycles. `lost`: signals whose selection leads in a circle, or
 * further than we follow.
 */
export function resolveMux(
  draft: Draft,
  warnings: Warnings,
  message: MessageDraft,
): { readonly selected: ReadonlyMap<string, Selected>; readonly lost: ReadonlySet<string> } {
  const { signals } = message;
  const roots = [...signals.values()].filter((signal) => signal.selector && signal.selectedWhen === null);
  const selected = new Map<string, Selected>();
  for (const signal of signals.values()) {
    const selection = selectionOf(draft, warnings, message, signals, signal) ?? plainSelection(warnings, roots, signal);
    if (selection) selected.set(signal.name, selection);
  }
  if (selected.size === 0) return { selected, lost: new Set() };
  const lost = new Set([...signalsInCircles(warnings, signals, selected), ...signalsTooDeep(warnings, signals, selected)]);
  for (const [name, { by, when }] of selected) warnIfNeverThere(draft, warnings, signals.get(name), signals.get(by), when);
  return { selected, lost };
}

function selectionOf(
  draft: Draft,
  warnings: Warnings,
  message: MessageDraft,
  signals: ReadonlyMap<string, SignalDraft>,
  signal: SignalDraft,
): Selected | null {
  const said = draft.selections.get(signal.key);
  if (!said) return null;
  const { selector, ranges } = said.value;
  if (!signals.has(selector)) {
    warnings.add(said, `SG_MUL_VAL_: message ${quote(message.name)} has no signal ${quote(selector)}; the statement is skipped`);
    return null;
  }
  return { by: selector, when: joinRanges(ranges) };
}

/** `m5` without SG_MUL_VAL_: the first `M` of the message. */
function plainSelection(warnings: Warnings, roots: readonly SignalDraft[], signal: SignalDraft): Selected | null {
  if (signal.selectedWhen === null) return null;
  const root = roots[0];
  if (!root) {
    warnings.add(
      signal,
      `SG_: ${quote(signal.name)} is multiplexed but its message has no multiplexor M; it is read in every frame`,
    );
    return null;
  }
  if (roots.length > 1) {
    warnings.add(
      signal,
      `SG_: ${quote(signal.name)} may hang on any of ${roots.length} multiplexors; ${quote(root.name)} is taken`,
    );
  }
  return { by: root.name, when: [[signal.selectedWhen, signal.selectedWhen]] };
}

/** Sorted, without overlaps, neighbours joined. */
function joinRanges(ranges: readonly RawRange[]): RawRange[] {
  const joined: [bigint, bigint][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))) {
    const last = joined.at(-1);
    if (!last || low > last[1] + 1n) joined.push([low, high]);
    else if (high > last[1]) last[1] = high;
  }
  return joined;
}

/** Walks each chain upwards once: every signal is settled as soon as one walk has passed it. */
function signalsInCircles(
  warnings: Warnings,
  signals: ReadonlyMap<string, SignalDraft>,
  selected: ReadonlyMap<string, Selected>,
): ReadonlySet<string> {
  const settled = new Map<string, "well" | "lost">();
  for (const signal of signals.values()) {
    const walked = new Set<string>();
    let name: string | undefined = signal.name;
    while (name !== undefined && !settled.has(name) && !walked.has(name)) {
      walked.add(name);
      name = selected.get(name)?.by;
    }
    const lost = name !== undefined && (walked.has(name) || settled.get(name) === "lost");
    for (const each of walked) settled.set(each, lost ? "lost" : "well");
    if (!lost) continue;
    for (const each of walked) {
      warnings.add(
        signals.get(each) ?? signal,
        `SG_MUL_VAL_: the multiplexors of ${quote(each)} lead in a circle; the signal is skipped`,
      );
    }
  }
  return new Set([...settled].filter(([, state]) => state === "lost").map(([name]) => name));
}

/** Follows each chain upwards until it meets one that was followed before, and counts on the way back. */
function signalsTooDeep(
  warnings: Warnings,
  signals: ReadonlyMap<string, SignalDraft>,
  selected: ReadonlyMap<string, Selected>,
): ReadonlySet<string> {
  const costs = new Map<string, { readonly depth: number; readonly ranges: number }>();
  const tooDeep = new Set<string>();
  for (const start of selected.keys()) {
    const way: string[] = [];
    for (let name: string | undefined = start; name !== undefined && !costs.has(name); name = selected.get(name)?.by) {
      costs.set(name, { depth: 0, ranges: 0 }); // ends a circle
      way.push(name);
    }
    for (const name of way.reverse()) {
      const selection = selected.get(name);
      if (!selection) continue;
      const above = costs.get(selection.by) ?? { depth: 0, ranges: 0 };
      const cost = { depth: above.depth + 1, ranges: above.ranges + selection.when.length };
      costs.set(name, cost);
      const signal = signals.get(name);
      if (!signal || (cost.depth <= DEPTH_MAX && cost.ranges <= RANGES_MAX)) continue;
      tooDeep.add(name);
      const what = `hangs on more than ${DEPTH_MAX} multiplexors, or ${RANGES_MAX} ranges of their values`;
      warnings.add(signal, `SG_MUL_VAL_: ${quote(name)} ${what}; the signal is skipped`);
    }
  }
  return tooDeep;
}

/** A slip that is cheap to see: a multiplexor that is none, or that cannot reach the value. */
function warnIfNeverThere(
  draft: Draft,
  warnings: Warnings,
  signal: SignalDraft | undefined,
  selector: SignalDraft | undefined,
  when: readonly RawRange[],
): void {
  if (!signal || !selector) return;
  const [name, by] = [quote(signal.name), quote(selector.name)];
  const float = (draft.valueTypes.get(selector.key)?.value ?? 0) > 0 ? 32 : null;
  if (!isSelectable({ ...selector, float })) {
    warnings.add(signal, `SG_: ${name} hangs on ${by}, which is no integer within eight bytes; it has no values`);
    return;
  }
  const least = when[0]?.[0] ?? 0n;
  const most = (1n << BigInt(selector.lengthBits)) - 1n;
  if (least <= most) return;
  const reach = `${by} has ${selector.lengthBits} bits and reaches ${most}`;
  warnings.add(
    signal,
    `SG_: ${name} is there when ${by} is ${least}, but ${reach}: it is never there; is an SG_MUL_VAL_ missing?`,
  );
}
