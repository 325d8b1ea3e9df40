/** Plain channels of measurement files as a kind of series: the selectors of one device answered from its logs, each read once. */
import { nearestNames } from "../dbc/names.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import type { ReadHost } from "../mdf/group-reader.ts";
import { type Measurement, readMeasurement } from "../mdf/measurement.ts";
import { valueTableOf } from "../mdf/value-table.ts";
import type { ChannelLabels, ChannelSelector, SeriesAnswer } from "../series/series.ts";
import { readChannels, type Taker } from "./channel-log.ts";
import { ChannelSeries } from "./channel-series.ts";
import type { LogEntry, OnWork, PlannedFile } from "./engine.ts";
import { finishSeries } from "./finish-series.ts";
import { addLedgers, emptyLedger, type Ledger, unpackedBytes } from "./ledger.ts";
import type { QueryRange } from "./log-plan.ts";
import { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import { type PlainGroup, plainGroups } from "./plain-channels.ts";
import type { Query } from "./query.ts";
import { isEmptyRange, widened, withReach } from "./range.ts";
import { unreadable, withinBudget } from "./readable-logs.ts";
import type { SeriesSource, SourceAnswer } from "./series-source.ts";

const NAMES_MAX = 8;

export const mdfChannels = (parts: EngineParts): SeriesSource => ({
  async answer(device, numbers, query, budget, signal, onWork) {
    const work = new DeviceChannels(parts, device, numbers, query);
    await work.read(budget, signal, onWork);
    return work.answer();
  },
});

class DeviceChannels {
  readonly #parts: EngineParts;
  readonly #device: string;
  readonly #numbers: readonly number[];
  readonly #selectors: readonly ChannelSelector[];
  readonly #query: Query;
  readonly #range: QueryRange;
  /** By group and channel. */
  readonly #series = new Map<string, ChannelSeries>();
  /** Series of each selector, in the order they were found. */
  readonly #found = new Map<ChannelSelector, Set<ChannelSeries>>();
  readonly #refused = new Map<ChannelSelector, string>();
  readonly #notices: Notice[] = [];
  readonly #files: PlannedFile[] = [];
  /** Channels that some log has, by the names of their groups. */
  readonly #names = new Map<string, Set<string>>();
  #logCount = 0;
  #ledger: Ledger = emptyLedger;

  constructor(parts: EngineParts, device: string, numbers: readonly number[], query: Query) {
    this.#parts = parts;
    this.#device = device;
    this.#query = query;
    this.#range = widened(query);
    const asked = numbers.flatMap((number) => {
      const selector = query.selectors[number];
      return selector?.kind === "channel" ? [{ number, selector }] : [];
    });
    this.#numbers = asked.map(({ number }) => number);
    this.#selectors = asked.map(({ selector }) => selector);
  }

  /** Logs one after the other: a measurement is one file as a rule. */
  async read(budget: { leftBytes: number | null }, signal: AbortSignal, onWork: OnWork | undefined): Promise<void> {
    const { catalogue, host: turns } = this.#parts;
    const chosen = { device: this.#device, ...withReach(this.#query, this.#range) };
    const logs = isEmptyRange(this.#range) ? [] : await catalogue.logsInRange(chosen, signal);
    const { readable } = withinBudget(logs, budget, this.#notices);
    const bytesAll = readable.reduce((sum, log) => sum + log.sizeBytes, 0);
    const host = { ...pace(turns, signal, bytesAll, onWork), codecs: this.#parts.kernels.codecs };
    this.#logCount = readable.length;
    for (const log of readable) {
      try {
        await this.#readLog(log, host);
      } catch (error) {
        if (!isOfOneObject(error)) throw error;
        this.#notices.push(unreadable(log.key, error.fault));
      }
    }
  }

  async #readLog(log: LogEntry, host: ReadHost): Promise<void> {
    const { source, mdf, unpacked } = await this.#parts.openDecodable(log.key, host.signal);
    const measurement = await readMeasurement(source, host.signal);
    const baseNs = log.startNs ?? measurement.header.startNs;
    const place = { file: log.key, session: log.session, baseNs };
    const takers = await this.#takers(measurement, plainGroups(measurement), place);
    const samplesBefore = this.#samples();
    const { ledger, extents, notices, refused } = await readChannels(measurement, [...takers.keys()], mdf.unpackedBytes, host);
    for (const [taker, { end, selectors }] of takers) {
      const why = refused.get(taker);
      if (why === undefined) end();
      else
        for (const selector of selectors)
          this.#refused.set(selector, `${taker.plain.name} of ${taker.group.name} has no curve: ${why}`);
    }
    const samples = this.#samples() - samplesBefore;
    this.#ledger = addLedgers(this.#ledger, { ...ledger, values: samples, samples, ...unpackedBytes(unpacked) });
    this.#notices.push(...notices);
    this.#files.push({ key: log.key, version: source.version, sizeBytes: source.sizeBytes, reads: extents });
  }

  /** One for each channel of the log that a selector names. */
  async #takers(measurement: Measurement, groups: readonly PlainGroup[], place: Parameters<ChannelSeries["begin"]>[0]) {
    const takers = new Map<Taker, { readonly end: () => void; readonly selectors: readonly ChannelSelector[] }>();
    for (const group of groups) {
      const names = this.#names.get(group.name) ?? new Set();
      this.#names.set(group.name, names);
      const asking = this.#selectors.filter((selector) => (selector.group ?? group.name) === group.name);
      if (asking.length === 0) continue;
      for (const plain of group.channels) {
        names.add(plain.name);
        const selectors = asking.filter((selector) => selector.channel === plain.name);
        if (selectors.length === 0) continue;
        const series = this.#grow({ kind: "channel", device: this.#device, group: group.name, channel: plain.name });
        series.unit ||= plain.channel.unit;
        series.valueTable ??= await valueTableOf(measurement, plain.channel);
        for (const selector of selectors) this.#found.set(selector, (this.#found.get(selector) ?? new Set()).add(series));
        const samples = series.begin(place, measurement.header.startNs);
        takers.set({ group, plain, take: (batch) => samples.add(batch) }, { end: () => samples.end(), selectors });
      }
    }
    return takers;
  }

  #grow(labels: ChannelLabels): ChannelSeries {
    const key = `${labels.group}\n${labels.channel}`;
    const series = this.#series.get(key) ?? new ChannelSeries(labels, this.#query, this.#range);
    this.#series.set(key, series);
    return series;
  }

  #samples(): number {
    let sum = 0;
    for (const { samples } of this.#series.values()) sum += samples;
    return sum;
  }

  answer(): SourceAnswer {
    const series = this.#selectors.flatMap((selector, i) => this.#answersTo(selector, this.#numbers[i] ?? 0));
    return { series, ledger: this.#ledger, files: this.#files, rules: [] };
  }

  #answersTo(selector: ChannelSelector, number: number): SeriesAnswer[] {
    const answers = [...(this.#found.get(selector) ?? [])].flatMap((series) => {
      const finished = finishSeries(series, this.#query, this.#range);
      if (finished === null) return [];
      const { segments, stats, notice } = finished;
      const { labels, unit, valueTable } = series;
      const about = { selector: number, labels, unit, decimals: null, valueTable };
      const more = [...this.#notices, ...invalidNotice(series), ...(notice ? [notice] : [])];
      return [{ ...about, segments, stats, notices: more }];
    });
    return answers.length > 0 ? answers : [this.#empty(selector, number)];
  }

  #empty(selector: ChannelSelector, number: number): SeriesAnswer {
    const why: Notice = { severity: "warning", text: this.#why(selector) };
    const labels = { ...selector, group: selector.group ?? "" };
    const invalid = [...(this.#found.get(selector) ?? [])].flatMap(invalidNotice);
    return {
      selector: number,
      labels,
      unit: "",
      decimals: null,
      valueTable: null,
      segments: [],
      stats: null,
      notices: [why, ...invalid, ...this.#notices],
    };
  }

  /** One sentence that names what is there instead. */
  #why(selector: ChannelSelector): string {
    const refused = this.#refused.get(selector);
    if (refused !== undefined) return refused;
    const { fromNs, toNs } = this.#query;
    if (fromNs !== null && toNs !== null && fromNs >= toNs) return "The range is empty: it does not begin before it ends";
    if (this.#logCount === 0) return `${this.#device} has no log in this range that can be read`;
    if (this.#found.has(selector)) return `${selector.channel} has no valid sample in this range`;
    const { group, channel } = selector;
    const own = group === undefined ? new Set([...this.#names.values()].flatMap((names) => [...names])) : this.#names.get(group);
    if (own === undefined)
      return `The logs of ${this.#device} have no group ${group}. ${listed(group ?? "", new Set(this.#names.keys()))}`;
    const where = group === undefined ? `The logs of ${this.#device} have` : `The group ${group} has`;
    return `${where} no channel ${channel}. ${listed(channel, own)}`;
  }
}

function listed(name: string, there: ReadonlySet<string>): string {
  const nearest = nearestNames(name, there, 3);
  if (nearest.length > 0) return `Nearest: ${nearest.join(", ")}`;
  const names = [...there].slice(0, NAMES_MAX).join(", ");
  return names === ""
    ? "There are none"
    : `There are: ${names}${there.size > NAMES_MAX ? ` and ${there.size - NAMES_MAX} more` : ""}`;
}

function invalidNotice({ labels, invalid, samples }: ChannelSeries): Notice[] {
  if (invalid === 0) return [];
  const text = `${labels.channel}: ${invalid} of ${invalid + samples} samples are left out, which the file marks as not valid or gives no time`;
  return [{ severity: "info", text }];
}
