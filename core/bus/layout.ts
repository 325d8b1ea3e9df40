/** How the bus frames of one file lie in its records: what the kernel needs to walk them, in the file's own terms. */

/** Bits of a record (offsets count from the first byte after the record id), or a constant of the group. `bitOffset + bitCount` ≤ 64. */
export type Field =
  | {
      readonly kind: "bits";
      readonly atByte: number;
      readonly bitOffset: number;
      readonly bitCount: number;
      /** The bytes that the bits touch stand with the most significant one first; `bitOffset` counts from the last one's lowest bit. */
      readonly isBigEndian?: true;
    }
  | { readonly kind: "constant"; readonly value: number };

/** ns since `hd_start_time_ns` = round(raw × scaleNs), ties to even (golden README §1, "record time"). */
export interface TimeField {
  readonly encoding: "uint" | "int" | "f64" | "f32";
  readonly atByte: number;
  readonly bitOffset: number;
  readonly bitCount: number;
  readonly isBigEndian?: true;
  /** ns per raw unit: 1, 1e3, 1e6 or 1e9. */
  readonly scaleNs: number;
  /** Any other unit: the time is round((offset + factor × raw) × 1e9) in doubles, and `scaleNs` is not used. */
  readonly linear?: { readonly offset: number; readonly factor: number };
}

/** cg_record_id, exact: a bigint from 2^53 on and only there, so that equal ids are `===`. */
export type RecordId = number | bigint;

/** Bytes of a data stream, in reading order, and where the file has them. */
export interface Extent {
  /** Of the bytes themselves, or of the block (##DZ) that holds them packed. */
  readonly atByte: number;
  /** Of the stream: unpacked. */
  readonly lengthBytes: number;
  /** Absent: the file has the bytes as they are. */
  readonly packed?: Packed;
}

/** What a compressed block (##DZ) says of its contents. The extent may take less than all of it, never from its middle. */
export interface Packed {
  readonly method: "deflate" | "zstd" | "lz4";
  /** Bytes of a row that was stored column by column (dz_zip_parameter); 0: rows as they are. */
  readonly columns: number;
  /** Of the packed bytes in the file. */
  readonly atByte: number;
  readonly lengthBytes: number;
  /** dz_org_data_length. */
  readonly originalBytes: number;
}

export type PayloadLayout =
  | { readonly kind: "none" }
  /** Fixed or MLSD: at most `capacityBytes` in the record itself, cut to DataLength. */
  | { readonly kind: "inline"; readonly atByte: number; readonly capacityBytes: number }
  /** Value in a VLSD channel group of the same data group; the record holds the running offset. */
  | {
      readonly kind: "vlsd-group";
      readonly recordId: RecordId;
      readonly offset: Field & { readonly kind: "bits" };
      /** The writer never stored the offsets: the k-th record has the k-th value. Then `offset` is whole bytes. */
      readonly isInOrder?: true;
    }
  /** Value in an SD stream; the record holds the offset of its length field in the concatenated payload. */
  | { readonly kind: "sd"; readonly extents: readonly Extent[]; readonly offset: Field & { readonly kind: "bits" } };

/** Event kinds as the ASAM bus logging names say, lower camel case: CAN_DataFrame is `data`. LIN_LongDom is `longDominance` (golden README §2). */
export type FrameKind =
  | "data"
  | "remote"
  | "error"
  | "overload"
  | "checksumError"
  | "receiveError"
  | "transmissionError"
  | "syncError"
  | "wakeUp"
  | "spike"
  | "longDominance";

export interface FrameLayout {
  readonly bus: "CAN" | "LIN";
  readonly kind: FrameKind;
  readonly time: TimeField;
  /** null: the record has no such member. */
  readonly busChannel: Field | null;
  /** `ID`; bits above 28 are masked off by the reader; bit 31 means extended when there is no IDE member. */
  readonly id: Field | null;
  readonly ide: Field | null;
  readonly dir: Field | null;
  readonly dlc: Field | null;
  readonly dataLength: Field | null;
  /** DataLength is this table applied to the field's raw value (type 5 conversion over the DLC bits), else null = the raw value. */
  readonly dataLengthTable: readonly number[] | null;
  readonly edl: Field | null;
  readonly brs: Field | null;
  readonly esi: Field | null;
  readonly errorType: Field | null;
  readonly payload: PayloadLayout;
}

/** One channel group. */
export interface RecordLayout {
  /** 0-based number of the channel group in file order. */
  readonly group: number;
  readonly recordId: RecordId;
  /** Acquisition name or "". */
  readonly name: string;
  /** VLSD channel group: records are u32 length + bytes. */
  readonly isVlsd: boolean;
  /** cg_data_bytes + cg_inval_bytes; 0 for a VLSD group. */
  readonly recordBytes: number;
  /** cg_cycle_count; null when the file is unfinalized and the count is not to be believed. */
  readonly cycleCount: number | null;
  /** null: not a bus event, records are walked over and counted. */
  readonly frame: FrameLayout | null;
}

/** One data group: a byte stream of records. */
export interface RecordStream {
  /** dg_rec_id_size; 0 = one layout, records back to back. */
  readonly recordIdBytes: 0 | 1 | 2 | 4 | 8;
  readonly layouts: readonly RecordLayout[];
  /** Payload of the DT blocks in reading order (records may straddle extents). The last may run to the end of the file. */
  readonly extents: readonly Extent[];
}
