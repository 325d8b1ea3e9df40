/** Bit rates of the buses of a log, from the comments of its sources (SI): `CAN1 Bit-rate`, in Hz. */
import { BlockReader, faultOfFile } from "../mdf/block.ts";
import { FIRST_READ_BYTES } from "../mdf/read.ts";
import { textAt } from "../mdf/text.ts";
import type { ByteSource } from "../store/source.ts";
import { commonProperties } from "./metadata.ts";

/** By bus and channel, as `CAN1`. What a log does not say, or says as 0, is not in it. */
export type BitRates = ReadonlyMap<string, number>;

/** CANedge writes 1 kB. */
const COMMENT_BYTES_MAX = 64 * 1024;
/** CANedge writes 26 channel groups and two sources. */
const GROUPS_MAX = 1000;
const HD_AT_BYTE = 64;
const RATE = /^Bus Information\/((?:CAN|LIN)\d{1,3}) Bit-rate$/;

/** Never fails for what the file holds: rates that cannot be read are unknown. Faults: `storage/*`, `request/cancelled`. */
export async function readBitRates(source: ByteSource, signal: AbortSignal): Promise<BitRates> {
  const rates = new Map<string, number>();
  const prefix = await source.read(0, Math.min(source.sizeBytes, FIRST_READ_BYTES), signal);
  const blocks = new BlockReader(source, prefix, signal, { keepLinks: false });
  try {
    const comments = await blocks.attempt(() => sourceComments(blocks));
    for (const atByte of comments) {
      const xml = await blocks.attempt(() => textAt(blocks, atByte, COMMENT_BYTES_MAX));
      for (const [name, text] of commonProperties(xml)) {
        const bus = RATE.exec(name)?.[1];
        const rateHz = /^\d{1,9}$/.test(text) ? Number(text) : 0;
        if (bus !== undefined && rateHz > 0 && !rates.has(bus)) rates.set(bus, rateHz);
      }
    }
  } catch (error) {
    faultOfFile(error);
  }
  return rates;
}

/** Where the comments of the sources of all channel groups lie (cg_si_acq_source → si_md_comment), each once. */
function sourceComments(blocks: BlockReader): ReadonlySet<number> {
  const comments = new Set<number>();
  const seen = new Set<number>();
  for (let dg = blocks.open(HD_AT_BYTE, "HD").link(0); isNew(dg, seen); ) {
    const group = blocks.open(dg, "DG");
    for (let cg = group.link(1); isNew(cg, seen); ) {
      const block = blocks.open(cg, "CG");
      const si = block.link(3);
      if (isNew(si, seen)) comments.add(blocks.open(si, "SI").link(2));
      cg = block.link(0);
    }
    dg = group.link(0);
  }
  comments.delete(0);
  return comments;
}

function isNew(atByte: number, seen: Set<number>): boolean {
  if (atByte === 0 || seen.has(atByte) || seen.size > 2 * GROUPS_MAX) return false;
  seen.add(atByte);
  return true;
}
