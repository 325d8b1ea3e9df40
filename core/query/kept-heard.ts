/** What was heard in a log, as a document and back. */

import { arrayOf, canBeKept, countOf, listOf, noticesOf, objectOf, timeOf } from "../kernel/kept-values.ts";
import { FRAME_KINDS } from "../kernel/records.ts";
import type { HeardLog, HeardLogId } from "./heard-log.ts";
import { emptyLedger, imbalance, type Ledger } from "./ledger.ts";

/** More than a kernel can tell apart. */
const IDS_MAX = 1 << 17;

/** null: it is not to be kept, since the next time may say otherwise. */
export function heardDocument({ ids, firstNs, lastNs, ledger, notices, isWhole, share }: HeardLog): object | null {
  if (share < 1 || !canBeKept(notices)) return null;
  const rows = ids.map((row) => [
    row.bus === "LIN" ? 1 : 0,
    row.channel,
    FRAME_KINDS.indexOf(row.kind),
    row.id,
    row.extended ? 1 : 0,
    row.frames,
    `${row.firstNs}`,
    `${row.lastNs}`,
    row.minBytes,
    row.maxBytes,
  ]);
  return { ids: rows, firstNs: textOf(firstNs), lastNs: textOf(lastNs), ledger, notices, isWhole };
}

/** null: it is none, or not one of ours. Whatever is kept may be damaged, and the log itself is still there. */
export function parseHeard(value: unknown): HeardLog | null {
  const given = objectOf(value);
  if (given === null || typeof given.isWhole !== "boolean") return null;
  const ids = listOf(given.ids, IDS_MAX, rowOf);
  const [firstNs, lastNs] = [timeOf(given.firstNs), timeOf(given.lastNs)];
  const ledger = ledgerOf(given.ledger);
  const notices = noticesOf(given.notices);
  const isTimed = (firstNs !== null || given.firstNs === null) && (lastNs !== null || given.lastNs === null);
  if (ids === null || ledger === null || notices === null || !isTimed) return null;
  return { ids, firstNs, lastNs, ledger, notices, isWhole: given.isWhole, share: 1 };
}

function rowOf(value: unknown): HeardLogId | null {
  const given = arrayOf(value, 10);
  if (given === null || given.length !== 10) return null;
  const [bus, channel, kindNumber] = [countOf(given[0], 1), countOf(given[1], 255), countOf(given[2], FRAME_KINDS.length - 1)];
  const [id, extended, frames] = [countOf(given[3], 0x1fffffff), countOf(given[4], 1), countOf(given[5])];
  const [firstNs, lastNs] = [timeOf(given[6]), timeOf(given[7])];
  const [minBytes, maxBytes] = [countOf(given[8], 255), countOf(given[9], 255)];
  const kind = kindNumber === null ? undefined : FRAME_KINDS[kindNumber];
  if (bus === null || channel === null || kind === undefined || id === null || extended === null || frames === null) return null;
  if (firstNs === null || lastNs === null || minBytes === null || maxBytes === null) return null;
  const name = { bus: bus === 1 ? ("LIN" as const) : ("CAN" as const), channel, kind, id, extended: extended === 1 };
  return { ...name, frames, firstNs, lastNs, minBytes, maxBytes };
}

/** A ledger that does not balance is none. */
function ledgerOf(value: unknown): Ledger | null {
  const given = objectOf(value);
  if (given === null) return null;
  const ledger: Record<string, number> = {};
  for (const term of Object.keys(emptyLedger)) {
    const count = countOf(given[term]);
    if (count === null) return null;
    ledger[term] = count;
  }
  const whole: Ledger = { ...emptyLedger, ...ledger };
  return imbalance(whole).length === 0 ? whole : null;
}

const textOf = (time: bigint | null): string | null => (time === null ? null : `${time}`);
