/** An engine of a few known series, for tests of what lies in front of it: names, order, streaming, faults. */

import type { Dbc } from "../../../core/dbc/model.ts";
import type { Fault } from "../../../core/fault.ts";
import { FaultError } from "../../../core/fault.ts";
import type { Engine, LogEntry } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import type { Query } from "../../../core/query/query.ts";
import type { Segment, SeriesAnswer, SignalSelector } from "../../../core/series/series.ts";
import { signalSelector } from "../../support/labels.ts";

export const MODULE_HASH = "ab".repeat(32);

/** `[value, epoch ns]` pairs as one segment. */
export function segment(points: readonly (readonly [number, bigint])[], session = "00000001"): Segment {
  const baseNs = points[0]?.[1] ?? 0n;
  return {
    file: `2F6913DB/${session}/00000001.MF4`,
    session,
    baseNs,
    timesNs: Float64Array.from(points, ([, timeNs]) => Number(timeNs - baseNs)),
    values: Float64Array.from(points, ([value]) => value),
  };
}

export interface FakeOptions {
  /** Points by signal name; a signal that is not here is answered empty, with a notice. */
  readonly series?: Readonly<Record<string, readonly Segment[]>>;
  readonly logs?: readonly LogEntry[];
  readonly dbcs?: readonly Dbc[];
  /** Thrown instead of the answer to this signal. */
  readonly failAt?: Readonly<Record<string, unknown>>;
  /** Waits here before each answer. */
  readonly gate?: (signal: AbortSignal) => Promise<void>;
  /** Signs of life before each answer. */
  readonly works?: number;
  /** Messages that a selector without merge is answered for. */
  readonly messages?: readonly string[];
}

export interface FakeEngine extends Engine {
  readonly queries: Query[];
}

export function fakeEngine(options: FakeOptions = {}): FakeEngine {
  const queries: Query[] = [];
  const logs = options.logs ?? [];
  return {
    moduleHash: MODULE_HASH,
    queries,
    devices: async () =>
      [...new Set(logs.map(({ device }) => device))].map((device) => ({ device, name: device === "2F6913DB" ? "my car" : "" })),
    logs: async ({ device, fromNs, toNs }) =>
      logs.filter(
        (log) =>
          (device === undefined || log.device === device) &&
          (log.startNs === null || ((toNs ?? null) === null ? true : log.startNs < (toNs ?? 0n))) &&
          (log.endNs === null || ((fromNs ?? null) === null ? true : log.endNs >= (fromNs ?? 0n))),
      ),
    heard: async () => ({
      ids: [],
      transports: [],
      firstNs: 1_000_000_000n,
      lastNs: 61_000_000_000n,
      ledger: emptyLedger,
      notices: [],
    }),
    heardSoFar: async () => {
      throw new Error("only the viewer asks for what was heard so far");
    },
    events: async () => ({ events: [], notices: [] }),
    channels: async () => ({ channels: [], notices: [] }),
    frames: async () => ({
      rows: [],
      hasMore: false,
      account: { files: 0, bytes: 0, frames: 0, outOfRange: 0, otherKind: 0, filtered: 0, matched: 0 },
      notices: [],
    }),
    busLoad: async () => ({
      rows: [],
      account: { files: 0, bytes: 0, frames: 0, outOfRange: 0, otherKind: 0, filtered: 0, matched: 0 },
      notices: [],
    }),
    losses: async () => ({ losses: [], leftBytes: 0, notices: [] }),
    dbcs: async () => options.dbcs ?? [],
    fits: async () => [],
    edition: async () => null,
    query: (query, signal, onWork) => {
      queries.push(query);
      return { series: answers(query, signal, onWork), ledger: () => emptyLedger, files: () => [] };
    },
    explain: async () => ({ files: [], rules: [], ledger: emptyLedger, whyEmpty: ["nothing asked"], notices: [] }),
  };

  async function* answers(
    query: Query,
    signal: AbortSignal,
    onWork?: (done: { bytes: number; bytesAll: number }) => void,
  ): AsyncGenerator<SeriesAnswer> {
    for (const [index, selector] of query.selectors.map(signalSelector).entries()) {
      for (let work = 0; work < (options.works ?? 0); work++) {
        onWork?.({ bytes: work, bytesAll: options.works ?? 0 });
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await options.gate?.(signal);
      if (signal.aborted) throw new FaultError({ code: "request/cancelled", message: "the request was cancelled" });
      const failure = options.failAt?.[selector.signal];
      if (failure !== undefined) throw failure;
      const messages = selector.merge === true ? [""] : (options.messages ?? ["Message1"]);
      for (const message of messages) yield answerOf(index, selector, message);
    }
  }

  function answerOf(index: number, selector: SignalSelector, message: string): SeriesAnswer {
    const segments = options.series?.[selector.signal] ?? [];
    const { device, bus = "CAN", channel = 1, db = "", sourceAddress = null, signal } = selector;
    return {
      selector: index,
      labels: { device, bus, channel, db, message, sourceAddress, signal },
      unit: "m/s",
      decimals: 2,
      valueTable: null,
      segments,
      stats: null,
      notices: segments.length > 0 ? [] : [{ severity: "warning", text: `no signal is called ${signal}` }],
    };
  }
}

/** A log with times in seconds. */
export function logEntry(key: string, startS: number | null, endS: number | null, fault: Fault | null = null): LogEntry {
  const [device = "", session = "", file = ""] = key.split("/");
  const startNs = startS === null ? null : BigInt(startS) * 1_000_000_000n;
  const endNs = endS === null ? null : BigInt(endS) * 1_000_000_000n;
  return {
    key,
    device,
    session,
    split: Number(file.slice(0, 8)),
    sizeBytes: 3_000_000,
    version: "v1",
    startNs,
    storedFirstNs: startNs,
    endNs,
    header: null,
    fault,
  };
}
