/** POST /query: every requested target answered in order, streamed series by series (formats/grafana-api.md §4). */
import type { Notice } from "../../../core/fault.ts";
import type { Engine } from "../../../core/query/engine.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { readJsonObject } from "../body.ts";
import type { AppOptions, Handler } from "../context.ts";
import { faultOf, isBug, JSON_TYPE, sentenceOf } from "../fault-answer.ts";
import { isoText } from "../instant.ts";
import { streamText, type Writing } from "../stream.ts";
import { Bundles, type Outcome, type SeriesAsk } from "./bundle.ts";
import { datapointText } from "./datapoints.ts";
import { type Making, metaOf } from "./made.ts";
import { type GrafanaRange, type PanelQuery, readPanelQuery } from "./query-body.ts";
import type { Ask } from "./target.ts";

interface Item {
  readonly refId: string;
  readonly ask: Ask;
}

export const query: Handler = async ({ request, app }) => {
  const panel = readPanelQuery(await readJsonObject(request), app.now());
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, (writing) => answerText(panel, app, writing));
};

async function* answerText(panel: PanelQuery, app: AppOptions, writing: Writing): AsyncGenerator<string> {
  const { engine, budgetBytes } = app;
  const items = await withAllSignals(panel.asks, engine, writing.signal);
  const backwards = panel.range.toNs < panel.range.fromNs;
  const asks = backwards ? [] : items.flatMap(({ ask }) => (ask.kind === "series" ? [ask] : []));
  const bundles = new Bundles(panel, asks, engine, budgetBytes, writing);
  try {
    await bundles.begin();
    let before = "[";
    for (const { refId, ask } of items) {
      if (ask.kind === "made") {
        for (const item of await madeItems(ask, { app, panel, writing })) {
          yield before + JSON.stringify({ refId, ...item });
          before = ",\n";
        }
        continue;
      }
      for (const piece of itemText(refId, ask, await outcomeOf(ask, bundles, backwards), panel.range)) {
        yield before + piece;
        before = "";
      }
      before = ",\n";
    }
    yield before === "[" ? "[]" : "]";
  } finally {
    await bundles.close();
  }
}

/** What a target came to; what went wrong with it is told in its place, and the others are answered. */
async function madeItems(ask: Ask & { kind: "made" }, making: Making): Promise<readonly object[]> {
  try {
    return await ask.make(making);
  } catch (error) {
    const fault = faultOf(error);
    if (isBug(fault) || fault.code === "request/cancelled") throw error;
    return [{ target: ask.name, datapoints: [], ...metaOf([{ severity: "error", text: sentenceOf(fault) }]) }];
  }
}

async function outcomeOf(ask: Ask, bundles: Bundles, backwards: boolean): Promise<Outcome> {
  if (ask.kind !== "series" || backwards) return { answers: [], fault: null };
  return bundles.outcomeOf(ask);
}

function* itemText(refId: string, ask: Ask, outcome: Outcome, range: GrafanaRange): Generator<string> {
  if (ask.kind !== "series") {
    const text = ask.kind === "empty" ? ask.why : "no DBC has signals that could be listed";
    return yield* seriesText({ refId, target: ask.kind === "empty" ? ask.name : "" }, null, [{ severity: "warning", text }]);
  }
  const late: Notice[] =
    outcome.fault === null ? [] : [{ severity: "error", text: `stopped here: ${sentenceOf(outcome.fault)}` }];
  if (outcome.answers.length === 0) {
    const backwards: Notice = {
      severity: "warning",
      text: `the range ends (${isoText(range.toNs)}) before it begins (${isoText(range.fromNs)})`,
    };
    return yield* seriesText({ refId, target: ask.name }, null, late.length > 0 ? late : [backwards]);
  }
  for (const [at, answer] of outcome.answers.entries()) {
    const last = at === outcome.answers.length - 1;
    yield* seriesText({ refId, ...namesOf(ask, answer) }, answer, [...answer.notices, ...(last ? late : [])]);
    if (!last) yield ",\n";
  }
}

/** The seed's form is named as the user wrote it; ours by what was found, with the labels as Grafana's tags. */
function namesOf(
  ask: SeriesAsk,
  answer: SeriesAnswer,
): { readonly target: string; readonly tags?: Readonly<Record<string, string>> } {
  if (answer.labels.kind === "channel") {
    const { device, group, channel } = answer.labels;
    const tags = { device, group, channel };
    return { target: Object.values(tags).join(":"), tags };
  }
  const { device, bus, channel, db, message, sourceAddress, signal } = answer.labels;
  if (ask.form === "seed" || message === "") return { target: ask.name };
  const address = sourceAddress === null ? {} : { sa: `0x${sourceAddress.toString(16).toUpperCase().padStart(2, "0")}` };
  const tags = { device, itf: bus, chn: `CH${channel}`, db: db.toLowerCase(), message, ...address, signal };
  return { target: Object.values(tags).join(":"), tags };
}

function* seriesText(
  names: { readonly refId: string; readonly target: string },
  answer: SeriesAnswer | null,
  notices: readonly Notice[],
): Generator<string> {
  yield `${JSON.stringify(names).slice(0, -1)},"datapoints":[`;
  let points = false;
  for (const piece of datapointText(answer?.segments ?? [])) {
    points = true;
    yield piece;
  }
  const said =
    points || notices.length > 0 ? notices : [{ severity: "info" as const, text: "there are no samples in this range" }];
  const meta =
    said.length === 0 ? "" : `,"meta":${JSON.stringify({ notices: said.map(({ severity, text }) => ({ severity, text })) })}`;
  yield `]${meta}}`;
}

/** Targets that ask for all signals become one ask per signal of their DBC, in the order of the DBC. */
async function withAllSignals(items: readonly Item[], engine: Engine, signal: AbortSignal): Promise<readonly Item[]> {
  if (!items.some(({ ask }) => ask.kind === "all-signals")) return items;
  const dbcs = await engine.dbcs(signal);
  return items.flatMap(({ refId, ask }) => {
    if (ask.kind !== "all-signals") return [{ refId, ask }];
    const wanted = dbcs.filter((dbc) => ask.db === null || dbc.name.toLowerCase() === ask.db.toLowerCase());
    const names = new Set(wanted.flatMap((dbc) => dbc.messages.flatMap((message) => message.signals.map((one) => one.name))));
    // Without a DBC the engine's own sentence says what is loaded and what was heard.
    return names.size === 0 ? [{ refId, ask: ask.of(".*") }] : [...names].map((name) => ({ refId, ask: ask.of(name) }));
  });
}
