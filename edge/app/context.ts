/** What the app is given by its host: it imports no store, no clock and no file. */
import type { DbcEncoding } from "../../core/dbc/encoding.ts";
import type { Engine } from "../../core/query/engine.ts";
import type { LogStore } from "../../core/store/source.ts";
import type { TokenCheck } from "./access.ts";

/** Text of a DBC that does not lie in the store (`--dbc`). */
export interface GivenDbc {
  /** As `Dbc.file` has it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Absent: the bytes decide. */
  readonly encoding?: DbcEncoding | null;
}

export interface AppOptions {
  readonly engine: Engine;
  /** The logs, for those who want the bytes themselves. */
  readonly store: LogStore;
  readonly checkToken: TokenCheck;
  /** Exact origins (`http://grafana.example`) whose pages may read answers. */
  readonly allowedOrigins: readonly string[];
  /** ms since 1970; may stand still. */
  readonly now: () => number;
  /** Answers GET below /view/; null: this host has no viewer. */
  readonly assets: ((request: Request) => Promise<Response>) | null;
  /** Bytes of logs one request may read; null = no limit. */
  readonly budgetBytes: number | null;
  /** Samples of one series in one answer; absent or null = no limit. */
  readonly budgetPoints?: number | null;
  /** Of a request's body; absent = `BODY_BYTES_MAX`. */
  readonly bodyBytesMax?: number;
  readonly givenDbcs: readonly GivenDbc[];
  /** Told what went wrong on our side: the log of the host. Never shown to the client. */
  readonly report: (error: unknown) => void;
}

/** A handler's view of one request. */
export interface Asked {
  readonly request: Request;
  readonly url: URL;
  readonly app: AppOptions;
}

export type Handler = (asked: Asked) => Promise<Response>;
export type Handlers = Readonly<Partial<Record<"GET" | "POST", Handler>>>;
