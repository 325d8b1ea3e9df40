/** One log decoded whatever the number of series: in as many passes as the kernel's memory asks for, with one ledger for all of them. */
import { assert, type Notice } from "../fault.ts";
import {
  type DecodeHost,
  type DecodeOutput,
  type DecodeRange,
  type DecodeResult,
  decodePass,
  type FrameCounts,
  type LaneResult,
  type Rule,
} from "../kernel/decode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { CELLS, Cells, Columns } from "../kernel/output.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import type { Ledger } from "./ledger.ts";

export interface DecodedLog {
  /** `rule` is the number in the rules asked for. */
  readonly lanes: readonly DecodedLane[];
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
}

export interface DecodedLane extends LaneResult {
  /** First bucket of `cells` (0 unless the range was cut into several passes). */
  readonly firstBucket: number;
}

/** Rules of one pass and the part of the buckets it covers. */
interface Share {
  readonly rules: readonly number[];
  readonly firstBucket: number;
  readonly bucketCount: number;
}

export async function decodeLog(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  rules: readonly Rule[],
  range: DecodeRange,
  output: DecodeOutput,
  host: DecodeHost,
): Promise<DecodedLog> {
  const lanes: DecodedLane[] = [];
  const notices: Notice[] = [];
  /** Passes by their set of rules: frames of one set are counted once, however often its range was cut. */
  const counted = new Map<string, { counts: FrameCounts; passes: number }>();
  let first: DecodeResult | null = null;
  let bytesRead = 0;
  const shares = share(rules, output);
  while (shares.length > 0) {
    const next = shares.shift();
    if (!next) break;
    const passRules = next.rules.map((i) => rules[i]).filter((rule) => rule !== undefined);
    const cut = cutTo(range, output, next);
    const result = await decodePass(kernel, source, mdf, passRules, cut.range, cut.output, host);
    checkBalance(result, source.key);
    bytesRead += result.bytesRead;
    if (result.left.length > 0 && next.rules.length > 1) {
      // More source addresses than expected: the same again, half at a time.
      const half = Math.ceil(next.rules.length / 2);
      shares.unshift({ ...next, rules: next.rules.slice(0, half) }, { ...next, rules: next.rules.slice(half) });
      continue;
    }
    if (result.left.length > 0) notices.push(tooWide(source.key, rules[next.rules[0] ?? 0]));
    if (first === null) notices.push(...result.notices);
    first ??= result;
    for (const lane of result.lanes) lanes.push({ ...lane, rule: next.rules[lane.rule] ?? 0, firstBucket: next.firstBucket });
    addCounts(counted, next.rules.join(), result.counts);
  }
  first ??= await decodePass(kernel, source, mdf, [], range, { kind: "columns", keepLengths: false }, host);
  return {
    lanes,
    notices,
    ledger: ledgerOf(
      source,
      mdf,
      first,
      [...counted.values()].map(({ counts }) => counts),
      bytesRead || first.bytesRead,
    ),
  };
}

/** Cuts the rules, and if one rule alone is too much also the buckets, so that each share fits. */
function share(rules: readonly Rule[], output: DecodeOutput): Share[] {
  const all = rules.map((_, i) => i);
  if (rules.length === 0) return [];
  if (output.kind === "columns")
    return groups(all, (i) => weight(rules[i]), Columns.columnsMax).map((part) => ({
      rules: part,
      firstBucket: 0,
      bucketCount: 0,
    }));
  const extra = output.neighbours ? 2 : 0;
  const widest = Math.max(...all.map((i) => weight(rules[i])));
  const shape = CELLS[output.kind];
  // Buckets a pass can hold when it takes at least the widest rule.
  const bucketsMax = Math.max(1, Math.floor(Cells.lanesMax(shape, 1) / widest) - extra);
  const shares: Share[] = [];
  for (let firstBucket = 0; firstBucket < Math.max(1, output.bucketCount); firstBucket += bucketsMax) {
    const bucketCount = Math.min(bucketsMax, output.bucketCount - firstBucket);
    const lanesMax = Cells.lanesMax(shape, bucketCount + extra);
    for (const part of groups(all, (i) => weight(rules[i]), lanesMax)) shares.push({ rules: part, firstBucket, bucketCount });
  }
  return shares;
}

/** A group may have several source addresses: room for two more. */
const weight = (rule: Rule | undefined): number => (rule ? rule.signals.length * (rule.key.kind === "group" ? 3 : 1) : 0);

