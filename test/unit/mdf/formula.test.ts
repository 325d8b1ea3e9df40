import { describe, expect, test } from "vitest";
import { parseFormula } from "../../../core/mdf/formula.ts";

function valueAt(text: string, x: number): number | string {
  const formula = parseFormula(text);
  return typeof formula === "string" ? formula : formula(x);
}

describe("algebraic conversions", () => {
  test.each([
    ["(X + 3) * 2 - X / 4", 8, 20],
    ["-X^2", 3, -9],
    ["2^3^2", 0, 512],
    ["2^-1", 0, 0.5],
    ["X1 - 1 - 1", 5, 3],
    ["x*-2", 5, -10],
    ["pow(X, 3) + abs(-X)", 2, 10],
    ["sqrt(X*X + 1) + 10*sin(X/10) - exp(-X/1000)", -20, Math.sqrt(401) + 10 * Math.sin(-2) - Math.exp(0.02)],
    ["LOG10(100) + log(1) + 1.5e1 + .5", 0, 17.5],
    ["1/X", 0, Number.POSITIVE_INFINITY],
    ["((X))", 7, 7],
  ])("%s at %d is %d", (text, x, expected) => expect(valueAt(text, x)).toBe(expected));

  test.each([
    ["", "it ends too early"],
    ["X +", "it ends too early"],
    ["(X", '")" is missing'],
    ["X X", '"X" is one too many'],
    ["X; process.exit()", '";" is no part of a formula'],
    ["constructor(X)", '"constructor" is not known'],
    ["X constructor X", '"constructor" is one too many'],
    ["toString", '"toString" is not known'],
    ["pow(X)", '"," is missing'],
    [`${"(".repeat(40)}X${")".repeat(40)}`, "it is nested deeper than 32"],
    [`X${"^X".repeat(40)}`, "it is nested deeper than 32"],
    [`X${"+X".repeat(200)}`, "it has more than 256 parts"],
    ["X".repeat(3000), "it has 3000 characters, more than 2000"],
  ])("%s is none", (text, why) => expect(valueAt(text, 1)).toBe(why));
});
