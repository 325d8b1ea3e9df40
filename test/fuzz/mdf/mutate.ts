/** Ways to break an MDF file where it hurts: links, lengths, counts, and the bytes between. */
import type { Random } from "../../../fixtures/random.ts";
import { joined, mutateBytes, pick } from "../mutate.ts";

export interface Place {
  readonly atByte: number;
  readonly id: string;
  readonly lengthBytes: number;
  readonly linkCount: number;
}

const BLOCK_HEADER_BYTES = 24;

/** Where blocks begin, in files as our writers make them: 8 bytes apart. */
export function placesOf(bytes: Uint8Array): readonly Place[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: Place[] = [];
  for (let atByte = 64; atByte + BLOCK_HEADER_BYTES <= bytes.length; atByte += 8) {
    const id = String.fromCharCode(...bytes.subarray(atByte, atByte + 4));
    if (!/^##[A-Z]{2}$/.test(id)) continue;
    const [lengthBytes, linkCount] = [Number(view.getBigUint64(atByte + 8, true)), Number(view.getBigUint64(atByte + 16, true))];
    places.push({ atByte, id: id.slice(2), lengthBytes: Math.min(lengthBytes, bytes.length - atByte), linkCount });
  }
  return places;
}

/** Sizes, counts and links that a reader must survive. */
const ODD_NUMBERS: readonly [bigint, ...bigint[]] = [
  0n,
  1n,
  2n,
  7n,
  23n,
  24n,
  63n,
  64n,
  255n,
  65_535n,
  65_536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 60n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 8n,
  2n ** 64n - 1n,
];

const ODD_DOUBLES: readonly [number, ...number[]] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e308,
  -1e308,
  5e-324,
  -0,
  1e19,
  -1e19,
  2 ** 53,
];

/** One to four changes; `other` gives bytes to put in. */
export function mutateMdf(input: Uint8Array, places: readonly Place[], other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = input.slice();
  for (let times = 1 + random.int(pick(random, [1, 2, 4])); times > 0; times--) {
    const place = places[random.int(places.length)];
    if (place === undefined || place.atByte + BLOCK_HEADER_BYTES > bytes.length || random.chance(1, 5)) {
      bytes = mutateBytes(bytes, other, random).slice();
    } else if (random.chance(1, 12)) bytes = moved(bytes, place, places[random.int(places.length)] ?? place);
    else changeBlock(bytes, place, places, random);
  }
  return bytes;
}

/** A block once more, at the place of another or at the end. */
function moved(bytes: Uint8Array, from: Place, to: Place): Uint8Array {
  const block = bytes.subarray(from.atByte, from.atByte + from.lengthBytes);
  if (from === to || to.atByte >= bytes.length) return joined(bytes, block);
  const out = bytes.slice();
  out.set(block.subarray(0, out.length - to.atByte), to.atByte);
  return out;
}

function changeBlock(bytes: Uint8Array, place: Place, places: readonly Place[], random: Random): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { atByte, lengthBytes, linkCount } = place;
  const linksAt = atByte + BLOCK_HEADER_BYTES;
  const dataAt = linksAt + 8 * linkCount;
  const field = (bytesOfOne: number): number =>
    dataAt + bytesOfOne * random.int(Math.max(1, Math.ceil((atByte + lengthBytes - dataAt) / bytesOfOne)));
  const what = random.int(10);
  if (what < 2) putSize(view, atByte + 8 + 8 * what, random);
  else if (what < 6 && linkCount > 0)
    put64(view, linksAt + 8 * random.int(linkCount), linkLike(place, places, bytes.length, random));
  else changeField(view, random.chance(1, 2) ? field : () => dataAt + random.int(16), random);
}

function changeField(view: DataView, field: (bytesOfOne: number) => number, random: Random): void {
  const kind = pick<1 | 2 | 4 | 8 | "size">(random, [1, 2, 4, 8, "size"]);
  const at = field(kind === "size" ? 8 : kind);
  if (kind === "size") putSize(view, at, random);
  else if (at + kind > view.byteLength) return;
  else if (kind === 1) view.setUint8(at, random.int(256));
  else if (kind === 2) view.setUint16(at, oddWord(view.getUint16(at, true), random), true);
  else if (kind === 4) view.setUint32(at, oddWord(view.getUint32(at, true), random), true);
  else view.setFloat64(at, pick(random, ODD_DOUBLES), true);
}

const oddWord = (was: number, random: Random): number =>
  pick(random, [0, 1, was + 1, was - 1, was * 2, was * 8, 255, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]);

function put64(view: DataView, at: number, value: bigint): void {
  if (at + 8 <= view.byteLength) view.setBigUint64(at, BigInt.asUintN(64, value), true);
}

/** The number that stands there, nearly; or an odd one. */
function putSize(view: DataView, at: number, random: Random): void {
  const was = at + 8 <= view.byteLength ? view.getBigUint64(at, true) : 0n;
  const sizeBytes = BigInt(view.byteLength);
  const near = pick(random, [was + 1n, was - 1n, was + 8n, was - 8n, was * 2n, was << 32n, sizeBytes, sizeBytes - 1n]);
  put64(view, at, random.chance(1, 2) ? near : pick(random, ODD_NUMBERS));
}

/** To itself, to others of its kind (a loop), into blocks, to the header, past the end. */
function linkLike({ atByte, id }: Place, places: readonly Place[], sizeBytes: number, random: Random): bigint {
  const same = places.filter((place) => place.id === id);
  const to = (place: Place | undefined): bigint => BigInt(place?.atByte ?? 64);
  switch (random.int(8)) {
    case 0:
      return BigInt(atByte);
    case 1:
    case 2:
      return to(same[random.int(same.length)]);
    case 3:
    case 4:
      return to(places[random.int(places.length)]);
    case 5:
      return to(places[random.int(places.length)]) + pick(random, [8n, 24n, 1n, -1n, 4n]);
    case 6:
      return BigInt(sizeBytes - pick(random, [0, 1, 8, 23, 24, 25]));
    default:
      return pick(random, ODD_NUMBERS);
  }
}
