/** Where a signal said "not available" or "error" (J1939): NaN between its samples, so that its line breaks there, or the codes as values. */
import { maxDataRaw } from "../../core/dbc/codes.ts";
import type { Dbc } from "../../core/dbc/model.ts";
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { Segment, SeriesLabels } from "../../core/series/series.ts";
import type { ViewAnswer, ViewQuery, ViewSeries } from "../api.ts";

/** True: a code, no data. */
export type IsCode = (value: number) => boolean;

/** Of a signal that was matched as a parameter group, which alone has codes; null: all its values are data. */
export function codesOf(dbcs: readonly Dbc[], labels: SeriesLabels): IsCode | null {
  if (labels.kind === "channel" || labels.sourceAddress === null) return null;
  const message = dbcs.find(({ name }) => name === labels.db)?.messages.find(({ name }) => name === labels.message);
  const signal = message?.signals.find(({ name }) => name === labels.signal);
  const maxRaw = signal === undefined ? null : maxDataRaw(signal);
  if (signal === undefined || maxRaw === null) return null;
  const { factorNumber, offsetNumber } = signal;
  return (value) => Math.round((value - offsetNumber) / factorNumber) > maxRaw;
}

/**
 * The answer with codes laid between the samples of the series that want them. First and last of each column are among them, which is what
 * a line needs to break in the right place. Reads once more, and only where the first reading left codes out.
 */
export async function withNotAvailable(
  engine: Engine,
  query: ViewQuery,
  answer: ViewAnswer,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<ViewAnswer> {
  const dbcs = await engine.dbcs(signal);
  const asked = query.series.flatMap(({ selector, codes }, index) => {
    const labels = answer.series[index]?.labels;
    const isCode = labels === undefined || codes === undefined ? null : codesOf(dbcs, labels);
    return isCode === null ? [] : [{ index, selector, isCode, draws: codes === "draw" }];
  });
  if (asked.length === 0) return answer;
  const run = engine.query(
    {
      selectors: asked.map(({ selector }) => selector),
      fromNs: query.fromNs,
      toNs: query.fromNs + query.stepNs * BigInt(query.columns),
      method: "m4",
      grid: { kind: "fixed", originNs: query.fromNs, stepNs: query.stepNs },
      wholeBuckets: false,
      neighbours: true,
      keepInvalid: true,
      budgetBytes: null,
      budgetPoints: null,
    },
    signal,
    onWork,
  );
  const series = [...answer.series];
  for await (const { selector, segments } of run.series) {
    const one = asked[selector];
    const before = one === undefined ? undefined : series[one.index];
    if (one === undefined || before === undefined) continue;
    series[one.index] = { ...before, segments: withCodes(before.segments, segments, one.isCode, one.draws) } satisfies ViewSeries;
  }
  return { ...answer, series };
}

/** Rows of `all` that are codes, in the order of time between those of `data`; segments of one log are told by file and base. */
export function withCodes(data: readonly Segment[], all: readonly Segment[], isCode: IsCode, draws: boolean): Segment[] {
  const left = [...data];
  const joined = all.flatMap((around): Segment[] => {
    const codes = [...around.timesNs.keys()].filter((row) => isCode(around.values[row] ?? Number.NaN));
    const at = left.findIndex(({ file, baseNs }) => file === around.file && baseNs === around.baseNs);
    const own = at < 0 ? undefined : left.splice(at, 1)[0];
    if (codes.length === 0) return own === undefined ? [] : [own];
    return [merged(own ?? { ...around, timesNs: new Float64Array(0), values: new Float64Array(0) }, around, codes, draws)];
  });
  return [...joined, ...left].sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : 0));
}

function merged(own: Segment, around: Segment, codes: readonly number[], draws: boolean): Segment {
  const count = own.timesNs.length + codes.length;
  const timesNs = new Float64Array(count);
  const values = new Float64Array(count);
  const rests = own.rests === undefined ? null : new Float64Array(count).fill(Number.NaN);
  let row = 0;
  let code = 0;
  for (let at = 0; at < count; at++) {
    const next = codes[code];
    const codeNs = next === undefined ? Number.POSITIVE_INFINITY : (around.timesNs[next] ?? 0);
    if (next !== undefined && codeNs < (own.timesNs[row] ?? Number.POSITIVE_INFINITY)) {
      timesNs[at] = codeNs;
      values[at] = draws ? (around.values[next] ?? Number.NaN) : Number.NaN;
      code++;
    } else {
      timesNs[at] = own.timesNs[row] ?? 0;
      values[at] = own.values[row] ?? Number.NaN;
      if (rests !== null) rests[at] = own.rests?.[row] ?? Number.NaN;
      row++;
    }
  }
  return { ...own, timesNs, values, ...(rests === null ? {} : { rests }) };
}
