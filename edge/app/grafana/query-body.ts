/** The body of POST /query (formats/grafana-api.md §2): nothing but `targets` is required, numbers may be text. */
import type { EpochNs } from "../../../core/time.ts";
import { isJsonObject, type JsonObject, kindOf } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { readDurationNs, readInstant } from "../instant.ts";
import { type Filter, readFilters } from "./filters.ts";
import { type Ask, asksOf } from "./target.ts";

const POINTS_DEFAULT = 1000;
/** More than any screen has. */
const POINTS_MAX = 1_000_000;
const NS_PER_MS = 1_000_000n;

export interface GrafanaRange {
  readonly fromNs: EpochNs;
  /** Grafana's end, which the seed form includes. */
  readonly toNs: EpochNs;
}

export interface PanelQuery {
  readonly range: GrafanaRange;
  /** The seed form's grid: `intervalMs` whatever `maxDataPoints` says. */
  readonly stepNs: bigint;
  /** Our own form's. */
  readonly ownStepNs: bigint;
  /** Of the request; a series must pass all of them. */
  readonly filters: readonly Filter[];
  /** null: the client did not say. */
  readonly maxDataPoints: number | null;
  /** In the order of the answer; hidden targets are gone. */
  readonly asks: readonly { readonly refId: string; readonly ask: Ask }[];
}

/**
 * `rangeOfData` gives the range of a body without one, as people paste it into Infinity. Faults: `request/bad-parameter` if the body is not a query
 * at all, or if every target in it is broken.
 */
export async function readPanelQuery(
  body: JsonObject,
  nowMs: number,
  rangeOfData: (devices: readonly string[] | null) => Promise<GrafanaRange>,
): Promise<PanelQuery> {
  const targets = body.targets;
  if (!Array.isArray(targets)) throw badParameter(`"targets" must be an array, not ${kindOf(targets)}`);
  const asks = targets.flatMap((target: unknown, at) => asksOfTarget(target, at));
  const wrong = asks.flatMap(({ ask }) => (ask.kind === "empty" && ask.broken ? [ask.why] : []));
  if (wrong[0] !== undefined && wrong.length === asks.length) throw badParameter(wrong[0]);
  const range = body.range === undefined ? await rangeOfData(devicesOf(asks)) : readRange(body, nowMs);
  const stepNs = stepOf(body, range);
  const maxDataPoints = pointsOf(body);
  return { range, stepNs, ownStepNs: ownStepOf(stepNs, range, maxDataPoints), maxDataPoints, filters: readFilters(body), asks };
}

/** Faults: `request/bad-parameter`. */
export function readRange(body: JsonObject, nowMs: number): GrafanaRange {
  const range = body.range;
  if (!isJsonObject(range)) throw badParameter('the request needs a "range" with "from" and "to"');
  return { fromNs: readInstant(range.from, "range.from", nowMs), toNs: readInstant(range.to, "range.to", nowMs) };
}

/** Devices that are asked by name; null: any may be. */
function devicesOf(asks: PanelQuery["asks"]): readonly string[] | null {
  const devices: string[] = [];
  for (const { ask } of asks) {
    if (ask.kind === "made" || ask.kind === "pattern") return null;
    if (ask.kind === "series") devices.push(ask.selector.device);
  }
  return [...new Set(devices)];
}

function asksOfTarget(target: unknown, at: number): PanelQuery["asks"] {
  if (!isJsonObject(target)) {
    return [
      {
        refId: refIdAt(at),
        ask: { kind: "empty", name: "", why: `a target must be an object, not ${kindOf(target)}`, broken: true },
      },
    ];
  }
  if (target.hide === true || target.hide === "true") return [];
  const named = target.refId;
  const refId = typeof named === "string" && named !== "" ? named : refIdAt(at);
  return asksOf(target).map((ask) => ({ refId, ask }));
}

/** A, B, … Z, AA, AB, … as Grafana names queries. */
function refIdAt(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : refIdAt(Math.floor(at / 26) - 1) + letter;
}

/** `intervalMs` (the seed's only measure), else `interval`, else range ÷ maxDataPoints; at least 1 ms, whole ms as the seed's grid needs. */
function stepOf(body: JsonObject, range: GrafanaRange): bigint {
  const given = readDurationNs(body.intervalMs) ?? readDurationNs(body.interval);
  const pointCount = BigInt(Math.max(1, pointsOf(body) ?? POINTS_DEFAULT));
  const step = given ?? (range.toNs - range.fromNs) / pointCount;
  const wholeMs = step - (step % NS_PER_MS);
  return wholeMs < NS_PER_MS ? NS_PER_MS : wholeMs;
}

/** Grafana rounds its interval, so that it makes up to 1.75 × maxDataPoints buckets of a range. */
const BUCKETS_PER_POINT = 2n;
/** Steps that people and Grafana use, ms. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000],
  ...[900_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000],
].map(BigInt);

/**
 * The interval, unless it makes more than twice as many buckets as the panel has points (a request in which the two contradict each other): then the
 * next round step with at most `maxDataPoints` buckets.
 */
function ownStepOf(stepNs: bigint, range: GrafanaRange, maxDataPoints: number | null): bigint {
  const lengthNs = range.toNs - range.fromNs;
  if (maxDataPoints === null || maxDataPoints < 1 || lengthNs <= stepNs * BigInt(maxDataPoints) * BUCKETS_PER_POINT)
    return stepNs;
  const leastNs = (lengthNs + BigInt(maxDataPoints) - 1n) / BigInt(maxDataPoints);
  const step = STEPS_MS.find((ms) => ms * NS_PER_MS >= leastNs);
  return step === undefined ? (leastNs / NS_PER_MS + 1n) * NS_PER_MS : step * NS_PER_MS;
}

function pointsOf(body: JsonObject): number | null {
  const points =
    typeof body.maxDataPoints === "number" || typeof body.maxDataPoints === "string" ? Number(body.maxDataPoints) : Number.NaN;
  return Number.isFinite(points) && points >= 0 ? Math.min(Math.floor(points), POINTS_MAX) : null;
}
