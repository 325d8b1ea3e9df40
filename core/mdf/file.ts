/** What a reader knows of an MDF 4 file after its blocks: the header facts and the record streams. */
import type { RecordStream } from "../bus/layout.ts";
import type { Notice } from "../fault.ts";

export interface MdfHeader {
  /** id_vers trimmed, e.g. "4.11". */
  readonly version: string;
  /** id_prog trimmed, e.g. "CE". */
  readonly program: string;
  readonly finalized: boolean;
  /** hd_start_time_ns. */
  readonly startNs: bigint;
  readonly startIsLocal: boolean;
  readonly zoneMinutes: number;
  readonly summerMinutes: number;
  /** HD comment of CANedge (formats/canedge.md §3), trimmed; null if absent. */
  readonly deviceSerial: string | null;
  readonly deviceType: string | null;
  readonly hardware: string | null;
  readonly firmware: string | null;
  readonly session: number | null;
  readonly split: number | null;
  readonly userComment: string | null;
  /** Texts of the seed's info table. */
  readonly configCrc32: string | null;
  readonly storageTotal: string | null;
  readonly storageFree: string | null;
}

export interface MdfFile {
  readonly header: MdfHeader;
  readonly streams: readonly RecordStream[];
  /** The header links to events, or to attachments (`readContents`). */
  readonly hasEvents: boolean;
  readonly hasAttachments: boolean;
  /** Channel groups that hold measured values, not bus frames. */
  readonly measuredGroups: number;
  /** Bytes that hold records or their values, unpacked (sum of the extents); the rest is header or tail. */
  readonly recordBytes: number;
  /** Size of the file, each compressed block counted with what it holds. */
  readonly unpackedBytes: number;
  readonly notices: readonly Notice[];
}
