/** Engines over the drive of the fixtures, in any runtime. */
import { createEngine, type EngineOptions } from "../../core/query/create.ts";
import type { Engine } from "../../core/query/engine.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import type { LogStore } from "../../core/store/source.ts";
import type { Drive } from "../../fixtures/drive.ts";

export interface LoadedKernel {
  readonly module: WebAssembly.Module;
  readonly moduleHash: string;
}

/** No clock, and a turn of the loop at each yield. */
export const turns = { yield: () => new Promise<void>((done) => setTimeout(done, 0)) };
/** Does not even give way. */
export const still = { yield: async () => undefined };

/** The logs and the DBCs of a drive. */
export function driveStore(drive: Pick<Drive, "files" | "dbcs">, windowBytes?: number): MemoryStore {
  const text = new TextEncoder();
  return new MemoryStore(
    [
      ...drive.files.map(({ key, bytes }) => [key, bytes] as const),
      ...drive.dbcs.map((dbc) => [dbc.name, text.encode(dbc.text)] as const),
    ],
    windowBytes === undefined ? {} : { windowBytes },
  );
}

export const engineOver = (kernel: LoadedKernel, store: LogStore, more: Partial<EngineOptions> = {}): Engine =>
  createEngine({ ...kernel, store, host: still, ...more });

export const never = (): AbortSignal => new AbortController().signal;
