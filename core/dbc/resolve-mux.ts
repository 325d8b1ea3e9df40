/** Who hangs on which multiplexor: plain `m5` on the message's root, others by SG_MUL_VAL_. */
import { type Draft, type MessageDraft, type SignalDraft, signalKey } from "./draft.ts";
import type { RawRange } from "./model.ts";
import { quote, type Warnings } from "./warnings.ts";

export interface Selected {
  /** Short name of the multiplexor. */
  readonly by: string;
  readonly when: readonly RawRange[];
}

/**
 * The selection of each multiplexed signal, by short name, without cycles. `lost`: signals whose selection leads in a circle;
 * they can never be active.
 */
export function resolveMux(
  draft: Draft,
  warnings: Warnings,
  message: MessageDraft,
  signals: ReadonlyMap<string, SignalDraft>,
): { readonly selected: ReadonlyMap<string, Selected>; readonly lost: ReadonlySet<string> } {
  const roots = [...signals.values()].filter((signal) => signal.selector && signal.selectedWhen === null);
  const selected = new Map<string, Selected>();
  for (const signal of signals.values()) {
    const selection = selectionOf(draft, warnings, message, signals, signal) ?? plainSelection(warnings, roots, signal);
    if (selection) selected.set(signal.name, selection);
  }
  return { selected, lost: signalsInCircles(warnings, signals, selected) };
}

function selectionOf(
  draft: Draft,
  warnings: Warnings,
  message: MessageDraft,
  signals: ReadonlyMap<string, SignalDraft>,
  signal: SignalDraft,
): Selected | null {
  const said = draft.selections.get(signalKey(message.rawId, signal.name));
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
