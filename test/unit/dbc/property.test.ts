/** What is printed reads back the same; what is broken, in any way, is a fault or a warning and never takes long. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { pgnOf } from "../../../core/dbc/match.ts";
import type { DbcMessage, DbcSignal } from "../../../core/dbc/model.ts";
import { parseDbc } from "../../../core/dbc/parse.ts";
import { semanticHash } from "../../../core/dbc/semantic-hash.ts";
import { dbcFacts } from "../../../core/facts/dbc-facts.ts";
import { FaultError } from "../../../core/fault.ts";
import { compareKeys } from "../../../core/store/check-key.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { dbcText, relaidText } from "../../support/dbc-text.ts";

const SEED = 20240917;
const encode = (text: string) => new TextEncoder().encode(text);

const anyName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,11}$/).filter((name) => !/^(m\d+M?|M|B[A-Z]*_|[A-Z_]+_)$/.test(name));
// A backslash at the end of a text stands before its quote and would be read as hiding it; the standard has no escape for it.
const anyText = fc
  .string({ unit: fc.constantFrom(...'aZ09 ;,:äß€°中"\n[](|@\\'), maxLength: 20 })
  .filter((text) => text !== "" && !/\\(?:"|$)/.test(text));
const oneLine = anyText.map((text) => text.replaceAll("\n", " "));
const anyDecimal = fc
  .tuple(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.integer({ min: 0, max: 25 }))
  .filter(([digits, scale]) => scale === 0 || digits % 10n !== 0n)
  .map(([digits, scale]) => ({ exact: { digits, scale }, number: Number(`${digits}e-${scale}`) + 0 }));
const anyBound = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 8 + 0);

const anySignal = fc
  .record({
    name: anyName,
    start: fc.integer({ min: 0, max: 511 }),
    lengthBits: fc.integer({ min: 1, max: 64 }),
    byteOrder: fc.constantFrom("little" as const, "big" as const),
    signed: fc.boolean(),
    isFloat: fc.boolean(),
    factor: anyDecimal,
    offset: anyDecimal,
    range: fc.option(fc.tuple(anyBound, anyBound).filter(([min, max]) => min !== 0 || max !== 0)),
    unit: fc.oneof(fc.constant(""), oneLine),
    receivers: fc.uniqueArray(fc.constantFrom("Ecu", "Gate", "Tool")),
    values: fc.option(fc.dictionary(fc.bigInt(-9n, 2n ** 64n - 1n).map(String), oneLine, { minKeys: 1, maxKeys: 4 })),
    spn: fc.option(fc.integer({ min: 1, max: 524_287 })),
    comment: fc.option(anyText),
  })
  .map(
    ({ isFloat, factor, offset, range, values, ...rest }): DbcSignal =>
      signal({
        ...rest,
        float: isFloat && (rest.lengthBits === 32 || rest.lengthBits === 64) ? rest.lengthBits : null,
        factor: factor.exact,
        offset: offset.exact,
        factorNumber: factor.number,
        offsetNumber: offset.number,
        min: range?.[0] ?? null,
        max: range?.[1] ?? null,
        values: values && new Map(Object.entries(values).map(([raw, text]) => [BigInt(raw), text])),
      }),
  );

const anySignals = fc
  .tuple(fc.uniqueArray(anySignal, { selector: (each) => each.name, maxLength: 6 }), fc.array(fc.nat(1000)), fc.boolean())
  .map(([signals, picks, multiplexed]) =>
    (multiplexed ? hang(signals, picks) : signals).toSorted((a, b) => compareKeys(a.name, b.name)),
  );

/** The first signal becomes the root; each other one hangs on the one that its pick says, among those before it. */
function hang(signals: readonly DbcSignal[], picks: readonly number[]): DbcSignal[] {
  const parents = signals.map((_, i) => (i === 0 ? null : (picks[i] ?? 0) % i));
  return signals.map((each, i) => {
    const parent = parents[i] ?? null;
    const low = BigInt((picks[i] ?? 0) % 7);
    return {
      ...each,
      selector: i === 0 || parents.includes(i),
      selectedBy: parent === null ? null : (signals[parent]?.name ?? null),
      selectedWhen: parent === null ? null : [[low, low + 1n] as const, [low + 5n, low + 5n] as const],
    };
  });
}

