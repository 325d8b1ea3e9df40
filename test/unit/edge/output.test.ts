import { describe, expect, test } from "vitest";
import { faultLine } from "../../../edge/node/output.ts";

describe("the line of a fault", () => {
  const fault = { code: "input/bad-block", message: "the block is damaged", atByte: 12 } as const;

  test("name, sentence, code and place", () => {
    expect(faultLine(fault, "a.MF4")).toBe("buslens: a.MF4: the block is damaged (input/bad-block, byte 12)");
    expect(faultLine({ ...fault, object: "b.MF4" }, null)).toBe(
      "buslens: b.MF4: the block is damaged (input/bad-block, byte 12)",
    );
    expect(faultLine({ code: "input/bad-dbc", message: "no\nDBC", line: 3 }, null)).toBe(
      "buslens: no DBC (input/bad-dbc, line 3)",
    );
  });

  test("never longer than 1,000 characters, with the sentence and the end of the name", () => {
    const longName = faultLine(fault, `${"x".repeat(3000)}/a.MF4`);
    expect(longName).toHaveLength(1000);
    expect(longName).toMatch(/^buslens: …x+\/a\.MF4: the block is damaged \(input\/bad-block, byte 12\)$/);
    const longBoth = faultLine({ ...fault, message: "y".repeat(3000) }, `${"x".repeat(3000)}/a.MF4`);
    expect(longBoth).toMatch(/^buslens: ….*: y+… \(input\/bad-block, byte 12\)$/);
    expect(longBoth.length).toBeLessThanOrEqual(1000);
    expect(faultLine({ ...fault, message: "y".repeat(3000) }, null)).toHaveLength(1000);
  });
});
