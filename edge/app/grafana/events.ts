/** `events` and `trips`: what happened, as tables that are annotations too. */
import { parseCondition, parseExpression } from "../../../core/analysis/expression.ts";
import { eventTable } from "../analysis/event-table.ts";
import { tripTable } from "../analysis/trip-table.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { readDurationNs } from "../instant.ts";
import { type Maker, tableItem } from "./made.ts";
import { devicesOf, readingOf } from "./reading.ts";
import { signalListIn } from "./target-text.ts";

/** `when` (`rpm > 3000 while speed < 5 for 2 s`), `with`, `name`. Faults: `request/bad-parameter`. */
export function eventsMaker(object: JsonObject): Maker {
  if (typeof object.when !== "string") throw badParameter('events need "when", such as "rpm > 3000 while speed < 5 for 2 s"');
  const condition = parseCondition(object.when);
  return async (making) => [tableItem(await eventTable(object, condition, await devicesOf(object, making), readingOf(making)))];
}

const GAP_NS = 300_000_000_000n; // 5 minutes: longer than a traffic light, shorter than a stop

/** `gap` (5m), `least` (shorter trips are left out), `signal` (a list to aggregate), `while` (what counts as travel), `with`. Faults: `request/bad-parameter`. */
export function tripRule(object: JsonObject): Parameters<typeof tripTable>[1] {
  const lengthOf = (key: string, otherwise: bigint): bigint => {
    if (object[key] === undefined || object[key] === "") return otherwise;
    const ns = readDurationNs(object[key]);
    if (ns === null) throw badParameter(`"${key}" must be a time such as 5m or 90s`, String(object[key]));
    return ns;
  };
  const { signal } = object;
  const signals =
    signal === undefined || signal === "" ? [] : Array.isArray(signal) ? signal.map(String) : signalListIn(String(signal));
  return {
    gapNs: Number(lengthOf("gap", GAP_NS)),
    leastNs: Number(lengthOf("least", 0n)),
    while: typeof object.while === "string" && object.while !== "" ? parseExpression(object.while) : null,
    signals,
  };
}

export function tripsMaker(object: JsonObject): Maker {
  const rule = tripRule(object);
  return async (making) => [tableItem(await tripTable(object, rule, await devicesOf(object, making), readingOf(making)))];
}
