import { expect, test } from "vitest";
import { parseDbc } from "../../../core/dbc/parse.ts";
import { FaultError } from "../../../core/fault.ts";
import { DBC_TEXTS } from "../../fuzz/dbc-texts.ts";

const read = (text: string) => parseDbc(new TextEncoder().encode(text), "folder/Test.dbc");
const warningsOf = (text: string) => read(text).warnings.map(({ line, column, text: said }) => `${line}:${column} ${said}`);

/** A message with one line of signal, then statements. */
const withSignal = (signal: string, ...rest: string[]) => ["BO_ 1 M: 8 N", ` SG_ ${signal}`, ...rest].join("\n");
const signalOf = (signal: string, ...rest: string[]) => read(withSignal(signal, ...rest)).messages[0]?.signals[0];

test("the database is named like its file", () => {
  expect(read("BS_:")).toMatchObject({ name: "Test", file: "folder/Test.dbc", messages: [], warnings: [] });
  expect(parseDbc(new TextEncoder().encode("BS_:"), "a.b.DBC").name).toBe("a.b");
});

test.each([
  ["an empty file", "", "empty"],
  ["blanks", "\n  \n", "blanks"],
  ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "git lfs pull"],
  ["an HTML page", "\n<!DOCTYPE html>\n<html>BO_ 1 M: 8 N</html>", "HTML"],
  ["XML", '<?xml version="1.0"?><AUTOSAR/>', "XML"],
  ["a log", "MDF     4.11    mdflib\0\0", "MDF log"],
  ["binary", "PK\u0003\u0004\0\0BO_ 1 M: 8 N", "binary"],
  ["some other text", "\n\n  Dear reader,\nthis is no DBC.", "no DBC statement"],
  ["JSON", '{"BO_": 1}', "no DBC statement"],
  ["slips alone", "BO_ x", "BO_: expected the identifier"],
])("%s is input/bad-dbc and called what it is", (_, text, part) => {
  try {
    read(text);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    expect(error.fault).toMatchObject({ code: "input/bad-dbc", object: "folder/Test.dbc" });
    expect(error.fault.message).toContain(part);
    const place = part.startsWith("BO_:") || part === "binary" ? [1, 5] : text.includes("Dear") ? [3, 3] : [1, 1];
    expect([error.fault.line, error.fault.column]).toEqual(place);
  }
});

test("UTF-8 with a BOM, without one, and Windows-1252 give the same text", () => {
  const text = withSignal('T : 0|8@1+ (1,0) [0|0] "°C" N', 'CM_ BO_ 1 "Öl – 5 €";');
  const utf8 = new TextEncoder().encode(text);
  const windows = Uint8Array.from([...text], (char) => ({ "€": 0x80, "–": 0x96 })[char] ?? char.charCodeAt(0));
  const bom = Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8);
  for (const bytes of [utf8, windows, bom]) {
    const [message] = parseDbc(bytes, "a.dbc").messages;
    expect([message?.comment, message?.signals[0]?.unit]).toEqual(["Öl – 5 €", "°C"]);
  }
});

test("CR, LF and CR LF end lines, and a comment's lines end with LF", () => {
  const text = withSignal('T : 0|8@1+ (1,0) [0|0] "" N', 'CM_ BO_ 1 "two', 'lines";', "FOO_ 1;");
  for (const lineEnd of ["\n", "\r", "\r\n"]) {
    const dbc = read(text.replaceAll("\n", lineEnd));
    expect(dbc.messages[0]?.comment).toBe("two\nlines");
    expect(dbc.warnings).toEqual([{ line: 5, column: 1, text: '"FOO_" is no DBC statement; skipped' }]);
  }
});

test("a signal's parts", () => {
  expect(signalOf('Rpm m5M : 7|16@0- (0.125,-1E-06) [-1.5|3.4E+038] "1/min" A,B , C')).toMatchObject({
    name: "Rpm",
    start: 7,
    lengthBits: 16,
    byteOrder: "big",
    signed: true,
    factor: { digits: 125n, scale: 3 },
    offset: { digits: -1n, scale: 6 },
    factorNumber: 0.125,
    offsetNumber: -1e-6,
    min: -1.5,
    max: 3.4e38,
    unit: "1/min",
    receivers: ["A", "B", "C"],
    selector: true,
    line: 2,
  });
});

