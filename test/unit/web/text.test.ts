import { describe, expect, test } from "vitest";
import { idText } from "../../../core/bus/id-text.ts";
import { bytesText, isUneven, middleEllipsis, rateText, valueText } from "../../../web/text/number.ts";
import { faultSentence, noticeSentence, unmatchedSentence } from "../../../web/text/sentences.ts";
import { clockText, durationText, offsetText, perPixelText } from "../../../web/text/time.ts";
import { pieces } from "../../../web/tree/highlight.ts";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  test("values have the decimals of the factor, at most three; floats six figures", () => {
    expect(valueText(2396.25, 3)).toBe("2396.250");
    expect(valueText(0.123456, 6)).toBe("0.123");
    expect(valueText(1234567.8, null)).toBe("1234570");
    expect(valueText(-56.23, 2)).toBe("−56.23");
    expect(valueText(-0.0001, 2)).toBe("0.00");
    expect(valueText(Number.NaN, 2)).toBe("NaN");
  });

  test("bytes count in thousands", () => {
    expect(["0 B", "999 B", "1 kB", "41.8 MB", "1.2 GB"]).toEqual(
      [0, 999, 1000, 41_812_346, 1.2e9].map((n) => plain(bytesText(n))),
    );
  });

  test("slow rates are marked as about", () => {
    expect([10.02, 0.3, null].map((hz) => plain(rateText(hz)))).toEqual(["10 Hz", "≈ 0.3 Hz", ""]);
    // Of a log that was listened to in part, and of what comes by events.
    expect([10.02, 0.3, null].map((hz) => plain(rateText(hz, true)))).toEqual(["≈ 10 Hz", "≈ 0.3 Hz", ""]);
    expect([isUneven(10, 9.5), isUneven(10, 1), isUneven(null, null)]).toEqual([false, true, false]);
  });

  test("ids have three or eight digits", () => {
    expect([idText(0x7bb, false), idText(0xcf00400, true), idText(3, false)]).toEqual(["7BB", "0CF00400", "003"]);
  });

  test("names are cut in the middle and keep their lit letters", () => {
    expect(middleEllipsis("WheelBasedVehicleSpeed", 12)).toBe("WheelB…Speed");
    expect(pieces("WheelBasedVehicleSpeed", [17, 18, 19, 20, 21], 12)).toEqual([
      { text: "WheelB…", lit: false },
      { text: "Speed", lit: true },
    ]);
  });
});

describe("times", () => {
  test("a clock shows as many decimals as asked, grouped by three", () => {
    const local = BigInt(Date.UTC(2022, 0, 8, 10, 45, 34)) * 1_000_000n + 500_124_000n;
    expect(clockText(local, 0)).toBe("10:45:34");
    expect(plain(clockText(local, 6))).toBe("10:45:34.500 124");
    expect(clockText(local, 0, false)).toBe("10:45");
    expect(clockText(-1n, 3)).toBe("23:59:59.999");
  });

  test("durations change their units", () => {
    const seconds = [780n, 1512n, 273_600n].map((s) => plain(durationText(s * 1_000_000_000n)));
    expect(seconds).toEqual(["780.000 s", "25 min 12 s", "3 d 4 h"]);
    expect(plain(durationText(1_500_000n))).toBe("1.500 ms");
    expect([900_000_000, 11_500_000, 12].map((ns) => plain(perPixelText(ns)))).toEqual(["0.9 s", "11.5 ms", "12 ns"]);
  });

  test("offsets have a sign and a real minus", () => {
    expect([120, -210, 0].map(offsetText)).toEqual(["+02:00", "−03:30", "+00:00"]);
  });
});

describe("sentences", () => {
  test("name the file and the byte", () => {
    const damaged = faultSentence({
      code: "input/bad-block",
      message: "the link leads nowhere",
      object: "a/00000003.MF4",
      atByte: 1_482_310,
    });
    expect(damaged).toMatch(/^00000003\.MF4 is damaged at byte 1.482.310: the link leads nowhere\.$/);
    expect(faultSentence({ code: "input/empty", message: "", object: "00000007.MF4" })).toBe(
      "00000007.MF4 is empty (0 bytes). The logger may have lost power before the first write.",
    );
  });

  test("a notice without a fault is a sentence of its own", () => {
    expect(noticeSentence({ severity: "warning", text: "trace.blf is a Vector BLF file" })).toBe(
      "trace.blf is a Vector BLF file.",
    );
  });

  test("a channel that no DBC explains says what was heard", () => {
    expect(unmatchedSentence("CAN 1", ["003"], [])).toBe("1 id heard on CAN 1, no DBC assigned.");
    expect(unmatchedSentence("CAN 1", ["001", "002", "003", "004"], [{ file: "x/body.dbc", messageCount: 41 }])).toBe(
      "None of the 41 messages in body.dbc occur on CAN 1. Heard: 001, 002, 003 and 1 more.",
    );
  });
});

test("a log that is cut in its description promises no frames, one cut in its records does", () => {
  const cut = (
    atByte: number,
    found: number | string,
    allowed: number | string,
    message = "The file ends at byte 120.",
  ): string => faultSentence({ code: "input/truncated", object: "D/1/a.MF4", message, atByte, found, allowed });
  expect(cut(64, 120, 168)).toBe("a.MF4 is cut: The file ends at byte 120.");
  expect(cut(40, 40, 64)).toBe("a.MF4 is cut: The file ends at byte 120.");
  expect(cut(5000, 5000, 9000)).toBe("a.MF4 ends in the middle of a record at byte 5,000. All complete frames are shown.");
  expect(cut(5000, 7, "a whole record")).toBe(
    "a.MF4 ends in the middle of a record at byte 5,000. All complete frames are shown.",
  );
});
