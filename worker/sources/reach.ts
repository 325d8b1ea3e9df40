/** The one place that asks another address for anything: only what opens a source a person named comes here (test/unit/worker/reach.test.ts). */
import { FaultError } from "../../core/fault.ts";
import { throwIfCancelled, unreachableFault } from "../../core/store/ask.ts";
import { reasonOf } from "../../core/store/windows.ts";
import { patiently } from "./patience.ts";

export interface Asking {
  /** What the faults name. */
  readonly object: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Shorter in tests. */
  readonly silenceMs?: number;
}

/**
 * GET, whatever the status. Faults: `request/cancelled`; `storage/cors` if another origin gives this page no answer; `storage/unreachable` if
 * there is no connection at all, or only silence. `no-store`: the browser's cache would mend a range from an older version of the file.
 */
export async function reach(url: string, asking: Asking): Promise<Response> {
  const { object, headers = {}, signal } = asking;
  throwIfCancelled(signal);
  try {
    return await patiently(asking, (inner) => fetch(url, { headers, signal: inner, cache: "no-store" }));
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof FaultError) throw error;
    if (globalThis.navigator?.onLine === false) throw offlineFault();
    if (!isElsewhere(url)) throw unreachableFault(object, reasonOf(error));
    throw corsFault(url);
  }
}

/** Of no object: nothing that lies elsewhere can be read. */
const offlineFault = (): FaultError => new FaultError({ code: "storage/unreachable", message: "there is no connection" });

/** A browser does not tell a page why it got nothing from another origin: not there, or not for this page. */
export const corsFault = (url: string): FaultError =>
  new FaultError({
    code: "storage/cors",
    message: "the store cannot be reached, or does not allow this page to read it",
    object: new URL(url).host,
  });

/** Only pages have an origin that a store may refuse. */
export const isElsewhere = (url: string): boolean =>
  globalThis.location !== undefined && new URL(url).origin !== globalThis.location.origin;
