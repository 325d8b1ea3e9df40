/** SHA-256 of a whole object, as one stream. */
import type { ByteSource } from "../store/source.ts";
import { Sha256 } from "./sha256.ts";

/** Lower-case hex. Faults: those of the source. */
export async function hashSource(
  source: ByteSource,
  host: { readonly signal: AbortSignal; readonly onWindow: (bytes: number) => Promise<void> | undefined },
): Promise<string> {
  const hash = new Sha256();
  for await (const window of source.stream(0, source.sizeBytes, host.signal)) {
    hash.update(window);
    const pause = host.onWindow(window.length);
    if (pause) await pause;
  }
  return hash.hex();
}