const anyMessage = fc
  .record({
    id: fc.integer({ min: 0, max: 0x1fffffff }),
    extended: fc.boolean(),
    name: anyName,
    lengthBytes: fc.integer({ min: 0, max: 64 }),
    format: fc.constantFrom("classic", "fd", "j1939"),
    cycleMs: fc.option(fc.integer({ min: 1, max: 10_000 })),
    senders: fc.uniqueArray(fc.constantFrom("Ecu", "Gate", "Tool")),
    comment: fc.option(anyText),
    signals: anySignals,
  })
  .map(({ id, extended, format, ...rest }): DbcMessage => {
    const j1939 = extended && format === "j1939";
    const own = extended ? id : id & 0x7ff;
    return message({ ...rest, id: own, extended, fd: format === "fd", j1939, pgn: j1939 ? pgnOf(own) : null });
  });

const anyDbc = fc.record({
  version: fc.oneof(fc.constant(""), oneLine),
  nodes: fc.constant(["Ecu", "Gate", "Tool"].map((name) => ({ name, comment: name === "Gate" ? "between; two\nbuses" : null }))),
  messages: fc
    .uniqueArray(anyMessage, { selector: (each) => `${each.id} ${each.extended}`, maxLength: 4 })
    .map((messages) => messages.toSorted((a, b) => a.id - b.id || Number(a.extended) - Number(b.extended))),
});

const withoutLines = (messages: readonly DbcMessage[]) =>
  messages.map((each) => ({ ...each, line: 0, signals: each.signals.map((one) => ({ ...one, line: 0 })) }));

test("a database that is printed and read is the same, in every line ending", () => {
  fc.assert(
    fc.property(anyDbc, fc.constantFrom("\n", "\r\n", "\r"), (dbc, lineEnd) => {
      const back = parseDbc(encode(dbcText(dbc, lineEnd)), "a.dbc");
      expect(withoutLines(back.messages)).toEqual(withoutLines(dbc.messages));
      expect([back.version, back.nodes]).toEqual([dbc.version, dbc.nodes]);
      const serious = back.warnings.filter(
        ({ text }) => !/the same name|in longer frames only|never there|no integer within/.test(text),
      );
      expect(serious).toEqual([]);
      JSON.parse(dbcFacts(back, "", "a.dbc"));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

const anyLayout = fc.record({
  order: fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }),
  blank: fc.constantFrom(" ", "  ", "\t", " \t "),
  between: fc.constantFrom("", "\n", "// BO_ 1 no message: 8 X\n", " \t"),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
});

const withBom = (text: string): Uint8Array => encode(`\ufeff${text}`);
const utf16 = (text: string): Uint8Array =>
  new Uint8Array(Uint16Array.from(`\ufeff${text}`, (char) => char.charCodeAt(0)).buffer);

test("order, blanks, remarks and the encoding of a database change nothing", () => {
  fc.assert(
    fc.property(anyDbc, anyLayout, fc.constantFrom(encode, withBom, utf16), (dbc, layout, bytesOf) => {
      const back = parseDbc(bytesOf(relaidText(dbc, layout)), "a.dbc");
      const plain = parseDbc(encode(dbcText(dbc)), "a.dbc");
      expect(withoutLines(back.messages)).toEqual(withoutLines(dbc.messages));
      expect([back.version, back.nodes]).toEqual([dbc.version, dbc.nodes]);
      expect(back.warnings).toHaveLength(plain.warnings.length);
      expect(semanticHash(back)).toBe(semanticHash(plain));
    }),
    { seed: SEED, numRuns: 200 },
  );
});

/** Nothing but a database or a fault comes out. */
function tryParse(bytes: Uint8Array): void {
  try {
    const dbc = parseDbc(bytes, "a.dbc");
    JSON.parse(dbcFacts(dbc, "", "a.dbc"));
    for (const { line, column, text } of dbc.warnings) expect(line > 0 && column > 0 && text.length < 400).toBe(true);
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.code !== "input/bad-dbc") throw error;
  }
}

test("random bytes are a fault or a database", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => tryParse(bytes)),
    { seed: SEED, numRuns: 500 },
  );
});

