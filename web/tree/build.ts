/** The tree of what really occurs: device → channel → message → source address (if several) → signal, then ids no DBC knows. */

import { idText } from "../../core/bus/id-text.ts";
import type { HeardId, HeardMatch } from "../../core/query/engine.ts";
import type { DeviceHeard } from "../../worker/api.ts";
import { groupBy } from "../group.ts";
import type { Lane, SignalInfo } from "../state/model.ts";
import { recordedRateHz } from "./rates.ts";

interface Base {
  /** Unique and stable: open and closed rows are remembered by it. */
  readonly key: string;
  readonly depth: number;
  readonly label: string;
  readonly detail: string;
  readonly rateHz: number | null;
  readonly frames: number;
}

export interface Branch extends Base {
  readonly kind: "device" | "channel" | "message" | "source" | "plain" | "group" | "unmatched";
  readonly children: readonly Node[];
}

export interface SignalLeaf extends Base {
  readonly kind: "signal";
  readonly info: SignalInfo;
  readonly selectedBy: string | null;
  /** "m3": only in frames whose multiplexor has this value. */
  readonly mux: string | null;
  /** Identifiers of its frames, lower-case hex, for the search. */
  readonly ids: string;
}

export interface IdLeaf extends Base {
  readonly kind: "id";
}

export type Node = Branch | SignalLeaf | IdLeaf;

const byLabel = (a: Node, b: Node): number => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0);

export function buildTree(heard: readonly DeviceHeard[], deviceNames: ReadonlyMap<string, string>): Branch[] {
  return heard.map((device) => ({
    kind: "device",
    key: device.device,
    depth: 0,
    label: device.device,
    detail: deviceNames.get(device.device) ?? "",
    rateHz: null,
    frames: sumFrames(device.ids),
    children: [...channels(device), ...plainChannels(device)],
  }));
}

/** Channels of measured values, by group; those without a curve say why in their row. */
function plainChannels({ device, channels: all, firstNs, lastNs }: DeviceHeard): Branch[] {
  if (all.length === 0) return [];
  const key = `${device}/plain`;
  const groups = [...groupBy(all, ({ group }) => group)].map(([group, own]): Branch => {
    const children = own.map((channel): SignalLeaf => {
      const frames = channel.count ?? 0;
      const info: SignalInfo = {
        id: `${key}/${group}/${channel.channel}`,
        selector: { kind: "channel", device, group, channel: channel.channel },
        name: channel.channel,
        message: group,
        source: group,
        unit: channel.unit,
        frames,
        rateHz: null,
        firstNs: firstNs ?? 0n,
        lastNs: lastNs ?? 0n,
        lane: null,
        comment: channel.why,
        scaling: null,
        absent: channel.why !== null,
      };
      const base = { key: info.id, depth: 3, label: channel.channel, detail: channel.unit };
      return { kind: "signal", ...base, rateHz: null, frames, info, selectedBy: null, mux: null, ids: "" };
    });
    const frames = Math.max(0, ...own.map(({ count }) => count ?? 0));
    return { kind: "group", key: `${key}/${group}`, depth: 2, label: group, detail: "", rateHz: null, frames, children };
  });
  const frames = groups.reduce((sum, group) => sum + group.frames, 0);
  return [{ kind: "plain", key, depth: 1, label: "Plain channels", detail: "", rateHz: null, frames, children: groups }];
}

const known = new WeakMap<DeviceHeard, readonly Branch[]>();

/** Built once for what was heard of a device: tree and palette ask for the same, and another device changes nothing here. */
function channels(given: DeviceHeard): readonly Branch[] {
  const branches = known.get(given) ?? buildChannels(given);
  known.set(given, branches);
  return branches;
}

function buildChannels(given: DeviceHeard): Branch[] {
  const device = { ...given, ids: given.ids.map((id) => ({ ...id, rateHz: recordedRateHz(id, given.logs) })) };
  const groups = groupBy(device.ids, (id) => `${id.bus} ${id.channel}`);
  return [...groups]
    .map(([label, ids]): Branch => {
      const key = `${device.device}/${label}`;
      const dbs = new Set(ids.flatMap((id) => id.matches.map((m) => m.db)));
      return {
        kind: "channel",
        key,
        depth: 1,
        label,
        detail: [...dbs].join(", "),
        rateHz: null,
        frames: sumFrames(ids),
        children: [...messages(device, key, ids), ...unmatched(key, ids)],
      };
    })
    .sort(byLabel);
}

const sumFrames = (ids: readonly HeardId[]): number => ids.reduce((sum, id) => sum + id.frames, 0);
const sumRates = (ids: readonly HeardId[]): number | null =>
  ids.every((id) => id.rateHz === null) ? null : ids.reduce((sum, id) => sum + (id.rateHz ?? 0), 0);

interface Sender {
  readonly id: HeardId;
  readonly match: HeardMatch;
}

function messages(device: DeviceHeard, channelKey: string, ids: readonly HeardId[]): Branch[] {
  const senders: Sender[] = ids.flatMap((id) => id.matches.map((match) => ({ id, match })));
  const severalDbs = new Set(senders.map(({ match }) => match.db)).size > 1;
  return [...groupBy(senders, ({ match }) => `${match.db}.${match.message}`)]
    .map(([name, group]) => message(device, `${channelKey}/${name}`, group, severalDbs))
    .sort(byLabel);
}

