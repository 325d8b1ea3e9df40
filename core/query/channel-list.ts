/** The plain channels of the logs: what can be asked for beside the signals of frames. */
import { isOfOneObject, type Notice } from "../fault.ts";
import { isVirtual } from "../mdf/measured-channel.ts";
import { readMeasurement } from "../mdf/measurement.ts";
import { rawKind } from "../mdf/raw-value.ts";
import { timeAxis } from "../mdf/time-axis.ts";
import type { ChannelEntry, ChannelList } from "./engine.ts";
import type { EngineParts } from "./parts.ts";
import { type PlainChannel, plainGroups } from "./plain-channels.ts";
import { unreadable } from "./readable-logs.ts";

/** The newest logs of a device; their headers are read. */
const LOGS_MAX = 64;

/** Channels by device, group and name in the order of the files; of several logs together. Faults: of the listing, `request/cancelled`. */
export async function channelList(
  parts: EngineParts,
  { device, key }: { readonly device?: string; readonly key?: string },
  signal: AbortSignal,
): Promise<ChannelList> {
  const asked = { ...(device === undefined ? {} : { device }), fromNs: null, toNs: null };
  const logs = (await parts.catalogue.logsInRange(asked, signal)).filter((log) => key === undefined || log.key === key);
  const channels = new Map<string, ChannelEntry>();
  const notices: Notice[] = [];
  if (logs.length > LOGS_MAX)
    notices.push({ severity: "info", text: `Only the newest ${LOGS_MAX} of ${logs.length} logs were searched for channels` });
  for (const log of logs.slice(-LOGS_MAX)) {
    if (log.fault) continue;
    try {
      const { source, mdf } = await parts.openDecodable(log.key, signal);
      if (mdf.measuredGroups === 0) continue;
      const measurement = await readMeasurement(source, signal);
      for (const { name, group, channels: own } of plainGroups(measurement)) {
        const axis = timeAxis(measurement, group);
        for (const plain of own) {
          const id = `${log.device}\n${name}\n${plain.name}`;
          const before = channels.get(id);
          const count = group.cycleCount === null || before?.count === null ? null : (before?.count ?? 0) + group.cycleCount;
          const why = typeof axis === "string" ? axis : whyNot(plain);
          channels.set(id, { device: log.device, group: name, channel: plain.name, unit: plain.channel.unit, count, why });
        }
      }
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(unreadable(log.key, error.fault));
    }
  }
  return { channels: [...channels.values()], notices };
}

function whyNot({ channel }: PlainChannel): string | null {
  if (isVirtual(channel)) return null;
  const raw = rawKind(channel.dataType, channel);
  if (typeof raw === "string") return raw;
  if (raw.kind === "number") return null;
  if (raw.kind === "text") return channel.conversionLink === 0 ? "it holds texts, not numbers" : null;
  return raw.kind === "bytes" ? "it holds bytes, not numbers" : "it holds complex numbers";
}
