/** What was learnt of logs, kept by a host beyond the life of an engine. */
import type { KeptPass } from "../canedge/open-log.ts";
import type { FoundTimes } from "../kernel/stream-times.ts";
import type { SurveyedStream } from "../kernel/survey.ts";
import type { ByteSource } from "../store/source.ts";
import type { HeardLog } from "./heard-log.ts";
import type { LogLosses } from "./log-losses.ts";

export interface LogIndex {
  /** Of one version of an object of the store. Faults: those of the source. */
  open(outer: ByteSource, signal: AbortSignal): Promise<KeptLog>;
}

/** Reads give null where nothing is kept, or nothing that can be understood; what cannot be kept is forgotten silently. */
export interface KeptLog extends KeptPass {
  heard(): Promise<HeardLog | null>;
  keepHeard(heard: HeardLog): void;
  /** By the number of the stream in the file; null: not known. */
  times(): Promise<readonly (FoundTimes | null)[] | null>;
  keepTimes(times: readonly (FoundTimes | null)[]): void;
  /** Of the transport streams that were asked about, whatever the database. */
  streams(): Promise<readonly SurveyedStream[] | null>;
  keepStreams(streams: readonly SurveyedStream[]): void;
  losses(): Promise<LogLosses | null>;
  keepLosses(losses: LogLosses): void;
}
