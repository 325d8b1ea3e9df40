/** What changes the meaning of a database, and what does not. */
import { expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import { semanticHash } from "../../../core/dbc/semantic-hash.ts";

const TEXT = `VERSION "1"
BU_: Ecu Gate
BO_ 100 Engine: 8 Ecu
 SG_ Kind M : 0|8@1+ (1,0) [0|0] "" Gate
 SG_ Speed m1 : 8|16@1- (0.1,-40) [0|250] "rpm" Gate
 SG_ Wide m2 : 8|32@1- (1,0) [0|0] "" Gate
BO_ 2147483748 Other: 8 Ecu
 SG_ Temp : 7|8@0+ (1,0) [0|0] "degC" Gate

CM_ BO_ 100 "about the engine";
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 1000;
BA_DEF_ SG_ "SPN" INT 0 524287;
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
BA_ "GenMsgCycleTime" BO_ 100 20;
BA_ "SPN" SG_ 100 Speed 190;
VAL_ 100 Kind 0 "none" 1 "speed" ;
SIG_VALTYPE_ 100 Wide : 1;
SG_MUL_VAL_ 100 Speed Kind 1-1, 4-6;
`;

const hashOf = (text: string): string => semanticHash(parseDbc(new TextEncoder().encode(text), "a.dbc"));

/** TEXT with a piece replaced, which must be in it. */
function edited(from: string, to: string): string {
  expect(TEXT).toContain(from);
  return TEXT.replace(from, to);
}

test.each([
  ["a comment", 'CM_ BO_ 100 "about the engine"', 'CM_ BO_ 100 "about\nsomething else"'],
  ["a comment taken away", 'CM_ BO_ 100 "about the engine";\n', ""],
  ["the version", 'VERSION "1"', 'VERSION "2"'],
  ["nodes", "BU_: Ecu Gate", "BU_: Gate Ecu Tool"],
  ["a receiver", '"degC" Gate', '"degC" Ecu'],
  ["blanks", " SG_ Temp : 7|8@0+ (1,0) [0|0]", "\tSG_   Temp:7|8@0+(1,0)[0|0]"],
  ["zeros of a decimal", "(0.1,-40)", "(0.100,-4.0E1)"],
  ["an attribute nothing depends on", "VAL_ 100", 'BA_ "Whatever" BO_ 100 7;\nVAL_ 100'],
  ["ranges in another order", "1-1, 4-6", "4-5, 1-1, 6-6"],
  ["value texts in another order", '0 "none" 1 "speed"', '1 "speed" 0 "none"'],
])("%s changes nothing", (_, from, to) => {
  expect(hashOf(edited(from, to))).toBe(hashOf(TEXT));
});

test("the order of messages, of signals and of statements changes nothing, nor do line ends", () => {
  const lines = TEXT.split("\n");
  const message = lines.slice(2, 6);
  const other = lines.slice(6, 8);
  const rest = lines.slice(9);
  const signals = [message[0] ?? "", ...message.slice(1).reverse()];
  expect(hashOf([...other, ...signals, ...rest.reverse()].join("\r\n"))).toBe(hashOf(TEXT));
});

test.each([
  ["an identifier", "BO_ 100 Engine", "BO_ 101 Engine"],
  ["an extended flag", "BO_ 2147483748 Other", "BO_ 102 Other"],
  ["a message's name", "Engine:", "Motor:"],
  ["a message's length", "Engine: 8", "Engine: 7"],
  ["a signal's name", "SG_ Temp", "SG_ Heat"],
  ["a start bit", "7|8@0+", "6|8@0+"],
  ["a length", "7|8@0+", "7|7@0+"],
  ["a byte order", "7|8@0+", "7|8@1+"],
  ["a sign", "7|8@0+", "7|8@0-"],
  ["a factor", "(0.1,-40)", "(0.2,-40)"],
  ["an offset", "(0.1,-40)", "(0.1,-41)"],
  ["a bound", "[0|250]", "[0|251]"],
  ["a unit", '"degC"', '"degF"'],
  ["a value text", '1 "speed"', '1 "Speed"'],
  ["a value", '1 "speed"', '2 "speed"'],
  ["a multiplexor's range", "1-1, 4-6", "1-1, 4-7"],
  ["a multiplexor's value", "Wide m2", "Wide m3"],
  ["a cycle time", "BO_ 100 20", "BO_ 100 21"],
  ["a value type", "SIG_VALTYPE_ 100 Wide : 1", "SIG_VALTYPE_ 100 Wide : 0"],
  ["a suspect parameter number", "Speed 190", "Speed 191"],
  ["a frame format", 'BA_DEF_DEF_ "VFrameFormat" "StandardCAN"', 'BA_DEF_DEF_ "VFrameFormat" "J1939PG"'],
  ["a long name", "VAL_ 100", 'BA_ "SystemSignalLongSymbol" SG_ 100 Wide "Wider";\nVAL_ 100'],
  ["a message more", "BO_ 2147483748", "BO_ 5 New: 8 Ecu\nBO_ 2147483748"],
])("%s changes it", (_, from, to) => {
  expect(hashOf(edited(from, to))).not.toBe(hashOf(TEXT));
});
