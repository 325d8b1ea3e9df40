/** One log decoded whatever the number of series: in as many passes as the kernel's memory asks for, with one ledger for all of them. */

import { CONTROL_KINDS, FRAME_CAUSES } from "../bus/transport.ts";
import {
  type StreamAccount,
  type StreamKey,
  streamImbalance,
  type TransportAccount,
  type TransportLoss,
} from "../bus/transport-account.ts";
import { pgnOf } from "../dbc/match.ts";
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
import { ALL_TIMES, type Times } from "../kernel/stream-times.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import type { Ledger } from "./ledger.ts";

export interface DecodedLog {
  /** `rule` is the number in the rules asked for. */
  readonly lanes: readonly DecodedLane[];
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
  readonly transports: LogTransports;
  /** Of these times every frame was read; ns since the file's start. */
  readonly covered: Times;
}

/** What became of the transport streams that the rules need. */
export interface LogTransports {
  readonly streams: readonly StreamAccount[];
  /** Those in the range; times are ns since the file's start. */
  readonly losses: readonly { readonly key: StreamKey; readonly loss: TransportLoss }[];
  /** Messages still open, for the next split of the session. */
  readonly open: readonly Uint8Array[];
}

export interface DecodedLane extends LaneResult {
  /** First bucket of `cells` (0 unless the range was cut into several passes). */
  readonly firstBucket: number;
}

/** Rules that are walked for together, in one pass or in one for each part of the buckets. */
interface Group {
  readonly units: readonly Unit[];
  /** Source addresses that each parameter group has room for. */
  readonly sources: number;
}

/** Rules that the same frames may belong to (of two databases, say): kept together, so that each frame counts once. */
interface Unit {
  readonly rules: readonly number[];
  readonly lanes: number;
  readonly hasGroup: boolean;
}

/** What a group may turn out to have, before anything is known of the log; more are met by another attempt. */
const SOURCES_EXPECTED = 3;
const SOURCES_MAX = 256;
/** Of the 1024 the kernel has room for; nodes of multiplexors take some too. */
const MESSAGES_OF_PASS = 768;

/**
 * Reads what the range needs where the log's times are known, else, or if that does not stand by itself, all of it. `open`: messages that the
 * split before left open.
 */
export async function decodeLog(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  rules: readonly Rule[],
  range: DecodeRange,
  output: DecodeOutput,
  host: DecodeHost,
  open: readonly Uint8Array[] = [],
): Promise<DecodedLog> {
  const all = (how: DecodeHost) => decodeGroups(kernel, source, mdf, rules, range, output, how, open);
  const part = host.spread === undefined && isLocal(rules) ? await all({ ...host, within: range }) : null;
  const whole = part ?? (await all(host));
  assert(whole, "Nothing is skipped when a log is read whole");
  return whole;
}

/** Whether nothing that lies before the range has a part in its samples: no transport message that begins there. */
const isLocal = (rules: readonly Rule[]): boolean => rules.every((rule) => rule.transport === undefined);

