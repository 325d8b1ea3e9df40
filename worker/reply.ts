/** The boundary: what core throws becomes data, once. */
import { type Fault, FaultError } from "../core/fault.ts";
import type { Reply } from "./api.ts";

/** Runs the work and never throws: Comlink would keep only the name and message of an error. */
export async function replyOf<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

export function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  if (error instanceof DOMException && error.name === "AbortError") return { code: "request/cancelled", message: "cancelled" };
  return { code: "bug/unexpected", message: error instanceof Error ? error.message : String(error) };
}
