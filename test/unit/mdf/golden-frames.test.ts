import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readMdf } from "../../../core/mdf/read.ts";
import { bytesSource } from "../../support/bytes-source.ts";
import { channelFacts } from "../../support/frame-facts.ts";
import { heatshrinkDecode } from "../../support/heatshrink.ts";
import { hasShared, sharedBytes, sharedJson } from "../../support/shared.ts";
import { slowFrames } from "../../support/slow-frames.ts";

const LOGS = [
  "canedge/LOG/17BD1DB7/00000006/00000170.MF4",
  "canedge/LOG/2F6913DB/00000004/00000001.MF4",
  "canedge/LOG/2F6913DB/00001089/00000001-63BEF5CD.MF4",
  "canedge/LOG/2F6913DB/00001089/00000002-63BEFDF9.MF4",
  "canedge/LOG/3BA199E2/00000164/00000001-60FE3F04.MF4",
  "canedge/LOG/3BA199E2/00000164/00000005-60FEB5A8.MF4",
  "canedge/LOG/5BC57FEC/00000001/00000005-643E503A.MFC",
  "canedge/LOG/7512BE4D/00000427/00000001.MF4",
  "canedge/LOG/94C49784/00000005/00000002.MF4",
  "canedge/LOG/FCBF0606/00003482/00000001-60B621D9.MF4",
  "generated-mdf/asammdf_genB_c0.mf4",
  "generated-mdf/asammdf_genD_c0.mf4",
  "generated-mdf/mdflib_can_sd.mf4",
  "generated-mdf/mdflib_can_vlsd.mf4",
  "generated-mdf/mdflib_canfd_vlsd.mf4",
];

/** Files that need more than CANedge writes and come out right already. */
const ALSO = [
  "generated-mdf/asammdf_v410_c0.mf4",
  "generated-mdf/asammdf_v410_c1.mf4",
  "generated-mdf/asammdf_v410_c2.mf4",
  "generated-mdf/asammdf_v420_c0.mf4",
  "generated-mdf/asammdf_v420_c1.mf4",
  "generated-mdf/asammdf_v420_c2.mf4",
  "generated-mdf/g_can_fixed_junk_padding.mf4",
  "generated-mdf/g_can_sd.mf4",
  "generated-mdf/g_canfd_cg_unsorted.mf4",
  "generated-mdf/g_lin_unsorted.mf4",
  "generated-mdf/g_unfin_01_counts.mf4",
  "generated-mdf/g_unfin_04_last_dt.mf4",
  "generated-mdf/g_unfin_05_lin_cut_record.mf4",
  "generated-mdf/g_unfin_10_last_dl.mf4",
  "generated-mdf/g_unfin_25_custom_01.mf4",
  "generated-mdf/g_unfin_25_cut_value.mf4",
  "generated-mdf/mdflib_can_mlsd.mf4",
  "generated-mdf/mdflib_can_mlsd_mandatory.mf4",
  "generated-mdf/mdflib_lin.mf4",
];

const HEADER_FACTS = [
  "mdfVersion",
  "program",
  "finalized",
  "startNs",
  "startIsLocal",
  "zoneMinutes",
  "summerMinutes",
  "deviceSerial",
  "deviceType",
  "hardware",
  "firmware",
  "session",
  "split",
  "userComment",
] as const;

type Golden = { readonly [Key in (typeof HEADER_FACTS)[number]]: unknown } & {
  readonly records: number;
  readonly channels: unknown;
  readonly container: { readonly innerSha256: string } | null;
};

describe.skipIf(!hasShared)("frames equal the golden answers (needs ../shared)", () => {
  test.each([...LOGS, ...ALSO])(
    "%s",
    async (path) => {
      const golden = sharedJson<Golden>(`golden/frames/${path.replaceAll("/", "__")}.json`);
      const bytes = plainBytes(path);
      if (golden.container !== null) {
        expect(createHash("sha256").update(bytes).digest("hex")).toBe(golden.container.innerSha256);
      }
      const file = await readMdf(bytesSource(bytes, path), AbortSignal.timeout(120_000));
      const walk = slowFrames(file, bytes);
      const { version: mdfVersion, startNs, ...facts } = file.header;
      const header: Record<string, unknown> = { ...facts, mdfVersion, startNs: String(startNs) };
      for (const fact of HEADER_FACTS) expect([fact, header[fact]]).toEqual([fact, golden[fact]]);
      expect(channelFacts(walk.frames)).toEqual(golden.channels);
      expect(walk.frames.length).toBe(golden.records);
      expect(walk.unknownId).toBeNull();
    },
    60_000,
  );
});

/** The MF4 inside, for a compressed log. */
function plainBytes(path: string): Uint8Array {
  const bytes = sharedBytes(`samples/${path}`);
  return path.endsWith(".MFC") ? heatshrinkDecode(bytes.subarray(28), 10, 4) : bytes;
}
