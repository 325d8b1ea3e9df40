/** `calc`: a series calculated from others, reduced as any series of our form. */
import { parseExpression } from "../../../core/analysis/expression.ts";
import { foldSegments } from "../../../core/query/fold.ts";
import { floorDiv } from "../../../core/time.ts";
import { calculate } from "../analysis/calculate.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import type { Maker, Making } from "./made.ts";
import { devicesOf, readingOf } from "./reading.ts";
import { engineMethod, reduced } from "./reduced.ts";
import { METHOD_NAMES, type PanelMethod } from "./series-target.ts";

/** `expr`, `with`, `method`, `edges`, `unit`, `name`. Faults: `request/bad-parameter`. */
export function calcMaker(object: JsonObject): Maker {
  if (typeof object.expr !== "string") throw badParameter('a calculated series needs "expr", such as "{Speed} * 3.6"');
  const expression = parseExpression(object.expr);
  const method = methodOf(object.method);
  const isCut = object.edges === "cut";
  return async (making) => {
    const devices = await devicesOf(object, making);
    const reading = method === "raw" || isCut ? readingOf(making) : { ...readingOf(making), ...wholeBuckets(making) };
    const stepNs = making.panel.ownStepNs;
    const items = [];
    for (const device of devices) {
      const { segments, notices } = await calculate(object, expression, device, reading);
      const base = method === "raw" ? "raw" : engineMethod(method);
      const folded = base === "raw" ? { segments, stats: null } : foldSegments(segments, base, stepNs);
      const named = typeof object.name === "string" && object.name !== "" ? object.name : expression.text;
      const names = {
        target: devices.length > 1 || named === expression.text ? `${device}:${named}` : named,
        tags: { device, expr: expression.text },
        ...(typeof object.unit === "string" && object.unit !== "" ? { unit: object.unit } : {}),
      };
      items.push({ kind: "series" as const, names, segments: reduced(folded, method, stepNs).segments, notices });
    }
    return items;
  };
}

function methodOf(method: unknown): PanelMethod {
  if (method === undefined || method === "") return "envelope";
  const name = METHOD_NAMES.find((one) => one === String(method).toUpperCase());
  if (name === undefined) throw badParameter(`"method" must be one of ${METHOD_NAMES.join(", ")}`, String(method));
  return name.toLowerCase() as PanelMethod;
}

/** Every bucket that touches the range. */
function wholeBuckets({ panel }: Making): { readonly fromNs: bigint; readonly toNs: bigint } {
  const { ownStepNs: stepNs, range } = panel;
  if (range.toNs <= range.fromNs) return range;
  return { fromNs: floorDiv(range.fromNs, stepNs) * stepNs, toNs: (floorDiv(range.toNs - 1n, stepNs) + 1n) * stepNs };
}
