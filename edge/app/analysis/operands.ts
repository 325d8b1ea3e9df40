/** The series behind the names of an expression, read in full: `{Speed}` is the signal Speed of the target's device and DBC, unless `with` says otherwise. */
import type { Notice } from "../../../core/fault.ts";
import type { Engine, OnWork } from "../../../core/query/engine.ts";
import { nameOfSeries, type SeriesAnswer, type SeriesSelector } from "../../../core/series/series.ts";
import { isJsonObject, type JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { seriesAsks } from "../grafana/series-target.ts";

/** What reads series for an analysis. */
export interface Reading {
  readonly engine: Engine;
  readonly budgetBytes: number | null;
  /** Half open. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  readonly signal: AbortSignal;
  readonly onWork?: OnWork;
}

/** Samples of all series of one analysis at once: 16 bytes each. */
const SAMPLES_MAX = 2_000_000;
/** Keys that say where a series comes from. */
const WHERE = ["itf", "chn", "db", "message", "sa", "group"] as const;

/** One selector per name, each of one merged series. Faults: `request/bad-parameter` for what is wrong in the target. */
export function operandSelectors(object: JsonObject, names: readonly string[], device: string): readonly SeriesSelector[] {
  if (names.length > OPERANDS_MAX) throw badParameter(`${names.length} series in one expression are more than ${OPERANDS_MAX}`);
  const others = isJsonObject(object.with) ? object.with : {};
  const common = Object.fromEntries(WHERE.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]])));
  return names.map((name) => {
    const own = Object.hasOwn(others, name) ? others[name] : undefined;
    if (own !== undefined && !isJsonObject(own))
      throw badParameter(`"${name}" in "with" must be an object such as {"signal": "…"}`);
    const named = own?.signal === undefined && own?.channel === undefined ? { signal: name } : {};
    const [ask, ...more] = seriesAsks({ device, ...common, ...named, ...own });
    if (ask?.kind !== "series" || more.length > 0)
      throw badParameter(ask?.kind === "empty" ? ask.why : `"${name}" must be one series: no list and no pattern`);
    const { selector } = ask;
    return selector.kind === "channel" ? selector : { ...selector, merge: true };
  });
}

const OPERANDS_MAX = 16;

/** One answer per selector with all its samples, with `neighbours` also the nearest ones around the range, and what should be known about them. Faults: the engine's. */
export async function readOperands(
  selectors: readonly SeriesSelector[],
  reading: Reading,
  neighbours = true,
): Promise<{ readonly answers: readonly SeriesAnswer[]; readonly notices: readonly Notice[] }> {
  const { engine, budgetBytes, fromNs, toNs, signal, onWork } = reading;
  const run = engine.query(
    {
      selectors,
      fromNs,
      toNs,
      method: "raw",
      grid: { kind: "fixed", originNs: 0n, stepNs: 1n },
      wholeBuckets: false,
      neighbours,
      budgetBytes,
      budgetPoints: Math.floor(SAMPLES_MAX / Math.max(1, selectors.length)),
    },
    signal,
    onWork,
  );
  const answers: (SeriesAnswer | undefined)[] = new Array(selectors.length).fill(undefined);
  const notices = new Map<string, Notice>();
  for await (const answer of run.series) {
    const first = answers[answer.selector];
    for (const notice of answer.notices) notices.set(notice.text, notice);
    if (first === undefined) answers[answer.selector] = answer;
    else {
      const text = `${nameOfSeries(answer.labels)} is more than one series; the first is taken: say "group", "message" or "sa"`;
      notices.set(text, { severity: "warning", text });
    }
  }
  return { answers: answers.filter((answer) => answer !== undefined), notices: [...notices.values()] };
}
