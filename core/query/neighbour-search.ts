/** Looking for the samples next to a range in one log: nothing is read that is known, and no more than it takes. */
import type { DecodeOutput, DecodeRange, Rule } from "../kernel/decode.ts";
import type { DecodedLog } from "./decode-log.ts";
import { earlier, type KnownSamples, later, type Sample, sampleAt } from "./known-samples.ts";
import { type LaneName, nameOf } from "./lane-name.ts";

export interface EdgeSearch {
  readonly range: DecodeRange;
  /** Earliest and latest record of the log, ns from the base. */
  readonly log: { readonly firstTime: number; readonly lastTime: number };
  /** About so much of the log is read at first. */
  readonly reach: number;
  readonly decode: (rules: readonly Rule[], range: DecodeRange, output: DecodeOutput) => Promise<DecodedLog>;
}

export interface SoughtLane extends LaneName {
  readonly known: KnownSamples;
}

/** Each search without a find reads so many times as much as the one before. */
const FARTHER = 8;

/** Reads on from where nothing is known, each time farther, until every lane has its sample or the log ends. */
export async function lookFor(
  side: "before" | "after",
  time: number,
  lanes: readonly SoughtLane[],
  rules: readonly Rule[],
  { range, log, reach, decode }: EdgeSearch,
): Promise<{ readonly found: ReadonlyMap<string, Sample>; readonly bytesRead: number }> {
  const found = new Map<string, Sample>();
  const isBefore = side === "before";
  let open = lanes;
  let bytesRead = 0;
  let width = reach;
  for (;;) {
    const left: { readonly lane: SoughtLane; readonly knownTo: number }[] = [];
    for (const lane of open) {
      const nearest = lane.known[side](time);
      if ("knownTo" in nearest) left.push({ lane, knownTo: nearest.knownTo });
      else if (nearest.sample) found.set(nameOf(lane), nearest.sample);
    }
    if (left.length === 0) return { found, bytesRead };
    const at = left.reduce(
      (most, { knownTo }) => (isBefore ? Math.max(most, knownTo) : Math.min(most, knownTo)),
      left[0]?.knownTo ?? 0,
    );
    const looking = left.filter(({ knownTo }) => knownTo === at).map(({ lane }) => lane);
    const from = isBefore ? Math.max(log.firstTime, at - width) : at;
    const to = isBefore ? at : Math.min(log.lastTime + 1, at + width);
    const piece = {
      from: isBefore && from === log.firstTime ? Number.NEGATIVE_INFINITY : from,
      to: !isBefore && to === log.lastTime + 1 ? Number.POSITIVE_INFINITY : to,
    };
    const seen = new Map<string, { first: Sample | null; last: Sample | null }>();
    if (from < to) {
      const own = rulesOf(looking, rules);
      const decoded = await decode(own.rules, ...pieceOf(range, from, to));
      bytesRead += decoded.ledger.bytesRead;
      for (const lane of decoded.lanes) {
        if (!lane.cells) continue;
        const name = nameOf({ ...lane, rule: own.numbers[lane.rule] ?? 0 });
        const there = seen.get(name);
        seen.set(name, {
          first: earlier(there?.first ?? null, sampleAt(lane.cells, 0)),
          last: later(there?.last ?? null, sampleAt(lane.cells, 2)),
        });
      }
    }
    for (const lane of looking) lane.known.add({ ...piece, ...(seen.get(nameOf(lane)) ?? { first: null, last: null }) });
    open = left.map(({ lane }) => lane);
    width *= FARTHER;
  }
}

/** One bucket. */
function pieceOf({ baseNs }: DecodeRange, from: number, to: number): [DecodeRange, DecodeOutput] {
  return [
    { baseNs, fromNs: baseNs + BigInt(from), toNs: baseNs + BigInt(to) },
    { kind: "nearest", originNs: from, stepNs: to - from, bucketCount: 1, neighbours: false },
  ];
}

function byRuleOf(lanes: readonly SoughtLane[]): Map<number, SoughtLane[]> {
  const byRule = new Map<number, SoughtLane[]>();
  for (const lane of lanes) byRule.set(lane.rule, [...(byRule.get(lane.rule) ?? []), lane]);
  return byRule;
}

/** What of the rules leads to these lanes. */
function rulesOf(
  lanes: readonly SoughtLane[],
  rules: readonly Rule[],
): { readonly rules: readonly Rule[]; readonly numbers: readonly number[] } {
  const byRule = [...byRuleOf(lanes)];
  return {
    numbers: byRule.map(([number]) => number),
    rules: byRule.flatMap(([number, own]) => {
      const rule = rules[number];
      if (rule === undefined) return [];
      const signals = rule.signals.filter(({ signal }) => own.some((lane) => lane.signal === signal));
      const sources = [...new Set(own.flatMap(({ sourceAddress }) => sourceAddress ?? []))];
      return { ...rule, signals, ...(sources.length > 0 ? { sources } : {}) };
    }),
  };
}
