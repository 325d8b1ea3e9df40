/** The tree with what the databases in use know and the log does not have: messages nobody sent, among those of their channel. */
import { idText } from "../../core/bus/id-text.ts";
import type { DeviceHeard, Reply, SilentMessage } from "../../worker/api.ts";
import { type Growth, inSlices, nextTask } from "../slices.ts";
import type { SignalInfo } from "../state/model.ts";
import type { Branch, Node, SignalLeaf } from "./build.ts";
import { type Grown, ROWS_PER_TASK } from "./leaves.ts";
import { growIndex } from "./search.ts";

export interface Silent {
  /** With them, once they have come and their rows are made; until then as it is. */
  within(grown: Grown, heard: Readonly<Record<string, DeviceHeard>>): Grown;
}

/** `filled`: other rows. */
export function createSilent(ask: (device: string) => Promise<Reply<readonly SilentMessage[]>>, filled: () => void): Silent {
  let known: ReadonlyMap<string, readonly SilentMessage[]> = new Map();
  const asked = new Map<string, DeviceHeard>();
  let wide: { readonly from: Grown; readonly known: typeof known; readonly grown: Grown } | null = null;
  let isGrowing = false;

  async function fill(heard: DeviceHeard): Promise<void> {
    if (asked.get(heard.device) === heard) return;
    asked.set(heard.device, heard);
    const reply = await ask(heard.device);
    if (!reply.ok || asked.get(heard.device) !== heard) return;
    known = new Map([...known, [heard.device, reply.value]]);
    filled();
  }

  async function widen(from: Grown): Promise<void> {
    if (isGrowing) return;
    isGrowing = true;
    const given = known;
    wide = { from, known: given, grown: await inSlices(growSilent(from, given), ROWS_PER_TASK, nextTask) };
    isGrowing = false;
    filled();
  }

  return {
    within(from, heard) {
      // What was not heard yet may still come.
      for (const one of Object.values(heard)) if (one.isWhole) void fill(one);
      if (known.size > 0 && (wide?.from !== from || wide.known !== known)) void widen(from);
      return wide?.from === from ? wide.grown : from;
    },
  };
}

/** `silent` by device. */
export function* growSilent(from: Grown, silent: ReadonlyMap<string, readonly SilentMessage[]>): Growth<Grown> {
  const tree: Branch[] = [];
  for (const device of from.tree) {
    const children: Node[] = [];
    for (const child of device.children) {
      if ("children" in child && child.kind === "channel") children.push(yield* growChannel(device.label, child, silent));
      else children.push(child);
    }
    tree.push({ ...device, children });
  }
  return { ...from, tree, entries: yield* growIndex(tree) };
}

function* growChannel(device: string, channel: Branch, silent: ReadonlyMap<string, readonly SilentMessage[]>): Growth<Branch> {
  const own = (silent.get(device) ?? []).filter(({ bus, channel: number }) => `${bus} ${number}` === channel.label);
  const severalDbs = new Set(own.map(({ db }) => db)).size > 1;
  const messages = channel.children.filter(({ kind }) => kind === "message");
  for (const message of own) {
    messages.push(branchOf(device, channel.key, message, severalDbs));
    yield message.signals.length;
  }
  return { ...channel, children: [...messages.sort(byLabel), ...channel.children.filter(({ kind }) => kind !== "message")] };
}

const byLabel = (a: { readonly label: string }, b: { readonly label: string }): number =>
  a.label < b.label ? -1 : a.label > b.label ? 1 : 0;

function branchOf(device: string, channelKey: string, message: SilentMessage, severalDbs: boolean): Branch {
  const key = `${channelKey}/${message.db}.${message.message}`;
  const id = idText(message.id, message.extended);
  return {
    kind: "message",
    key,
    depth: 2,
    label: message.message,
    detail: `${id}${severalDbs ? ` · ${message.db}` : ""}`,
    rateHz: null,
    frames: 0,
    children: message.signals.map((signal): SignalLeaf => {
      const info = infoOf(device, message, signal);
      const { name, unit, selectedBy, mux } = signal;
      const base = { key: `${key}/${name}`, depth: 3, label: name, detail: unit, rateHz: null, frames: 0 };
      return { kind: "signal", ...base, info, selectedBy, mux, ids: id.toLowerCase(), never: true };
    }),
  };
}

function infoOf(device: string, message: SilentMessage, { name, unit, comment }: SilentMessage["signals"][number]): SignalInfo {
  const { bus, channel, db } = message;
  return {
    id: `${device}/${bus}${channel}/${db}.${message.message}/${name}`,
    selector: { device, bus, channel, db, message: message.message, signal: name },
    name,
    message: message.message,
    source: `${message.message} · ${bus} ${channel}`,
    unit,
    frames: 0,
    rateHz: null,
    firstNs: 0n,
    lastNs: 0n,
    lane: null,
    comment,
    scaling: null,
    absent: true,
  };
}
