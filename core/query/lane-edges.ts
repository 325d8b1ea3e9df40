/** The samples next to a range in one log: seen by the pass over the range, known from before, or looked for farther and farther away. */
import type { DbcSignal } from "../dbc/model.ts";
import type { DecodeOutput, Rule } from "../kernel/decode.ts";
import { ALL_TIMES } from "../kernel/stream-times.ts";
import { WORDS } from "./cell-part.ts";
import type { DecodedLane, DecodedLog } from "./decode-log.ts";
import { earlier, type KnownSamples, type KnownSpan, later, type Sample, sampleAt } from "./known-samples.ts";
import { type LaneName, nameOf } from "./lane-name.ts";
import { type EdgeSearch, lookFor, type SoughtLane } from "./neighbour-search.ts";

/** Times are ns from the base of the range. */
export interface LaneEdges extends LaneName {
  /** Last sample before the range, first one behind it. */
  readonly before: Sample | null;
  readonly after: Sample | null;
  readonly isInside: boolean;
}

/** Which lanes a log has, whether the range holds frames of them or not. */
export interface AskedLanes {
  readonly rules: readonly Rule[];
  /** Senders of the group of a rule in this log; null: not known. */
  readonly sourcesOf: (rule: Rule) => readonly number[] | null;
  /** What is known of a lane. */
  readonly known: (rule: Rule | undefined, signal: DbcSignal, sourceAddress: number | null) => KnownSamples;
}

/** undefined: to be looked for. */
interface SeenLane extends SoughtLane {
  readonly isInside: boolean;
  readonly before: Sample | null | undefined;
  readonly after: Sample | null | undefined;
}

export type CellOutput = DecodeOutput & { readonly kind: Exclude<DecodeOutput["kind"], "columns"> };

/**
 * Of the lanes that a pass over the range found, and of those the log has besides. `around`: cells of the range, with neighbours. null: a group
 * may have senders that the pass did not see.
 */
export async function laneEdges(
  around: DecodedLog,
  output: CellOutput,
  asked: AskedLanes,
  search: EdgeSearch,
): Promise<{ readonly edges: readonly LaneEdges[]; readonly bytesRead: number } | null> {
  const names = namesOf(around, asked);
  if (names === null) return null;
  const seen = new Map<string, DecodedLane[]>();
  for (const lane of around.lanes) seen.set(nameOf(lane), [...(seen.get(nameOf(lane)) ?? []), lane]);
  const lanes = names.map((name): SeenLane => {
    const known = asked.known(asked.rules[name.rule], name.signal, name.sourceAddress);
    return seenLane({ ...name, known }, seen.get(nameOf(name)) ?? [], around, output, search);
  });
  const from = Number(search.range.fromNs - search.range.baseNs);
  const to = Number(search.range.toNs - search.range.baseNs);
  const before = await lookFor(
    "before",
    from,
    lanes.filter((lane) => lane.before === undefined),
    asked.rules,
    search,
  );
  const after = await lookFor(
    "after",
    to,
    lanes.filter((lane) => lane.after === undefined),
    asked.rules,
    search,
  );
  const edges = lanes.map(({ known: _, ...lane }) => ({
    ...lane,
    before: lane.before ?? before.found.get(nameOf(lane)) ?? null,
    after: lane.after ?? after.found.get(nameOf(lane)) ?? null,
  }));
  return { edges, bytesRead: before.bytesRead + after.bytesRead };
}

/** Where all of the log was read, only what was found is there. */
function namesOf(around: DecodedLog, { rules, sourcesOf }: AskedLanes): readonly LaneName[] | null {
  const names = new Map<string, LaneName>();
  const add = ({ rule, signal, sourceAddress }: LaneName) => {
    const name = { rule, signal, sourceAddress };
    names.set(nameOf(name), name);
  };
  for (const lane of around.lanes) add(lane);
  if (!isWhole(around.covered)) {
    for (const [rule, one] of rules.entries()) {
      const sources = one.key.kind === "group" ? (one.sources ?? sourcesOf(one)) : [null];
      if (sources === null) return null;
      for (const sourceAddress of sources) for (const { signal } of one.signals) add({ rule, signal, sourceAddress });
    }
  }
  return [...names.values()];
}

/** What the pass over the range saw of a lane; that goes into what is known of it. */
function seenLane(
  name: SoughtLane,
  parts: readonly DecodedLane[],
  { covered }: DecodedLog,
  { kind, originNs, stepNs, bucketCount }: CellOutput,
  { range, log }: EdgeSearch,
): SeenLane {
  const from = Number(range.fromNs - range.baseNs);
  const to = Number(range.toNs - range.baseNs);
  const coveredFrom = covered.fromNs === ALL_TIMES.fromNs ? Number.NEGATIVE_INFINITY : Number(covered.fromNs - range.baseNs);
  const coveredTo = covered.toNs === ALL_TIMES.toNs ? Number.POSITIVE_INFINITY : Number(covered.toNs - range.baseNs);
  const { words, first } = WORDS[kind];
  const spans: (KnownSpan | undefined)[] = [];
  let before: Sample | null = null;
  let after: Sample | null = null;
  for (const { cells, firstBucket } of parts) {
    if (!cells) continue;
    const behind = cells.length - words;
    if (firstBucket === 0) before = later(before, sampleAt(cells, first + 2));
    if (firstBucket + cells.length / words - 2 >= bucketCount) after = earlier(after, sampleAt(cells, behind + first));
    for (let at = words; at < behind; at += words) {
      if (Number.isNaN(cells[at + first + 1])) continue;
      const bucket = firstBucket + at / words - 1;
      const there = spans[bucket];
      spans[bucket] = {
        from: Math.max(from, originNs + bucket * stepNs),
        to: Math.min(to, originNs + (bucket + 1) * stepNs),
        first: earlier(there?.first ?? null, sampleAt(cells, at + first)),
        last: later(there?.last ?? null, sampleAt(cells, at + first + 2)),
      };
    }
  }
  const inside = spans.filter((span) => span !== undefined);
  const isKnownBefore = coveredFrom === Number.NEGATIVE_INFINITY || (before !== null && before.time >= coveredFrom);
  const isKnownAfter = coveredTo === Number.POSITIVE_INFINITY || (after !== null && after.time < coveredTo);
  const { known } = name;
  // All of the log in buckets is worth more than any window: what stands next to those is found in it.
  if (from <= log.firstTime && to > log.lastTime) known.tile(gapless(inside));
  known.add({ from, to, first: inside[0]?.first ?? null, last: inside.at(-1)?.last ?? null });
  if (!isKnownBefore) known.add({ from: coveredFrom, to: from, first: null, last: null });
  if (!isKnownAfter) known.add({ from: to, to: coveredTo, first: null, last: null });
  return {
    ...name,
    isInside: inside.length > 0,
    before: isKnownBefore ? before : undefined,
    after: isKnownAfter ? after : undefined,
  };
}

/** Buckets with samples, with all the time between them and to both ends. */
function gapless(spans: readonly KnownSpan[]): KnownSpan[] {
  if (spans.length === 0) return [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, first: null, last: null }];
  return spans.map((span, i) => ({
    ...span,
    from: i === 0 ? Number.NEGATIVE_INFINITY : (spans[i - 1]?.to ?? span.from),
    to: i === spans.length - 1 ? Number.POSITIVE_INFINITY : span.to,
  }));
}

const isWhole = ({ fromNs, toNs }: DecodedLog["covered"]): boolean => fromNs === ALL_TIMES.fromNs && toNs === ALL_TIMES.toNs;
