/** A DBC may put fields anywhere: those that end behind a frame have no value there, and their neighbours keep theirs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isDecodable } from "../../../core/dbc/geometry.ts";
import { frame, LENGTH_OF_DLC } from "../../../fixtures/frame.ts";
import { physical, rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { columnsByName, decode, exactRule, numbered } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { madeLog } from "../../support/made-log.ts";

const kernel = testKernel();

const anyStart = fc.oneof(
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 1900, max: 2200 }), // where a byte's 256 wraps
  fc.integer({ min: 0, max: 4095 * 8 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
const anyField = fc
  .record({
    start: anyStart,
    lengthBits: fc.integer({ min: 1, max: 64 }),
    byteOrder: fc.constantFrom("little" as const, "big" as const),
    signed: fc.boolean(),
    isMultiplexed: fc.boolean(),
  })
  .map(({ isMultiplexed, ...parts }) =>
    signal({ ...parts, selectedBy: isMultiplexed ? "Far" : null, selectedWhen: isMultiplexed ? [[0n, 2n ** 64n - 1n]] : null }),
  );

test("fields and multiplexors in absurd places have values where the frame reaches, and nowhere else", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyField, { minLength: 1, maxLength: 20 }),
      anyStart,
      fc.integer({ min: 0, max: 15 }),
      async (fields, far, dlc) => {
        const selector = signal({ name: "Far", start: far, lengthBits: 8, selector: true });
        const signals = [...numbered(fields), selector];
        const payload = Uint8Array.from({ length: LENGTH_OF_DLC[dlc] ?? 0 }, (_, at) => at * 37 + 11);
        const log = await madeLog([frame({ timeNs: 0, id: 5, fd: dlc > 8, dlc, payload })]);
        const asked = signals.filter(isDecodable);
        const columns = columnsByName(await decode(kernel, log, [exactRule(message({ id: 5, signals }), "physical", asked)]));
        for (const each of asked) {
          const raw = rawByBits(payload, each);
          const isThere = raw !== null && (each.selectedBy === null || rawByBits(payload, selector) !== null);
          expect([each.start, columns.get(each.name)?.values ?? []]).toEqual([each.start, isThere ? [physical(raw, each)] : []]);
        }
      },
    ),
    { numRuns: 150 },
  );
});
