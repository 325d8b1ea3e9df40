/** EV blocks: marks, triggers and interruptions of a measurement (formats/mdf4.md §14). */
import type { BlockReader } from "./block.ts";
import { textAt } from "./text.ts";
import { unitAt } from "./value-rule.ts";

export interface MeasurementEvent {
  readonly name: string;
  readonly comment: string;
  readonly kind: (typeof KINDS)[number];
  /** Begin and end of a range are two events. */
  readonly range: "point" | "begin" | "end";
  readonly cause: (typeof CAUSES)[number];
  /** ns since the file's start, perhaps before it (a pre-trigger); null: it stands at an angle, a distance or an index. */
  readonly timeNs: number | null;
}

const KINDS = [
  ...(["recording", "recording interrupt", "acquisition interrupt", "start trigger"] as const),
  ...(["stop trigger", "trigger", "marker"] as const),
] as const;
const CAUSES = ["other", "error", "tool", "script", "user"] as const;
const RANGES = ["point", "begin", "end"] as const;
const SYNC_SECONDS = 1;
const TEXT_BYTES_MAX = 1024;

/** One EV block and ev_ev_next; synchronous, for `attempt`. Faults: `input/bad-block`, `input/truncated`. */
export function readEvent(blocks: BlockReader, atByte: number): { event: MeasurementEvent; next: number } {
  const block = blocks.open(atByte, "EV");
  const timeNs = Math.round(Number(BigInt.asIntN(64, block.exactU64(16))) * block.f64(24) * 1e9);
  return {
    next: block.link(0),
    event: {
      name: textAt(blocks, block.link(3), TEXT_BYTES_MAX),
      comment: unitAt(blocks, block.link(4)),
      kind: KINDS[block.u8(0)] ?? "marker",
      range: RANGES[block.u8(2)] ?? "point",
      cause: CAUSES[block.u8(3)] ?? "other",
      timeNs: block.u8(1) === SYNC_SECONDS && Number.isSafeInteger(timeNs) ? timeNs : null,
    },
  };
}
