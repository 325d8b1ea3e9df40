/** What every source checks about a request for bytes, in the same words. */
import { assert, FaultError } from "../fault.ts";

/** Faults: `storage/short` if `[atByte, atByte + lengthBytes)` is not inside the object. */
export function checkRange(
  source: { readonly key: string; readonly sizeBytes: number },
  atByte: number,
  lengthBytes: number,
): void {
  assert(Number.isSafeInteger(atByte) && atByte >= 0, `a read starts at a whole byte, not ${atByte}`);
  assert(Number.isSafeInteger(lengthBytes) && lengthBytes >= 0, `a read has a whole length, not ${lengthBytes}`);
  if (atByte + lengthBytes > source.sizeBytes) throw shortFault(source.key, atByte, lengthBytes, source.sizeBytes - atByte);
}

/** `storage/short`: the object has `foundBytes` where `lengthBytes` were asked. */
export function shortFault(key: string, atByte: number, lengthBytes: number, foundBytes: number): FaultError {
  const found = Math.max(0, foundBytes);
  const message = `${found} bytes came where ${lengthBytes} were asked`;
  return new FaultError({ code: "storage/short", message, object: key, atByte, found, allowed: lengthBytes });
}

/** `storage/changed`: the object is no longer the one that was opened. */
export function changedFault(key: string): FaultError {
  return new FaultError({ code: "storage/changed", message: "the object changed while it was read; ask again", object: key });
}

/** `storage/missing`. */
export function missingFault(key: string): FaultError {
  return new FaultError({ code: "storage/missing", message: "there is no such object", object: key });
}

/** `storage/unreachable`: the store did not answer, or stopped in the middle. */
export function unreachableFault(key: string, why: string): FaultError {
  return new FaultError({ code: "storage/unreachable", message: `the store did not answer (${why})`, object: key });
}

/** `storage/refused`: the store's own doorkeeper said no. */
export function refusedFault(key: string): FaultError {
  return new FaultError({ code: "storage/refused", message: "the store refuses to hand it out", object: key });
}

/** `storage/no-ranges`: whole objects only, which a log of any size is not read as. */
export function noRangesFault(key: string): FaultError {
  return new FaultError({
    code: "storage/no-ranges",
    message: "the server sends whole files only; it must support byte ranges",
    object: key,
  });
}

/** Faults: `request/cancelled`, or the fault the caller aborted with. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledFault(signal);
}

/** The fault an aborted signal stands for. */
export function cancelledFault(signal: AbortSignal): FaultError {
  if (signal.reason instanceof FaultError) return signal.reason;
  return new FaultError({ code: "request/cancelled", message: "the request was cancelled" });
}