test("names beyond C identifiers are read as they stand", () => {
  expect(signalOf('Öl-Druck.1 : 0|8@1+ (1,0) [0|0] "" N', 'CM_ SG_ 1 Öl-Druck.1 "x";')).toMatchObject({
    name: "Öl-Druck.1",
    comment: "x",
  });
  expect(signalOf('4WD : 0|8@1+ (1,0) [0|0] "" N')?.name).toBe("4WD");
});

test("plain multiplexing hangs on the root, SG_MUL_VAL_ on what it says, with ranges joined", () => {
  const text = [
    "BO_ 1 M: 8 N",
    ' SG_ Root M : 0|8@1+ (1,0) [0|0] "" N',
    ' SG_ Plain m7 : 8|8@1+ (1,0) [0|0] "" N',
    ' SG_ Sub m2M : 8|8@1+ (1,0) [0|0] "" N',
    ' SG_ Leaf m0 : 16|8@1+ (1,0) [0|0] "" N',
    "SG_MUL_VAL_ 1 Leaf Sub 9-9, 0-2,3 - 5;",
  ].join("\n");
  const signals = Object.fromEntries(read(text).messages[0]?.signals.map((signal) => [signal.name, signal]) ?? []);
  expect(signals.Root).toMatchObject({ selector: true, selectedBy: null, selectedWhen: null });
  expect(signals.Plain).toMatchObject({ selector: false, selectedBy: "Root", selectedWhen: [[7n, 7n]] });
  expect(signals.Sub).toMatchObject({ selector: true, selectedBy: "Root", selectedWhen: [[2n, 2n]] });
  expect(signals.Leaf).toMatchObject({
    selectedBy: "Sub",
    selectedWhen: [
      [0n, 5n],
      [9n, 9n],
    ],
  });
});

test("multiplexors in a circle are skipped with a warning, what hangs on nothing is read plain with one", () => {
  const text = [
    "BO_ 1 M: 8 N",
    ' SG_ A m0M : 0|8@1+ (1,0) [0|0] "" N',
    ' SG_ B m0M : 8|8@1+ (1,0) [0|0] "" N',
    ' SG_ C m0 : 16|8@1+ (1,0) [0|0] "" N',
    ' SG_ D m0 : 24|8@1+ (1,0) [0|0] "" N',
    "SG_MUL_VAL_ 1 A B 0-0;",
    "SG_MUL_VAL_ 1 B A 0-0;",
    "SG_MUL_VAL_ 1 C B 1-1;",
  ].join("\n");
  const dbc = read(text);
  expect(dbc.messages[0]?.signals.map((signal) => [signal.name, signal.selectedBy])).toEqual([["D", null]]);
  expect(dbc.warnings.map((warning) => warning.line)).toEqual([2, 3, 4, 5]);
});

test("attributes: own value before default, ENUM by index or text, integers by Vector's numbers", () => {
  const body = "BO_ 2147483649 M: 8 N\nBO_ 2147483650 O: 8 N\n";
  const formats = (rest: string) => read(body + rest).messages.map(({ j1939, fd, pgn }) => [j1939, fd, pgn]);
  const j1939 = [true, false, 0];
  const fd = [false, true, null];
  const plain = [false, false, null];
  const define = 'BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","J1939PG","ExtendedCAN_FD";\n';
  expect(formats(`${define}BA_DEF_DEF_ "VFrameFormat" "J1939PG";\nBA_ "VFrameFormat" BO_ 2147483649 2;`)).toEqual([fd, j1939]);
  expect(formats(`BA_ "VFrameFormat" BO_ 2147483649 "J1939PG";\n${define}`), "any order").toEqual([j1939, plain]);
  expect(
    formats('BA_DEF_ BO_ "VFrameFormat" INT 0 15;\nBA_DEF_DEF_ "VFrameFormat" 3;\nBA_ "VFrameFormat" BO_ 2147483650 14;'),
  ).toEqual([j1939, fd]);
  expect(warningsOf(`${body}${define}BA_ "VFrameFormat" BO_ 2147483649 9;`)).toEqual([
    '4:1 BA_: "VFrameFormat" has no value number "9"; the value is ignored',
  ]);
});

test("an 11-bit message is no parameter group, even where the default says so", () => {
  const text = 'BO_ 5 M: 8 N\nBA_DEF_ BO_ "VFrameFormat" INT 0 3;\nBA_DEF_DEF_ "VFrameFormat" 3;';
  expect(read(text).messages[0]).toMatchObject({ j1939: false, pgn: null });
});

