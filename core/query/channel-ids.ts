/** What occurs on the channels of a device, with some payloads: what databases are compared with. */
import type { FitId } from "../dbc/best-fit.ts";
import { isOfOneObject } from "../fault.ts";
import { readFrames } from "../kernel/frames.ts";
import type { HeardChannels } from "./binding.ts";
import type { HeardLog } from "./heard-log.ts";
import { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";

/** Payloads looked at of each identifier. */
const PAYLOADS_MAX = 8;
const KEPT_MAX = 256;

/** Of the newest log of a device, so that all ranges get the same answer; kept by its version. Empty where it cannot be read. */
export function channelIds(parts: Omit<EngineParts, "channelIds">) {
  const kept = new Map<string, HeardChannels>();
  return async (device: string, signal: AbortSignal): Promise<HeardChannels> => {
    const log = await parts.catalogue.newestLog(device, signal);
    if (!log || log.fault) return new Map();
    const name = `${log.key}\n${log.version}`;
    const known = kept.get(name);
    if (known) return known;
    try {
      const heard = await parts.heardLog(log.key, signal);
      const found = idsByChannel([heard], await payloadsOf(parts, log.key, log.sizeBytes, signal));
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? "");
      kept.set(name, found);
      return found;
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      return new Map();
    }
  };
}

type Payloads = ReadonlyMap<string, readonly Uint8Array[]>;

export function idsByChannel(logs: readonly HeardLog[], payloads: Payloads = new Map()): HeardChannels {
  const channels = new Map<string, FitId[]>();
  for (const { ids } of logs) {
    for (const { bus, channel, id, extended, kind, frames, minBytes, maxBytes } of ids) {
      if (kind !== "data") continue;
      const list = channels.get(`${bus}${channel}`) ?? [];
      channels.set(`${bus}${channel}`, list);
      const name = `${bus}${channel} ${id} ${extended}`;
      list.push({
        ...{ id, extended, frames, minLengthBytes: minBytes, maxLengthBytes: maxBytes },
        payloads: payloads.get(name) ?? [],
      });
    }
  }
  return channels;
}

/** The first payloads of each identifier, of the first frames of a log. */
async function payloadsOf(
  parts: Omit<EngineParts, "channelIds">,
  key: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<Payloads> {
  const { source, mdf } = await parts.openDecodable(key, signal);
  const payloads = new Map<string, Uint8Array[]>();
  await parts.kernels.use(async (kernel) => {
    for await (const batch of readFrames(kernel, source, mdf, pace(parts.host, signal, sizeBytes, undefined))) {
      for (let row = 0; row < batch.rowCount; row++) {
        if (batch.kind(row) !== "data") continue;
        const name = `${batch.bus(row)}${batch.channel(row)} ${batch.id(row)} ${batch.extended(row)}`;
        const list = payloads.get(name) ?? [];
        payloads.set(name, list);
        if (list.length < PAYLOADS_MAX) list.push(batch.payload(row).slice());
      }
      return;
    }
  });
  return payloads;
}
