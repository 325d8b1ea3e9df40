/** Channel types without values: listed, with a sentence that says why. */
import { expect, test } from "vitest";
import { columnOf } from "../../../core/mdf/column.ts";
import { readMeasurement } from "../../../core/mdf/measurement.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { block, chain, channel, dataGroup, group, header, mdfFile } from "../../support/mdf.ts";

test.each([
  [7, "buslens does not read values whose lengths stand in another channel (VLSC, channel type 7)"],
  [9, "the channel type 9 is not known"],
])("channel type %d", async (type, why) => {
  const cg = group({ flags: 0, bytes: 8, records: 0, channels: chain([channel("value", { type, bits: 64 })]) });
  const { bytes } = mdfFile(header(dataGroup(0, cg, block("DT", []))));
  const measurement = await readMeasurement(memorySource("x.mf4", bytes), AbortSignal.timeout(5000));
  const [first] = measurement.groups;
  const [value] = first?.channels ?? [];
  if (first === undefined || value === undefined) throw new Error("the channel is listed");
  expect(await columnOf(measurement, first, value, async () => "not asked")).toBe(why);
});