/** null: parts were skipped that may be needed. */
async function decodeGroups(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  rules: readonly Rule[],
  range: DecodeRange,
  output: DecodeOutput,
  host: DecodeHost,
  open: readonly Uint8Array[],
): Promise<DecodedLog | null> {
  const lanes: DecodedLane[] = [];
  const notices: Notice[] = [];
  const counted: FrameCounts[] = [];
  const transports = {
    streams: [] as StreamAccount[],
    losses: [] as LogTransports["losses"][number][],
    open: [] as Uint8Array[],
  };
  let first: DecodeResult | null = null;
  let covered = ALL_TIMES;
  let bytesRead = 0;
  const groups = groupsOf(kernel, unitsOf(rules), SOURCES_EXPECTED, output);
  for (let group = groups.shift(); group; group = groups.shift()) {
    const numbers = group.units.flatMap((unit) => unit.rules);
    const asked = numbers.flatMap((i) => rules[i] ?? []);
    const found: DecodedLane[] = [];
    let counts: FrameCounts | null = null;
    let smaller: Group[] | null = null;
    let isTooWide = false;
    const passes: TransportAccount[] = [];
    for (const part of partsOf(kernel, group, output)) {
      const cut = cutTo(range, output, part, group.sources);
      // The first part reads all of the range, so that its frames are counted once; the others read what is theirs.
      const own = part.firstBucket > 0 && host.within !== undefined ? { ...host, within: cut.range } : host;
      const result = await decodePass(kernel, source, mdf, asked, cut.range, cut.output, own, { open });
      if (result.isUnsure && host.spread === undefined) return null;
      covered = coveredBy(covered, result.covered, part, output);
      checkBalance(result, source.key);
      bytesRead += result.bytesRead;
      if (first === null) notices.push(...result.notices);
      first ??= result;
      if (result.left.length > 0) {
        smaller = smallerThan(kernel, group, output);
        if (smaller) break;
        isTooWide = true;
      }
      for (const lane of result.lanes) found.push({ ...lane, rule: numbers[lane.rule] ?? 0, firstBucket: part.firstBucket });
      counts = counts ? withPart(counts, result.counts) : result.counts;
      if (result.transport) passes.push(result.transport);
    }
    if (smaller) {
      groups.unshift(...smaller);
      continue;
    }
    if (isTooWide) notices.push(tooWide(source.key, asked[0]));
    lanes.push(...found);
    if (counts) counted.push(counts);
    // The streams are the same in every part; what is lost is told in the part it lies in.
    const [whole] = passes;
    if (!whole) continue;
    transports.streams.push(...whole.streams);
    transports.open.push(whole.open);
    for (const { streams, losses } of passes)
      for (const loss of losses) {
        const key = streams[loss.stream]?.key;
        if (key) transports.losses.push({ key, loss });
      }
  }
  first ??= await decodePass(kernel, source, mdf, [], range, { kind: "columns", keepLengths: false }, host);
  if (first.isUnsure && host.spread === undefined) return null;
  const ledger = { ...ledgerOf(mdf, first, counted, bytesRead || first.bytesRead), ...segmentsOf(transports.streams) };
  return { lanes, notices, ledger, transports, covered };
}

/** What lies before the range is seen by the pass over the first of its parts, what lies behind by the one over the last. */
function coveredBy(all: Times, by: Times, { firstBucket, bucketCount }: Part, output: DecodeOutput): Times {
  const isLast = output.kind === "columns" || firstBucket + bucketCount >= output.bucketCount;
  return {
    fromNs: firstBucket === 0 && by.fromNs > all.fromNs ? by.fromNs : all.fromNs,
    toNs: isLast && by.toNs < all.toNs ? by.toNs : all.toNs,
  };
}

function unitsOf(rules: readonly Rule[]): Unit[] {
  const units = new Map<string, { rules: number[]; lanes: number; hasGroup: boolean }>();
  rules.forEach(({ key, signals, transport, sources }, i) => {
    const isStandard = key.kind === "exact" && !key.extended;
    // All messages of J1939-21 come in the frames of its two groups.
    const frames =
      transport === "j1939-21"
        ? transport
        : isStandard
          ? `id ${key.id}`
          : `group ${key.kind === "exact" ? pgnOf(key.id) : key.pgn}`;
    const name = `${key.bus} ${key.channel} ${frames}`;
    const unit = units.get(name) ?? { rules: [], lanes: 0, hasGroup: false };
    unit.rules.push(i);
    // Of a group with named senders it is known how many there are.
    unit.lanes += signals.length * (sources?.length ?? 1);
    unit.hasGroup ||= key.kind === "group" && sources === undefined;
    units.set(name, unit);
  });
  return [...units.values()];
}

/** Lanes that a unit takes. */
const weightOf = (unit: Unit, sources: number): number => unit.lanes * (unit.hasGroup ? sources : 1);

