/** The HD block: start time, zone, and what the comment says of the logger. */
import { type CanedgeMetadata, canedgeMetadata } from "../canedge/metadata.ts";
import type { Notice } from "../fault.ts";
import { type BlockReader, damageNotice, faultOfFile } from "./block.ts";
import type { MdfHeader } from "./file.ts";
import type { Identification } from "./identification.ts";
import { textAt } from "./text.ts";

const HD_AT_BYTE = 64;
/** CANedge writes 1 kB; other tools put whole measurement set-ups there. */
const COMMENT_BYTES_MAX = 1024 * 1024;

export interface HeaderBlock {
  readonly header: MdfHeader;
  /** hd_dg_first. */
  readonly firstDataGroup: number;
  /** hd_at_first and hd_ev_first; 0: none. */
  readonly firstAttachment: number;
  readonly firstEvent: number;
  readonly notices: readonly Notice[];
}

/** Faults: `input/bad-block`, `input/truncated` about the HD block itself; a damaged comment is a notice. */
export function readHeader(blocks: BlockReader, id: Identification): HeaderBlock {
  const hd = blocks.open(HD_AT_BYTE, "HD");
  const { metadata, notices } = readComment(blocks, hd.link(5));
  const header: MdfHeader = {
    version: id.version,
    program: id.program,
    finalized: id.finalized,
    startNs: hd.exactU64(0),
    startIsLocal: (hd.u8(12) & 1) !== 0,
    zoneMinutes: hd.i16(8),
    summerMinutes: hd.i16(10),
    ...metadata,
  };
  return { header, firstDataGroup: hd.link(0), firstAttachment: hd.link(3), firstEvent: hd.link(4), notices };
}

function readComment(blocks: BlockReader, atByte: number): { metadata: CanedgeMetadata; notices: Notice[] } {
  try {
    return { metadata: canedgeMetadata(textAt(blocks, atByte, COMMENT_BYTES_MAX)), notices: [] };
  } catch (error) {
    const notice = damageNotice(faultOfFile(error), "The file is read without its comment.");
    return { metadata: canedgeMetadata(""), notices: [notice] };
  }
}
