/** Frames of a log as plain rows, from the kernel and from the slow walk, to be compared. */
import { type FramesEnd, readFrames } from "../../core/kernel/frames.ts";
import type { Kernel } from "../../core/kernel/kernel.ts";
import { emptyLedger, imbalance } from "../../core/query/ledger.ts";
import { testHost } from "./kernel.ts";
import type { MadeLog } from "./made-log.ts";
import { slowFrames } from "./slow-frames.ts";

/** `time bus channel kind id x length flags payload` */
export type RowText = string;

export interface ReadRows {
  readonly rows: readonly RowText[];
  readonly end: FramesEnd;
}

export async function readRows(kernel: Kernel, { source, mdf }: MadeLog): Promise<ReadRows> {
  const walk = readFrames(kernel, source, mdf, testHost());
  const rows: RowText[] = [];
  while (true) {
    const next = await walk.next();
    if (next.done) return { rows, end: next.value };
    const batch = next.value;
    for (let i = 0; i < batch.rowCount; i++) {
      const flags = batch.flags(i);
      rows.push(
        rowText(
          batch.timeNs(i),
          batch.bus(i),
          batch.channel(i),
          batch.kind(i),
          batch.id(i),
          batch.extended(i),
          batch.length(i),
          flags,
          batch.payload(i),
        ),
      );
    }
  }
}

/** What the slow walk finds in the same bytes. */
export async function slowRows({ source, mdf }: MadeLog) {
  const bytes = await source.read(0, source.sizeBytes, AbortSignal.timeout(5000));
  const walk = slowFrames(mdf, bytes);
  const rows = walk.frames.map((one) => {
    const flags = Number(one.fd) + 2 * Number(one.brs) + 4 * Number(one.esi);
    const timeNs = one.timeNs - mdf.header.startNs;
    return rowText(timeNs, one.bus, one.channel, one.kind, one.id, one.extended, one.length, flags, one.payload);
  });
  return { ...walk, rows };
}

function rowText(
  timeNs: bigint,
  bus: string,
  channel: number,
  kind: string,
  id: number | null,
  extended: boolean,
  length: number | null,
  flags: number,
  payload: Uint8Array,
): RowText {
  return `${timeNs} ${bus} ${channel} ${kind} ${id} ${extended} ${length} ${flags} ${Buffer.from(payload).toString("hex")}`;
}

/** What does not add up after a walk; empty when it balances. */
export function accountErrors(
  { counts, recordBytes, tailBytes }: Pick<FramesEnd, "counts" | "recordBytes" | "tailBytes">,
  bytes: number,
): string[] {
  return imbalance({
    ...emptyLedger,
    files: 1,
    bytes,
    header: 0,
    records: recordBytes,
    tail: tailBytes,
    bytesRead: 0,
    bytesDecrypted: 0,
    bytesDecompressed: 0,
    ...counts,
  });
}
