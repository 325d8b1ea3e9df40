/** Frames of single messages, written out by hand rules, for tests that say what happens to them. */
import type { PlainFrame } from "./frame-records.ts";

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** `hex` is filled up to 8 bytes. */
export function canFrame(timeMs: number, id: number, hex: string, extended = id > 0x7ff): PlainFrame {
  const payload = new Uint8Array(8).fill(0xcc);
  payload.set(bytesOf(hex));
  return { timeUs: timeMs * 1000, id, extended, payload };
}

const joined = (...parts: readonly (readonly number[] | Uint8Array)[]): string =>
  Buffer.from(parts.flatMap((part) => [...part])).toString("hex");

/** A message of more than 7 bytes by ISO-TP, a frame each 10 ms. */
export function isoTpFrames(startMs: number, id: number, payload: Uint8Array, address: readonly number[] = []): PlainFrame[] {
  const room = 8 - address.length;
  const { length } = payload;
  const head = length > 4095 ? [0x10, 0, 0, 0, length >> 8, length & 0xff] : [0x10 | (length >> 8), length & 0xff];
  const first = room - head.length;
  const frames = [canFrame(startMs, id, joined(address, head, payload.subarray(0, first)))];
  for (let at = first, number = 1; at < length; at += room - 1, number++)
    frames.push(
      canFrame(startMs + number * 10, id, joined(address, [0x20 | (number & 15)], payload.subarray(at, at + room - 1))),
    );
  return frames;
}

const tpId = (pduFormat: number, source: number, destination: number): number =>
  0x1c000000 + pduFormat * 0x10000 + destination * 0x100 + source;

/** By J1939-21, a frame each 10 ms; destination 255: BAM, else RTS without what the receiver says. */
export function j1939Frames(startMs: number, pgn: number, source: number, payload: Uint8Array, destination = 255): PlainFrame[] {
  const { length } = payload;
  const packets = Math.ceil(length / 7);
  const group = [pgn & 0xff, (pgn >> 8) & 0xff, pgn >> 16];
  const start = [destination === 255 ? 0x20 : 0x10, length & 0xff, length >> 8, packets, 255, ...group];
  const frames = [canFrame(startMs, tpId(0xec, source, destination), joined(start))];
  for (let number = 1; number <= packets; number++) {
    const part = payload.subarray((number - 1) * 7, number * 7);
    frames.push(canFrame(startMs + number * 10, tpId(0xeb, source, destination), joined([number], part)));
  }
  return frames;
}

/** A TP.CM of the receiver. */
export const tpAnswer = (timeMs: number, source: number, destination: number, hex: string): PlainFrame =>
  canFrame(timeMs, tpId(0xec, source, destination), hex);

/** As a fast packet, a frame each 10 ms. */
export function fastPacketFrames(startMs: number, pgn: number, source: number, payload: Uint8Array, counter = 0): PlainFrame[] {
  const id = 0x0c000000 + pgn * 0x100 + source;
  const head = counter << 5;
  const frames = [canFrame(startMs, id, joined([head, payload.length], payload.subarray(0, 6)), true)];
  for (let at = 6, number = 1; at < payload.length; at += 7, number++)
    frames.push(canFrame(startMs + number * 10, id, joined([head | number], payload.subarray(at, at + 7)), true));
  return frames;
}

/** Bytes that are all different from their neighbours. */
export const pattern = (length: number, seed = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 37 + seed * 11 + (i >> 8)) & 0xff);
