/** The DBC library of this browser, and which of it belongs to which device and channel. */
import type { BindingRule } from "../../core/dbc/binding-file.ts";
import type { LibraryDbc } from "../../worker/api.ts";
import type { Kept } from "../storage.ts";
import type { Shelf } from "./browser-shelf.ts";

export interface ChannelName {
  readonly device: string;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
}

export interface Assignment extends ChannelName {
  /** Files; the first that knows a frame has it. */
  readonly dbcs: readonly string[];
}

export interface Library {
  /** Reads what the browser kept; everything else may be called before, and counts on top of it. */
  load(): Promise<void>;
  entries(): readonly LibraryDbc[];
  assignments(): readonly Assignment[];
  /** The assignments as the engine reads them. */
  rules(): readonly BindingRule[];
  assignmentOf(place: ChannelName): Assignment | null;
  /** A database of the same name is replaced. */
  add(dbc: LibraryDbc): void;
  remove(file: string): void;
  /** Empty: nothing is assigned any more, and best fit decides. */
  assign(place: ChannelName, dbcs: readonly string[]): void;
}

const ASSIGNMENTS = "buslens.assignments";
const ASSIGNMENTS_MAX = 1000;

export function createLibrary(shelf: Shelf<LibraryDbc>, kept: Kept): Library {
  const dbcs = new Map<string, LibraryDbc>();
  let assigned: readonly Assignment[] = parseAssignments(kept.get(ASSIGNMENTS));

  function keep(next: readonly Assignment[]): void {
    assigned = next.slice(-ASSIGNMENTS_MAX);
    kept.set(ASSIGNMENTS, JSON.stringify(assigned));
  }

  const library: Library = {
    async load() {
      for (const dbc of await shelf.all()) if (!dbcs.has(dbc.file)) dbcs.set(dbc.file, dbc);
    },
    entries: () => [...dbcs.values()].sort((a, b) => (a.file < b.file ? -1 : 1)),
    assignments: () => assigned,
    rules: () => assigned.map(({ device, bus, channel, dbcs: files }) => ({ device, bus, channel, dbcs: files })),
    assignmentOf: (place) => assigned.find((one) => isSame(one, place)) ?? null,
    add(dbc) {
      dbcs.set(dbc.file, dbc);
      void shelf.put(dbc.file, dbc);
    },
    remove(file) {
      dbcs.delete(file);
      void shelf.remove(file);
      const left = assigned.map((one) => ({ ...one, dbcs: one.dbcs.filter((name) => name !== file) }));
      keep(left.filter((one) => one.dbcs.length > 0));
    },
    assign(place, files) {
      const others = assigned.filter((one) => !isSame(one, place));
      const { device, bus, channel } = place;
      keep(files.length === 0 ? others : [...others, { device, bus, channel, dbcs: files }]);
    },
  };
  return library;
}

export const isSame = (a: ChannelName, b: ChannelName): boolean =>
  a.device.toUpperCase() === b.device.toUpperCase() && a.bus === b.bus && a.channel === b.channel;

/** What is not as it was written is left out. */
function parseAssignments(text: string | null): Assignment[] {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(json)) return [];
  return json.flatMap((one: unknown) => {
    const { device, bus, channel, dbcs } = (typeof one === "object" && one !== null ? one : {}) as Partial<Assignment>;
    const isWhole =
      typeof device === "string" &&
      (bus === "CAN" || bus === "LIN") &&
      Number.isInteger(channel) &&
      Array.isArray(dbcs) &&
      dbcs.every((file) => typeof file === "string");
    return isWhole ? [{ device, bus, channel: channel as number, dbcs }] : [];
  });
}
