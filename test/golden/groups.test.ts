/** `inspect --json --groups` equals the golden answers and the values put into the generated files. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { groupsFacts } from "../../core/facts/groups-facts.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

/** Compressed blocks that wait for their codec. A file here that comes out right is to be taken off. */
const EXPECTED_TO_FAIL: readonly string[] = [
  "generated-mdf/asammdf_v410_c1.mf4",
  "generated-mdf/asammdf_v410_c2.mf4",
  "generated-mdf/asammdf_v420_c1.mf4",
  "generated-mdf/asammdf_v420_c2.mf4",
  "generated-mdf/a430_1_deflate.mf4",
  "generated-mdf/a430_2_transposed_deflate.mf4",
  "generated-mdf/a430_3_zstd.mf4",
  "generated-mdf/a430_4_transposed_zstd.mf4",
  "generated-mdf/a430_5_lz4.mf4",
  "generated-mdf/a430_6_transposed_lz4.mf4",
  "generated-mdf/g_canfd_mlsd_430_zstd.mf4",
  "generated-mdf/g_columns_one_group_430.mf4",
  "generated-mdf/g_columns_uneven_dz.mf4",
  "generated-mdf/g_dl_mixed_zip_types.mf4",
  "generated-mdf/g_dz0_split_dl_offsets.mf4",
  "generated-mdf/g_dz1_remainder.mf4",
  "generated-mdf/g_dz2_zstd.mf4",
  "generated-mdf/g_dz2_zstd_no_size_checksum.mf4",
  "generated-mdf/g_dz3_zstd_transposed.mf4",
  "generated-mdf/g_dz4_lz4.mf4",
  "generated-mdf/g_dz4_lz4_many_blocks.mf4",
  "generated-mdf/g_dz4_lz4_noise.mf4",
  "generated-mdf/g_dz5_lz4_transposed.mf4",
  "generated-mdf/g_strings_sd_dl_dz.mf4",
  "generated-mdf/g_unsorted_id4_dz.mf4",
];

const { codecs } = testKernel();
const listed = (folder: string): string[] =>
  hasShared ? readdirSync(new URL(`../../../shared/${folder}`, import.meta.url)).sort() : [];
const cases = [
  ...listed("golden/groups/").map((name) => ({
    path: name.replaceAll("__", "/").replace(/\.json$/, ""),
    golden: `golden/groups/${name}`,
  })),
  ...listed("samples/generated-mdf/expected/").map((name) => ({
    path: `generated-mdf/${name.replace(/\.json$/, ".mf4")}`,
    golden: `samples/generated-mdf/expected/${name}`,
  })),
];

describe.skipIf(!hasShared)("groups facts equal the golden answers (needs ../shared)", () => {
  test("all golden files are tried", () => expect(cases.length).toBeGreaterThanOrEqual(55));

  test.each(cases)("$path", async ({ path, golden }) => {
    const differences = await differencesOf(path, golden).catch((error: Error) => [error.message]);
    if (EXPECTED_TO_FAIL.includes(path)) expect(differences).not.toEqual([]);
    else expect(differences).toEqual([]);
  });

  test("every name of the list is a golden file", () => {
    expect(EXPECTED_TO_FAIL.filter((path) => !cases.some((one) => one.path === path))).toEqual([]);
  });
});

async function differencesOf(path: string, golden: string): Promise<string[]> {
  const { text } = await groupsFacts({ log: sampleLog(path), fileName: path, host: { ...testHost(), codecs } });
  return factDifferences(sharedJson(golden), JSON.parse(text));
}
