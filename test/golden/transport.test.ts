/** `decode --transport P --facts` equals the golden answers, and so does what is found without being told the protocol. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransportProtocol } from "../../core/bus/transport.ts";
import { transportFacts } from "../../core/facts/transport-facts.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

interface Golden {
  readonly file: string;
  readonly streams: readonly { readonly protocol: TransportProtocol }[];
}

const folder = new URL("../../../shared/golden/transport/", import.meta.url);
const names = hasShared ? readdirSync(folder).filter((name) => !name.startsWith("synthetic__")) : [];
const kernel = testKernel();

describe.skipIf(!hasShared)("transport facts equal the golden answers (needs ../shared)", () => {
  test("all logs are tried", () => expect(names.length).toBeGreaterThanOrEqual(7));

  test.each(names)("%s, told and found", async (name) => {
    const golden = sharedJson<Golden>(`golden/transport/${name}`);
    const log = sampleLog(golden.file);
    const mdf = await readMdf(log.source, AbortSignal.timeout(10_000));
    for (const protocol of [golden.streams[0]?.protocol ?? "iso-tp", null]) {
      const { text } = await transportFacts({
        kernel,
        log,
        mdf,
        fileName: golden.file,
        protocol,
        channel: null,
        host: testHost(),
      });
      expect(factDifferences(golden as never, JSON.parse(text))).toEqual([]);
    }
  });
});
