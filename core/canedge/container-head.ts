/** How a container ("Generic File") is told from a log (formats: canedge.md §8). */

/** As much of a file's start as `parseContainer` wants; less if the file is smaller. */
export const CONTAINER_HEAD_BYTES = 52;

const MAGIC = "Generic File";

/** The magic alone; a cut header still is a container. */
export function isContainer(head: Uint8Array): boolean {
  if (head.length < MAGIC.length) return false;
  for (let i = 0; i < MAGIC.length; i++) if (head[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}