test("cycle times: 0 is none", () => {
  const text = 'BO_ 1 M: 8 N\nBO_ 2 O: 8 N\nBA_DEF_DEF_ "GenMsgCycleTime" 100;\nBA_ "GenMsgCycleTime" BO_ 2 0;';
  expect(read(text).messages.map((message) => message.cycleMs)).toEqual([100, null]);
});

test("value texts: negative raws, tables by name, integers only", () => {
  const t = 'T : 0|8@1- (1,0) [0|0] "" N';
  expect(signalOf(t, 'VAL_ 1 T -1 "minus" 18446744073709551615 "all" 1E1 "ten" ;')?.values).toEqual(
    new Map([
      [-1n, "minus"],
      [18446744073709551615n, "all"],
      [10n, "ten"],
    ]),
  );
  expect(signalOf(t, 'VAL_TABLE_ Gears 0 "N" ;', "VAL_ 1 T Gears ;")?.values).toEqual(new Map([[0n, "N"]]));
  expect(warningsOf(withSignal(t, 'VAL_ 1 T 0.5 "half" 1 "one" ;'))).toEqual([
    '3:10 VAL_: a raw value is an integer; the text "half" is skipped',
  ]);
  expect(read(`EV_ Env: 0 [0|1] "" 0 1 DUMMY_NODE_VECTOR0 Vector__XXX;\nVAL_ Env 0 "off" ;`).warnings).toEqual([]);
});

test("value types: a float must have 32 or 64 bits", () => {
  const float = (bits: number, type: number) =>
    signalOf(`F : 0|${bits}@1- (1,0) [0|0] "" N`, `SIG_VALTYPE_ 1 F : ${type};`)?.float;
  expect([float(32, 1), float(64, 2), float(32, 0)]).toEqual([32, 64, null]);
  expect([float(64, 1), float(16, 1)], "the length decides").toEqual([64, null]);
  expect(warningsOf(withSignal('F : 0|16@1- (1,0) [0|0] "" N', "SIG_VALTYPE_ 1 F : 1;"))).toEqual([
    '3:1 SIG_VALTYPE_: "F" has 16 bits, value type 1 does not fit; it is read as an integer',
  ]);
});

test("quotes inside texts, and a backslash at a text's end", () => {
  expect(read('BO_ 1 M: 8 N\nCM_ BO_ 1 "say \\"x\\"; now";').messages[0]?.comment).toBe('say "x"; now');
  expect(read('BO_ 1 M: 8 N\nCM_ BO_ 1 "C:\\dir\\";').messages[0]?.comment).toBe("C:\\dir\\");
  expect(read('BO_ 1 M: 8 N\nCM_ BO_ 1 "C:\\dir\\" ; \n\n BO_ 2 O: 8 N').messages[0]?.comment).toBe("C:\\dir\\");
  expect(read('BO_ 1 M: 8 N\nCM_ BO_ 1 "one \\"two\\";\nthree";\nBO_ 2 O: 8 N').messages[0]?.comment).toBe('one "two";\nthree');
});

test("NS_ may lack its BS_, and list symbols on one line", () => {
  const dbc = read('NS_ : CM_ BA_DEF_\n\tVAL_\nCM_ BO_ 1 "note";\nBO_ 1 M: 8 N');
  expect(dbc.warnings).toEqual([]);
  expect(dbc.messages[0]?.comment).toBe("note");
});

