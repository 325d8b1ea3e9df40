/** Small MDF 4 files built block by block, so that a test shows the bytes it is about. */

export interface BuiltBlock {
  readonly id: string;
  readonly links: (BuiltBlock | number | null)[];
  readonly data: Uint8Array;
  /** Stored length; null = what it is. */
  readonly lengthBytes: number | null;
}

type Link = BuiltBlock | number | null;

export function block(
  id: string,
  links: readonly Link[],
  data: Uint8Array = new Uint8Array(),
  lengthBytes: number | null = null,
): BuiltBlock {
  return { id, links: [...links], data, lengthBytes };
}

/** Values of one data section: [type, value] in turn, little-endian. */
export function pack(
  ...fields: readonly (readonly ["u8" | "u16" | "i16" | "u32" | "u64" | "f64", number | bigint])[]
): Uint8Array {
  const bytes: number[] = [];
  for (const [type, value] of fields) {
    const size = type === "f64" ? 8 : Number(type.slice(1)) / 8;
    const view = new DataView(new ArrayBuffer(8));
    if (type === "f64") view.setFloat64(0, Number(value), true);
    else view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    for (let i = 0; i < size; i++) bytes.push(view.getUint8(i));
  }
  return Uint8Array.from(bytes);
}

export const text = (value: string): BuiltBlock => block("TX", [], new TextEncoder().encode(`${value}\0`));
export const xml = (value: string): BuiltBlock => block("MD", [], new TextEncoder().encode(`${value}\0`));
export const linear = (offset: number, factor: number): BuiltBlock =>
  block(
    "CC",
    [null, null, null, null],
    pack(["u8", 1], ["u8", 0], ["u16", 0], ["u16", 0], ["u16", 2], ["f64", 0], ["f64", 0], ["f64", offset], ["f64", factor]),
  );

export interface ChannelFields {
  readonly type?: number;
  readonly sync?: number;
  readonly dataType?: number;
  readonly bit?: number;
  readonly at?: number;
  readonly bits?: number;
  readonly next?: Link;
  readonly members?: Link;
  readonly conversion?: Link;
  readonly data?: Link;
}

export function channel(name: string, fields: ChannelFields): BuiltBlock {
  const links = [
    fields.next ?? null,
    fields.members ?? null,
    text(name),
    null,
    fields.conversion ?? null,
    fields.data ?? null,
    null,
    null,
  ];
  const data = pack(
    ["u8", fields.type ?? 0],
    ["u8", fields.sync ?? 0],
    ["u8", fields.dataType ?? 0],
    ["u8", fields.bit ?? 0],
    ["u32", fields.at ?? 0],
    ["u32", fields.bits ?? 0],
  );
  return block("CN", links, Uint8Array.from([...data, ...new Uint8Array(60)]));
}

/** Channels one after the other; returns the first. */
export function chain(channels: readonly BuiltBlock[]): BuiltBlock | null {
  for (const [i, one] of channels.entries()) one.links[0] = channels[i + 1] ?? null;
  return channels[0] ?? null;
}

export interface GroupFields {
  readonly recordId?: number;
  readonly records?: number | bigint;
  readonly flags?: number;
  readonly bytes: number;
  readonly invalidBytes?: number;
  readonly channels: BuiltBlock | null;
  readonly next?: Link;
  readonly name?: string;
}

export function group(fields: GroupFields): BuiltBlock {
  const links = [fields.next ?? null, fields.channels, fields.name === undefined ? null : text(fields.name), null, null, null];
  const data = pack(
    ["u64", fields.recordId ?? 0],
    ["u64", fields.records ?? 0],
    ["u16", fields.flags ?? 6],
    ["u16", 46],
    ["u32", 0],
    ["u32", fields.bytes],
    ["u32", fields.invalidBytes ?? 0],
  );
  return block("CG", links, data);
}

export const dataGroup = (idBytes: number, firstGroup: Link, data: Link, next: Link = null): BuiltBlock =>
  block("DG", [next, firstGroup, data, null], pack(["u8", idBytes], ["u8", 0], ["u16", 0], ["u32", 0]));

export const header = (
  firstDataGroup: Link,
  options: { readonly startNs?: bigint; readonly flags?: number; readonly comment?: Link } = {},
): BuiltBlock =>
  block(
    "HD",
    [firstDataGroup, null, null, null, null, options.comment ?? null],
    pack(
      ["u64", options.startNs ?? START_NS],
      ["i16", 60],
      ["i16", 0],
      ["u8", options.flags ?? 2],
      ["u8", 0],
      ["u16", 0],
      ["f64", 0],
      ["f64", 0],
    ),
  );

export const START_NS = 1_700_000_000_000_000_000n;

export interface FileOptions {
  readonly unfinished?: number;
  readonly customUnfinished?: number;
  readonly version?: string;
  readonly number?: number;
  /** Bytes behind the last block, without padding. */
  readonly tail?: Uint8Array;
}

