/**
 * The level of sessions, for devices that have several: each with what was sent in it. A signal is one series over all sessions, so its
 * rows differ in place and count only; searches list it once, without this level.
 */
import type { HeardId, LogEntry } from "../../core/query/engine.ts";
import type { DeviceHeard, Reply } from "../../worker/api.ts";
import { type Growth, inSlices, nextTask } from "../slices.ts";
import type { SignalInfo } from "../state/model.ts";
import { dateText, durationText } from "../text/time.ts";
import { type Branch, growTree, type Node } from "./build.ts";
import type { TreeRows } from "./extras.ts";
import { ROWS_PER_TASK } from "./leaves.ts";

export const sessionKey = (device: string, session: string): string => `${device}/session ${session}`;

/** Newest last, as they stand in the folder; empty for a device with one. */
export function sessionsIn({ logs }: Pick<DeviceHeard, "logs">): string[] {
  const names = [...new Set(logs.map(({ session }) => session))];
  return names.length > 1 ? names : [];
}

export interface SessionLevel {
  /** The tree with sessions below the devices that have several; those that are open are asked for and filled in. */
  under(tree: readonly Branch[], heard: Heard, isOpen: (key: string) => boolean): Branch[];
}

type Heard = Readonly<Record<string, DeviceHeard>>;

export function createSessionLevel(
  ask: (device: string, session: string) => Promise<Reply<readonly HeardId[]>>,
  rows: TreeRows,
): SessionLevel {
  const met = new Set<string>();
  const known = new Map<string, Branch>();
  const asked = new Map<string, DeviceHeard>();

  async function fill(device: Branch, heard: DeviceHeard, session: string): Promise<void> {
    const key = sessionKey(heard.device, session);
    if (asked.get(key) === heard) return;
    asked.set(key, heard);
    // Until all was heard, nobody can say more than what was heard so far.
    const reply = heard.isWhole ? await ask(heard.device, session) : ({ ok: true, value: heard.ids } as const);
    if (!reply.ok || asked.get(key) !== heard) return;
    known.set(key, await inSlices(growSession(device, heard, session, reply.value), ROWS_PER_TASK, nextTask));
    rows.changed();
  }

  return {
    under: (tree, heard, isOpen) =>
      tree.map((device) => {
        const own = heard[device.label];
        const sessions = own === undefined ? [] : sessionsIn(own);
        if (own === undefined || sessions.length === 0) return device;
        const branches = sessions.map((session, i) => {
          const key = sessionKey(own.device, session);
          if (!met.has(key) && i < sessions.length - 1) rows.close(key);
          met.add(key);
          if (isOpen(device.key) && isOpen(key)) void fill(device, own, session);
          return known.get(key) ?? sessionRow(own, session, [], []);
        });
        return { ...device, children: [...branches, ...device.children.filter(({ kind }) => kind === "plain")] };
      }),
  };
}

/** Until its identifiers have come it is there and empty. */
function sessionRow(heard: DeviceHeard, session: string, ids: readonly HeardId[], children: readonly Node[]): Branch {
  return {
    kind: "session",
    key: sessionKey(heard.device, session),
    depth: 1,
    label: session,
    detail: detailOf(heard.logs.filter((log) => log.session === session)),
    rateHz: null,
    frames: ids.reduce((sum, { frames }) => sum + frames, 0),
    children,
  };
}

function* growSession(device: Branch, heard: DeviceHeard, session: string, ids: readonly HeardId[]): Growth<Branch> {
  const logs = heard.logs.filter((log) => log.session === session);
  const inside = yield* growTree([{ ...heard, ids, logs, channels: [] }], new Map());
  const infos = infosOf(device);
  const under = sessionKey(heard.device, session);
  const children: Node[] = [];
  for (const node of inside[0]?.children ?? []) {
    const own: Node[] = [];
    for (const child of "children" in node ? node.children : []) {
      own.push(moved(child, under, infos));
      yield "children" in child ? child.children.length : 1;
    }
    const place = moved("children" in node ? { ...node, children: [] } : node, under, infos);
    children.push("children" in place ? { ...place, children: own } : place);
  }
  return sessionRow(heard, session, ids, children);
}

/** "2022-01-08 · 13 min 0 s · 3 splits" */
function detailOf(logs: readonly LogEntry[]): string {
  const starts = logs.flatMap(({ startNs }) => startNs ?? []);
  const ends = logs.flatMap(({ endNs }) => endNs ?? []);
  const [first, last] = [starts.reduce(least, starts[0] ?? 0n), ends.reduce(most, ends[0] ?? 0n)];
  const header = logs[0]?.header ?? null;
  const minutes = header === null || header.startIsLocal ? 0 : header.zoneMinutes + header.summerMinutes;
  const parts = [
    starts.length === 0 ? "" : dateText(first + BigInt(minutes) * 60_000_000_000n),
    starts.length === 0 || ends.length === 0 ? "" : durationText(last - first),
    logs.length > 1 ? `${logs.length} splits` : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function infosOf(branch: Branch, infos = new Map<string, SignalInfo>()): Map<string, SignalInfo> {
  for (const node of branch.children) {
    if ("children" in node) infosOf(node, infos);
    else if (node.kind === "signal") infos.set(node.info.id, node.info);
  }
  return infos;
}

/** A level deeper, with keys of its own; signals stay those of the device. */
function moved(node: Node, under: string, infos: ReadonlyMap<string, SignalInfo>): Node {
  const place = { key: `${under}/${node.key}`, depth: node.depth + 1 };
  if ("children" in node) return { ...node, ...place, children: node.children.map((child) => moved(child, under, infos)) };
  return node.kind === "signal" ? { ...node, ...place, info: infos.get(node.info.id) ?? node.info } : { ...node, ...place };
}
