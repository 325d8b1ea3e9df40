import { expect, test } from "vitest";
import { checkContentRange, parseContentRange, plainEtag, rangeHeader } from "../../../core/store/http-range.ts";

const asked = { key: "log.MF4", sizeBytes: 1000, atByte: 100, lengthBytes: 50 };

test("a range is written with both its ends, the last one included", () => {
  expect(rangeHeader(100, 50)).toBe("bytes=100-149");
  expect(rangeHeader(0, 1)).toBe("bytes=0-0");
});

test("a content-range is read as a half-open range", () => {
  expect(parseContentRange("bytes 100-149/1000")).toEqual({ atByte: 100, endByte: 150, sizeBytes: 1000 });
  for (const header of [null, undefined, "", "bytes */1000", "bytes 0-9/*", "items 0-9/10", "bytes -5/10"])
    expect(parseContentRange(header)).toBeNull();
});

test.each([
  ["bytes 100-149/1000", 50, null],
  ["bytes 100-149/1000", null, null],
  [null, 50, "storage/no-ranges"],
  ["bytes 100-149/1001", 50, "storage/changed"],
  ["bytes 100-148/1000", 49, "storage/short"],
  ["bytes 0-49/1000", 50, "storage/short"],
  ["bytes 100-149/1000", 40, "storage/short"],
] as const)("an answer with %j and %j bytes is %j", (header, lengthBytes, code) => {
  const check = () => checkContentRange(asked, header, lengthBytes);
  if (code === null) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code }) }));
});

test("an etag is compared without quotes and weakness", () => {
  expect([plainEtag('"abc-2"'), plainEtag('W/"abc"'), plainEtag("abc"), plainEtag(null)]).toEqual(["abc-2", "abc", "abc", ""]);
});