test("a broken statement costs itself only, and says where", () => {
  const text = [
    'VERSION "1"',
    "BO_ 1 M: 8 N",
    ' SG_ Good : 0|8@1+ (1,0) [0|0] "" N',
    ' SG_ Bad : 0,8@1+ (1,0) [0|0] "" N',
    ' SG_ Wide : 0|8@1+ (1,0) [none] "" N',
    ' SG_ Factor : 0|8@1+ (1e999,0) [0|0] "" N',
    ' SG_ Good : 8|8@1+ (1,0) [0|0] "" N',
    "BO_ 2 Short 8 N",
    ' SG_ Orphan : 0|8@1+ (1,0) [0|0] "" N',
    "BO_ 3 Last: 8 N",
    'CM_ SG_ 1 Nowhere "x";',
    'CM_ BO_ 3 "kept"',
    "SIG_VALTYPE_ 1 Good : 0;",
  ].join("\n");
  const dbc = read(text);
  expect(dbc.messages.map((message) => [message.name, message.signals.map((signal) => signal.name), message.comment])).toEqual([
    ["M", ["Good", "Wide"], null],
    ["Last", [], "kept"],
  ]);
  expect(warningsOf(text)).toEqual([
    '4:13 SG_: expected "|", found ","; the statement is skipped',
    '5:26 SG_: "[none]" is no range; the signal is read without one',
    '6:23 SG_: expected the factor that a double can hold, found "1e999"; the statement is skipped',
    '7:6 SG_: "Good" is in this message already (line 3); the second one is skipped',
    '8:13 BO_: expected ":", found "8"; the statement is skipped',
    '11:1 CM_: there is no "SG_ 1 Nowhere"; the statement is skipped',
    '13:1 CM_: the ";" at its end is missing',
  ]);
});

test("a missing closing quote costs its own statement, not those behind it", () => {
  const text = [
    "BO_ 1 M: 8 N",
    ' SG_ A : 0|8@1+ (1,0) [0|0] "unit N',
    ' SG_ B : 8|8@1+ (1,0) [0|0] "" N',
    'CM_ BO_ 1 "never closed;',
    'CM_ SG_ 1 B "bee";',
    'BA_ "GenMsgCycleTime" BO_ 1 20;',
    'CM_ "open to the end',
  ].join("\n");
  const dbc = read(text);
  expect(dbc.messages[0]).toMatchObject({ comment: null, cycleMs: 20, signals: [{ name: "B", comment: "bee" }] });
  expect(dbc.warnings.map((warning) => [warning.line, warning.column])).toEqual([
    [2, 29],
    [5, 14],
    [7, 5],
  ]);
});

test("identifiers: bit 31 means 29 bits, what fits no frame is skipped, signals without a message vanish quietly", () => {
  const text =
    "BO_ 2147483649 Long: 8 N\nBO_ 4294967295 No: 8 N\nBO_ 65536 Flagless: 8 N\nBO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 N\nBO_ 1 Short: 8 N";
  expect(read(text).messages.map(({ id, extended, name }) => [id, extended, name])).toEqual([
    [1, false, "Short"],
    [1, true, "Long"],
    [65536, true, "Flagless"],
  ]);
  expect(read(text).warnings.map((warning) => warning.line)).toEqual([2, 3]);
});

test("two messages with one identifier are kept and mentioned", () => {
  const dbc = read("BO_ 1 M: 8 N\nBO_ 1 O: 8 N\nBO_ 2 O: 8 N");
  expect(dbc.messages.map((message) => message.name)).toEqual(["M", "O", "O"]);
  expect(dbc.warnings.map((warning) => warning.line)).toEqual([2, 3]);
});

test("long names replace short ones everywhere, unless they clash", () => {
  const dbc = read(
    [
      "BU_: N1 N2",
      "BO_ 1 M: 8 N1",
      ' SG_ S M : 0|8@1+ (1,0) [0|0] "" N2',
      ' SG_ T m1 : 8|8@1+ (1,0) [0|0] "" Vector__XXX',
      "BO_TX_BU_ 1 : N1,N2;",
      'BA_ "SystemNodeLongSymbol" BU_ N1 "NodeOne";',
      'BA_ "SystemMessageLongSymbol" BO_ 1 "Message";',
      'BA_ "SystemSignalLongSymbol" SG_ 1 S "Selector";',
      'BA_ "SystemSignalLongSymbol" SG_ 1 T "Selector";',
    ].join("\n"),
  );
  expect(dbc.nodes.map((node) => node.name)).toEqual(["NodeOne", "N2"]);
  expect(dbc.messages[0]).toMatchObject({
    name: "Message",
    senders: ["NodeOne", "N2"],
    signals: [
      { name: "Selector", receivers: ["N2"] },
      { name: "T", selectedBy: "Selector", receivers: [] },
    ],
  });
  expect(dbc.warnings).toHaveLength(1);
});

test("remarks are passed over, unknown statements and stray marks are not, and go by line", () => {
  expect(warningsOf('// made by hand\nBO_ 1 M: 8 N // a note\nFOO_ "a\nb" ; BO_ 2 O: 8 N\n)) x\n;')).toEqual([
    '3:1 "FOO_" is no DBC statement; skipped',
    '5:1 ")" is no DBC statement; skipped',
  ]);
  expect(warningsOf("BS_:\nhello\nyou\nthere\nBU_:")).toEqual(['2:1 "hello" is no DBC statement; skipped up to line 5']);
});

