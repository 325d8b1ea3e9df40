/** What the catalogue and the heard ids say about the recordings: their range, sessions and condition. */
import type { LogEntry } from "../../core/query/engine.ts";
import { addLedgers, emptyLedger, imbalance, type Ledger } from "../../core/query/ledger.ts";
import type { SignalInfo, State } from "./model.ts";
import type { TimeRange } from "./view.ts";

type Heard = Pick<State, "heard">;

/** First to last record of everything heard, half open; null before anything was heard. */
export function recordingRange({ heard }: Heard): TimeRange | null {
  let range: TimeRange | null = null;
  for (const { firstNs, lastNs } of Object.values(heard)) {
    if (firstNs !== null && lastNs !== null) range = union(range, { fromNs: firstNs, toNs: lastNs + 1n });
  }
  return range;
}

const union = (a: TimeRange | null, b: TimeRange): TimeRange =>
  a === null ? b : { fromNs: a.fromNs < b.fromNs ? a.fromNs : b.fromNs, toNs: a.toNs > b.toNs ? a.toNs : b.toNs };

export interface Session extends TimeRange {
  readonly device: string;
  readonly session: string;
  readonly logs: readonly LogEntry[];
}

const known = new WeakMap<State["heard"], Session[]>();

/** Sessions with known times, ascending. Asked for in every frame, so kept as long as what was heard. */
export function sessionsOf({ heard }: Heard): readonly Session[] {
  const sessions = known.get(heard) ?? findSessions(heard);
  known.set(heard, sessions);
  return sessions;
}

function findSessions(heard: State["heard"]): Session[] {
  const sessions = new Map<string, Session>();
  for (const log of Object.values(heard).flatMap((h) => h.logs)) {
    if (log.startNs === null) continue;
    const key = `${log.device}/${log.session}`;
    const before = sessions.get(key);
    const own = { fromNs: log.startNs, toNs: (log.endNs ?? log.startNs) + 1n };
    const range = union(before ?? null, own);
    sessions.set(key, { device: log.device, session: log.session, ...range, logs: [...(before?.logs ?? []), log] });
  }
  return [...sessions.values()].sort((a, b) => (a.fromNs < b.fromNs ? -1 : a.fromNs > b.fromNs ? 1 : 0));
}

/** Where a signal's picture starts: all of it, or, when recordings lie far apart, the newest session in which it was sent. */
export function firstRange(state: Heard, info: SignalInfo): TimeRange {
  const all = { fromNs: info.firstNs, toNs: info.lastNs + 1n };
  const own = sessionsOf(state).filter((s) => s.device === info.selector.device && s.toNs > all.fromNs && s.fromNs < all.toNs);
  const recorded = own.reduce((sum, s) => sum + (s.toNs - s.fromNs), 0n);
  const newest = own.at(-1);
  return newest !== undefined && all.toNs - all.fromNs > recorded * 8n ? newest : all;
}

export const sumOfLedgers = ({ heard }: Heard): Ledger =>
  Object.values(heard).reduce((sum, h) => addLedgers(sum, h.ledger), emptyLedger);

export type Condition =
  | { readonly kind: "balanced" }
  | { readonly kind: "losses"; readonly count: number }
  | { readonly kind: "damaged"; readonly count: number }
  | { readonly kind: "unbalanced"; readonly sentences: readonly string[] };

/** Of files that are not as they were written. */
const DAMAGE = ["input/bad-block", "input/bad-container", "input/bad-record", "input/not-mdf", "access/not-authentic"];
/** Of files, or pieces of them, that are not there. */
const MISSING = [
  "input/truncated",
  "input/empty",
  "storage/missing",
  "storage/changed",
  "storage/short",
  "storage/refused",
  "storage/unreachable",
  "limit/too-large",
  "limit/too-many",
];

/** The ledger badge (viewer.md §1); null before all of some device was read. */
export function conditionOf(state: Pick<State, "heard" | "catalogue" | "losses">): Condition | null {
  if (!Object.values(state.heard).some(({ isWhole }) => isWhole)) return null;
  const ledger = sumOfLedgers(state);
  const wrong = imbalance(ledger);
  if (wrong.length > 0) return { kind: "unbalanced", sentences: wrong };
  const heard = Object.values(state.heard);
  const logs = [...(state.catalogue?.logs ?? []), ...heard.flatMap((h) => h.logs)];
  const faults = [...logs.map((l) => l.fault), ...heard.flatMap((h) => h.notices.map((n) => n.fault ?? null))];
  const objects = (codes: readonly string[]): number =>
    new Set(faults.flatMap((f) => (f !== null && codes.includes(f.code) ? [f.object ?? f.message] : []))).size;
  const damaged = objects(DAMAGE);
  if (damaged > 0) return { kind: "damaged", count: damaged };
  const messages = Object.values(state.losses).reduce((sum, own) => sum + own.length, 0);
  const losses = messages + ledger.withoutPayload + objects(MISSING);
  if (losses > 0) return { kind: "losses", count: losses };
  // Of logs that are all locked nothing adds up to nothing.
  return ledger.bytes === 0 && logs.length > 0 && logs.every(({ fault }) => fault !== null) ? null : { kind: "balanced" };
}

/** Of logs that were not looked through for lost messages. */
export const unsoughtBytes = ({ unsought }: Pick<State, "unsought">): number =>
  Object.values(unsought).reduce((sum, bytes) => sum + bytes, 0);

/** Samples a window will hold, if they are spread evenly. */
export function samplesExpected(info: SignalInfo, range: TimeRange): number {
  const from = info.firstNs > range.fromNs ? info.firstNs : range.fromNs;
  const to = info.lastNs + 1n < range.toNs ? info.lastNs + 1n : range.toNs;
  if (to <= from) return 0;
  return Math.ceil((info.frames * Number(to - from)) / Number(info.lastNs + 1n - info.firstNs));
}

/** Minutes east of UTC in the newest log of the device that is plotted first, or of any. */
export function logOffsetMinutes({ heard, plotted }: Pick<State, "heard" | "plotted">): number {
  const device = Object.values(plotted)[0]?.info.selector.device;
  const own = device === undefined ? undefined : heard[device];
  const headers = (own === undefined ? Object.values(heard) : [own]).flatMap((h) => h.logs.flatMap((l) => l.header ?? []));
  const last = headers.at(-1);
  return last === undefined || last.startIsLocal ? 0 : last.zoneMinutes + last.summerMinutes;
}
