/** Lines and how each is broken. `tests`: where it should be noticed; a mutation nobody notices there is not noticed. */
export interface Mutation {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}

const KERNEL = ["test/unit/kernel", "test/unit/query/oracle.test.ts", "test/unit/query/ties.test.ts"];
const TRANSPORT = [
  "test/unit/kernel/transport.test.ts",
  "test/property/transport.test.ts",
  "test/golden/transport-synthetic.test.ts",
];
const QUERY = ["budget", "oracle", "ties", "pace", "steady", "many"].map((name) => `test/unit/query/${name}.test.ts`);
const DBC = ["test/unit/dbc", "test/unit/kernel"];
const MDF = ["test/unit/mdf", "test/unit/bus", "test/unit/canedge", "test/unit/catalogue"];

export const mutations: readonly Mutation[] = [
  // The kernel: a comparison, a mask, a sign, a tie, a border, a counter.
  { file: "assembly/cells.ts", from: "const b = v128.load(stop - 16);", to: "const b = v128.load(stop - 32);", tests: KERNEL },
  {
    file: "assembly/cells.ts",
    from: "if (!(load<f64>(cell, 24) > lastTime)) {",
    to: "if (!(load<f64>(cell, 24) >= lastTime)) {",
    tests: KERNEL,
  },
  { file: "assembly/cells.ts", from: "square = f64x2.add(square, square2);", to: "", tests: KERNEL },
  {
    file: "assembly/flush.ts",
    from: "if (bucket * step > since) bucket -= 1;",
    to: "if (bucket * step >= since) bucket -= 1;",
    tests: KERNEL,
  },
  { file: "assembly/record.ts", from: "return <i64>raw * load<i64>(at, 16);", to: "return <i64>raw;", tests: KERNEL },
  {
    file: "assembly/record.ts",
    from: "if (offset >= load<u64>(state)) return Found.Later;",
    to: "if (offset > load<u64>(state)) return Found.Later;",
    tests: KERNEL,
  },
  {
    file: "assembly/record.ts",
    from: "frameLength = min<u32>(length, 255);",
    to: "frameLength = min<u32>(length, 8);",
    tests: [...KERNEL, "test/unit/facts"],
  },
  { file: "assembly/stage.ts", from: "if (load<u8>(selector, Selector.isBig)) word = bswap(word);", to: "", tests: KERNEL },
  { file: "assembly/stage.ts", from: "<= raw) low = middle;", to: "< raw) low = middle;", tests: KERNEL },
  {
    file: "assembly/lookup.ts",
    from: "< 240 ? (id >> 8) & 0x3ff00",
    to: "< 239 ? (id >> 8) & 0x3ff00",
    tests: [...KERNEL, "test/golden/signals.test.ts"],
  },
  {
    file: "assembly/heatshrink.ts",
    from: "const countMask = ((<u64>1) << (<u64>lookaheadBits)) - 1;",
    to: "const countMask = ((<u64>1) << (<u64>lookaheadBits)) - 2;",
    tests: [...KERNEL, "test/golden/frames.test.ts"],
  },
  { file: "assembly/text.ts", from: "if (value < 0) store<u8>(at++, 45);", to: "", tests: KERNEL },
  {
    file: "assembly/waiting.ts",
    from: "store<u64>(HEAD, load<u64>(HEAD, Head.withoutPayload) + <u64>count, Head.withoutPayload);",
    to: "",
    tests: KERNEL,
  },
  // The kernel's host.
  {
    file: "core/kernel/signal-row.ts",
    from: "const halves = 2 ** -decimals;",
    to: "const halves = 2 ** (1 - decimals);",
    tests: KERNEL,
  },
  { file: "core/kernel/message-tree.ts", from: "cuts.add(high + 1n);", to: "cuts.add(high);", tests: KERNEL },
  { file: "core/kernel/walk.ts", from: "carryBytes = end - stopped;", to: "carryBytes = 0;", tests: KERNEL },
  {
    file: "core/kernel/output.ts",
    from: "if ((lengths[row] ?? 0) < part.row.need) continue;",
    to: "if ((lengths[row] ?? 0) <= part.row.need) continue;",
    tests: KERNEL,
  },
  // Databases.
  {
    file: "core/dbc/decimal.ts",
    from: "const decimals = Math.max(signal.factor.scale, signal.offset.scale);",
    to: "const decimals = signal.factor.scale;",
    tests: DBC,
  },
  {
    file: "core/dbc/geometry.ts",
    from: "signal.start - bitInByte + (7 - bitInByte)",
    to: "signal.start - bitInByte + bitInByte",
    tests: DBC,
  },
  { file: "core/dbc/match.ts", from: "if (same || !extended) continue;", to: "if (!extended) continue;", tests: DBC },
  // Files.
  {
    file: "core/bus/field.ts",
    from: "channel.byteOffset * 8 + channel.bitOffset + channel.bitCount <= dataBytes * 8",
    to: "channel.byteOffset * 8 + channel.bitCount <= dataBytes * 8",
    tests: MDF,
  },
  { file: "core/canedge/container.ts", from: "windowBits < 4", to: "windowBits < 5", tests: MDF },
  { file: "core/catalogue/choose.ts", from: "startNs >= range.toNs", to: "startNs > range.toNs", tests: [...MDF, ...QUERY] },
  {
    file: "core/time.ts",
    from: "value / divisor - (value % divisor < 0n ? 1n : 0n)",
    to: "value / divisor",
    tests: [...QUERY, "test/unit"],
  },
  // The query.
  {
    file: "core/query/cell-part.ts",
    from: "const isEarlier = tMin >= 0 && difference === 0 && time <",
    to: "const isEarlier = tMin >= 0 && difference === 0 && time >",
    tests: QUERY,
  },
  { file: "core/query/rules.ts", from: "(selector.channel ?? labels.channel) === labels.channel", to: "true", tests: QUERY },
  { file: "core/query/decode-log.ts", from: "frames - otherKind - matched", to: "frames - matched", tests: QUERY },
  { file: "core/query/pace.ts", from: "return host.yield();", to: "return undefined;", tests: QUERY },
  {
    file: "core/query/can-signals.ts",
    from: "if (budget.leftBytes !== null) budget.leftBytes -= log.sizeBytes;",
    to: "",
    tests: QUERY,
  },
  {
    file: "core/query/log-plan.ts",
    from: "bucketOf(span.toNs - 1n, originNs, stepNs) - firstBucket + 1n",
    to: "bucketOf(span.toNs - 1n, originNs, stepNs) - firstBucket",
    tests: QUERY,
  },
  // Transports.
  {
    file: "assembly/transport/iso-tp.ts",
    from: "if ((Segment.byte(skip) & 15) !== (number & 15)) {",
    to: "if (false) {",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/iso-tp.ts",
    from: "if (there < min<u32>(left, load<u32>(session, Session.extra))) {",
    to: "if (there === 0) {",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/iso-tp.ts",
    from: "if (lengthBytes > MESSAGE_BYTES_MAX) return",
    to: "if (lengthBytes > MESSAGE_BYTES_MAX * 2) return",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/j1939.ts",
    from: "if (!holds(session, start, Segment.at + 1, min<u32>(got - start, PACKET_BYTES)))",
    to: "if (false)",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/j1939.ts",
    from: "const isOver = ended !== 0 && Segment.time > ended;",
    to: "const isOver = false;",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/fast-packet.ts",
    from: "const key = <u64>Segment.id | ((<u64>(head >> 5)) << 32);",
    to: "const key = <u64>Segment.id;",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/segment.ts",
    from: "const PATIENCE_FAST_PACKET: i64 = 750_000_000;",
    to: "const PATIENCE_FAST_PACKET: i64 = 1_250_000_000;",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/sessions.ts",
    from: "for (; offset >= BLOCK_PAYLOAD; offset -= BLOCK_PAYLOAD)",
    to: "for (; offset > BLOCK_PAYLOAD; offset -= BLOCK_PAYLOAD)",
    tests: TRANSPORT,
  },
  {
    file: "assembly/transport/port.ts",
    from: "store<i64>(session, load<i64>(at, Session.last) - startNs, Session.last);",
    to: "store<i64>(session, load<i64>(at, Session.last), Session.last);",
    tests: TRANSPORT,
  },
  { file: "assembly/scan.ts", from: " && !Ports.is(message)) {", to: ") {", tests: TRANSPORT },
  {
    file: "core/kernel/program.ts",
    from: "last < FRAME_BYTES_MAX ? Math.min(first, FRAME_BYTES_MAX - 8) : first",
    to: "Math.min(first, FRAME_BYTES_MAX - 8)",
    tests: TRANSPORT,
  },
  {
    file: "core/dbc/transport-choice.ts",
    from: "if (prefixed !== payload) return payload > prefixed",
    to: "if (prefixed !== payload) return payload < prefixed",
    tests: ["test/unit/dbc/transport-choice.test.ts"],
  },
];