test("warnings are bounded", () => {
  const { warnings } = read(`BS_:\n${"FOO_\nBS_:\n".repeat(2000)}`);
  expect(warnings).toHaveLength(501);
  expect(warnings.at(-1)?.text).toContain("1500 more");
});

test("every statement of the standard is read without a warning", () => {
  const dbc = read(DBC_TEXTS[0]);
  expect(dbc.warnings).toEqual([]);
  expect(dbc.comment).toBe("the network");
  const signals = Object.fromEntries(dbc.messages.flatMap((message) => message.signals.map((signal) => [signal.name, signal])));
  expect(Object.keys(signals).sort()).toEqual(["Deep", "EngineSpeedOfTheCrankshaft", "Far", "Kind", "Sub", "Temp"]);
  expect([signals.Temp?.spn, signals.Far?.spn]).toEqual([110, null]);
  expect(signals.EngineSpeedOfTheCrankshaft?.selectedWhen).toEqual([
    [1n, 1n],
    [7n, 200n],
  ]);
  expect(signals.Deep).toMatchObject({ selectedBy: "Sub", float: 32 });
  expect(signals.Sub?.values?.get(3n)).toBe('not "available"');
});

test("groups and relations are checked for what they name", () => {
  const text = withSignal(
    'S : 0|8@1+ (1,0) [0|0] "" N',
    "SIG_GROUP_ 1 G 1 : S T;",
    "SIG_GROUP_ 9 G 1 : S;",
    'BA_REL_ "A" BU_SG_REL_ Nobody SG_ 1 S 5;',
    'BA_REL_ "A" BU_BO_REL_ Vector__XXX 9 "x";',
    'BA_REL_ "A" BU_XX_REL_ N 9 1;',
    "ENVVAR_DATA_ E: 5;",
    'VAL_ E 0 "off" ;',
  );
  expect(warningsOf(text)).toEqual([
    '3:1 SIG_GROUP_: there is no "SG_ 1 T"; the group goes without it',
    '4:1 SIG_GROUP_: there is no "BO_ 9"; the statement is skipped',
    '4:1 SIG_GROUP_: there is no "SG_ 9 S"; the group goes without it',
    '5:1 BA_REL_: "A" is given to "BU_ Nobody", which does not exist; the statement is skipped',
    '6:1 BA_REL_: "A" is given to "BO_ 9", which does not exist; the statement is skipped',
    '7:13 BA_REL_: expected BU_SG_REL_, BU_BO_REL_ or BU_EV_REL_, found "BU_XX_REL_"; the statement is skipped',
    '8:1 ENVVAR_DATA_: there is no "EV_ E"; the statement is skipped',
    '9:1 VAL_: there is no "EV_ E"; the statement is skipped',
  ]);
});

test("what a statement speaks of may come behind it", () => {
  const dbc = read('CM_ SG_ 1 S "before";\nSIG_GROUP_ 1 G 1 : S;\nBO_ 1 M: 8 N\n SG_ S : 0|8@1+ (1,0) [0|0] "" N');
  expect([dbc.messages[0]?.signals[0]?.comment, dbc.warnings]).toEqual(["before", []]);
});

test("a signal that its multiplexor cannot call is told, with the way out", () => {
  const text = [
    "BO_ 1 M: 8 N",
    ' SG_ Service M : 0|8@1+ (1,0) [0|0] "" N',
    ' SG_ Indoor m256 : 8|8@1+ (1,0) [0|0] "" N',
    ' SG_ Outdoor m255 : 8|8@1+ (1,0) [0|0] "" N',
    "BO_ 2 O: 16 N",
    ' SG_ Float M : 0|32@1- (1,0) [0|0] "" N',
    ' SG_ Hanging m0 : 32|8@1+ (1,0) [0|0] "" N',
    "SIG_VALTYPE_ 2 Float : 1;",
  ].join("\n");
  expect(warningsOf(text)).toEqual([
    '3:6 SG_: "Indoor" is there when "Service" is 256, but "Service" has 8 bits and reaches 255: it is never there; is an SG_MUL_VAL_ missing?',
    '7:6 SG_: "Hanging" hangs on "Float", which is no integer within eight bytes; it has no values',
  ]);
});

