/** A measurement file with a channel of every kind: types, conversions, arrays, structures, values of variable length. */
import {
  type BuiltBlock,
  block,
  chain,
  channel,
  dataGroup,
  group,
  header,
  joinBytes,
  linear,
  mdfFile,
  pack,
  text,
  xml,
} from "../../support/mdf.ts";

const conversion = (type: number, references: readonly (BuiltBlock | null)[], values: readonly number[]): BuiltBlock =>
  block(
    "CC",
    [null, null, null, null, ...references],
    joinBytes(
      pack(["u8", type], ["u8", 0], ["u16", 0], ["u16", references.length], ["u16", values.length], ["f64", 0], ["f64", 0]),
      pack(...values.map((value) => ["f64", value] as const)),
    ),
  );

/** Types 0 to 11, the last ones with conversions inside. */
export const conversions = (): BuiltBlock[] => [
  conversion(0, [], []),
  linear(1, 2),
  conversion(2, [], [1, 2, 3, 0, 1, 1]),
  conversion(3, [text("sin(X)*2^(X%5)-1")], []),
  conversion(4, [], [0, 0, 10, 5, 100, 6]),
  conversion(5, [], [0, 0, 10, 5, 100, 6]),
  conversion(6, [], [0, 5, 1, 6, 9, 2, -1]),
  conversion(7, [text("off"), text("on"), null], [0, 1]),
  conversion(8, [text("low"), linear(0, 2), conversion(7, [text("deep"), text("else")], [3])], [0, 3, 4, 9]),
  conversion(9, [text("a"), text("b")], [1, 2, -1]),
  conversion(10, [text("a"), text("b"), text("c"), text("d"), text("?")], []),
  block(
    "CC",
    [null, null, null, null, conversion(7, [text("bit"), null], [1]), text("two")],
    pack(["u8", 11], ["u8", 0], ["u16", 0], ["u16", 2], ["u16", 2], ["f64", 0], ["f64", 0], ["u64", 1], ["u64", 6]),
  ),
];

const array = (links: readonly (BuiltBlock | null)[], ...sizes: readonly number[]): BuiltBlock =>
  block(
    "CA",
    links,
    joinBytes(
      pack(["u8", 0], ["u8", 0], ["u16", sizes.length], ["u32", 0], ["u32", 2], ["u32", 0]),
      pack(...sizes.map((size) => ["u64", size] as const)),
    ),
  );

const ROWS = 6;
const ROW_BYTES = 64;

/** One data group, one group, about 4 KB. */
export function valueFile(): Uint8Array {
  const texts = ["one", "", "drei", "\u00fc"].map((value) => new TextEncoder().encode(`${value}\0`));
  const values = joinBytes(...texts.map((bytes) => joinBytes(pack(["u32", bytes.length]), bytes)));
  const size = channel("size", { at: 8, bits: 8 });
  const channels = [
    channel("t", { type: 2, sync: 1, dataType: 0, bits: 64, conversion: linear(0, 1e-9) }),
    size,
    channel("label", { type: 1, dataType: 7, at: 32, bits: 64, data: block("SD", [], values) }),
    channel("sized", { type: 5, dataType: 10, at: 40, bits: 64, data: size }),
    channel("index", { type: 6 }),
    channel("matrix", { at: 48, bits: 16, members: array([null], 2, 3) }),
    channel("rows", { at: 48, bits: 32, members: array([channel("cell", { at: 48, bits: 16 })], 2) }),
    channel("struct", { dataType: 10, at: 16, bits: 64, members: channel("inner", { at: 16, bits: 13, bit: 3, members: null }) }),
    ...conversions().map((one, type) => channel(`by ${type}`, { at: 9 + (type % 7), bits: 8, conversion: one })),
    ...[0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 13, 14, 15, 16].map((dataType) =>
      channel(`type ${dataType}`, { dataType, at: 16, bits: dataType >= 15 ? 128 : dataType >= 13 ? 48 : 64 }),
    ),
  ];
  const unit = xml("<CNunit><TX>km/h</TX></CNunit>");
  for (const one of channels.slice(1, 5)) one.links[6] = unit;
  const rows = Array.from({ length: ROWS }, (_, k) => {
    const row = Uint8Array.from({ length: ROW_BYTES + 1 }, (_, i) => (k * 7 + i * 13) & 255);
    row.set(pack(["u64", k * 1_000_000], ["u8", k]));
    row.set(pack(["u64", [0, 8, 13, 8][k % 4] ?? 0]), 32);
    return row;
  });
  const one = group({ bytes: ROW_BYTES, invalidBytes: 1, records: ROWS, flags: 0, name: "all", channels: chain(channels) });
  return mdfFile(header(dataGroup(0, one, block("DT", [], joinBytes(...rows))))).bytes;
}
