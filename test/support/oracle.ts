/**
 * What the right answer is, worked out in the plainest way: every frame, every bit one by one, everything sorted by time first. Made
 * without core and kernel, to prove them right where order matters (generation D stores records up to 0.99 s late).
 */
import type { Frame } from "../../fixtures/frame.ts";
import { FRAME_FORMAT, type MessageRow, type SignalRow } from "../../fixtures/message.ts";
import { physical } from "../../fixtures/scale.ts";

/** A run of bits as a DBC names it: `start|bitLength@order`. */
interface Bits {
  readonly start: number;
  readonly bitLength: number;
  readonly motorola: boolean;
}

export interface OracleRule {
  /** null: frames of all channels. */
  readonly channel: number | null;
  readonly id: number;
  readonly extended: boolean;
  /** Match by parameter group number instead of by identifier. */
  readonly j1939: boolean;
  /** null: of all senders. */
  readonly sourceAddress: number | null;
  readonly signal: Bits & { readonly signed: boolean; readonly float: boolean; readonly factor: string; readonly offset: string };
  /** From the root down: the signal is there if each selector has a value in one of its ranges (both ends included). */
  readonly selectors: readonly (Bits & { readonly ranges: readonly (readonly [number, number])[] })[];
}

export interface Sample {
  /** ns since the session's start. */
  readonly timeNs: number;
  /** An integer, or the value of a float signal. */
  readonly raw: bigint | number;
  readonly value: number;
}

/** The rule for a signal of a message table. */
export function oracleRule(
  message: MessageRow,
  signalName: string,
  of: { readonly channel?: number; readonly sourceAddress?: number | null } = {},
): OracleRule {
  const find = (name: string): SignalRow => {
    const found = message.signals.find((one) => one.name === name);
    if (!found) throw new Error(`${message.name} has no ${name}`);
    return found;
  };
  const signal = find(signalName);
  const selectors: OracleRule["selectors"][number][] = [];
  for (let when = signal.when; when; when = find(when.selector).when) {
    selectors.unshift({ ...find(when.selector), ranges: when.ranges });
  }
  return {
    channel: of.channel ?? null,
    id: message.id,
    extended: message.extended,
    j1939: message.format === FRAME_FORMAT.j1939,
    sourceAddress: of.sourceAddress ?? null,
    signal,
    selectors,
  };
}

/** 18 bits of the identifier; the destination of a PDU1 group does not count. */
export function parameterGroup(id: number): number {
  const group = (id >>> 8) & 0x3ffff;
  return ((group >>> 8) & 0xff) < 240 ? group & 0x3ff00 : group;
}

function matches(rule: OracleRule, frame: Frame): boolean {
  if (frame.kind !== "data" || frame.extended !== rule.extended) return false;
  if (rule.channel !== null && frame.channel !== rule.channel) return false;
  if (rule.sourceAddress !== null && (frame.id & 0xff) !== rule.sourceAddress) return false;
  return rule.j1939 ? parameterGroup(frame.id) === parameterGroup(rule.id) : frame.id === rule.id;
}

/** The bits as an unsigned number, or null if one of them lies behind the payload. */
export function bitsOf(payload: Uint8Array, bits: Bits): bigint | null {
  let value = 0n;
  let position = bits.start;
  for (let i = 0; i < bits.bitLength; i++) {
    const byte = payload[position >> 3];
    if (byte === undefined) return null;
    const bit = BigInt((byte >> (position & 7)) & 1);
    // Intel starts at the least significant bit, Motorola at the most significant.
    value = bits.motorola ? (value << 1n) | bit : value | (bit << BigInt(i));
    if (!bits.motorola) position += 1;
    else position = (position & 7) === 0 ? position + 15 : position - 1;
  }
  return value;
}

function floatOf(value: bigint, bitLength: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return bitLength === 32 ? view.getFloat32(4) : view.getFloat64(0);
}

/** The sample in one frame that matches, or null where the multiplexer selects another branch or the frame is too short. */
export function sampleOf(rule: OracleRule, frame: Frame): Sample | null {
  for (const selector of rule.selectors) {
    const selected = bitsOf(frame.payload, selector);
    if (selected === null) return null;
    if (!selector.ranges.some(([from, to]) => selected >= BigInt(from) && selected <= BigInt(to))) return null;
  }
  const { signal } = rule;
  const bits = bitsOf(frame.payload, signal);
  if (bits === null) return null;
  if (signal.float) {
    const raw = floatOf(bits, signal.bitLength);
    return { timeNs: frame.timeNs, raw, value: raw * Number(signal.factor) + Number(signal.offset) };
  }
  const raw = signal.signed ? BigInt.asIntN(signal.bitLength, bits) : bits;
  return { timeNs: frame.timeNs, raw, value: physical(signal, raw) };
}

/** J1939-71: what a transmitted value may be at most, by the width of an unsigned field (golden README §3, `valid`). */
const DATA_MAX: Readonly<Record<number, bigint>> = {
  4: 0xan,
  8: 0xfan,
  10: 0x3fan,
  12: 0xfafn,
  16: 0xfaffn,
  20: 0xfafffn,
  24: 0xfaffffn,
  28: 0xfafffffn,
  32: 0xfaffffffn,
};

/** Whether a raw value is data: what senders of parameter groups mark as error or not available is none. */
export function isData(message: Pick<MessageRow, "format">, signal: SignalRow, raw: number | bigint): boolean {
  if (message.format !== FRAME_FORMAT.j1939 || signal.signed || signal.float) return true;
  const most = DATA_MAX[signal.bitLength];
  return most === undefined || raw <= most;
}

/** All samples of a rule, sorted by time; equal times in stored order. `frames` is the order of the file. */
export function samplesOf(rule: OracleRule, frames: readonly Frame[]): Sample[] {
  const samples = frames.filter((frame) => matches(rule, frame)).flatMap((frame) => sampleOf(rule, frame) ?? []);
  return samples.sort((a, b) => a.timeNs - b.timeNs); // stable
}
