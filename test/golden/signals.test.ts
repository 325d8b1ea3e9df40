/** `decode --facts` equals the golden answers; what is still expected to fail is listed by name, and the list can only shrink. */
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDbc } from "../../core/dbc/parse.ts";
import { sha256Hex } from "../../core/facts/sha256.ts";
import { signalsFacts } from "../../core/facts/signals-facts.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedBytes, sharedJson } from "../support/shared.ts";

/** Transport protocols. A pair here that comes out right is to be taken off. */
const EXPECTED_TO_FAIL: readonly string[] = [
  "canedge__LOG__17BD1DB7__00000006__00000170.MF4__tp_uds.dbc__iso-tp.json",
  "canedge__LOG__2F6913DB__00000004__00000001.MF4__tp_uds_nissan.dbc__iso-tp.json",
  "canedge__LOG__2F6913DB__00001089__00000001-63BEF5CD.MF4__tp_uds.dbc__iso-tp.json",
  "canedge__LOG__2F6913DB__00001089__00000002-63BEFDF9.MF4__tp_uds.dbc__iso-tp.json",
  "canedge__LOG__94C49784__00000005__00000002.MF4__tp_nmea.dbc__fast-packet.json",
  "canedge__LOG__FCBF0606__00003482__00000001-60B621D9.MF4__tp_j1939.dbc__j1939-21.json",
];

const shared = (path: string) => new URL(`../../../shared/${path}`, import.meta.url);
const names = hasShared ? readdirSync(shared("golden/signals/")).sort() : [];
const kernel = testKernel();

interface Golden {
  readonly file: string;
  readonly dbc: string;
  readonly channel: number | null;
}

describe.skipIf(!hasShared)("signals facts equal the golden answers (needs ../shared)", () => {
  test("all golden pairs are tried", () => expect(names.length).toBeGreaterThanOrEqual(19));

  test.each(names)("%s", async (name) => {
    const golden = sharedJson<Golden>(`golden/signals/${name}`);
    const differences = await differencesOf(golden).catch((error: Error) => [error.message]);
    if (EXPECTED_TO_FAIL.includes(name)) expect(differences).not.toEqual([]);
    else expect(differences).toEqual([]);
  });

  test("every name of the list is a golden file", () => {
    expect(EXPECTED_TO_FAIL.filter((name) => !names.includes(name))).toEqual([]);
  });
});

async function differencesOf(golden: Golden): Promise<string[]> {
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
    host: testHost(),
  });
  return factDifferences(golden as never, JSON.parse(text));
}
