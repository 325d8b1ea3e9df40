/** DBC texts to start from: those of the made-up drive, and one that has every statement. */
import { driveDbcs } from "../../fixtures/drive.ts";

const EVERY_STATEMENT = `VERSION "1.0"
NS_ :
	NS_DESC_
	CM_
	BA_DEF_
	SG_MUL_VAL_
BS_: 500000 : 1,2
BU_: Ecu Gate Tool
VAL_TABLE_ Switch 0 "off" 1 "on" 3 "not \\"available\\"" ;
BO_ 291 Engine: 8 Ecu
 SG_ Kind M : 0|8@1+ (1,0) [0|0] "" Gate,Tool
 SG_ Sub m3M : 8|8@1+ (1,0) [0|0] "" Gate
 SG_ Speed m1 : 23|16@0- (0.125,-40.5) [-40|210.25] "1/min" Gate
 SG_ Deep m2 : 16|32@1- (1E-06,0) [0|0] "°C" Vector__XXX
BO_ 2566844158 Vehicle: 64 Gate
 SG_ Temp : 0|64@1- (1,0) [0|0] "" Ecu
 SG_ Far : 511|1@0+ (1,0) [0|1] "" Ecu
BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX
 SG_ Lost : 0|8@1+ (1,0) [0|0] "" Vector__XXX
BO_TX_BU_ 291 : Ecu,Gate;
EV_ Wish: 1 [-40|215] "C" 20 1 DUMMY_NODE_VECTOR0 Ecu,Gate;
ENVVAR_DATA_ Wish: 8;
CM_ "the network";
CM_ BU_ Ecu "engine \\"control\\"
unit";
CM_ BO_ 291 "C:\\dir\\";
CM_ SG_ 291 Speed "über";
CM_ EV_ Wish "what is wished for";
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG","StandardCAN_FD","ExtendedCAN_FD";
BA_DEF_ SG_ "SPN" INT 0 524287;
BA_DEF_ SG_ "SystemSignalLongSymbol" STRING ;
BA_DEF_ "Baudrate" HEX 0 1000000;
BA_DEF_REL_ BU_SG_REL_ "Timeout" INT 0 65535;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
BA_DEF_DEF_REL_ "Timeout" 0;
BA_ "Baudrate" 500000;
BA_ "GenMsgCycleTime" BO_ 291 20;
BA_ "VFrameFormat" BO_ 2566844158 3;
BA_ "SPN" SG_ 2566844158 Temp 110;
BA_ "SystemSignalLongSymbol" SG_ 291 Speed "EngineSpeedOfTheCrankshaft";
BA_REL_ "Timeout" BU_SG_REL_ Gate SG_ 291 Speed 6000;
BA_REL_ "Timeout" BU_BO_REL_ Gate 291 1;
BA_REL_ "Timeout" BU_EV_REL_ Gate Wish 1;
VAL_ 291 Kind 1 "one" 0x2 "two" -1 "minus" ;
VAL_ 291 Sub Switch ;
VAL_ Wish 0 "cold" 1 "warm" ;
SIG_GROUP_ 291 Both 1 : Kind Speed;
SIG_VALTYPE_ 291 Deep : 1;
SIG_VALTYPE_ 2566844158 Temp : 2;
SG_MUL_VAL_ 291 Deep Sub 0-2, 5-5;
SG_MUL_VAL_ 291 Speed Kind 1-1, 7-200;
`;

export const DBC_TEXTS: readonly [string, ...string[]] = [EVERY_STATEMENT, ...driveDbcs().map(({ text }) => text)];

/** What stands in hostile places. */
export const ODD_WORDS: readonly [string, ...string[]] = [
  '"',
  '\\"',
  "\0",
  ";",
  "NaN",
  "inf",
  "1e999",
  "1e-400",
  "-0",
  "2147483648",
  "4294967295",
  "4294967296",
  "18446744073709551616",
  "9".repeat(700),
  `1${"0".repeat(390)}1`,
  "0x7fffffff",
  "M",
  "m0M",
  "m18446744073709551615",
  "Kind",
  "Sub",
  "Vector__XXX",
  "__proto__",
  "constructor",
  "//",
  "\r",
  "\u2028",
  "a".repeat(300),
  "BO_ 291 Twin: 8 Ecu\n",
  ' SG_ Speed : 0|8@1+ (1,0) [0|0] "" Ecu\n',
  "SG_MUL_VAL_ 291 Kind Sub 0-9;\n",
  "SG_MUL_VAL_ 291 Sub Deep 9-0;\n",
  'CM_ "\n',
];
