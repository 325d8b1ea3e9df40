/** `track` and `wide`: several series as one table, a column each, in the rows of the first. */
import { alignmentOf, eachRow } from "../../../core/analysis/align.ts";
import { nameOfSeries, type SeriesAnswer } from "../../../core/series/series.ts";
import { toEpochMs } from "../../../core/time.ts";
import { readOperands } from "../analysis/operands.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import type { Cell, Column } from "../tables/table.ts";
import { type MadeItem, type Maker, type Making, tableItem } from "./made.ts";
import { asksOfObject, readingOf } from "./reading.ts";
import { scaled } from "./scaling.ts";

/** Names that Grafana's Geomap finds by itself. */
const TRACK_NAMES = ["latitude", "longitude"];

/**
 * `signal` in order: latitude, longitude, then any others (Geomap and TrackMap). A row wherever the first has a sample, the others as they were then; of
 * each step of the panel the last row. One table per device. Faults: `request/bad-parameter`.
 */
export function wideMaker(object: JsonObject, isTrack: boolean): Maker {
  if (object.signal === undefined || object.signal === "")
    throw badParameter(isTrack ? 'a track needs "signal": latitude, longitude and others' : 'a wide table needs "signal"');
  return async (making) => {
    const asks = await asksOfObject(object, making);
    const devices = [...new Set(asks.map(({ selector }) => selector.device))];
    const items: MadeItem[] = [];
    for (const device of devices) items.push(await wideTable(object, device, isTrack, making));
    return items;
  };
}

async function wideTable(object: JsonObject, device: string, isTrack: boolean, making: Making): Promise<MadeItem> {
  const asks = await asksOfObject({ ...object, device }, making);
  const selectors = asks.map(({ selector }) => (selector.kind === "channel" ? selector : { ...selector, merge: true }));
  const read = await readOperands(selectors, readingOf(making));
  const answers = read.answers.map((answer) => scaled(answer, asks[answer.selector]?.scaling ?? null));
  const columns: Column[] = [
    { text: "time", type: "time" },
    ...answers.map((answer, at) => columnOf(answer, isTrack ? TRACK_NAMES[at] : undefined)),
  ];
  const rows = wideRows(answers, making);
  const notices = answers.flatMap((answer) => answer.notices);
  const told = [...new Map([...read.notices, ...notices].map((notice) => [notice.text, notice])).values()];
  return tableItem({ columns, rows, notices: told, hasMore: false });
}

function columnOf(answer: SeriesAnswer, name: string | undefined): Column {
  return { text: name ?? nameOfSeries(answer.labels), type: "number", ...(answer.unit === "" ? {} : { unit: answer.unit }) };
}

/** The last row of each step, and the very first: a track begins where it begins. */
function wideRows(answers: readonly SeriesAnswer[], { panel }: Making): readonly (readonly Cell[])[] {
  const { baseNs, columns } = alignmentOf(answers);
  if (columns.length === 0) return [];
  const stepNs = Number(panel.ownStepNs);
  const shiftNs = Number(baseNs % panel.ownStepNs);
  const fromNs = Number(panel.range.fromNs - baseNs);
  const toNs = Number(panel.range.toNs - baseNs);
  const rows: (readonly Cell[])[] = [];
  let step = Number.NaN;
  eachRow(columns, "first", (timeNs, values) => {
    if (timeNs < fromNs || timeNs >= toNs || Number.isNaN(values[0])) return;
    const own = Math.floor((timeNs + shiftNs) / stepNs);
    if (own === step && rows.length > 1) rows.pop();
    step = own;
    const cells = Array.from(values, (value) => (Number.isFinite(value) ? value : null));
    rows.push([toEpochMs(baseNs + BigInt(Math.round(timeNs))), ...cells]);
  });
  return rows;
}