function groups(items: readonly number[], weightOf: (item: number) => number, weightMax: number): number[][] {
  const parts: number[][] = [];
  let room = 0;
  for (const item of items) {
    const itemWeight = weightOf(item);
    if (itemWeight > room || parts.length === 0) {
      parts.push([]);
      room = weightMax;
    }
    parts.at(-1)?.push(item);
    room -= itemWeight;
  }
  return parts;
}

/** The range and grid of a share. Neighbours belong to the ends of the whole range, which each share then finds in its own way. */
function cutTo(range: DecodeRange, output: DecodeOutput, part: Share): { range: DecodeRange; output: DecodeOutput } {
  if (output.kind === "columns" || (part.firstBucket === 0 && part.bucketCount === output.bucketCount)) return { range, output };
  const originNs = output.originNs + part.firstBucket * output.stepNs;
  const endNs = originNs + part.bucketCount * output.stepNs;
  const fromNs = range.baseNs + BigInt(originNs);
  const toNs = range.baseNs + BigInt(endNs);
  return {
    range: { ...range, fromNs: fromNs > range.fromNs ? fromNs : range.fromNs, toNs: toNs < range.toNs ? toNs : range.toNs },
    output: { ...output, originNs, bucketCount: part.bucketCount },
  };
}

function addCounts(counted: Map<string, { counts: FrameCounts; passes: number }>, rules: string, counts: FrameCounts): void {
  const there = counted.get(rules);
  if (!there) {
    counted.set(rules, { counts: { ...counts }, passes: 1 });
    return;
  }
  // The same rules over another part of the range: what was used there was out of range here.
  const matched = counts.used + counts.muxInactive + counts.tooShort + counts.withoutPayload;
  there.counts.used += counts.used;
  there.counts.muxInactive += counts.muxInactive;
  there.counts.tooShort += counts.tooShort;
  there.counts.withoutPayload += counts.withoutPayload;
  there.counts.samples += counts.samples;
  there.counts.outOfRange -= matched;
  there.passes++;
}

/** Sums over shares of different rules: their frames are different ones; what none matched is unmatched. */
function ledgerOf(
  source: ByteSource,
  mdf: MdfFile,
  first: DecodeResult,
  shares: readonly FrameCounts[],
  bytesRead: number,
): Ledger {
  const sum = (term: keyof FrameCounts) => shares.reduce((total, counts) => total + counts[term], 0);
  const { frames, otherKind, otherRecords } = first.counts;
  const matched = sum("used") + sum("muxInactive") + sum("tooShort") + sum("outOfRange") + sum("withoutPayload");
  return {
    files: 1,
    bytes: source.sizeBytes,
    ...bytesOf(source, mdf, first),
    frames,
    used: sum("used"),
    unmatched: shares.length === 0 ? first.counts.unmatched : frames - otherKind - matched,
    muxInactive: sum("muxInactive"),
    tooShort: sum("tooShort"),
    outOfRange: sum("outOfRange"),
    otherKind,
    withoutPayload: shares.length === 0 ? first.counts.withoutPayload : sum("withoutPayload"),
    otherRecords,
    samples: sum("samples"),
    bytesRead,
  };
}

/** Where the bytes of a file belong. Values of SD streams are records too, though no walk passes over them. */
export function bytesOf(
  source: ByteSource,
  mdf: MdfFile,
  walked: { readonly recordBytes: number; readonly tailBytes: number },
): Pick<Ledger, "header" | "records" | "tail"> {
  const valueBytes = mdf.recordBytes - walked.recordBytes - walked.tailBytes;
  return { header: source.sizeBytes - mdf.recordBytes, records: walked.recordBytes + valueBytes, tail: walked.tailBytes };
}

/** Each walk must balance by itself: the terms are counted apart from each other. */
function checkBalance({ counts }: DecodeResult, key: string): void {
  const { frames, used, unmatched, muxInactive, tooShort, outOfRange, otherKind, withoutPayload } = counts;
  const accounted = used + unmatched + muxInactive + tooShort + outOfRange + otherKind + withoutPayload;
  assert(frames === accounted, `The sums of ${key} do not add up: ${frames} frames read, ${accounted} accounted for`);
}

function tooWide(key: string, rule: Rule | undefined): Notice {
  const name = rule?.message.name ?? "";
  return {
    severity: "warning",
    text: `${key}: ${name} is too large to decode in one pass; ask for fewer of its signals, or one source address`,
  };
}
