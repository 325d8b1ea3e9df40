/** Prints a database as DBC text, in the form CANdb++ writes, so that a test can read back what it made. */
import { decimalText } from "../../core/dbc/decimal.ts";
import type { Dbc, DbcMessage, DbcSignal } from "../../core/dbc/model.ts";

type Printed = Pick<Dbc, "version" | "nodes" | "messages">;

export const dbcText = (dbc: Printed, lineEnd = "\n"): string =>
  [...headLines(dbc), ...dbcStatements(dbc), ""].join("\n").replaceAll("\n", lineEnd);

/** What stands first, in this order. */
const headLines = (dbc: Printed): string[] => [
  `VERSION ${quoted(dbc.version)}`,
  "NS_ :",
  "\tCM_",
  "\tBA_DEF_",
  "BS_:",
  `BU_: ${dbc.nodes.map((node) => node.name).join(" ")}`,
];

/** Statements that may stand in any order; a message with its signals is one. */
function dbcStatements(dbc: Printed): string[] {
  return [
    ...dbc.messages.map((message) => messageLines(message).join("\n")),
    ...dbc.messages.flatMap((message) =>
      message.senders.length > 1 ? [`BO_TX_BU_ ${rawId(message)} : ${message.senders.join(",")};`] : [],
    ),
    ...dbc.nodes.flatMap((node) => (node.comment === null ? [] : [`CM_ BU_ ${node.name} ${quoted(node.comment)};`])),
    ...dbc.messages.flatMap(commentLines),
    `BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;`,
    `BA_DEF_ SG_ "SPN" INT 0 524287;`,
    `BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","J1939PG","StandardCAN_FD","ExtendedCAN_FD";`,
    `BA_DEF_DEF_ "GenMsgCycleTime" 0;`,
    `BA_DEF_DEF_ "VFrameFormat" "StandardCAN";`,
    ...dbc.messages.flatMap(attributeLines),
    ...dbc.messages.flatMap(valueLines),
    ...dbc.messages.flatMap((message) =>
      message.signals.flatMap((signal) =>
        signal.float === null ? [] : [`SIG_VALTYPE_ ${rawId(message)} ${signal.name} : ${signal.float / 32};`],
      ),
    ),
    ...dbc.messages.flatMap(selectionLines),
  ];
}

export interface Layout {
  /** Sorts the statements: equal numbers keep their order. */
  readonly order: readonly number[];
  /** What stands where a blank may, and between statements. */
  readonly blank: string;
  readonly between: string;
  readonly lineEnd: string;
}

/** The same database, laid out otherwise. */
export function relaidText(dbc: Printed, { order, blank, between, lineEnd }: Layout): string {
  const statements = dbcStatements(dbc).map((text, i) => ({ text, place: order[i % order.length] ?? 0 }));
  const shuffled = statements.toSorted((a, b) => a.place - b.place).map(({ text }) => withBlanks(text, blank));
  return [...headLines(dbc), ...shuffled, ""].join(`\n${between}`).replaceAll("\n", lineEnd);
}

/** Blanks outside quotes; `\"` is the only quote inside them. */
const withBlanks = (text: string, blank: string): string =>
  text.replace(/"(?:[^"\\]|\\[\s\S])*"| /g, (piece) => (piece === " " ? blank : piece));

const quoted = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

const rawId = (message: DbcMessage): number => message.id + (message.extended ? 2 ** 31 : 0);

function messageLines(message: DbcMessage): string[] {
  const head = `BO_ ${rawId(message)} ${message.name}: ${message.lengthBytes} ${message.senders[0] ?? "Vector__XXX"}`;
  return [head, ...message.signals.map(signalLine)];
}

function signalLine(signal: DbcSignal): string {
  const when = signal.selectedWhen?.[0]?.[0];
  const mark = `${when === undefined ? "" : `m${when}`}${signal.selector ? "M" : ""}`;
  const place = `${signal.start}|${signal.lengthBits}@${signal.byteOrder === "little" ? 1 : 0}${signal.signed ? "-" : "+"}`;
  const scaling = `(${decimalText(signal.factor)},${decimalText(signal.offset)})`;
  const range = `[${signal.min ?? 0}|${signal.max ?? 0}]`;
  const receivers = signal.receivers.length > 0 ? signal.receivers.join(",") : "Vector__XXX";
  return ` SG_ ${signal.name} ${mark} : ${place} ${scaling} ${range} ${quoted(signal.unit)} ${receivers}`;
}

function commentLines(message: DbcMessage): string[] {
  const id = rawId(message);
  return [
    ...(message.comment === null ? [] : [`CM_ BO_ ${id} ${quoted(message.comment)};`]),
    ...message.signals.flatMap((signal) =>
      signal.comment === null ? [] : [`CM_ SG_ ${id} ${signal.name} ${quoted(signal.comment)};`],
    ),
  ];
}

function attributeLines(message: DbcMessage): string[] {
  const id = rawId(message);
  const format = message.j1939 ? 2 : (message.fd ? 3 : 0) + (message.extended ? 1 : 0);
  const cycle = message.cycleMs === null ? [] : [`BA_ "GenMsgCycleTime" BO_ ${id} ${message.cycleMs};`];
  const numbers = message.signals.flatMap(({ name, spn }) => (spn === null ? [] : [`BA_ "SPN" SG_ ${id} ${name} ${spn};`]));
  return [`BA_ "VFrameFormat" BO_ ${id} ${format};`, ...cycle, ...numbers];
}

const valueLines = (message: DbcMessage): string[] =>
  message.signals.flatMap((signal) => {
    if (!signal.values) return [];
    const texts = [...signal.values].map(([raw, text]) => `${raw} ${quoted(text)}`).join(" ");
    return [`VAL_ ${rawId(message)} ${signal.name} ${texts} ;`];
  });

const selectionLines = (message: DbcMessage): string[] =>
  message.signals.flatMap((signal) => {
    if (signal.selectedBy === null || !signal.selectedWhen) return [];
    const ranges = signal.selectedWhen.map(([low, high]) => `${low}-${high}`).join(", ");
    return [`SG_MUL_VAL_ ${rawId(message)} ${signal.name} ${signal.selectedBy} ${ranges};`];
  });
