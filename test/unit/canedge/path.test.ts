import { expect, test } from "vitest";
import { isCountedSession, isLogName, parseLogPath } from "../../../core/canedge/path.ts";

test("a path written by the device", () => {
  expect(parseLogPath("2F6913DB/00001089/00000002-63BEFDF9.MF4")).toEqual({
    device: "2F6913DB",
    session: "00001089",
    sessionNumber: 1089,
    splitNumber: 2,
    uploadSeconds: 0x63befdf9,
    extension: "MF4",
  });
});

test("a path on the SD card has no suffix; extensions count without case", () => {
  expect(parseLogPath("5BC57FEC/00000001/00000005.mfc")).toMatchObject({ uploadSeconds: null, extension: "MFC" });
});

test.each([
  "2F6913DB/00001089/2.MF4",
  "2F6913D/00001089/00000002.MF4",
  "2F6913DX/00001089/00000002.MF4",
  "2F6913DB/0000108X/00000002.MF4",
  "2F6913DB/00001089/00000002.MF4/x",
  "2F6913DB/00001089/00000002-63BEFDF.MF4",
  "2F6913DB/00001089/00000002.MDF",
  "2F6913DB/00000002.MF4",
  "passwords.json",
  "",
])("no log of the tree: %s", (path) => {
  expect(parseLogPath(path)).toBeNull();
});

test("a session folder with letters stands behind the counted ones", () => {
  const numberOf = (session: string) => parseLogPath(`2F6913DB/${session}/00000002.MF4`)?.sessionNumber ?? 0;
  expect(numberOf("0000108A")).toBeGreaterThan(numberOf("99999999"));
  expect(["0000108A", "00001089"].map(isCountedSession)).toEqual([false, true]);
});

test("any name with a log's extension may be a log", () => {
  expect(["a.mf4", "x/y.MFM", "a.mfe", "a.dbc", "mf4"].map(isLogName)).toEqual([true, true, true, false, false]);
});
