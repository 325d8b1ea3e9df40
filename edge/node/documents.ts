/** The documents of core/facts for files of this system. One call each, so that what they need stands in one place. */
import { FaultError, type Notice } from "../../core/fault.ts";
import type { ByteSource } from "../../core/store/source.ts";
import type { GivenDbc } from "../app/context.ts";

/** JSON text, and what a person should know about the file. */
export interface Document {
  readonly text: string;
  readonly notices: readonly Notice[];
}

/** Schema buslens-frames/1. Faults: `input/*`, `storage/*`. */
export async function framesDocument(_source: ByteSource, _name: string, _signal: AbortSignal): Promise<Document> {
  throw new FaultError({ code: "bug/unexpected", message: "frames facts are not there yet" });
}

/** Schema buslens-signals/1. Faults: `input/*`, `storage/*`. */
export async function signalsDocument(
  _source: ByteSource,
  _name: string,
  _dbc: GivenDbc,
  _signal: AbortSignal,
): Promise<Document> {
  throw new FaultError({ code: "bug/unexpected", message: "signals facts are not there yet" });
}
