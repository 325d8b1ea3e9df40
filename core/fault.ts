/** What can go wrong, as plain data: Comlink and HTTP keep only data (design: errors are data). */

/** Six families, by who must act: the file, the query, the token or password, the store, the amount, us. */
export type FaultCode =
  | "input/empty"
  | "input/not-mdf"
  | "input/unsupported-version"
  | "input/unsupported"
  | "input/bad-block"
  | "input/bad-container"
  | "input/bad-record"
  | "input/truncated"
  | "input/bad-dbc"
  | "input/bad-passwords"
  | "request/bad-json"
  | "request/bad-parameter"
  | "request/unknown-series"
  | "request/not-found"
  | "request/method-not-allowed"
  | "request/cancelled"
  | "access/token-needed"
  | "access/token-wrong"
  | "access/wrong-host"
  | "access/password-needed"
  | "access/password-wrong"
  | "access/not-authentic"
  | "access/no-cryptography"
  | "storage/missing"
  | "storage/changed"
  | "storage/short"
  | "storage/no-ranges"
  | "storage/refused"
  | "storage/cors"
  | "storage/unreachable"
  | "limit/too-large"
  | "limit/too-many"
  | "bug/unbalanced"
  | "bug/unexpected";

export interface Fault {
  readonly code: FaultCode;
  /** One sentence for a person: what, where, what to do. Without the object's name, which stands in `object`. */
  readonly message: string;
  /** Key of the object (log or DBC) the fault is about. */
  readonly object?: string;
  /** Offset in the object, bytes. */
  readonly atByte?: number;
  /** 1-based position in a text object (DBC). */
  readonly line?: number;
  readonly column?: number;
  readonly found?: string | number;
  readonly allowed?: string | number;
  /** Of a damaged or cut log: whole frames before `atByte`, and bytes of records from there on, none of which is read. */
  readonly read?: { readonly frames: number; readonly leftBytes: number };
}

/** The only error class that core throws on purpose. Carries `fault`; the boundary catches it once. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(`${fault.object === undefined ? "" : `${fault.object}: `}${fault.message} (${fault.code})`);
    this.fault = fault;
  }
}

/** A fault of one object, which the rest of the work outlives: told in a notice. The others end the request. */
export function isOfOneObject(error: unknown): error is FaultError {
  if (!(error instanceof FaultError)) return false;
  return error.fault.code !== "request/cancelled" && !error.fault.code.startsWith("bug/");
}

/** Something an answer's reader should know; never a reason to fail. */
export interface Notice {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  readonly fault?: Fault;
}

/** For our own mistakes, never for a user's file. Faults: `bug/unexpected`. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new FaultError({ code: "bug/unexpected", message: why });
}
