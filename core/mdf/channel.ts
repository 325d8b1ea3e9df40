/** CN blocks of one channel group, structures opened up. */
import { FaultError } from "../fault.ts";
import { type Block, type BlockReader, NO_LOOP } from "./block.ts";
import { type Conversion, readConversion } from "./conversion.ts";
import { textAt } from "./text.ts";

/** cn_type. */
export const CHANNEL_TYPE = { fixed: 0, vlsd: 1, master: 2, virtualMaster: 3, sync: 4, mlsd: 5, virtual: 6, vlsc: 7 } as const;
/** cn_sync_type. */
export const SYNC_TIME = 1;
/** cn_data_type. */
export const DATA_TYPE = { uintLe: 0, uintBe: 1, intLe: 2, intBe: 3, floatLe: 4, floatBe: 5 } as const;

export interface Channel {
  /** Where its block lies: MLSD channels name their length channel by link. */
  readonly atByte: number;
  readonly name: string;
  readonly type: number;
  readonly syncType: number;
  readonly dataType: number;
  readonly bitOffset: number;
  /** From the first byte after the record id. */
  readonly byteOffset: number;
  readonly bitCount: number;
  /** cn_data: depends on the type. */
  readonly dataLink: number;
  readonly conversion: Conversion | null;
}

/** Names and conversions are shared by many channels of a file: each is read once. */
export class ChannelReader {
  readonly #blocks: BlockReader;
  readonly #names = new Map<number, string>();
  readonly #conversions = new Map<number, Conversion>();

  constructor(blocks: BlockReader) {
    this.#blocks = blocks;
  }

  /** All channels behind cg_cn_first, parents before their members. Faults: `input/bad-block` (cycles too), `input/truncated`. */
  channels(firstAt: number): Channel[] {
    const channels: Channel[] = [];
    this.#chain(firstAt, 0, new Set(), channels);
    return channels;
  }

  name(atByte: number): string {
    return remember(this.#names, atByte, () => textAt(this.#blocks, atByte, NAME_BYTES_MAX));
  }

  #chain(firstAt: number, depth: number, visited: Set<number>, channels: Channel[]): void {
    for (let atByte = firstAt; atByte !== 0; ) {
      if (visited.has(atByte) || depth > DEPTH_MAX) throw this.#cycle(atByte);
      visited.add(atByte);
      const block = this.#blocks.open(atByte, "CN");
      channels.push(this.#channel(block));
      const composition = block.link(1);
      // An array (CA) stays a single channel; frames have none.
      if (composition !== 0 && this.#blocks.header(composition, "CN", { readAhead: true }).id === "CN") {
        this.#chain(composition, depth + 1, visited, channels);
      }
      atByte = block.link(0);
    }
  }

  #channel(block: Block): Channel {
    return {
      atByte: block.atByte,
      name: this.name(block.link(2)),
      type: block.u8(0),
      syncType: block.u8(1),
      dataType: block.u8(2),
      bitOffset: block.u8(3),
      byteOffset: block.u32(4),
      bitCount: block.u32(8),
      dataLink: block.link(5),
      conversion: this.#conversion(block.link(4)),
    };
  }

  #conversion(atByte: number): Conversion | null {
    if (atByte === 0) return null;
    return remember(this.#conversions, atByte, () => readConversion(this.#blocks.open(atByte, "CC")));
  }

  #cycle(atByte: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The chain of channel blocks (##CN) leads back to byte ${atByte}, or is nested too deep.`,
      object: this.#blocks.source.key,
      atByte,
      found: atByte,
      allowed: `${NO_LOOP}, and ${DEPTH_MAX} levels`,
    });
  }
}

/** Longer names are cut. */
const NAME_BYTES_MAX = 1024;
/** Structures nest; four levels were seen. */
const DEPTH_MAX = 32;

function remember<T>(known: Map<number, T>, atByte: number, read: () => T): T {
  const before = known.get(atByte);
  if (before !== undefined) return before;
  const value = read();
  known.set(atByte, value);
  return value;
}
