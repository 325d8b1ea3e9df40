/** Ad hoc filters of a dashboard. */
import { isJsonObject, type JsonObject } from "../body.ts";
import { isPattern, matchesPattern } from "./pattern.ts";
import { signalListIn } from "./target-text.ts";

/** One ad hoc filter: the label must (not) be one of the values, which may be patterns; `>` and `<` compare numbers. */
export interface Filter {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** `filters` (Grafana's own) and `adhocFilters` (SimpleJson), the same ones once. What is no filter is left out. */
export function readFilters(body: JsonObject): readonly Filter[] {
  const lists = [body.filters, body.adhocFilters].filter((list) => Array.isArray(list));
  const found = new Map<string, Filter>();
  for (const one of lists.flat() as unknown[]) {
    if (!isJsonObject(one) || typeof one.key !== "string" || one.key === "") continue;
    const operator = typeof one.operator === "string" ? one.operator : "=";
    const many = Array.isArray(one.values) ? one.values.map(String) : [];
    const text = String(one.value ?? "");
    const values = many.length > 0 ? many : operator.includes("~") ? signalListIn(text).map(unanchored) : [text];
    const filter = { key: one.key, operator, values };
    found.set(JSON.stringify(filter), filter);
  }
  return [...found.values()];
}

/** `^…$` of a regular expression, and `.*` in it, as a pattern: expressions of users are never run. */
const unanchored = (text: string): string => text.replace(/^\^/, "").replace(/\$$/, "").replaceAll(".*", "*");

/** Whether a series with these labels is wanted. A label that is not there fits no `=` and every `!=`. */
export function passes(labels: Readonly<Record<string, string | undefined>>, filters: readonly Filter[]): boolean {
  return filters.every(({ key, operator, values }) => {
    const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === ">" || operator === "<") {
      const [a, b] = [Number(label), Number(values[0])];
      return operator === ">" ? a > b : a < b;
    }
    const isOne = label !== undefined && values.some((value) => fits(label, value, operator));
    return operator.startsWith("!") ? !isOne : isOne;
  });
}

const fits = (label: string, value: string, operator: string): boolean =>
  operator.includes("~") && isPattern(value) ? matchesPattern(label, value) : label.toLowerCase() === value.toLowerCase();
