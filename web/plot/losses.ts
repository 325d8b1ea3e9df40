/** Lost messages of transport protocols: asked for once a plot stands, and which plotted signals they are missing from. */

import { idText } from "../../core/bus/id-text.ts";
import { pgnOf } from "../../core/dbc/match.ts";
import type { Fault } from "../../core/fault.ts";
import type { FoundLosses, Reply, WorkId } from "../../worker/api.ts";
import type { SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";

export interface LossFinder {
  /** Call after every change of the state. */
  pump(state: State): void;
  /** In the logs that nobody looked through, since that was not asked for. Until it is done, cancelled or failed. */
  look(): Promise<void>;
}

export interface LossFinderHost {
  ask(work: WorkId, device: string, isAsked: boolean): PromiseLike<Reply<FoundLosses>>;
  nextWork(): WorkId;
  /** What a person waits for, and can cancel. */
  work(run: (id: WorkId) => PromiseLike<Reply<FoundLosses>>): Promise<Reply<FoundLosses>>;
  fail(fault: Fault): void;
}

/** One device after the other, behind the first exact picture and all of its ids: marks can wait, curves cannot. A device that cannot be asked has no marks. */
export function createLossFinder(
  store: Pick<Store, "get" | "dispatch">,
  { ask, nextWork, work, fail }: LossFinderHost,
): LossFinder {
  let asked: { readonly catalogue: State["catalogue"]; readonly devices: Set<string> } | null = null;
  let isAsking = false;

  function pump({ catalogue, heard, last, plotted }: State): void {
    if (asked?.catalogue !== catalogue) asked = { catalogue, devices: new Set() };
    if (isAsking || last === null) return;
    const { devices } = asked;
    const device = Object.values(plotted)
      .map(({ info }) => info.selector.device)
      .find((name) => heard[name]?.isWhole === true && !devices.has(name));
    if (device === undefined) return;
    devices.add(device);
    void find(device, catalogue);
  }

  async function find(device: string, catalogue: State["catalogue"]): Promise<void> {
    isAsking = true;
    const reply = await ask(nextWork(), device, false);
    isAsking = false;
    if (store.get().catalogue !== catalogue) return;
    if (reply.ok) store.dispatch({ type: "losses", device, ...reply.value });
    pump(store.get());
  }

  async function look(): Promise<void> {
    const { catalogue, unsought } = store.get();
    for (const device of Object.keys(unsought)) {
      const reply = await work((id) => ask(id, device, true));
      if (store.get().catalogue !== catalogue) return;
      if (reply.ok) store.dispatch({ type: "losses", device, ...reply.value });
      else {
        if (reply.fault.code !== "request/cancelled") fail(reply.fault);
        return;
      }
    }
  }

  return { pump, look };
}

const known = new WeakMap<State["heard"], Map<string, ReadonlySet<string>>>();

/** Streams (`CAN 1, ISO-TP 7EC`) that a signal's message may come by; kept as long as what was heard. */
export function streamsOf(heard: State["heard"], { id, selector }: SignalInfo): ReadonlySet<string> {
  const byId = known.get(heard) ?? new Map<string, ReadonlySet<string>>();
  known.set(heard, byId);
  const streams = byId.get(id) ?? findStreams(heard, selector);
  byId.set(id, streams);
  return streams;
}

function findStreams(heard: State["heard"], selector: SignalInfo["selector"]): ReadonlySet<string> {
  const streams = new Set<string>();
  if (selector.kind === "channel") return streams;
  for (const { bus, channel, id, extended, matches } of heard[selector.device]?.ids ?? []) {
    if (bus !== "CAN" || channel !== (selector.channel ?? channel)) continue;
    for (const { db, message, rule } of matches) {
      if (message !== selector.message || db !== (selector.db ?? db)) continue;
      streams.add(`CAN ${channel}, ISO-TP ${idText(id, extended)}`);
      if (extended) streams.add(`CAN ${channel}, fast packet PGN ${pgnOf(id)}`);
      if (rule === "transport") streams.add(`CAN ${channel}, J1939 TP`);
    }
  }
  return streams;
}
