/** `decode --facts` equals the golden answers. */
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransportProtocol } from "../../core/bus/transport.ts";
import { parseDbc } from "../../core/dbc/parse.ts";
import { sha256Hex } from "../../core/facts/sha256.ts";
import { signalsFacts } from "../../core/facts/signals-facts.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedBytes, sharedJson } from "../support/shared.ts";

const shared = (path: string) => new URL(`../../../shared/${path}`, import.meta.url);
const names = hasShared ? readdirSync(shared("golden/signals/")).sort() : [];
const kernel = testKernel();

interface Golden {
  readonly file: string;
  readonly dbc: string;
  readonly channel: number | null;
  readonly transport?: TransportProtocol;
}

describe.skipIf(!hasShared)("signals facts equal the golden answers (needs ../shared)", () => {
  test("all golden pairs are tried", () => expect(names.length).toBeGreaterThanOrEqual(19));

  test.each(names)("%s", async (name) => {
    const golden = sharedJson<Golden>(`golden/signals/${name}`);
    expect(await differencesOf(golden, null)).toEqual([]);
    // What was found out is what would have been told.
    if (golden.transport) expect(await differencesOf(golden, golden.transport)).toEqual([]);
  });
});

async function differencesOf(golden: Golden, transport: TransportProtocol | null): Promise<string[]> {
  const log = sampleLog(golden.file);
  const mdf = await readMdf(log.source, AbortSignal.timeout(10_000));
  const place = existsSync(shared(`samples/dbc/${golden.dbc}`)) ? "samples/dbc" : "golden/dbc-made";
  const dbcBytes = sharedBytes(`${place}/${golden.dbc}`);
  const { text } = await signalsFacts({
    kernel,
    log,
    mdf,
    fileName: golden.file,
    dbc: parseDbc(dbcBytes, golden.dbc),
    dbcSha256: sha256Hex(dbcBytes),
    channel: golden.channel,
    transport,
    host: testHost(),
  });
  return factDifferences(golden as never, JSON.parse(text));
}
