import { describe, expect, test } from "vitest";
import { databasesFor, noBindings, readBindings, transportFor } from "../../../core/dbc/binding-file.ts";

const texts = (text: string) => readBindings(text).notices.map((notice) => notice.text);

describe("buslens.json", () => {
  test("rules are tried in order; what a rule leaves out fits all", () => {
    const bindings = readBindings(`{
      "bindings": [
        {"device": "2F6913DB", "channel": 2, "dbcs": ["gnss.dbc", "canmod-gps"]},
        {"device": "2f*", "bus": "can", "dbcs": []},
        {"channel": 1, "dbcs": "one.dbc"}
      ],
      "encodings": {"Truck.DBC": "GB2312"}
    }`);
    expect(bindings.notices).toEqual([]);
    const found = (device: string | null, channel: number, bus: "CAN" | "LIN" = "CAN") =>
      databasesFor(bindings, { device, bus, channel });
    expect(found("2F6913DB", 2)).toEqual(["gnss.dbc", "canmod-gps"]);
    expect(found("2f6913db", 2)).toEqual(["gnss.dbc", "canmod-gps"]);
    expect(found("2F6913DB", 1)).toEqual([]);
    expect(found("2F6913DB", 1, "LIN")).toEqual(["one.dbc"]);
    expect(found("AAAAAAAA", 1)).toEqual(["one.dbc"]);
    expect(found(null, 1)).toEqual(["one.dbc"]);
    expect(found("AAAAAAAA", 2)).toBe(null);
    expect([...bindings.encodings]).toEqual([["truck.dbc", expect.stringMatching(/^gb/)]]);
  });

  test.each([
    ["*", "ABC", true],
    ["A*C", "ABBC", true],
    ["A*C", "ABCD", false],
    ["?B?", "abc", true],
    ["?B", "ABC", false],
    ["A.C", "ABC", false],
    ["*A*A*A*A*A*A*A*A*A*A*B", "A".repeat(5000), false],
  ] as const)("the glob %s on %s", (device, name, fits) => {
    const bindings = { ...noBindings, rules: [{ device, dbcs: [] }] };
    expect(databasesFor(bindings, { device: name, bus: "CAN", channel: 1 }) !== null).toBe(fits);
  });

  test("databases and protocol are each of the first rule that has them", () => {
    const bindings = readBindings(`{"bindings": [
      {"device": "A*", "channel": 1, "transport": "iso-tp-payload"},
      {"device": "A*", "dbcs": ["a.dbc"], "transport": "none"},
      {"dbcs": ["b.dbc"], "transport": "j1939-21"}
    ]}`);
    expect(bindings.notices).toEqual([]);
    const found = (device: string, channel: number) => {
      const place = { device, bus: "CAN", channel } as const;
      return [databasesFor(bindings, place), transportFor(bindings, place)];
    };
    expect(found("ABC", 1)).toEqual([["a.dbc"], "iso-tp-payload"]);
    expect(found("ABC", 2)).toEqual([["a.dbc"], "none"]);
    expect(found("B", 1)).toEqual([["b.dbc"], "j1939-21"]);
    expect(transportFor(noBindings, { device: "B", bus: "CAN", channel: 1 })).toBe(null);
    expect(texts('{"bindings": [{"transport": "can-tp"}]}')).toEqual([
      expect.stringMatching(/^buslens\.json:1:29: "transport" must be one of iso-tp, .*none; the rule is not used/),
    ]);
  });

  test("what is wrong is told with line and column, and the rest is used", () => {
    const text = `{"bindings": [
  {"device": 5, "dbcs": ["a.dbc"]},
  {"chanel": 1, "dbcs": ["a.dbc"]},
  {"channel": 1.5, "dbcs": ["a.dbc"]},
  {"channel": 1},
  {"bus": "FlexRay", "dbcs": []},
  {"dbcs": [7]},
  "a.dbc",
  {"channel": 3, "dbcs": ["b.dbc"]}
 ],
 "encodings": {"a.dbc": "klingon"}, "binding": []}`;
    expect(texts(text).map((one) => one.slice(0, 60))).toEqual([
      expect.stringMatching(/^buslens\.json:2:14: "device" must/),
      expect.stringMatching(/^buslens\.json:3:4: there is no "chanel"/),
      expect.stringMatching(/^buslens\.json:4:15: "channel" must/),
      expect.stringMatching(/^buslens\.json:5:3: a rule needs "dbcs"/),
      expect.stringMatching(/^buslens\.json:6:11: "bus" must/),
      expect.stringMatching(/^buslens\.json:7:12: "dbcs" must/),
      expect.stringMatching(/^buslens\.json:8:3: a rule is an object/),
      expect.stringMatching(/^buslens\.json:11:25: this is no encoding/),
      expect.stringMatching(/^buslens\.json:11:37: there is no "binding" here/),
    ]);
    expect(readBindings(text).rules).toEqual([{ channel: 3, dbcs: ["b.dbc"] }]);
  });

  test.each([
    ["", /^buslens\.json:1:1: there is the end of the file/],
    ["[]", /^buslens\.json:1:1: an object is needed/],
    ["{\n  bindings: []}", /^buslens\.json:2:3: there is "b" where a name in quotes/],
    ['{"bindings": []', /^buslens\.json:1:16: there is the end of the file where "," or "}"/],
    ['{"bindings": []} x', /^buslens\.json:1:18: there is "x" behind the end/],
    ['{"bindings": {}}', /^buslens\.json:1:14: "bindings" must be a list/],
    [`{"bindings": ${"[".repeat(100)}`, /nested more than 32 deep/],
    ['{"a": "\n"}', /^buslens\.json:1:7: there is "\\"" where a value/],
  ])("%s binds nothing and says where", (text, wanted) => {
    expect(texts(text)).toEqual([expect.stringMatching(wanted)]);
    expect(readBindings(text).rules).toEqual([]);
  });

  test("a byte order mark is no mistake", () => expect(texts('\ufeff{"bindings": []}')).toEqual([]));
});
