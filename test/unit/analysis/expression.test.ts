/** Expressions against JavaScript's own arithmetic, and texts that mean no good. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluator, parseCondition, parseExpression } from "../../../core/analysis/expression.ts";

const resultOf = (text: string, values: Readonly<Record<string, number>> = {}): number => {
  const expression = parseExpression(text);
  return evaluator(expression)(Float64Array.from(expression.operands, (name) => values[name] ?? Number.NaN));
};
const wrong = (text: string): string => {
  try {
    parseCondition(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing is wrong";
};

describe("an expression", () => {
  test.each([
    ["{speed} * {torque}", 6],
    ["speed + torque * 2", 8],
    ["-speed ^ 2", -4],
    ["2 ^ 3 ^ 2", 512],
    ["(speed + torque) % 4", 1],
    ["min(speed, torque) - max(speed, 7)", -5],
    ["if(speed > 1 and not torque > 5, 10, 20)", 10],
    ["abs(-3) + sqrt(16) + hypot(3, 4) + round(2.4)", 14],
    ["1e3 / .5", 2000],
    ["speed < torque && torque != 4 || 0", 1],
    ["!(speed = 2)", 0],
    ["- - 3", 3],
    ["{Odd name (km/h)} + {for} + {min}", 6],
  ])("%s is %d", (text, value) => {
    expect(resultOf(text, { speed: 2, torque: 3, "Odd name (km/h)": 1, for: 2, min: 3 })).toBe(value);
  });

  test("what is missing stays missing in arithmetic, and makes no condition true", () => {
    expect(resultOf("speed * 2")).toBeNaN();
    for (const text of ["speed > 1", "speed <= 1", "speed = 1", "speed != 1", "speed and 1"]) expect(resultOf(text)).toBe(0);
  });

  test("any arithmetic is JavaScript's", () => {
    const leaf = fc.oneof(fc.integer({ min: 0, max: 99 }).map(String), fc.constantFrom("a", "b", "{c}"));
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/", "%"), tie("tree")).map((parts) => `(${parts.join(" ")})`),
        fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*"), leaf).map((parts) => parts.join(" ")),
        tie("tree").map((inner) => `-(${inner})`),
        fc.tuple(tie("tree"), tie("tree")).map(([x, y]) => `max(${x}, ${y})`),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (text, a, b) => {
        // Only what this test wrote itself is run as code.
        const model = new Function("a", "b", "c", "max", `return ${text.replaceAll("{c}", "c")};`) as (
          ...args: unknown[]
        ) => number;
        expect(resultOf(text, { a, b, c: 7 })).toEqual(model(a, b, 7, Math.max));
      }),
      { seed: 20240917, numRuns: 300 },
    );
  });

  test("a condition has a time it must hold", () => {
    const { expression, forNs } = parseCondition("rpm > 3000 while speed < 5 for 2 s");
    expect([expression.operands, forNs]).toEqual([["rpm", "speed"], 2e9]);
    expect(["a > 1", "a > 1 for 3", "a > 1 for 1.5 min", "a > 1 for 20 ms"].map((text) => parseCondition(text).forNs)).toEqual([
      0, 3e9, 90e9, 20e6,
    ]);
    expect(evaluator(parseCondition("a > 1 or b > 1 while c").expression)(Float64Array.of(0, 2, 0))).toBe(0);
  });

  test.each([
    ["1 +", "character 4: something is missing"],
    ["a b", 'character 3: "b" is not expected'],
    ["(a", '")" is missing'],
    ["a ? b", 'character 3: "? b" is not understood'],
    ["eval(1)", 'no function "eval"'],
    ["constructor(1)", 'no function "constructor"'],
    ["min(1)", '"," is missing'],
    ["a > 1 for x", "there must be a time"],
    ["a > 1 for 2 parsecs", '"parsecs" is no unit'],
    ["while > 2", "not expected"],
    ["{}", "not understood"],
    ["", "something is missing"],
  ])("%j is refused with its place", (text, message) => {
    expect(wrong(text)).toContain(message);
  });

  test("depth and length are bounded, and a long text is no slower than its length", () => {
    expect(wrong("(".repeat(200) + "1" + ")".repeat(200))).toContain("nested more than");
    expect(wrong("-".repeat(3000) + "1")).toContain("nested more than");
    expect(wrong("1+".repeat(600) + "1")).toContain("more than 1000 steps");
    expect(wrong("a".repeat(100_000))).toContain("characters, more than");
    expect(resultOf("1^".repeat(60) + "1")).toBe(1);
  });
});