test("chains of multiplexors and lists of their values have an end", () => {
  const chain = Array.from({ length: 20 }, (_, i) => ` SG_ s${i} ${i === 0 ? "" : "m0"}M : ${i}|1@1+ (1,0) [0|0] "" N`);
  const links = Array.from({ length: 19 }, (_, i) => `SG_MUL_VAL_ 1 s${i + 1} s${i} 0-0;`);
  const deep = read(["BO_ 1 M: 8 N", ...chain, ...links].join("\n"));
  expect(deep.messages[0]?.signals).toHaveLength(17); // the root and 16 below it
  expect(deep.warnings.map(({ line }) => line)).toEqual([19, 20, 21]);
  const values = (count: number) => Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join(",");
  const listed = (count: number) =>
    read(
      `BO_ 1 M: 8 N\n SG_ S M : 0|16@1+ (1,0) [0|0] "" N\n SG_ T m0 : 16|8@1+ (1,0) [0|0] "" N\nSG_MUL_VAL_ 1 T S ${values(count)};`,
    );
  expect([listed(256).warnings.length, listed(256).messages[0]?.signals.length]).toEqual([0, 2]);
  expect([listed(257).warnings.length, listed(257).messages[0]?.signals.length]).toEqual([1, 1]);
});

test("names and long names have an end", () => {
  const long = "n".repeat(257);
  expect(warningsOf(`BS_:\nBO_ 1 ${long}: 8 N`)).toEqual([
    expect.stringContaining("2:7 BO_: expected the name of the message, of at most 256"),
  ]);
  const dbc = read(withSignal('S : 0|8@1+ (1,0) [0|0] "" N', `BA_ "SystemSignalLongSymbol" SG_ 1 S "${long}";`));
  expect([dbc.messages[0]?.signals[0]?.name, dbc.warnings[0]?.line]).toEqual(["S", 3]);
});

test("a message has at most 10,000 signals", () => {
  const lines = Array.from({ length: 10_002 }, (_, i) => ` SG_ s${i} : 0|1@1+ (1,0) [0|0] "" N`);
  const dbc = read(["BO_ 1 M: 8 N", ...lines, 'CM_ SG_ 1 s10001 "known all the same";'].join("\n"));
  expect(dbc.messages[0]?.signals).toHaveLength(10_000);
  expect(dbc.warnings.map(({ line }) => line)).toEqual([10_002, 10_003]);
});

test.each([
  ["bytes", "limit/too-large", () => new Uint8Array(20 * 1024 * 1024 + 1), 20_971_521, 20_971_520, [1, 1]],
  [
    "messages",
    "limit/too-many",
    () => new TextEncoder().encode("BO_ 1 a:0 b\n".repeat(150_001)),
    "more than 150000",
    150_000,
    [150_001, 1],
  ],
  [
    "nodes",
    "limit/too-many",
    () => new TextEncoder().encode(`BU_:${" a,".repeat(1_000_001)}`),
    "more than 1000000",
    1_000_000,
    [1, 3_000_006],
  ],
] as const)("too many %s are refused with both numbers, and the place", (_, code, bytes, found, allowed, [line, column]) => {
  try {
    parseDbc(bytes(), "a.dbc");
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    expect(error.fault).toMatchObject({ code, object: "a.dbc", found, allowed, line, column });
    expect(error.fault.message).toContain(String(allowed));
  }
});

test("text that is neither UTF-8 nor likely Windows-1252 is told, with the choices; German is not", () => {
  const warnings = (...octets: number[]) =>
    parseDbc(Uint8Array.from([...new TextEncoder().encode('BO_ 1 M: 8 N\nCM_ BO_ 1 "'), ...octets, 0x22, 0x3b]), "a.dbc")
      .warnings;
  const japanese = warnings(0x83, 0x47, 0x81, 0x5b);
  expect(japanese).toMatchObject([
    { line: 2, column: 12, text: expect.stringContaining("--encoding gb18030 or --encoding shift_jis") },
  ]);
  expect(warnings(0xb7, 0xa2, 0xb6, 0xaf, 0xbb, 0xfa, 0xd7, 0xaa)).toHaveLength(1);
  expect(warnings(0xd6, 0x6c, 0x20, 0x80)).toEqual([]);
});
