/** Logs that are here already: a log counted twice would double every rate, whatever its copy is called. */
import type { Notice } from "../core/fault.ts";
import type { HeldFile } from "./dropped.ts";

/** Read of files of one size only: its header says device, session, split and start, its end what was recorded last. */
const END_BYTES = 256 * 1024;
const NAMED_MAX = 3;

/** Those of `fresh` that are neither among `held` nor twice among themselves, and a notice about copies under other names. */
export async function withoutCopies(
  fresh: readonly HeldFile[],
  held: readonly HeldFile[],
): Promise<{ readonly added: readonly HeldFile[]; readonly notices: readonly Notice[] }> {
  const bySize = new Map<number, HeldFile[]>();
  const sized = (file: HeldFile): HeldFile[] => {
    const own = bySize.get(file.blob.size) ?? [];
    bySize.set(file.blob.size, own);
    return own;
  };
  for (const file of held) sized(file).push(file);
  const added: HeldFile[] = [];
  const copies: string[] = [];
  for (const file of fresh) {
    const likes = sized(file);
    const same = await firstLike(file, likes);
    if (same !== null && same.key !== file.key) copies.push(`${nameOf(file)} is the same log as ${nameOf(same)}`);
    if (same !== null) continue;
    likes.push(file);
    added.push(file);
  }
  if (copies.length === 0) return { added, notices: [] };
  const more = copies.length > NAMED_MAX ? `; and ${copies.length - NAMED_MAX} more` : "";
  return { added, notices: [{ severity: "info", text: `${copies.slice(0, NAMED_MAX).join("; ")}${more}. Each is read once` }] };
}

async function firstLike(file: HeldFile, others: readonly HeldFile[]): Promise<HeldFile | null> {
  for (const other of others) if (isKnownSame(file, other) || (await haveSameEnds(file.blob, other.blob))) return other;
  return null;
}

const isKnownSame = (a: HeldFile, b: HeldFile): boolean => a.key === b.key && a.blob.lastModified === b.blob.lastModified;

async function haveSameEnds(a: File, b: File): Promise<boolean> {
  if (a.size === 0) return false; // each empty file is one that is missing
  // A few bytes tell most apart.
  for (const lengthBytes of [512, END_BYTES])
    for (const from of [0, Math.max(0, a.size - lengthBytes)])
      if (!(await isEqual(a.slice(from, from + lengthBytes), b.slice(from, from + lengthBytes)))) return false;
  return true;
}

/** What cannot be read any more is like nothing: reading it says why. */
async function isEqual(a: Blob, b: Blob): Promise<boolean> {
  try {
    const [left, right] = await Promise.all([a, b].map(async (part) => new Uint8Array(await part.arrayBuffer())));
    return left !== undefined && right !== undefined && left.every((byte, i) => byte === right[i]);
  } catch {
    return false;
  }
}

const nameOf = ({ key }: HeldFile): string => key.split("/").at(-1) ?? key;
