/** POST /query: every requested target answered in order, streamed series by series (formats/grafana-api.md §4). */
import type { Notice } from "../../../core/fault.ts";
import type { Engine } from "../../../core/query/engine.ts";
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";
import { lastDayOfData } from "../api/data-range.ts";
import { readJsonObject } from "../body.ts";
import type { AppOptions, Handler } from "../context.ts";
import { faultOf, isBug, JSON_TYPE, sentenceOf } from "../fault-answer.ts";
import { isoText } from "../instant.ts";
import { streamText, type Writing } from "../stream.ts";
import { Bundles, type Outcome } from "./bundle.ts";
import { datapointText } from "./datapoints.ts";
import { expanded } from "./expand.ts";
import { type Filter, passes } from "./filters.ts";
import { labelsAsTags, tagsOfAsk } from "./labels.ts";
import { type MadeItem, type Making, metaOf } from "./made.ts";
import { type GrafanaRange, type PanelQuery, readPanelQuery } from "./query-body.ts";
import { reduced } from "./reduced.ts";
import { scaled } from "./scaling.ts";
import type { EmptyAsk, SeriesAsk } from "./series-target.ts";
import type { Ask } from "./target.ts";

/** The asks of one target as far as they are known now: patterns have become the series they mean. */
interface Item {
  readonly refId: string;
  readonly ask: Exclude<Ask, { kind: "pattern" }>;
}

export const query: Handler = async (asked) => {
  const { request, app } = asked;
  const body = await readJsonObject(asked);
  const panel = await readPanelQuery(body, app.now(), (devices) => lastDayOfData(devices, app.engine, request.signal));
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, (writing) => answerText(panel, app, writing));
};

async function* answerText(panel: PanelQuery, app: AppOptions, writing: Writing): AsyncGenerator<string> {
  const { engine, budgetBytes } = app;
  const items = await itemsOf(panel, engine, writing.signal);
  const backwards = panel.range.toNs < panel.range.fromNs;
  const asks = backwards ? [] : items.flatMap(({ ask }) => (ask.kind === "series" ? [ask] : []));
  const bundles = new Bundles(panel, asks, engine, budgetBytes, writing);
  try {
    await bundles.begin();
    let before = "[";
    const given = new Set<string>();
    for (const [at, { refId, ask }] of items.entries()) {
      if (ask.kind === "made") {
        for (const item of await madeItems(ask, { app, panel, writing })) {
          for (const piece of madeText(refId, item)) {
            yield before + piece;
            before = "";
          }
          before = ",\n";
        }
        continue;
      }
      const outcome = await outcomeOf(ask, panel, bundles, backwards);
      // Of the series a pattern means those without data are left out, but the last one if it is the only word about its target.
      const isSpare = given.has(refId) || items.slice(at + 1).some((item) => item.refId === refId);
      if (ask.kind === "series" && ask.isOptional && isSpare && isWithoutData(outcome)) continue;
      given.add(refId);
      for (const piece of itemText(refId, ask, outcome, panel)) {
        yield before + piece;
        before = "";
      }
      if (before === "") before = ",\n";
    }
    yield before === "[" ? "[]" : "]";
  } finally {
    await bundles.close();
  }
}

/** Patterns as the series they mean, and no series that an ad hoc filter rules out by what was asked. Faults: `storage/*`. */
async function itemsOf(panel: PanelQuery, engine: Engine, signal: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const { refId, ask } of panel.asks) {
    if (ask.kind !== "pattern") items.push({ refId, ask });
    else for (const one of await expanded(ask, engine, signal)) items.push({ refId, ask: one });
  }
  if (panel.filters.length === 0) return items;
  return items.filter(({ ask }) => ask.kind !== "series" || couldPass(ask, panel.filters));
}

/** What was asked for leaves labels open: only those it names can rule it out before it is read. */
function couldPass(ask: SeriesAsk, filters: readonly Filter[]): boolean {
  const tags = tagsOfAsk(ask.selector);
  return passes(
    tags,
    filters.filter(({ key }) => Object.hasOwn(tags, key)),
  );
}

