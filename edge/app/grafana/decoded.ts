/** `decoded` and `states`: samples as tables, value tables as text, integers to their last digit. */
import type { Notice } from "../../../core/fault.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { exactText } from "../../../core/series/value-text.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import { readPage } from "../tables/page.ts";
import { type Cell, type Column, compareCells } from "../tables/table.ts";
import { labelsAsTags } from "./labels.ts";
import { limitOf, type MadeItem, type Maker, metaOf, tableItem } from "./made.ts";
import { answersOf, asksOfObject } from "./reading.ts";
import { scaled } from "./scaling.ts";
import type { SeriesAsk } from "./series-target.ts";

const DECODED_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  ...["device", "itf", "chn", "db", "message", "sa", "signal"].map((text): Column => ({ text, type: "string" })),
  { text: "value", type: "number" },
  { text: "text", type: "string" },
  { text: "unit", type: "string" },
  { text: "timeNs", type: "string" },
];
/** Samples held at once where the order does not tell which are wanted. */
const SAMPLES_MAX = 1_000_000;

/** One row per sample, by time; `text` is the value table's word, or all digits of an integer that a number cannot hold. Faults: `request/bad-parameter`. */
export function decodedMaker(object: JsonObject): Maker {
  const page = readPage(
    (name) => object[name],
    DECODED_COLUMNS.map(({ text }) => text),
  );
  const at = DECODED_COLUMNS.findIndex(({ text }) => text === page.sort);
  const isByTime = page.sort === null || page.sort === "time" || page.sort === "timeNs";
  // The first rows by time are the first samples; in any other order all must be seen.
  const isWhole = page.descending || !isByTime;
  return async (making) => {
    const limit = limitOf(page, making.panel);
    const asks = await asksOfObject(withoutPage(object), making);
    const budgetPoints = isWhole ? Math.ceil(SAMPLES_MAX / Math.max(1, asks.length)) : page.offset + limit + 1;
    const answers = await readAsks(asks, budgetPoints, making);
    const rows = answers.flatMap(rowsOf).sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
    if (!isByTime) rows.sort((a, b) => compareCells(a.cells[at] ?? null, b.cells[at] ?? null, page.descending));
    else if (page.descending) rows.reverse();
    const end = page.offset + limit;
    const table = {
      columns: DECODED_COLUMNS,
      rows: rows.slice(page.offset, end).map(({ cells }) => cells),
      notices: noticesOf(answers, isWhole),
      hasMore: rows.length > end,
    };
    return [tableItem(table, page.offset)];
  };
}

const PAGE_KEYS = ["sort", "order", "limit", "offset", "page"];
const withoutPage = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !PAGE_KEYS.includes(key)));

async function readAsks(
  asks: readonly SeriesAsk[],
  budgetPoints: number,
  making: Parameters<Maker>[0],
): Promise<readonly SeriesAnswer[]> {
  const selectors = asks.map(({ selector }) => selector);
  const answers = await answersOf(selectors, { budgetPoints }, making);
  return answers.map((answer) => scaled(answer, asks[answer.selector]?.scaling ?? null));
}

/** A page cuts off samples by its nature: that more follow is said by the page. */
function noticesOf(answers: readonly SeriesAnswer[], isCutATold: boolean): readonly Notice[] {
  const notices = new Map(answers.flatMap((answer) => answer.notices).map((notice) => [notice.text, notice]));
  return [...notices.values()].filter(({ text }) => isCutATold || !/^The first \d+ of /.test(text));
}

function rowsOf(answer: SeriesAnswer): { readonly timeNs: bigint; readonly cells: readonly Cell[] }[] {
  const tags = labelsAsTags(answer.labels);
  const names = [tags.device, tags.itf, tags.chn, tags.db, tags.message ?? tags.group, tags.sa, tags.signal ?? tags.channel];
  return answer.segments.flatMap(({ baseNs, timesNs, values, rests }) =>
    Array.from(timesNs, (time, row) => {
      const timeNs = baseNs + BigInt(time);
      const value = values[row] ?? Number.NaN;
      const cells = [
        toEpochMs(timeNs),
        ...names.map((name) => name ?? null),
        Number.isFinite(value) ? value : null,
        wordFor(answer, value, rests?.[row]),
        answer.unit,
        timeNs.toString(),
      ];
      return { timeNs, cells };
    }),
  );
}

function wordFor(answer: SeriesAnswer, value: number, rest: number | undefined): string | null {
  const word = answer.texts?.get(value);
  if (word !== undefined) return word;
  return rest === undefined || Number.isNaN(rest) ? null : exactText(value, rest);
}

/** One table per series with a row wherever the state changes, and an empty one where the recording stops: what a state timeline shows. */
export function statesMaker(object: JsonObject): Maker {
  return async (making) => {
    const asks = await asksOfObject(object, making);
    const answers = await readAsks(asks, Math.ceil(SAMPLES_MAX / Math.max(1, asks.length)), making);
    const isOptional = (answer: SeriesAnswer) => asks[answer.selector]?.isOptional === true && answer.segments.length === 0;
    const kept = answers.filter((answer) => !isOptional(answer));
    return (kept.length === 0 ? answers.slice(0, 1) : kept).map(stateItem);
  };
}

const GAP_AFTER_NS = 1_000_000n;

function stateItem(answer: SeriesAnswer): MadeItem {
  const tags = labelsAsTags(answer.labels);
  const rows: Cell[][] = [];
  for (const [at, segment] of answer.segments.entries()) {
    const { baseNs, timesNs, values, rests, session } = segment;
    for (const [row, time] of timesNs.entries()) {
      const value = values[row] ?? Number.NaN;
      const state = wordFor(answer, value, rests?.[row]) ?? (Number.isFinite(value) ? String(value) : null);
      if (rows.at(-1)?.[1] !== state || rows.length === 0) rows.push([toEpochMs(baseNs + BigInt(time)), state]);
    }
    const next = answer.segments[at + 1];
    const endNs = baseNs + BigInt(timesNs.at(-1) ?? 0) + GAP_AFTER_NS;
    if (next === undefined || next.session !== session) rows.push([toEpochMs(endNs), null]);
  }
  const columns = [
    { text: "time", type: "time" },
    { text: tags.signal ?? tags.channel ?? "", type: "string" },
  ];
  return {
    kind: "ready",
    body: { type: "table", name: Object.values(tags).join(":"), columns, rows, ...metaOf(answer.notices) },
  };
}
