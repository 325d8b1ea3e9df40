/** What every kind of made answer needs: the devices of its target, its range, its series. */
import type { Query } from "../../../core/query/query.ts";
import type { SeriesAnswer, SeriesSelector } from "../../../core/series/series.ts";
import type { Reading } from "../analysis/operands.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { devicesNamed } from "./devices.ts";
import { expanded } from "./expand.ts";
import type { Making } from "./made.ts";
import { isPattern } from "./pattern.ts";
import { type SeriesAsk, seriesAsks } from "./series-target.ts";
import { listIn } from "./target-text.ts";

/** The panel's range, half open, with what reading takes. */
export const readingOf = ({ app, panel, writing }: Making): Reading => ({
  engine: app.engine,
  budgetBytes: app.budgetBytes,
  fromNs: panel.range.fromNs,
  toNs: panel.range.toNs,
  signal: writing.signal,
  onWork: writing.onWork,
});

/** Devices the target means, in its order; a name there is no device of stays, so that the answer says so. Faults: `storage/*`. */
export async function devicesOf(object: JsonObject, { app, writing }: Making): Promise<readonly string[]> {
  const texts = Array.isArray(object.device) ? object.device.map(String) : listIn(String(object.device));
  const found: string[] = [];
  for (const text of texts) found.push(...(isPattern(text) ? await devicesNamed(text, app.engine, writing.signal) : [text]));
  return [...new Set(found)];
}

/** Series of the target as its patterns mean them, each by message and source address, in the order of the target. Faults: `request/bad-parameter`, `storage/*`. */
export async function asksOfObject(object: JsonObject, { app, writing }: Making): Promise<readonly SeriesAsk[]> {
  const asks: SeriesAsk[] = [];
  for (const ask of seriesAsks({ ...object, method: "raw" })) {
    const all = ask.kind === "pattern" ? await expanded(ask, app.engine, writing.signal) : [ask];
    for (const one of all) {
      if (one.kind === "empty") throw badParameter(one.why);
      asks.push(one);
    }
  }
  return asks;
}

/** Answers to the selectors in their order. Faults: the engine's. */
export async function answersOf(
  selectors: readonly SeriesSelector[],
  more: Partial<Query>,
  { app, panel, writing }: Making,
): Promise<readonly SeriesAnswer[]> {
  const query: Query = {
    selectors,
    fromNs: panel.range.fromNs,
    toNs: panel.range.toNs,
    method: "raw",
    grid: { kind: "fixed", originNs: 0n, stepNs: panel.ownStepNs },
    wholeBuckets: false,
    neighbours: false,
    budgetBytes: app.budgetBytes,
    budgetPoints: null,
    ...more,
  };
  const answers: SeriesAnswer[] = [];
  for await (const answer of app.engine.query(query, writing.signal, writing.onWork).series) answers.push(answer);
  return answers;
}