/** What a target came to; what went wrong with it is told in its place, and the others are answered. */
async function madeItems(ask: Ask & { kind: "made" }, making: Making): Promise<readonly MadeItem[]> {
  const { range } = making.panel;
  if (range.toNs < range.fromNs) return [emptySeries(ask.name, backwardsNotice(range))];
  try {
    const items = await ask.make(making);
    return items.length > 0
      ? items
      : [emptySeries(ask.name, { severity: "warning", text: "no device or series fits the target" })];
  } catch (error) {
    const fault = faultOf(error);
    if (isBug(fault) || fault.code === "request/cancelled") throw error;
    return [emptySeries(ask.name, { severity: "error", text: sentenceOf(fault) })];
  }
}

const emptySeries = (target: string, notice: Notice): MadeItem => ({
  kind: "series",
  names: { target },
  segments: [],
  notices: [notice],
});

function* madeText(refId: string, item: MadeItem): Generator<string> {
  if (item.kind === "ready") yield JSON.stringify({ refId, ...item.body });
  else yield* seriesText({ refId, ...item.names }, item.segments, item.notices);
}

async function outcomeOf(ask: SeriesAsk | EmptyAsk, panel: PanelQuery, bundles: Bundles, backwards: boolean): Promise<Outcome> {
  if (ask.kind !== "series" || backwards) return { answers: [], fault: null };
  const { answers, fault } = await bundles.outcomeOf(ask);
  const kept = answers.filter(({ labels }) => ask.form === "seed" || passes(labelsAsTags(labels), panel.filters));
  return { answers: kept.map((answer) => scaled(reduced(answer, ask.method, panel.ownStepNs), ask.scaling)), fault };
}

const isWithoutData = ({ answers, fault }: Outcome): boolean =>
  fault === null && answers.every(({ segments }) => segments.every(({ timesNs }) => timesNs.length === 0));

const backwardsNotice = (range: GrafanaRange): Notice => ({
  severity: "warning",
  text: `the range ends (${isoText(range.toNs)}) before it begins (${isoText(range.fromNs)})`,
});

function* itemText(refId: string, ask: SeriesAsk | EmptyAsk, outcome: Outcome, panel: PanelQuery): Generator<string> {
  if (ask.kind === "empty") return yield* seriesText({ refId, target: ask.name }, [], [{ severity: "warning", text: ask.why }]);
  const late: Notice[] =
    outcome.fault === null ? [] : [{ severity: "error", text: `stopped here: ${sentenceOf(outcome.fault)}` }];
  if (outcome.answers.length === 0) {
    const why = panel.range.toNs < panel.range.fromNs ? backwardsNotice(panel.range) : filteredNotice;
    return yield* seriesText({ refId, target: ask.name }, [], late.length > 0 ? late : [why]);
  }
  for (const [at, answer] of outcome.answers.entries()) {
    const last = at === outcome.answers.length - 1;
    yield* seriesText({ refId, ...namesOf(ask, answer) }, answer.segments, [...answer.notices, ...(last ? late : [])]);
    if (!last) yield ",\n";
  }
}

const filteredNotice: Notice = { severity: "info", text: "the dashboard's ad hoc filters leave nothing of this target" };

/** The seed's form is named as the user wrote it; ours by what was found, with the labels as Grafana's tags. */
function namesOf(ask: SeriesAsk, answer: SeriesAnswer): { readonly target: string } & Readonly<Record<string, unknown>> {
  const isNamedAsAsked = ask.form === "seed" || (answer.labels.kind !== "channel" && answer.labels.message === "");
  const unit = answer.unit === "" || (ask.form === "seed" && ask.scaling === null) ? {} : { unit: answer.unit };
  if (isNamedAsAsked) return { target: ask.name, ...unit };
  const tags = labelsAsTags(answer.labels);
  return { target: Object.values(tags).join(":"), tags, ...unit };
}

function* seriesText(
  names: { readonly refId: string; readonly target: string },
  segments: readonly Segment[],
  notices: readonly Notice[],
): Generator<string> {
  yield `${JSON.stringify(names).slice(0, -1)},"datapoints":[`;
  let points = false;
  for (const piece of datapointText(segments)) {
    points = true;
    yield piece;
  }
  const said =
    points || notices.length > 0 ? notices : [{ severity: "info" as const, text: "there are no samples in this range" }];
  const meta = said.length === 0 ? "" : JSON.stringify(metaOf(said)).slice(1, -1);
  yield `]${meta === "" ? "" : `,${meta}`}}`;
}
