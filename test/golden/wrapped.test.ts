/** Encrypted and compressed logs through the JSON of `inspect --json --passwords`: good ones as their plain log, damaged ones with the right words. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Passwords } from "../../core/canedge/passwords.ts";
import { type Fault, FaultError } from "../../core/fault.ts";
import { framesDocument } from "../../edge/node/documents.ts";
import { hostPasswords } from "../../edge/node/passwords.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

interface Wrapped {
  readonly passwords: string;
  readonly good: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly innerSha256: string;
    readonly frames: string;
  }[];
  readonly damaged: readonly {
    readonly file: string;
    readonly fault: string | null;
    readonly family: string | null;
    readonly records?: number;
    readonly channels?: object;
  }[];
}

/** The code and the sentence for each kind of damage. */
const WORDS: Readonly<Record<string, RegExp>> = {
  checksum:
    /^input\/bad-container: The checksum at byte \d+ does not fit the compressed bytes: it says 0x[\da-f]{8}, they give 0x/,
  "too short": /^input\/bad-container: The container ends after \d+ bytes; its header alone needs \d+/,
  "bad header":
    /^input\/bad-container: The (iteration count|compression (window|lookahead)) in the container's header is \d+; allowed is /,
  // The wrong window leaves the first 64 bytes whole: it is the block behind them that is none.
  "not MDF":
    /^input\/(not-mdf: This is not an MDF log|empty: The container \(.*\) is empty inside|bad-block: A header block \(##HD\) should stand)/,
  "unknown type": /^input\/bad-container: The container type in the container's header is 0x33; allowed is 0x11/,
  "unknown sub-type": /^input\/bad-container: The encryption sub-type in the container's header is 0x02; allowed is 0x01/,
  "unknown version": /^input\/unsupported: The container has version [12]\.[01]; buslens reads 0\.0 or 1\.1/,
  "password missing": /^access\/password-needed: This log is encrypted: a password for device FCBF0606 is needed$/,
};
/** Of those that only authentication finds: changed behind the first block, and all the others. */
const CHANGED = /^access\/not-authentic: This log was changed or cut after encryption/;
const WRONG = /^access\/password-wrong: The password for device [0-9A-F]{8} does not open this log, or its header is damaged/;
const FIRST_BLOCK_IS_WRONG = ["iterations-flipped.MFE", "wrong-password.MFE"];

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../shared/samples/${file}`, import.meta.url));
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

describe.skipIf(!hasShared)("wrapped logs equal the golden answers (needs ../shared)", () => {
  const wrapped = hasShared ? sharedJson<Wrapped>("golden/wrapped.json") : { passwords: "", good: [], damaged: [] };
  let passwords: Passwords;
  let withoutDefault: Passwords;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "buslens-"));
    passwords = await hostPasswords(pathOf(wrapped.passwords), {});
    await writeFile(join(folder, "passwords.json"), '{"17BD1DB7": "another"}');
    withoutDefault = await hostPasswords(join(folder, "passwords.json"), {});
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("all rows are tried", () => {
    expect(wrapped.good).toHaveLength(16);
    expect(wrapped.damaged).toHaveLength(32);
  });

  test.each(wrapped.good.map((row) => [row.file, row] as const))("%s", async (file, row) => {
    const { text } = await framesDocument(pathOf(file), passwords, signal());
    const facts = JSON.parse(text);
    const plain = sharedJson<object>(`golden/${row.frames}`);
    const own = { file: facts.file, sizeBytes: facts.sizeBytes, sha256: facts.sha256, container: facts.container };
    expect(factDifferences({ ...plain, ...own }, facts)).toEqual([]);
    expect(facts.container).toMatchObject({ innerSha256: row.innerSha256 });
    expect(facts.sha256).toBe(row.sha256);
  });

  test("beside the logs the list is found by itself", async () => {
    const { text } = await framesDocument(pathOf(wrapped.good[0]?.file ?? ""), new Map(), signal());
    expect(JSON.parse(text)).toMatchObject({ container: { kind: "encrypted", device: "17BD1DB7", layers: ["encrypted 0.0"] } });
  });

  test.each(wrapped.damaged.map((row) => [row.file, row] as const))("%s", async (file, row) => {
    const given = file.endsWith("no-password.MFE") ? withoutDefault : passwords;
    const outcome = await framesDocument(pathOf(file), given, signal()).catch((error: unknown) => {
      if (error instanceof FaultError) return error.fault;
      throw error;
    });
    if (row.fault === null) {
      const facts = JSON.parse("text" in outcome ? outcome.text : "{}");
      expect(factDifferences({ ...facts, records: row.records, channels: row.channels }, facts)).toEqual([]);
      return;
    }
    const fault = outcome as Fault;
    const isFirstBlock = FIRST_BLOCK_IS_WRONG.some((name) => file.endsWith(name));
    const words = row.fault === "authentication" ? (isFirstBlock ? WRONG : CHANGED) : WORDS[row.fault];
    expect(`${fault.code}: ${fault.message}`).toMatch(words as RegExp);
    expect(fault.code.split("/")[0]).toBe(row.family);
  });
});