/** Cuts the units so that each group fits with all buckets or, if one unit alone does not, by itself. */
function groupsOf(kernel: Kernel, units: readonly Unit[], sources: number, output: DecodeOutput): Group[] {
  const lanesMax =
    output.kind === "columns"
      ? Columns.columnsMax
      : Cells.lanesMax(kernel, CELLS[output.kind], output.bucketCount + outside(output));
  const groups: Unit[][] = [];
  let room = 0;
  let messages = 0;
  for (const unit of units) {
    const weight = weightOf(unit, sources);
    messages += unit.rules.length;
    if (weight > room || messages > MESSAGES_OF_PASS || groups.length === 0) {
      groups.push([]);
      room = lanesMax;
      messages = unit.rules.length;
    }
    groups.at(-1)?.push(unit);
    room -= weight;
  }
  return groups.map((group) => ({ units: group, sources }));
}

/** What to try instead where something found no room: half the rules, then more senders; null if nothing helps. */
function smallerThan(kernel: Kernel, { units, sources }: Group, output: DecodeOutput): Group[] | null {
  const half = Math.ceil(units.length / 2);
  if (units.length > 1) return [units.slice(0, half), units.slice(half)].map((part) => ({ units: part, sources }));
  if (sources >= SOURCES_MAX || !units.some((unit) => unit.hasGroup)) return null;
  return groupsOf(kernel, units, Math.min(SOURCES_MAX, sources * 4), output);
}

const outside = (output: DecodeOutput): number => (output.kind !== "columns" && output.neighbours ? 2 : 0);

/** Some buckets of the output. */
interface Part {
  readonly firstBucket: number;
  readonly bucketCount: number;
}

/** As many buckets at once as the lanes of the group leave room for. */
function partsOf(kernel: Kernel, { units, sources }: Group, output: DecodeOutput): Part[] {
  if (output.kind === "columns") return [{ firstBucket: 0, bucketCount: 0 }];
  const lanes = units.reduce((sum, unit) => sum + weightOf(unit, sources), 0);
  const bucketsMax = Math.max(
    1,
    Math.floor(Cells.lanesMax(kernel, CELLS[output.kind], 1) / Math.max(1, lanes)) - outside(output),
  );
  const parts: Part[] = [];
  for (let firstBucket = 0; firstBucket < Math.max(1, output.bucketCount); firstBucket += bucketsMax)
    parts.push({ firstBucket, bucketCount: Math.min(bucketsMax, output.bucketCount - firstBucket) });
  return parts;
}

/** The range and grid of a part. Neighbours belong to the ends of the whole range, which each part then finds in its own way. */
function cutTo(
  range: DecodeRange,
  output: DecodeOutput,
  part: Part,
  sources: number,
): { range: DecodeRange; output: DecodeOutput } {
  if (output.kind === "columns") return { range, output: { ...output, sources } };
  if (part.bucketCount === output.bucketCount) return { range, output };
  const originNs = output.originNs + part.firstBucket * output.stepNs;
  const endNs = originNs + part.bucketCount * output.stepNs;
  const fromNs = range.baseNs + BigInt(originNs);
  const toNs = range.baseNs + BigInt(endNs);
  return {
    range: { ...range, fromNs: fromNs > range.fromNs ? fromNs : range.fromNs, toNs: toNs < range.toNs ? toNs : range.toNs },
    output: { ...output, originNs, bucketCount: part.bucketCount },
  };
}

/** The same rules over another part of the range: what was used there was out of range here. */
function withPart(all: FrameCounts, part: FrameCounts): FrameCounts {
  const inRange = part.used + part.muxInactive + part.tooShort + part.withoutPayload;
  return {
    ...all,
    used: all.used + part.used,
    muxInactive: all.muxInactive + part.muxInactive,
    tooShort: all.tooShort + part.tooShort,
    withoutPayload: all.withoutPayload + part.withoutPayload,
    values: all.values + part.values,
    samples: all.samples + part.samples,
    notAvailable: all.notAvailable + part.notAvailable,
    outOfRange: all.outOfRange - inRange,
  };
}

