import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ask, asksOf } from "../../../edge/app/grafana/target.ts";
import { listIn, objectIn, parseLoosely } from "../../../edge/app/grafana/target-text.ts";
import { signalSelector } from "../../support/labels.ts";
import { TARGET } from "./app-of.ts";

const asks = (target: unknown, more: Record<string, unknown> = {}): readonly Ask[] => asksOf({ refId: "A", target, ...more });
const names = (target: unknown, more: Record<string, unknown> = {}): string[] => asks(target, more).map((ask) => ask.name);
const only = (target: unknown): Ask => {
  const all = asks(target);
  expect(all).toHaveLength(1);
  return all[0] as Ask;
};
const why = (target: unknown): string => {
  const ask = only(target);
  return ask.kind === "empty" ? ask.why : `not empty: ${ask.kind}`;
};

describe("the text of a target", () => {
  test("a backslash that begins no JSON escape is kept", () => {
    expect(objectIn('{"db":"my\\.v1","note":"a\\nb\\u0041"}')).toEqual({ db: "my\\.v1", note: "a\nbA" });
    expect(parseLoosely("Speed")).toBeUndefined();
  });

  test("lists in regex and glob form, one value otherwise", () => {
    expect(listIn("(Speed|Odd\\.Name\\/km \\(h\\))")).toEqual(["Speed", "Odd.Name/km (h)"]);
    expect(listIn("{Speed,Roll}")).toEqual(["Speed", "Roll"]);
    expect(listIn("canmod\\-gps")).toEqual(["canmod-gps"]);
    expect(listIn("()")).toEqual([]);
    expect(listIn("\\(x\\)")).toEqual(["(x)"]);
  });

  // Grafana's regex format: one value bare, several in brackets, special characters escaped; then put into JSON text by the user's dashboard.
  test("any names survive Grafana's regex format inside JSON text", () => {
    const escapes = (text: string): string => text.replace(/[\\^$*+?.()[\]{}/|]/g, "\\$&");
    // Without the backslash: as the last letter of a name it cannot be told from an escape any more.
    const name = fc.string({ unit: fc.constantFrom(..."abAB19_ ^$*+?.()[]{}/|-,:"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (values) => {
        const text = values.length === 1 ? escapes(values[0] ?? "") : `(${values.map(escapes).join("|")})`;
        expect(listIn(String(objectIn(`{"signal":"${text}"}`)?.signal))).toEqual(values);
      }),
      { seed: 20240917, numRuns: 2000 },
    );
  });
});

describe("what a target asks for", () => {
  test("the seed's form: nearest, one merged series, named by its values in the user's order", () => {
    expect(only(JSON.stringify(TARGET))).toEqual({
      kind: "series",
      name: "2F6913DB:CAN:CH2:canmod-gps:Speed",
      form: "seed",
      method: "nearest",
      keepInvalid: false,
      selector: { device: "2F6913DB", bus: "CAN", channel: 2, db: "canmod-gps", signal: "Speed", merge: true },
      edges: "whole",
      scaling: null,
      isOptional: false,
    });
    expect(only(JSON.stringify({ ...TARGET, invalid: "keep" }))).toMatchObject({
      kind: "series",
      form: "seed",
      keepInvalid: true,
    });
    expect(only(JSON.stringify({ ...TARGET, invalid: "drop" }))).toMatchObject({
      kind: "empty",
      broken: true,
    });
    expect(names({ signal: "Speed", db: "canmod-gps", chn: "CH2", itf: "CAN", device: "2F6913DB" })).toEqual([
      "Speed:canmod-gps:CH2:CAN:2F6913DB",
    ]);
  });

  test("itf, chn, db and method in any case, channel as a number, extra keys in the name", () => {
    const target = {
      device: "2F6913DB",
      itf: "can",
      chn: "ch2",
      db: "CANMOD-GPS",
      signal: "Speed",
      method: "max",
      note: "my car",
    };
    expect(names(target)).toEqual(["2F6913DB:CAN:CH2:canmod-gps:Speed:MAX:my car"]);
    expect(only({ ...TARGET, chn: 2 })).toEqual(only(TARGET));
    const ask = only(target);
    expect(ask.kind === "series" && ask.method).toBe("max");
  });

  test("lists fan out in order, with or without brackets, as arrays, and for devices too", () => {
    const both = ["2F6913DB:CAN:CH2:canmod-gps:Latitude", "2F6913DB:CAN:CH2:canmod-gps:Longitude"];
    for (const signal of ["(Latitude|Longitude)", "Latitude|Longitude", "{Latitude,Longitude}", ["Latitude", "Longitude"]])
      expect(names({ ...TARGET, signal })).toEqual(both);
    expect(names({ ...TARGET, device: "(A1|B2)", signal: "(x|y)" })).toEqual([
      "A1:CAN:CH2:canmod-gps:x",
      "A1:CAN:CH2:canmod-gps:y",
      "B2:CAN:CH2:canmod-gps:x",
      "B2:CAN:CH2:canmod-gps:y",
    ]);
  });

  test("payload and data are laid over the target", () => {
    expect(names("Speed", { payload: { device: "D1", itf: "CAN", chn: "CH1", db: "x" } })).toEqual(["Speed:D1:CAN:CH1:x"]);
    expect(names(JSON.stringify(TARGET), { data: { chn: "CH1" } })).toEqual(["2F6913DB:CAN:CH1:canmod-gps:Speed"]);
    expect(names(undefined, { payload: JSON.stringify(TARGET) })).toEqual(["2F6913DB:CAN:CH2:canmod-gps:Speed"]);
  });

  test("other forms are ours: envelope, unmerged, with message and source address", () => {
    const ask = only({ device: "D1", signal: "Speed", message: "CCVS1", sa: "0x47" });
    expect(ask).toMatchObject({
      kind: "series",
      form: "own",
      method: "envelope",
      selector: { device: "D1", message: "CCVS1", sourceAddress: 71, signal: "Speed" },
    });
    expect(ask.kind === "series" && signalSelector(ask.selector).merge).toBeUndefined();
    expect(only({ ...TARGET, method: "m4" })).toMatchObject({ form: "own", method: "m4" });
  });

  test("each mistake has its sentence, and only a request that is wrong itself is broken", () => {
    expect(why('{"device": "D1", ')).toContain("neither a JSON object");
    expect(why("5")).toContain("neither a JSON object");
    expect(why("a:b:c:d:e:f:g:h:i")).toContain("neither a JSON object");
    expect(why("a::b")).toContain("neither a JSON object");
    expect(why("Files")).toContain('needs a payload with "device"');
    expect(why({ ...TARGET, method: "AVG" })).toContain('"AVG" is no method');
    expect(why({ ...TARGET, itf: "FLEXRAY" })).toContain("FLEXRAY");
    expect(why({ ...TARGET, chn: "CHX" })).toContain("CHX");
    expect(why({ ...TARGET, device: "$" + "{DEVICE}" })).toContain("did not replace");
    expect(why({ ...TARGET, device: "../main/2F6913DB" })).toContain("no device");
    expect(why({ itf: "CAN", signal: "x" })).toContain('no "device"');
    expect(only({ ...TARGET, device: null })).toMatchObject({ kind: "empty", broken: true });
    expect(only(undefined)).toMatchObject({ kind: "empty", broken: true });
    expect(only("select metric")).toMatchObject({ kind: "empty", broken: false });
  });

  test.each([
    ["Speed", { device: "*", signal: "Speed" }],
    ['"Speed"', { device: "*", signal: "Speed" }],
    ["gnss.Speed", { device: "*", message: "gnss", signal: "Speed" }],
    ["D*:Speed", { device: "D*", signal: "Speed" }],
    ["D*:MAX", { device: "D*", signal: "MAX" }],
    [
      "*:can:ch2:db:m:0x47:Speed:MEAN",
      { device: "*", itf: "can", chn: "ch2", db: "db", message: "m", sa: "0x47", signal: "Speed", method: "MEAN" },
    ],
  ])("a target that is no JSON is a name: %s", (text, values) => {
    expect(only(text)).toMatchObject({ kind: "pattern", values });
  });

  test("the names of our answers are targets again, in both forms", () => {
    const { signal, ...where } = TARGET;
    const long = { ...where, message: "gnss_speed", signal, method: "mean" };
    for (const target of [TARGET, { ...TARGET, method: "MAX" }, long]) {
      const [name = ""] = names(target);
      expect(only(name)).toEqual(only(target));
    }
  });

  test("an empty choice keeps the name with its place empty", () => {
    expect(names({ ...TARGET, signal: "" })).toEqual(["2F6913DB:CAN:CH2:canmod-gps:"]);
    expect(names({ ...TARGET, device: "" })).toEqual([":CAN:CH2:canmod-gps:Speed"]);
    expect(names({ ...TARGET, signal: "()" })).toEqual(["2F6913DB:CAN:CH2:canmod-gps:"]);
  });

  test("too many combinations are one sentence, not a million asks", () => {
    const many = Array.from({ length: 300 }, (_, at) => `S${at}`);
    expect(asks({ ...TARGET, device: many, signal: many })).toHaveLength(1);
  });
});
