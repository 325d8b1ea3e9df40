/** A calculated series: the expression at every moment at which one of its series has a sample, the others holding their last value. */
import { alignmentOf, eachRow } from "../../../core/analysis/align.ts";
import { type Expression, evaluator } from "../../../core/analysis/expression.ts";
import type { Notice } from "../../../core/fault.ts";
import type { Segment } from "../../../core/series/series.ts";
import type { JsonObject } from "../body.ts";
import { operandSelectors, type Reading, readOperands } from "./operands.ts";

export interface Calculated {
  /** One per stretch in which all series were known; ascending. */
  readonly segments: readonly Segment[];
  readonly notices: readonly Notice[];
}

/** Samples within the reading's range. Faults: `request/bad-parameter`, the engine's. */
export async function calculate(
  object: JsonObject,
  expression: Expression,
  device: string,
  reading: Reading,
): Promise<Calculated> {
  const selectors = operandSelectors(object, expression.operands, device);
  const { answers, notices } = await readOperands(selectors, reading);
  const { baseNs, columns } = alignmentOf(answers);
  if (columns.length < expression.operands.length || columns.some(({ timesNs }) => timesNs.length === 0))
    return { segments: [], notices };
  const fromNs = reading.fromNs === null ? Number.NEGATIVE_INFINITY : Number(reading.fromNs - baseNs);
  const toNs = reading.toNs === null ? Number.POSITIVE_INFINITY : Number(reading.toNs - baseNs);
  const evaluate = evaluator(expression);
  const runs: { times: number[]; values: number[] }[] = [];
  let run: { times: number[]; values: number[] } | null = null;
  eachRow(columns, "all", (timeNs, values) => {
    if (values.some(Number.isNaN)) {
      run = null;
      return;
    }
    if (timeNs < fromNs || timeNs >= toNs) return;
    if (run === null) {
      run = { times: [], values: [] };
      runs.push(run);
    }
    run.times.push(timeNs);
    run.values.push(evaluate(values));
  });
  return { segments: runs.map(({ times, values }, at) => segmentOf(device, at, baseNs, times, values)), notices };
}

/** Each run counts as a session of its own, so that no line is drawn over what is not known. */
const segmentOf = (device: string, at: number, baseNs: bigint, times: readonly number[], values: readonly number[]): Segment => ({
  file: device,
  session: String(at),
  baseNs,
  timesNs: Float64Array.from(times),
  values: Float64Array.from(values),
});
