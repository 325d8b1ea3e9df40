/** The tree of what really occurs: device → channel → message → source address (if several) → signal, then ids no DBC knows. */

import { idText } from "../../core/bus/id-text.ts";
import type { HeardId, HeardMatch } from "../../core/query/engine.ts";
import type { DeviceHeard, SignalFacts } from "../../worker/api.ts";
import { groupBy } from "../group.ts";
import { atOnce, type Growth } from "../slices.ts";
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
  readonly kind: "device" | "session" | "channel" | "message" | "source" | "plain" | "group" | "unmatched";
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
  /** A database knows it, nobody sent it. */
  readonly never?: true;
}

export interface IdLeaf extends Base {
  readonly kind: "id";
}

export type Node = Branch | SignalLeaf | IdLeaf;

const byLabel = (a: Node, b: Node): number => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0);

/** Yields rows as they are made. */
export function* growTree(heard: readonly DeviceHeard[], deviceNames: ReadonlyMap<string, string>): Growth<Branch[]> {
  const tree: Branch[] = [];
  for (const device of heard) {
    tree.push({
      kind: "device",
      key: device.device,
      depth: 0,
      label: device.device,
      detail: deviceNames.get(device.device) ?? "",
      rateHz: null,
      frames: sumFrames(device.ids),
      children: [...(yield* channels(device)), ...plainChannels(device)],
    });
  }
  return tree;
}

export const buildTree = (heard: readonly DeviceHeard[], deviceNames: ReadonlyMap<string, string>): Branch[] =>
  atOnce(growTree(heard, deviceNames));

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

/** So many logs are looked at in the time that a row takes. */
const LOGS_PER_ROW = 20;

function* channels(given: DeviceHeard): Growth<Branch[]> {
  const rated: HeardId[] = [];
  for (const id of given.ids) {
    rated.push({ ...id, rateHz: recordedRateHz(id, given.logs) });
    yield given.logs.length / LOGS_PER_ROW;
  }
  const device = { ...given, ids: rated };
  const branches: Branch[] = [];
  for (const [label, ids] of groupBy(device.ids, (id) => `${id.bus} ${id.channel}`)) {
    const key = `${device.device}/${label}`;
    const dbs = new Set(ids.flatMap((id) => inForce(id).map((m) => m.db)));
    branches.push({
      kind: "channel",
      key,
      depth: 1,
      label,
      detail: [...dbs].join(", "),
      rateHz: null,
      frames: sumFrames(ids),
      children: [...(yield* messages(device, key, ids)), ...unmatched(key, ids)],
    });
  }
  return branches.sort(byLabel);
}

/** What its frames mean: of several databases that know an identifier one has it (docs/dbc.md), the others are in the DBC manager. */
export const inForce = ({ matches }: HeardId): readonly HeardMatch[] => matches.filter(({ binding }) => binding !== null);

const sumFrames = (ids: readonly HeardId[]): number => ids.reduce((sum, id) => sum + id.frames, 0);
const sumRates = (ids: readonly HeardId[]): number | null =>
  ids.every((id) => id.rateHz === null) ? null : ids.reduce((sum, id) => sum + (id.rateHz ?? 0), 0);

interface Sender {
  readonly id: HeardId;
  readonly match: HeardMatch;
}

function* messages(device: DeviceHeard, channelKey: string, ids: readonly HeardId[]): Growth<Branch[]> {
  const senders: Sender[] = ids.flatMap((id) => inForce(id).map((match) => ({ id, match })));
  const severalDbs = new Set(senders.map(({ match }) => match.db)).size > 1;
  const branches: Branch[] = [];
  for (const [name, group] of groupBy(senders, ({ match }) => `${match.db}.${match.message}`)) {
    const branch = message(device, `${channelKey}/${name}`, group, severalDbs);
    branches.push(branch);
    yield 1 + branch.children.length;
  }
  return branches.sort(byLabel);
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
  const sent = sentBy(device, senders, first);
  const ids = senders.map(({ id }) => idText(id.id, id.extended).toLowerCase()).join(" ");
  return first.match.signals
    .map((signal): SignalLeaf => {
      const facts = device.facts[`${first.match.db}/${first.match.message}/${signal.name}`];
      const info = signalInfo(sent, facts, signal);
      const base = { key: `${key}/${signal.name}`, depth, label: signal.name, detail: signal.unit };
      const more = { selectedBy: signal.selectedBy, mux: facts?.mux ?? null, ids };
      return { kind: "signal", ...base, rateHz: info.rateHz, frames: info.frames, info, ...more };
    })
    .sort(byLabel);
}

/** What all signals of a message have in common. */
interface Sent extends Pick<SignalInfo, "message" | "source" | "frames" | "rateHz" | "firstNs" | "lastNs"> {
  readonly idStart: string;
  readonly selector: Omit<Extract<SignalInfo["selector"], { kind?: "signal" }>, "signal">;
}

function sentBy(device: DeviceHeard, senders: readonly Sender[], { id, match }: Sender): Sent {
  const ids = senders.map((s) => s.id);
  const { db, message, sourceAddress: address } = match;
  const place = { device: device.device, bus: id.bus, channel: id.channel, db, message };
  return {
    idStart: `${device.device}/${id.bus}${id.channel}/${db}.${message}${address === null ? "" : `@${hexByte(address)}`}/`,
    selector: address === null ? place : { ...place, sourceAddress: address },
    message,
    source: `${message}${address === null ? "" : ` ${sourceText(address)}`} · ${id.bus} ${id.channel}`,
    frames: sumFrames(ids),
    rateHz: sumRates(ids),
    firstNs: ids.reduce((t, i) => (i.firstNs < t ? i.firstNs : t), id.firstNs),
    lastNs: ids.reduce((t, i) => (i.lastNs > t ? i.lastNs : t), id.lastNs),
  };
}

function signalInfo(
  { idStart, selector, ...sent }: Sent,
  facts: SignalFacts | undefined,
  { name, unit }: HeardMatch["signals"][number],
): SignalInfo {
  const isNumber = facts !== undefined && !facts.isFloat;
  const lane: Lane | null = !isNumber ? null : facts.lengthBits === 1 ? "bool" : facts.textCount > 1 ? "enum" : null;
  return {
    ...sent,
    id: `${idStart}${name}`,
    selector: { ...selector, signal: name },
    name,
    unit,
    lane,
    comment: facts?.comment ?? null,
    scaling: isNumber ? { factor: facts.factor, offset: facts.offset, lengthBits: facts.lengthBits } : null,
    absent: false,
  };
}

function unmatched(channelKey: string, ids: readonly HeardId[]): Branch[] {
  const left = ids.filter((id) => inForce(id).length === 0);
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
