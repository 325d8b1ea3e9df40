import { expect, test } from "vitest";
import { ValueStream } from "../../../core/mdf/value-stream.ts";

test("a value that claims more bytes than its stream has is not there, and is no limit", async () => {
  const bytes = Uint8Array.of(2, 0, 0, 0, 7, 8, 255, 255, 255, 255, 1);
  const values = new ValueStream(
    {
      object: "x.mf4",
      sizeBytes: bytes.length,
      open: async function* (fromByte) {
        yield bytes.subarray(fromByte);
      },
    },
    0,
  );
  expect(await values.at(0)).toEqual(Uint8Array.of(7, 8));
  expect(await values.at(6)).toBeNull();
  expect(await values.at(9)).toBeNull();
});
