/** What a pass over a compressed log found out (its size, where decoding can begin), as a document and back. */
import { sha256Hex } from "../facts/sha256.ts";
import { arrayOf, countOf, listOf, objectOf } from "../kernel/kept-values.ts";
import type { Measured } from "./compressed.ts";
import type { CompressedHeader } from "./container.ts";
import { SeekPoints } from "./seek-points.ts";

/** Histories of one log: with a window of 1 KiB 256 points, one for each MiB of a plain log of 256 MB. */
const HISTORY_BYTES_MAX = 256 * 1024;
const POINTS_MAX = 4096;

/** As few points as fit the bound: evenly spread, like those of the log. */
export function measuredDocument({ sizeBytes, points }: Measured, { windowBytes }: CompressedHeader): object {
  const all = points.all;
  const step = Math.max(1, Math.ceil((all.length * windowBytes) / HISTORY_BYTES_MAX));
  const kept = all.filter((_, i) => i % step === step - 1);
  const histories = new Uint8Array(kept.length * windowBytes);
  kept.forEach(({ history }, i) => void histories.set(history, i * windowBytes));
  const places = kept.map(({ atByte, atBit }) => [atByte, atBit]);
  const spacingBytes = points.spacingBytes * step;
  const hash = hashOf(sizeBytes, places, histories);
  return { sizeBytes, windowBytes, spacingBytes, places, histories: base64Of(histories), hash };
}

/** null: it is none, or not one of this container. A history that is not right would decode to wrong bytes, so all of it has a hash. */
export function parseMeasured(value: unknown, { windowBytes, dataAtByte, dataEndByte }: CompressedHeader): Measured | null {
  const given = objectOf(value);
  if (given === null || given.windowBytes !== windowBytes) return null;
  const [sizeBytes, spacingBytes] = [countOf(given.sizeBytes), countOf(given.spacingBytes)];
  const bitsMax = (dataEndByte - dataAtByte) * 8;
  const places = listOf(given.places, POINTS_MAX, (one) => {
    const [atByte, atBit] = [countOf(arrayOf(one, 2)?.[0], sizeBytes ?? 0), countOf(arrayOf(one, 2)?.[1], bitsMax)];
    return atByte === null || atBit === null ? null : ([atByte, atBit] as const);
  });
  const histories = bytesOf(given.histories);
  if (sizeBytes === null || spacingBytes === null || places === null || histories === null) return null;
  if (histories.length !== places.length * windowBytes || hashOf(sizeBytes, places, histories) !== given.hash) return null;
  const points = places.map(([atByte, atBit], i) => ({
    ...{ atByte, atBit },
    history: histories.subarray(i * windowBytes, (i + 1) * windowBytes),
  }));
  const inOrder = points.every(({ atByte, atBit }, i) => {
    const before = points[i - 1];
    return before === undefined || (atByte > before.atByte && atBit > before.atBit);
  });
  return inOrder ? { sizeBytes, points: SeekPoints.of(windowBytes, points, spacingBytes) } : null;
}

const hashOf = (sizeBytes: number, places: readonly (readonly number[])[], histories: Uint8Array): string =>
  sha256Hex(new TextEncoder().encode(`${sizeBytes} ${JSON.stringify(places)} ${sha256Hex(histories)}`));

/** In pieces: a call takes only so many arguments. */
const PIECE_BYTES = 8192;

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  return btoa(text);
}

function bytesOf(value: unknown): Uint8Array | null {
  if (typeof value !== "string" || value.length > 2 * HISTORY_BYTES_MAX) return null;
  try {
    return Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
