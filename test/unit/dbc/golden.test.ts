/** `dbc D --json` against what two other programs read from the same files. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import { dbcFacts } from "../../../core/facts/dbc-facts.ts";
import { hasShared, sharedBytes, sharedJson } from "../../support/shared.ts";

const GOLDEN = new URL("../../../../shared/golden/dbc/", import.meta.url);

/** Golden files we do not meet yet: one that passes must leave this list. */
const EXPECTED_TO_FAIL: readonly string[] = [];

/** `cantools__x.dbc.json` → `samples/dbc/cantools/x.dbc`; the `dbc-made` ones lie beside the golden files. */
const sourceOf = (file: string): string => (file.startsWith("dbc-made/") ? `golden/${file}` : `samples/dbc/${file}`);

describe.skipIf(!hasShared)("golden/dbc (skipped without ../shared)", () => {
  const names = hasShared ? readdirSync(GOLDEN).filter((name) => name.endsWith(".json")) : [];

  test("the folder has its 51 files, and the list of failures names only such", () => {
    expect(names.length).toBeGreaterThanOrEqual(51);
    expect(EXPECTED_TO_FAIL.filter((name) => !names.includes(name))).toEqual([]);
  });

  for (const name of names) {
    const check = EXPECTED_TO_FAIL.includes(name) ? test.fails : test;
    check(name, () => {
      const file = name.replace(/\.json$/, "").replace("__", "/");
      const bytes = sharedBytes(sourceOf(file));
      const dbc = parseDbc(bytes, file);
      const facts = JSON.parse(dbcFacts(dbc, createHash("sha256").update(bytes).digest("hex"), file));
      const golden = sharedJson<{ file: string }>(`golden/dbc/${name}`);
      expect({ ...facts, file: lastPart(facts.file) }).toEqual({ ...golden, file: lastPart(golden.file) });
    });
  }

  test("a database with an identifier of more than 29 bits keeps its other messages, and says so", () => {
    const dbc = parseDbc(sharedBytes("samples/dbc/cantools/issue_199_extended.dbc"), "issue_199_extended.dbc");
    expect(dbc.messages).toHaveLength(10);
    expect(dbc.warnings[0]).toMatchObject({ line: 45, column: 1, text: expect.stringContaining("more than 29 bits") });
  });
});

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
