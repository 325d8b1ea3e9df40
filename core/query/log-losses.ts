/** What the transport streams of one log lost: looked for once, in one walk, and kept by file version. */
import type { StreamKey, TransportLoss } from "../bus/transport-account.ts";
import { busiest, mightSpeak, surveySpeaking } from "../kernel/survey.ts";
import type { OnWork } from "./engine.ts";
import { type Host, pace } from "./pace.ts";
import { heardCanIds, type TransportParts } from "./transports.ts";

/** Of one stream that speaks its protocol and lost something. */
export interface StreamLosses {
  readonly key: StreamKey;
  /** In the order they were noticed; times are ns since the file's start. */
  readonly losses: readonly Pick<TransportLoss, "timeNs" | "cause" | "frames">[];
}

/** Of all streams of a log, the first 1024 losses. */
export type LogLosses = readonly StreamLosses[];

/** A log, opened once: at an address every opening is a request. */
export interface LookedAt {
  readonly startNs: bigint;
  /** Found before, or kept by the host, or there can be none. null: the log has to be walked. */
  readonly known: LogLosses | null;
  /** Faults: those of the source. */
  walk(host: Host, onWork?: OnWork): Promise<LogLosses>;
}

/** Listens to the log first, unless its losses are known. Faults: those of the source. */
export type LookAt = (key: string, signal: AbortSignal) => Promise<LookedAt>;

const LOGS_MAX = 1024;

export function lossWalks(parts: TransportParts): LookAt {
  const found = new Map<string, LogLosses>();

  function remember(name: string, losses: LogLosses): LogLosses {
    if (!found.has(name) && found.size >= LOGS_MAX) found.delete(found.keys().next().value ?? "");
    found.set(name, losses);
    return losses;
  }

  return async (key, signal) => {
    const { source, mdf, kept } = await parts.openDecodable(key, signal);
    const { startNs } = mdf.header;
    const name = `${source.version}\n${source.sizeBytes}\n${key}`;
    const before = found.get(name) ?? (await kept?.losses()) ?? null;
    if (before !== null) return { startNs, known: remember(name, before), walk: async () => before };
    const heard = await parts.heardLog(key, signal);
    const { ids } = busiest(heardCanIds(heard));
    return {
      startNs,
      known: mightSpeak(ids) ? null : remember(name, []),
      async walk(host, onWork) {
        const paced = pace(host, signal, source.sizeBytes, onWork);
        const { streams, hasFailed } = await parts.kernels.use((kernel) =>
          surveySpeaking(ids, { kernel, source, mdf, host: paced }),
        );
        const losses = streams.flatMap(({ account, losses: own }) => (own.length === 0 ? [] : { key: account.key, losses: own }));
        // What the store did not give this time it may give the next.
        if (hasFailed || !heard.isWhole) return losses;
        kept?.keepLosses(losses);
        return remember(name, losses);
      },
    };
  };
}