/** Sums over groups of rules: their frames are different ones; what none matched is unmatched. */
function ledgerOf(mdf: MdfFile, first: DecodeResult, groups: readonly FrameCounts[], bytesRead: number): Ledger {
  const sum = (term: keyof FrameCounts) => groups.reduce((total, counts) => total + counts[term], 0);
  const { frames, otherKind, otherRecords, skipped } = first.counts;
  const matched = sum("used") + sum("muxInactive") + sum("tooShort") + sum("outOfRange") + sum("withoutPayload");
  return {
    files: 1,
    bytes: mdf.unpackedBytes,
    ...bytesOf(mdf, first),
    frames,
    used: sum("used"),
    unmatched: groups.length === 0 ? first.counts.unmatched : frames - otherKind - matched - skipped,
    muxInactive: sum("muxInactive"),
    tooShort: sum("tooShort"),
    outOfRange: sum("outOfRange") + skipped,
    otherKind,
    withoutPayload: groups.length === 0 ? first.counts.withoutPayload : sum("withoutPayload"),
    otherRecords,
    values: sum("values"),
    samples: sum("samples"),
    notAvailable: sum("notAvailable"),
    ...segmentsOf([]),
    bytesRead,
    bytesDecrypted: 0,
    bytesDecompressed: 0,
  };
}

/** Where the bytes of a file belong. Values of SD streams are records too, though no walk passes over them. */
export function bytesOf(
  mdf: MdfFile,
  walked: { readonly recordBytes: number; readonly tailBytes: number },
): Pick<Ledger, "header" | "records" | "tail"> {
  const valueBytes = mdf.recordBytes - walked.recordBytes - walked.tailBytes;
  return { header: mdf.unpackedBytes - mdf.recordBytes, records: walked.recordBytes + valueBytes, tail: walked.tailBytes };
}

/** Frames of transport protocols as terms of the ledger. */
function segmentsOf(
  streams: readonly StreamAccount[],
): Pick<Ledger, "segments" | "segmentsUsed" | "segmentsLost" | "segmentsControl" | "segmentsOpen"> {
  const sum = (of: (stream: StreamAccount) => number) => streams.reduce((total, stream) => total + of(stream), 0);
  const control = ({ frameKinds }: StreamAccount) =>
    Object.entries(frameKinds).reduce((total, [kind, count]) => total + (CONTROL_KINDS.has(kind) ? count : 0), 0);
  const alone = ({ lost }: StreamAccount) => FRAME_CAUSES.reduce((total, cause) => total + (lost[cause] ?? 0), 0);
  return {
    segments: sum(({ frames, framesRestored }) => frames + framesRestored),
    segmentsUsed: sum(({ framesUsed }) => framesUsed),
    segmentsLost: sum((stream) => stream.framesLost + alone(stream)),
    segmentsControl: sum(control),
    segmentsOpen: sum(({ framesOpen }) => framesOpen),
  };
}

/** Each walk must balance by itself: the terms are counted apart from each other. */
function checkBalance({ counts, transport }: DecodeResult, key: string): void {
  const { frames, used, unmatched, muxInactive, tooShort, outOfRange, otherKind, withoutPayload, skipped } = counts;
  const accounted = used + unmatched + muxInactive + tooShort + outOfRange + otherKind + withoutPayload + skipped;
  assert(frames === accounted, `The sums of ${key} do not add up: ${frames} frames read, ${accounted} accounted for`);
  const { values, samples, notAvailable } = counts;
  const shown = samples + notAvailable;
  assert(values === shown, `The sums of ${key} do not add up: ${values} values read, ${shown} accounted for`);
  const wrong = transport?.streams.flatMap((stream) => streamImbalance(stream)) ?? [];
  assert(wrong.length === 0, `The sums of ${key} do not add up: ${wrong.join("; ")}`);
}

function tooWide(key: string, rule: Rule | undefined): Notice {
  const name = rule?.message.name ?? "";
  return {
    severity: "warning",
    text: `${key}: ${name} is too large to decode in one pass; ask for fewer of its signals, or one source address`,
  };
}