test("random words of the language are a fault or a database", () => {
  const words =
    'VERSION NS_ BS_ BU_ BO_ SG_ CM_ BA_ BA_DEF_ BA_DEF_DEF_ VAL_ VAL_TABLE_ SG_MUL_VAL_ SIG_VALTYPE_ BO_TX_BU_ EV_ ENUM INT M m1 m1M Name : ; | @ ( ) [ ] , + - 0 1 7 1e9 .5 "text" " \\ \\" // \n \r'.split(
      " ",
    );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 80 }), fc.constantFrom(" ", "", "\n"), (picked, gap) =>
      tryParse(encode(picked.join(gap))),
    ),
    { seed: SEED, numRuns: 2000 },
  );
});

test("a database with bytes cut, changed or repeated is a fault or a database", () => {
  fc.assert(
    fc.property(
      anyDbc,
      fc.array(fc.tuple(fc.nat(100_000), fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      (dbc, edits) => {
        let bytes = encode(dbcText(dbc));
        for (const [at, other, value] of edits) {
          const from = at % bytes.length;
          const to = other % bytes.length;
          if (value < 100) bytes[from] = value;
          else if (value < 180) bytes = Uint8Array.of(...bytes.subarray(0, from), ...bytes.subarray(to));
          else bytes = bytes.slice(0, from + 1);
        }
        tryParse(bytes);
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
});

/** Repeats a piece up to about a megabyte. */
const grown = (head: string, piece: string, tail = "") => head + piece.repeat(Math.ceil(1_000_000 / piece.length)) + tail;

test.each([
  ["open ranges on one line", grown("BO_ 1 a: 8 b;", "SG_ x:0|1@1+(1,0)[;")],
  ["hidden quotes", grown('CM_ "', '\n CM_ BU_ a\\"')],
  ["hidden quotes behind names", grown('CM_ "\n', 'CM_ x \\" ;\n')],
  ["open quotes", grown("BS_:\n", 'CM_ "\nBO_ 1 a: 8 b\n')],
  ["quotes in units", grown("BO_ 1 a: 8 b\n", ' SG_ x : 0|1@1+ (1,0) [0|0] "\n')],
  ["one message, thousands of times", grown("", "BO_ 1 a: 8 b\n", 'CM_ BO_ 1 "x";\n')],
  ["one message, thousands of comments", grown("BO_ 1 a: 8 b\n", 'CM_ BO_ 1 "x";\n')],
  ["one signal, thousands of times", grown("BO_ 1 a: 8 b\n", ' SG_ x m1 : 0|1@1+ (1,0) [0|0] "" b\n')],
  ["one signal, thousands of selectors", grown('BO_ 1 a: 8 b\n SG_ x M : 0|1@1+ (1,0) [0|0] "" b\n', "SG_MUL_VAL_ 1 x x 0-0;\n")],
  [
    "a long chain of multiplexors",
    Array.from({ length: 8000 }, (_, i) => i).reduce(
      (text, i) => `${text} SG_ s${i} M : 0|1@1+ (1,0) [0|0] "" b\nSG_MUL_VAL_ 1 s${i} s${i + 1} 0-0;\n`,
      "BO_ 1 a: 8 b\n",
    ),
  ],
  ["one endless number", grown("BO_ 1 a: 8 b\n SG_ x : 0|1@1+ (", "9", ',0) [0|0] "" b')],
  ["one endless name", grown("BO_ 1 ", "a", ": 8 b")],
  ["marks", grown("BS_:", ")(")],
  ["a list of symbols", grown("NS_ :", " CM_ x")],
  ["remarks", grown("", "//\n", "BS_:")],
  ["nodes", grown("BU_:", " a")],
  ["hidden ends", grown('CM_ "', '\\"   ;  ')],
])("a megabyte of %s takes no longer than a megabyte of anything", (_, text) => {
  const start = performance.now();
  tryParse(encode(text));
  // A second at most where it should be 0.1; with work in proportion to the square it would be minutes.
  expect(performance.now() - start).toBeLessThan(5_000);
});
