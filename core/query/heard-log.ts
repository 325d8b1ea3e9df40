/** What occurs in one log: its identifiers, with absolute times. */
import type { Notice } from "../fault.ts";
import type { HeardRow } from "../kernel/heard.ts";
import type { MdfFile } from "../mdf/file.ts";
import { emptyLedger, type Ledger } from "./ledger.ts";

export interface HeardLog {
  readonly ids: readonly HeardLogId[];
  /** Of the frames and of measured values. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
  /** False: the store failed on the way, or there are more ids than can be told apart; so the times are not those of all frames. */
  readonly isWhole: boolean;
  /** How much of the log was walked: over 0, up to 1. Below 1 counts and last times are estimates, ids may be missing, and the ledger is empty. */
  readonly share: number;
}

export type HeardLogId = Omit<HeardRow, "firstNs" | "lastNs"> & { readonly firstNs: bigint; readonly lastNs: bigint };

/** A part of a log as if it went on like that up to `endNs`; null: where it ends is not known, and nothing is made of the part but itself. */
export function partOfLog(
  { header, notices }: MdfFile,
  part: { readonly ids: readonly HeardRow[]; readonly share: number },
  endNs: bigint | null,
): HeardLog {
  const ids = part.ids.map((row): HeardLogId => {
    const [firstNs, lastNs] = [header.startNs + row.firstNs, header.startNs + row.lastNs];
    if (endNs === null) return { ...row, firstNs, lastNs };
    return { ...row, firstNs, lastNs: lastNs > endNs ? lastNs : endNs, frames: Math.round(row.frames / part.share) };
  });
  const firstNs = ids.reduce((first: bigint | null, row) => (first === null || row.firstNs < first ? row.firstNs : first), null);
  const lastNs = ids.reduce((last: bigint | null, row) => (last === null || row.lastNs > last ? row.lastNs : last), null);
  return { ids, firstNs, lastNs, ledger: emptyLedger, notices, isWhole: false, share: part.share };
}
