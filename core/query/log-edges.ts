/** What a log has of the series next to a range: the parts that the search for it is made of. */
import { pgnOf } from "../dbc/match.ts";
import type { DbcSignal } from "../dbc/model.ts";
import { assert } from "../fault.ts";
import type { DecodeOutput, DecodeRange, Rule } from "../kernel/decode.ts";
import type { LogTimes } from "../kernel/log-times.ts";
import type { DecodedLog } from "./decode-log.ts";
import type { HeardLog } from "./heard-log.ts";
import type { SampleMemory } from "./known-samples.ts";
import { type CellOutput, type LaneEdges, laneEdges } from "./lane-edges.ts";
import { numberOf } from "./lane-name.ts";
import { REACH_NS } from "./log-plan.ts";

/** One version of a log. */
export interface EdgeLog {
  /** The same for the same bytes. */
  readonly name: string;
  readonly times: LogTimes;
  readonly memory: SampleMemory;
  /** Asked for where senders of a group must be known; null: they need not be. */
  readonly heard: HeardLog | null;
  /** `isWhole`: nothing of the log may be skipped. */
  readonly decode: (rules: readonly Rule[], range: DecodeRange, output: DecodeOutput, isWhole: boolean) => Promise<DecodedLog>;
}

/** Whether the senders of these rules are known only to those who heard the log. */
export const wantsSenders = (rules: readonly Rule[]): boolean =>
  rules.some(({ key, sources, transport }) => key.kind === "group" && sources === undefined && transport === undefined);

/** `seen`: cells of the range, with neighbours, as the log gave them for `output`. */
export async function edgesOf(
  log: EdgeLog,
  rules: readonly Rule[],
  range: DecodeRange,
  output: CellOutput,
  seen: DecodedLog,
): Promise<{ readonly edges: readonly LaneEdges[]; readonly bytesRead: number }> {
  const span = log.times.span;
  const asked = {
    rules,
    sourcesOf: (rule: Rule) => sendersOf(rule, log.heard),
    known: (rule: Rule | undefined, signal: DbcSignal, sourceAddress: number | null) =>
      log.memory.of(
        `${nameOfRule(rule, signal)} ${sourceAddress}\n${range.baseNs} ${output.firstFrameTimes === true}\n${log.name}`,
      ),
  };
  const search = {
    range,
    // Where no one knows when the log begins and ends, it may be anywhere that times can be.
    log: {
      firstTime: span === null ? -Number(REACH_NS) : Number(span.fromNs - range.baseNs),
      lastTime: span === null ? Number(REACH_NS) : Number(span.toNs - 1n - range.baseNs),
    },
    reach:
      span === null ? REACH_UNKNOWN : Math.ceil((PIECES * Number(span.toNs - span.fromNs)) / Math.max(1, log.times.chunkCount)),
    decode: (own: readonly Rule[], piece: DecodeRange, into: DecodeOutput) => log.decode(own, piece, into, false),
  };
  const found = await laneEdges(seen, output, asked, search);
  if (found) return found;
  const whole = await log.decode(rules, range, output, true);
  const edges = await laneEdges(whole, output, asked, search);
  return { edges: edges?.edges ?? [], bytesRead: whole.ledger.bytesRead };
}

/** Pieces of the log's index that are looked at first. */
const PIECES = 2;
const REACH_UNKNOWN = 1_000_000_000;

function sendersOf({ key, except = [], transport }: Rule, heard: HeardLog | null): readonly number[] | null {
  if (key.kind !== "group" || transport !== undefined || heard === null || !heard.isWhole) return null;
  const frames = heard.ids.filter(
    ({ bus, channel, id, extended, kind }) =>
      bus === key.bus && channel === key.channel && extended && kind === "data" && pgnOf(id) === key.pgn && !except.includes(id),
  );
  return [...new Set(frames.map(({ id }) => id & 0xff))];
}

/** Whether the log holds frames that the rule may be about; messages put together are not listed by who heard it. */
export function isHeard(rule: Rule, heard: HeardLog): boolean {
  if (rule.transport !== undefined || !heard.isWhole) return true;
  const { key, sources } = rule;
  if (key.kind === "group") return (sendersOf(rule, heard) ?? []).some((sender) => sources?.includes(sender) ?? true);
  return heard.ids.some(
    ({ bus, channel, id, extended }) => bus === key.bus && channel === key.channel && id === key.id && extended === key.extended,
  );
}

/** Equal for rules that give the same samples of a signal. */
function nameOfRule(rule: Rule | undefined, signal: DbcSignal): string {
  assert(rule, "a rule's number is its place");
  const { key, except = [], transport, addressing, signals } = rule;
  const maxRaw = signals.find((asked) => asked.signal === signal)?.maxRaw ?? 0;
  const of = key.kind === "exact" ? `${key.id}${key.extended ? "x" : ""}` : `${key.pgn} ${except.join()}`;
  return `${numberOf(signal)} ${key.bus} ${key.channel} ${key.kind} ${of} ${transport ?? ""} ${addressing ?? ""} ${maxRaw}`;
}
