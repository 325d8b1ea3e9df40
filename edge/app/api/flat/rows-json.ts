/**
 * Flat rows as JSON: `[{"time": ms, "timeNs": "…", …labels, "value"}, …]`, what Infinity's JSONata and jq parsers, spreadsheets and scripts take
 * as it is (formats: a flat array of objects with one time column), and the same rows one a line (NDJSON).
 */
import { numberOrNull, toJson } from "../json.ts";
import type { FlatPart } from "./columns.ts";
import { TimeText } from "./time-text.ts";

const ROWS_PER_PIECE = 2000;

/** Rows without brackets, each led by `before` (of the very first row) or `between`. */
export function* rowTexts(parts: readonly FlatPart[], between: string): Generator<string> {
  for (const part of parts) {
    const labels = toJson(part.labels).slice(1, -1);
    const end = `,"partial":${part.partial ? 1 : 0}}`;
    const columns = Object.entries(part.columns);
    const time = new TimeText(part.baseNs);
    let text = "";
    for (let row = 0; row < part.timesNs.length; row++) {
      const sinceNs = part.timesNs[row] ?? 0;
      let values = "";
      for (const [name, column] of columns) values += `,"${name}":${numberOrNull(column[row] ?? Number.NaN)}`;
      if (part.textOf !== null) values += `,"text":${JSON.stringify(part.textOf(part.columns.value?.[row] ?? Number.NaN))}`;
      text += `${between}{"time":${time.ms(sinceNs)},"timeNs":"${time.ns(sinceNs)}",${labels}${values}${end}`;
      if ((row + 1) % ROWS_PER_PIECE !== 0) continue;
      yield text;
      text = "";
    }
    if (text !== "") yield text;
  }
}
