import { expect, test } from "vitest";
import { matchIndex, pgnOf } from "../../../core/dbc/match.ts";
import { nearestNames } from "../../../core/dbc/names.ts";
import { database, message } from "../../support/dbc-model.ts";

const group = (name: string, id: number) => message({ name, id, extended: true, j1939: true, pgn: pgnOf(id) });

test("the destination of a PDU1 identifier is no part of its group, the group extension of PDU2 is", () => {
  expect(pgnOf(0x18ea1733)).toBe(0xea00);
  expect(pgnOf(0x0cf00400)).toBe(0xf004);
  expect(pgnOf(0x1dffee21)).toBe(0x1ffee);
  expect(pgnOf(0x03ef0021 | 0x1c000000)).toBe(0x3ef00);
});

test("11 and 29 bits are different identifiers", () => {
  const eleven = message({ name: "Eleven", id: 0x123 });
  const long = message({ name: "Long", id: 0x123, extended: true });
  const { matchesOf } = matchIndex([database("a", [eleven, long])]);
  expect(matchesOf(0x123, false)).toMatchObject([{ message: eleven, rule: "exact", sourceAddress: null }]);
  expect(matchesOf(0x123, true)).toMatchObject([{ message: long, rule: "exact", sourceAddress: null }]);
  expect(matchesOf(0x124, true)).toEqual([]);
});

test("a parameter group matches whatever the priority and destination, and keeps the source address", () => {
  const eec1 = group("EEC1", 0x0cf004fe);
  const request = group("Request", 0x18eafffe);
  const { matchesOf } = matchIndex([database("j", [eec1, request])]);
  expect(matchesOf(0x18f00421, true)).toMatchObject([{ message: eec1, rule: "group", sourceAddress: 0x21 }]);
  expect(matchesOf(0x00ea0544, true)).toMatchObject([{ message: request, rule: "group", sourceAddress: 0x44 }]);
  expect(matchesOf(0x0cf004fe & 0x7ff, false)).toEqual([]);
  expect(matchesOf(0x0df004fe, true), "another data page").toEqual([]);
});

test("in one database exact rules out group; other databases still match", () => {
  const both = database("both", [message({ name: "Exact", id: 0x0cf00400, extended: true }), group("Group", 0x0cf004fe)]);
  const other = database("other", [group("Other", 0x0cf004fe)]);
  const { matchesOf } = matchIndex([other, both]);
  expect(matchesOf(0x0cf00400, true).map((match) => [match.dbc.name, match.message.name, match.rule])).toEqual([
    ["other", "Other", "group"],
    ["both", "Exact", "exact"],
  ]);
  expect(matchesOf(0x0cf00401, true).map((match) => match.message.name)).toEqual(["Other", "Group"]);
});

test("two messages with one identifier both match", () => {
  const twins = [message({ name: "A" }), message({ name: "B" })];
  expect(
    matchIndex([database("twins", twins)])
      .matchesOf(1, false)
      .map((match) => match.message.name),
  ).toEqual(["A", "B"]);
});

test("nearest names: few edits, letter case free, containment last; none when nothing is close", () => {
  const names = ["EngineSpeed", "EngineTorque", "WheelSpeed", "Speed", "speed", "Spede", "Temperature"];
  expect(nearestNames("Speed", names, 3)).toEqual(["Speed", "speed", "Spede"]);
  expect(nearestNames("EnginSpeed", names, 3)).toEqual(["EngineSpeed", "Speed", "speed"]);
  expect(nearestNames("Voltage", names, 3)).toEqual([]);
  expect(nearestNames("", names, 3)).toEqual([]);
  expect(nearestNames("x".repeat(1000), names, 3)).toEqual([]);
});
