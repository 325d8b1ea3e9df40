/** What a file has beside its groups: who wrote it, what happened, what is attached. */
import { FaultError, type Notice } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";
import { type Attachment, readAttachment } from "./attachment.ts";
import { BlockReader, damageNotice, faultOfFile, NO_LOOP } from "./block.ts";
import { type MeasurementEvent, readEvent } from "./event.ts";
import { readIdentification } from "./identification.ts";
import { FIRST_READ_BYTES } from "./read.ts";
import { textAt } from "./text.ts";

export interface Contents {
  /** Tools of the file history (FH), the first first: "asammdf 8.8.28". */
  readonly tools: readonly string[];
  readonly events: readonly MeasurementEvent[];
  readonly attachments: readonly Attachment[];
  readonly notices: readonly Notice[];
  readonly blocks: BlockReader;
}

/** Of each list; a file of more has a notice. */
const ENTRIES_MAX = 1000;
const COMMENT_BYTES_MAX = 64 * 1024;
const HD_AT_BYTE = 64;

/** Damage ends a list with a notice. Faults: `input/*` about the identification and the header, `storage/*`. */
export async function readContents(source: ByteSource, signal: AbortSignal): Promise<Contents> {
  const prefix =
    source.sizeBytes === 0 ? new Uint8Array() : await source.read(0, Math.min(source.sizeBytes, FIRST_READ_BYTES), signal);
  readIdentification(prefix, source.key);
  const blocks = new BlockReader(source, prefix, signal, { keepLinks: false });
  const links = await blocks.attempt(() => {
    const hd = blocks.open(HD_AT_BYTE, "HD");
    return { history: hd.link(1), attachments: hd.link(3), events: hd.link(4) };
  });
  const notices: Notice[] = [];
  const list = <Entry>(firstAt: number, what: string, read: (atByte: number) => { entry: Entry; next: number }) =>
    chainOf(blocks, firstAt, what, read, notices);
  const tools = await list(links.history, "file history", (at) => readTool(blocks, at));
  const events = await list(links.events, "events", (at) => {
    const { event, next } = readEvent(blocks, at);
    return { entry: event, next };
  });
  const attachments = await list(links.attachments, "attachments", (at) => {
    const { attachment, next } = readAttachment(blocks, at);
    return { entry: attachment, next };
  });
  return { tools: [...new Set(tools.filter((tool) => tool !== ""))], events, attachments, notices, blocks };
}

async function chainOf<Entry>(
  blocks: BlockReader,
  firstAt: number,
  what: string,
  read: (atByte: number) => { entry: Entry; next: number },
  notices: Notice[],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const visited = new Set<number>();
  try {
    for (let atByte = firstAt; atByte !== 0; ) {
      const at = atByte;
      if (visited.has(at)) throw leadsBack(blocks, what, at);
      visited.add(at);
      if (entries.length === ENTRIES_MAX) {
        const text = `${blocks.source.key}: only the first ${ENTRIES_MAX} ${what} are read.`;
        notices.push({ severity: "warning", text });
        break;
      }
      const { entry, next } = await blocks.attempt(() => read(at));
      entries.push(entry);
      atByte = next;
    }
  } catch (error) {
    notices.push(damageNotice(faultOfFile(error), `Of the ${what} only the ${entries.length} before it are read.`));
  }
  return entries;
}

/** fh_md_comment: the tool's name and version. */
function readTool(blocks: BlockReader, atByte: number): { entry: string; next: number } {
  const block = blocks.open(atByte, "FH");
  const comment = textAt(blocks, block.link(1), COMMENT_BYTES_MAX);
  const element = (name: string) => new RegExp(`<${name}>([^<]{0,200})</${name}>`).exec(comment)?.[1]?.trim() ?? "";
  return { entry: `${element("tool_id")} ${element("tool_version")}`.trim(), next: block.link(0) };
}

function leadsBack(blocks: BlockReader, what: string, atByte: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The list of ${what} leads back to byte ${atByte}.`,
    object: blocks.source.key,
    atByte,
    found: atByte,
    allowed: NO_LOOP,
  });
}
