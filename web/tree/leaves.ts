/**
 * All signals that occur, as a tree, as a list and as an index to search. Made once for what was heard of a device, in slices: fifty thousand
 * signals are half a second of work, and no task of the page may take more than 50 ms.
 */
import type { DeviceHeard } from "../../worker/api.ts";
import { atOnce, type Growth, inSlices, nextTask } from "../slices.ts";
import type { SignalInfo, State } from "../state/model.ts";
import { type Branch, growTree } from "./build.ts";
import { type Entry, growIndex } from "./search.ts";

export interface Grown {
  readonly heard: State["heard"];
  readonly tree: readonly Branch[];
  readonly entries: readonly Entry[];
  /** Those that can be plotted. */
  readonly leaves: readonly SignalInfo[];
}

type Given = Pick<State, "heard"> & Partial<Pick<State, "catalogue">>;

/** Some 10 µs each where the code is warm, several times that where it is not. */
export const ROWS_PER_TASK = 400;

export const nothingGrown: Grown = { heard: {}, tree: [], entries: [], leaves: [] };
let grown: Grown = nothingGrown;
let growing: { readonly heard: State["heard"]; readonly done: Promise<Grown> } | null = null;

/** In tasks of their own; few signals at once. */
export function grow(given: Given): Promise<Grown> {
  if (grown.heard === given.heard) return Promise.resolve(grown);
  if (growing?.heard !== given.heard) growing = { heard: given.heard, done: inSlices(growAll(given), ROWS_PER_TASK, nextTask) };
  return growing.done;
}

/** null: still being made. */
export const leavesGrown = ({ heard }: Given): readonly SignalInfo[] | null => (grown.heard === heard ? grown.leaves : null);

/** Now, for few signals: of a drive that the page made itself, of a test. */
export const leavesOf = (given: Given): readonly SignalInfo[] => leavesGrown(given) ?? atOnce(growAll(given)).leaves;

/** What was made last; newer things may have been heard meanwhile. */
export const entriesSoFar = (): readonly Entry[] => grown.entries;

function* growAll({ heard, catalogue = null }: Given): Growth<Grown> {
  const names = new Map(catalogue?.devices.map(({ device, name }) => [device, name]));
  const devices: Device[] = [];
  for (const device of Object.values(heard)) devices.push(yield* growDevice(device, names.get(device.device) ?? ""));
  const entries = devices.flatMap((device) => device.entries);
  // What has no curve is found, but cannot be plotted.
  const leaves = entries.flatMap(({ node }) => (node.kind === "signal" && !node.info.absent ? [node.info] : []));
  grown = { heard, tree: devices.flatMap(({ tree }) => tree), entries, leaves };
  return grown;
}

interface Device {
  readonly name: string;
  readonly tree: readonly Branch[];
  readonly entries: readonly Entry[];
}

const devices = new WeakMap<DeviceHeard, Device>();

/** Another device changes nothing here. */
function* growDevice(heard: DeviceHeard, name: string): Growth<Device> {
  const known = devices.get(heard);
  if (known?.name === name) return known;
  const tree = yield* growTree([heard], new Map([[heard.device, name]]));
  const device = { name, tree, entries: yield* growIndex(tree) };
  devices.set(heard, device);
  return device;
}