/** The DBC is named where several explain the same channel. */
function message(device: DeviceHeard, key: string, senders: readonly Sender[], severalDbs: boolean): Branch {
  const sources = [...groupBy(senders, ({ match }) => match.sourceAddress)].sort(([a], [b]) => (a ?? -1) - (b ?? -1));
  const single = sources.length === 1;
  const all = senders.map((s) => s.id);
  const first = senders[0];
  return {
    kind: "message",
    key,
    depth: 2,
    label: first?.match.message ?? "",
    detail: `${single && first !== undefined ? identity(first) : `${sources.length} sources`}${severalDbs ? ` · ${first?.match.db}` : ""}`,
    rateHz: sumRates(all),
    frames: sumFrames(all),
    children: single
      ? signals(device, key, senders, 3)
      : sources.map(([address, group]) => source(device, `${key}@${address}`, address, group)),
  };
}

function source(device: DeviceHeard, key: string, address: number | null, group: readonly Sender[]): Branch {
  const ids = group.map((s) => s.id);
  return {
    kind: "source",
    key,
    depth: 3,
    label: sourceText(address),
    detail: group[0] === undefined ? "" : idText(group[0].id.id, group[0].id.extended),
    rateHz: sumRates(ids),
    frames: sumFrames(ids),
    children: signals(device, key, group, 4),
  };
}

const hexByte = (n: number): string => n.toString(16).toUpperCase().padStart(2, "0");
const sourceText = (address: number | null): string => (address === null ? "" : `SA ${hexByte(address)}`);

/** "FEF1 · SA 00" for a parameter group, the id for anything else. */
function identity({ id, match }: Sender): string {
  if (match.sourceAddress === null) return idText(id.id, id.extended);
  const pgn = (id.id >>> 8) & 0x3ffff;
  const group = ((pgn >>> 8) & 0xff) < 0xf0 ? pgn & 0x3ff00 : pgn;
  return `${group.toString(16).toUpperCase().padStart(4, "0")} · ${sourceText(match.sourceAddress)}`;
}

function signals(device: DeviceHeard, key: string, senders: readonly Sender[], depth: number): SignalLeaf[] {
  const first = senders[0];
  if (first === undefined) return [];
  return first.match.signals
    .map((signal): SignalLeaf => {
      const info = signalInfo(device, senders, first, signal.name, signal.unit);
      const base = { key: `${key}/${signal.name}`, depth, label: signal.name, detail: signal.unit };
      const mux = device.facts[`${first.match.db}/${first.match.message}/${signal.name}`]?.mux ?? null;
      const ids = senders.map(({ id }) => idText(id.id, id.extended).toLowerCase()).join(" ");
      return { kind: "signal", ...base, rateHz: info.rateHz, frames: info.frames, info, selectedBy: signal.selectedBy, mux, ids };
    })
    .sort(byLabel);
}

function signalInfo(device: DeviceHeard, senders: readonly Sender[], first: Sender, name: string, unit: string): SignalInfo {
  const { id, match } = first;
  const ids = senders.map((s) => s.id);
  const facts = device.facts[`${match.db}/${match.message}/${name}`];
  const address = match.sourceAddress;
  const lane: Lane | null =
    facts === undefined || facts.isFloat ? null : facts.lengthBits === 1 ? "bool" : facts.textCount > 1 ? "enum" : null;
  return {
    id: `${device.device}/${id.bus}${id.channel}/${match.db}.${match.message}${address === null ? "" : `@${hexByte(address)}`}/${name}`,
    selector: {
      device: device.device,
      bus: id.bus,
      channel: id.channel,
      db: match.db,
      message: match.message,
      ...(address === null ? {} : { sourceAddress: address }),
      signal: name,
    },
    name,
    message: match.message,
    source: `${match.message}${address === null ? "" : ` ${sourceText(address)}`} · ${id.bus} ${id.channel}`,
    unit,
    frames: sumFrames(ids),
    rateHz: sumRates(ids),
    firstNs: ids.reduce((t, i) => (i.firstNs < t ? i.firstNs : t), id.firstNs),
    lastNs: ids.reduce((t, i) => (i.lastNs > t ? i.lastNs : t), id.lastNs),
    lane,
    comment: facts?.comment ?? null,
    scaling:
      facts === undefined || facts.isFloat ? null : { factor: facts.factor, offset: facts.offset, lengthBits: facts.lengthBits },
    absent: false,
  };
}

function unmatched(channelKey: string, ids: readonly HeardId[]): Branch[] {
  const left = ids.filter((id) => id.matches.length === 0);
  if (left.length === 0) return [];
  const key = `${channelKey}/unmatched`;
  const children = left
    .map((id): IdLeaf => {
      const label = idText(id.id, id.extended);
      const bytes =
        id.minLengthBytes === id.maxLengthBytes ? `${id.maxLengthBytes}` : `${id.minLengthBytes} to ${id.maxLengthBytes}`;
      return {
        kind: "id",
        key: `${key}/${label}${id.extended ? "x" : ""}`,
        depth: 3,
        label,
        detail: `${bytes}\u202fB`,
        rateHz: id.rateHz,
        frames: id.frames,
      };
    })
    .sort(byLabel);
  const detail = `${left.length} id${left.length === 1 ? "" : "s"}`;
  return [{ kind: "unmatched", key, depth: 2, label: "Unmatched", detail, rateHz: null, frames: sumFrames(left), children }];
}
