/** Messages and signals made by hand, so that a test says only what matters to it. */
import { nearestDouble, parseDecimal } from "../../core/dbc/decimal.ts";
import type { Dbc, DbcMessage, DbcSignal, Decimal } from "../../core/dbc/model.ts";

export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new Error(`${text} is no decimal`);
  return value;
}

type SignalParts = Partial<DbcSignal> & { readonly scale?: readonly [factor: string, offset: string] };

export function signal({ scale = ["1", "0"], ...parts }: SignalParts = {}): DbcSignal {
  const [factor, offset] = scale.map(decimal) as [Decimal, Decimal];
  return {
    name: "Signal",
    start: 0,
    lengthBits: 8,
    byteOrder: "little",
    signed: false,
    float: null,
    factor,
    offset,
    factorNumber: nearestDouble(factor),
    offsetNumber: nearestDouble(offset),
    min: null,
    max: null,
    unit: "",
    receivers: [],
    selector: false,
    selectedBy: null,
    selectedWhen: null,
    values: null,
    spn: null,
    comment: null,
    line: 1,
    ...parts,
  };
}

export function message(parts: Partial<DbcMessage> = {}): DbcMessage {
  return {
    id: 1,
    extended: false,
    name: "Message",
    lengthBytes: 8,
    fd: false,
    j1939: false,
    pgn: null,
    cycleMs: null,
    senders: [],
    comment: null,
    signals: [],
    line: 1,
    ...parts,
  };
}

export function database(name: string, messages: readonly DbcMessage[]): Dbc {
  return { name, file: `${name}.dbc`, encoding: "utf-8", version: "", comment: null, nodes: [], messages, warnings: [] };
}
