/** What `buslens dbc FILE` shows a person. */
import { expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import { semanticHash } from "../../../core/dbc/semantic-hash.ts";
import { dbcReport } from "../../../edge/node/dbc-report.ts";

const reportOf = (lines: readonly string[]): { readonly text: string; readonly hash: string } => {
  const dbc = parseDbc(new TextEncoder().encode(lines.join("\n")), "some/test.dbc");
  return { text: [...dbcReport(dbc)].join(""), hash: semanticHash(dbc) };
};

test("messages with their signals as they lie, multiplexing as a tree", () => {
  const { text, hash } = reportOf([
    'VERSION "7"',
    "BU_: Ecu",
    "BO_ 100 Engine: 8 Ecu",
    ' SG_ Z : 0|4@1+ (1,0) [0|0] "" Ecu',
    ' SG_ Kind M : 4|4@1+ (1,0) [0|0] "" Ecu',
    ' SG_ B m2 : 8|32@1- (1,0) [0|0] "" Ecu',
    ' SG_ A m1 : 23|16@0- (0.5,-40) [-40|90] "°C" Ecu',
    ' SG_ Text : 0|128@1+ (1,0) [0|0] "" Ecu',
    "BO_ 2566844158 Speeds: 8 Vector__XXX",
    'CM_ "made up";',
    'CM_ BO_ 100 "first line',
    'second line";',
    'BA_ "GenMsgCycleTime" BO_ 100 20;',
    'BA_ "VFrameFormat" BO_ 2566844158 3;',
    'VAL_ 100 Kind 4 "four" 3 "three" 2 "two" 1 "one" 0 "none" ;',
    "SIG_VALTYPE_ 100 B : 1;",
    "SG_MUL_VAL_ 100 A Kind 1-1, 5-7;",
  ]);
  expect(text).toBe(`test, version 7 (utf-8)
2 messages, 5 signals, 1 node, 1 J1939, 1 multiplexed (* selects)
made up
1 warning, on stderr
meaning ${hash}

0x064 Engine, 8 bytes, every 20 ms, from Ecu
  first line …
  signal  bits   order     type         factor  offset  min  max  unit  when           values
  Text    0|128  Intel     not decoded       1       0
  Z       0|4    Intel     unsigned          1       0
  Kind *  4|4    Intel     unsigned          1       0                                 0 none, 1 one, 2 two, 3 three, … (5)
    A     23|16  Motorola  signed          0.5     -40  -40   90  °C    Kind = 1, 5-7
    B     8|32   Intel     float32           1       0                  Kind = 2

0x18FEEEFE Speeds, 8 bytes, J1939 group 65262
`);
});

test("endless and strange texts are cut, and none of them moves the cursor", () => {
  const { text } = reportOf([
    `BO_ 1 M: 8 N`,
    ` SG_ S : 0|8@1+ (1,0) [0|0] "${"u".repeat(5000)}" N`,
    ` SG_ T : 0|8@1+ (1,0) [0|0] "\u001b[2J" N`,
    `CM_ BO_ 1 "${"c".repeat(5000)}";`,
  ]);
  expect(text).not.toContain("\u001b");
  for (const line of text.split("\n")) expect(line.length).toBeLessThan(200);
});
