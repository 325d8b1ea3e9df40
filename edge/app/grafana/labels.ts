/** Labels of a series in the words of targets: Grafana's tags, the names of series, and what ad hoc filters compare. */
import type { SeriesLabels, SeriesSelector } from "../../../core/series/series.ts";
import { saText } from "./variables.ts";

/** In the order of a series' name. */
export function labelsAsTags(labels: SeriesLabels): Readonly<Record<string, string>> {
  if (labels.kind === "channel") return { device: labels.device, group: labels.group, channel: labels.channel };
  const { device, bus, channel, db, message, sourceAddress, signal } = labels;
  const address = sourceAddress === null ? {} : { sa: saText(sourceAddress) };
  return { device, itf: bus, chn: `CH${channel}`, db: db.toLowerCase(), message, ...address, signal };
}

/** As far as they were asked for. */
export function tagsOfAsk(selector: SeriesSelector): Readonly<Record<string, string>> {
  const tags: Record<string, string> = { device: selector.device };
  if (selector.kind === "channel") {
    tags.channel = selector.channel;
    if (selector.group !== undefined) tags.group = selector.group;
    return tags;
  }
  const { bus, channel, db, message, sourceAddress, signal } = selector;
  if (bus !== undefined) tags.itf = bus;
  if (channel !== undefined) tags.chn = `CH${channel}`;
  if (db !== undefined) tags.db = db.toLowerCase();
  if (message !== undefined) tags.message = message;
  if (sourceAddress !== undefined) tags.sa = saText(sourceAddress);
  tags.signal = signal;
  return tags;
}
