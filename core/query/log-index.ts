/** What was learnt of logs, kept by a host beyond the life of an engine. */
import type { FoundTimes } from "../kernel/stream-times.ts";
import type { ByteSource } from "../store/source.ts";
import type { HeardLog } from "./heard-log.ts";

export interface LogIndex {
  /** Of one version of an object of the store. Faults: those of the source. */
  open(outer: ByteSource, signal: AbortSignal): Promise<KeptLog>;
}

/** Reads give null where nothing is kept, or nothing that can be understood; what cannot be kept is forgotten silently. */
export interface KeptLog {
  heard(): Promise<HeardLog | null>;
  keepHeard(heard: HeardLog): void;
  /** By the number of the stream in the file; null: not known. */
  times(): Promise<readonly (FoundTimes | null)[] | null>;
  keepTimes(times: readonly (FoundTimes | null)[]): void;
}