export interface BuiltFile {
  readonly bytes: Uint8Array;
  readonly atByte: ReadonlyMap<BuiltBlock, number>;
}

/** The header at 64, then `order` (all blocks it should start with), then whatever is linked, breadth first. */
export function mdfFile(first: BuiltBlock, order: readonly BuiltBlock[] = [], options: FileOptions = {}): BuiltFile {
  const blocks = [first, ...order];
  const known = new Set(blocks);
  for (let i = 0; i < blocks.length; i++) {
    for (const link of blocks[i]?.links ?? []) {
      if (link === null || typeof link === "number" || known.has(link)) continue;
      known.add(link);
      blocks.push(link);
    }
  }
  // Data last, as a logger that streams has it, unless placed by `order`.
  const rest = blocks.slice(1 + order.length);
  const isData = (one: BuiltBlock) => ["DT", "SD", "DL", "HL", "DZ", "LD"].includes(one.id);
  return place([first, ...order, ...rest.filter((one) => !isData(one)), ...rest.filter(isData)], options);
}

function place(blocks: readonly BuiltBlock[], options: FileOptions): BuiltFile {
  const atByte = new Map<BuiltBlock, number>();
  let end = 64;
  let last = 64;
  for (const one of blocks) {
    atByte.set(one, end);
    last = end + sizeOf(one);
    end = Math.ceil(last / 8) * 8;
  }
  const tail = options.tail ?? new Uint8Array();
  const bytes = new Uint8Array(last + tail.length);
  bytes.set(identification(options));
  for (const one of blocks) bytes.set(blockBytes(one, atByte), atByte.get(one));
  bytes.set(tail, last);
  return { bytes, atByte };
}

const sizeOf = (one: BuiltBlock): number => 24 + 8 * one.links.length + one.data.length;

function blockBytes(one: BuiltBlock, atByte: ReadonlyMap<BuiltBlock, number>): Uint8Array {
  const links = one.links.map(
    (link) => ["u64", link === null ? 0 : typeof link === "number" ? link : (atByte.get(link) ?? 0)] as const,
  );
  const id = new TextEncoder().encode(`##${one.id}`);
  const sizes = pack(["u32", 0], ["u64", one.lengthBytes ?? sizeOf(one)], ["u64", links.length]);
  return joinBytes(id, sizes, pack(...links), one.data);
}

function identification(options: FileOptions): Uint8Array {
  const bytes = new Uint8Array(64);
  const magic = options.unfinished === undefined ? "MDF     " : "UnFinMF ";
  bytes.set(new TextEncoder().encode(`${magic}${(options.version ?? "4.11").padEnd(8)}buslens `));
  const view = new DataView(bytes.buffer);
  view.setUint16(28, options.number ?? 411, true);
  view.setUint16(60, options.unfinished ?? 0, true);
  view.setUint16(62, options.customUnfinished ?? 0, true);
  return bytes;
}

/** Members of an 8-byte classic CAN frame: u64 ns time, id 29 bits + IDE, DLC = length, payload in the record. */
export const CAN_RECORD_BYTES = 22;

export function canChannels(): BuiltBlock[] {
  return [
    channel("Timestamp", { type: 2, sync: 1, at: 0, bits: 64, conversion: linear(0, 1e-9) }),
    channel("CAN_DataFrame", { dataType: 10, at: 8, bits: 8 * (CAN_RECORD_BYTES - 8) }),
    channel("CAN_DataFrame.ID", { at: 8, bits: 29 }),
    channel("CAN_DataFrame.IDE", { at: 11, bit: 7, bits: 1 }),
    channel("CAN_DataFrame.BusChannel", { at: 12, bits: 4 }),
    channel("CAN_DataFrame.Dir", { at: 12, bit: 4, bits: 1 }),
    channel("CAN_DataFrame.DLC", { at: 13, bits: 4 }),
    channel("CAN_DataFrame.DataLength", { at: 13, bit: 4, bits: 4 }),
    channel("CAN_DataFrame.DataBytes", { dataType: 10, at: 14, bits: 64 }),
  ];
}

export interface MadeFrame {
  readonly timeNs: number;
  readonly id: number;
  readonly extended?: boolean;
  readonly channel?: number;
  readonly payload: readonly number[];
}

/** One record of `canChannels`, without a record id. */
export function canRecord(frame: MadeFrame): Uint8Array {
  const head = pack(
    ["u64", frame.timeNs],
    ["u32", frame.id + (frame.extended ? 2 ** 31 : 0)],
    ["u8", frame.channel ?? 1],
    ["u8", frame.payload.length * 17],
  );
  const record = new Uint8Array(CAN_RECORD_BYTES);
  record.set(head);
  record.set(frame.payload, 14);
  return record;
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
