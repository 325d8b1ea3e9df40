/** Another unit for a series: by a factor and offset of the user's, or by units that are known. */
import { conversion } from "../../../core/analysis/units.ts";
import type { Notice } from "../../../core/fault.ts";
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";
import type { JsonObject } from "../body.ts";

/** value · scale + offset, or a known way to `unit`. */
export interface Scaling {
  readonly scale: number | null;
  readonly offset: number;
  readonly unit: string | null;
}

/** `scale`, `offset` (numbers or text) and `unit` of a target; null if there are none. */
export function readScaling(object: JsonObject): Scaling | { readonly wrong: string } | null {
  const { scale, offset, unit } = object;
  if ([scale, offset, unit].every((one) => one === undefined || one === "" || one === null)) return null;
  for (const [key, value] of [["scale", scale] as const, ["offset", offset] as const])
    if (value !== undefined && value !== "" && !Number.isFinite(numberOf(value)))
      return { wrong: `"${key}" in the target must be a number` };
  if (unit !== undefined && typeof unit !== "string") return { wrong: '"unit" in the target must be text' };
  const hasFactor = (scale !== undefined && scale !== "") || (offset !== undefined && offset !== "");
  return {
    scale: hasFactor ? (scale === undefined || scale === "" ? 1 : numberOf(scale)) : null,
    offset: offset === undefined || offset === "" ? 0 : numberOf(offset),
    unit: unit === undefined || unit === "" ? null : unit,
  };
}

const numberOf = (value: unknown): number =>
  typeof value === "number" || (typeof value === "string" && value.trim() !== "") ? Number(value) : Number.NaN;

/** The answer in its other unit. A unit nobody knows the way to leaves the values as they are, with a notice. */
export function scaled(answer: SeriesAnswer, scaling: Scaling | null): SeriesAnswer {
  if (scaling === null) return answer;
  const { scale, offset, unit } = scaling;
  const known = scale === null && unit !== null ? conversion(answer.unit, unit) : { factor: scale ?? 1, offset };
  if (known === null) {
    const text = `there is no known way from "${answer.unit}" to "${unit}": values are unchanged; say "scale" and "offset"`;
    const notice: Notice = { severity: "warning", text };
    return { ...answer, notices: [...answer.notices, notice] };
  }
  const segments = answer.segments.map(
    (segment): Segment => ({ ...segment, values: segment.values.map((value) => value * known.factor + known.offset) }),
  );
  return { ...answer, unit: unit ?? answer.unit, decimals: null, valueTable: null, segments };
}
