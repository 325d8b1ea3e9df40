/** Long work gives way by amount of work, never by the clock, which may stand still (design, decision 14). */
import { FaultError } from "../fault.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import type { OnWork } from "./engine.ts";

export interface Host {
  /** Lets other requests and events have their turn. */
  yield(): Promise<void>;
}

/** About 2 ms of scanning, so that eight panels advance together. */
export const BYTES_PER_TURN = 4 * 1024 * 1024;

/** The decoding host of one request: yields, reports, and stops when the request is cancelled. */
export function pace(host: Host, signal: AbortSignal, bytesAll: number, onWork: OnWork | undefined): DecodeHost {
  let bytes = 0;
  let sinceTurn = 0;
  return {
    signal,
    onWindow(windowBytes) {
      bytes += windowBytes;
      sinceTurn += windowBytes;
      if (signal.aborted) throw new FaultError({ code: "request/cancelled", message: "The request was cancelled" });
      if (sinceTurn < BYTES_PER_TURN) return undefined;
      sinceTurn = 0;
      onWork?.({ bytes, bytesAll });
      return host.yield();
    },
  };
}
