/** Which database belongs to which channel, once all ids are heard. A chunk of its own, asked for once a log is open and not before its curves. */
import type { ChannelFit } from "../../core/query/engine.ts";
import type { Preview } from "../preview.ts";
import type { Opener } from "../source/open.ts";
import type { Notification } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { countText } from "../text/number.ts";
import type { Library } from "./library.ts";
import { channelStates, isAtHome, misplaced, proposals } from "./proposals.ts";

export interface MatchingHost {
  readonly store: Store;
  readonly preview: Preview;
  readonly library: Library;
  readonly work: Opener["work"];
  notify(...notifications: readonly Notification[]): void;
}

/** Databases that were dropped belong where half of the ids are theirs; channels without any are offered one. */
export async function matchDatabases(
  dropped: readonly string[],
  host: MatchingHost & Pick<Opener, "databases"> & { openDatabases(): void },
): Promise<void> {
  const { store, preview, library, notify, openDatabases } = host;
  const { heard, catalogue } = store.get();
  const dbcs = (catalogue?.dbcs ?? []).filter(({ file }) => dropped.includes(file));
  const states = Object.values(heard).flatMap(channelStates);
  for (const file of dropped) {
    const { messageCount = 0, warnings = [] } = dbcs.find((dbc) => dbc.file === file) ?? {};
    const [first] = warnings;
    const why = first === undefined ? "" : `; at ${first.line}:${first.column}: ${first.text.slice(0, 120)}`;
    if (messageCount === 0) notify({ severity: "warning", text: `${file} has no messages${why}` });
  }
  const filled = dbcs.filter((dbc) => dbc.messageCount > 0);
  const alone = filled.length === 1;
  for (const { name, file, messageCount } of filled) {
    const homes = states.filter((state) => isAtHome(state, name, alone));
    for (const home of homes) {
      const before = library.assignmentOf(home)?.dbcs ?? [];
      if (alone) library.assign(home, [file, ...before.filter((other) => other !== file)]);
      else if (!before.includes(file)) library.assign(home, [...before, file]);
    }
    const places = homes.map(({ bus, channel, knownBy, ids }) => `${bus} ${channel}: ${knownBy.get(name)} of ${ids} ids`);
    if (homes.length > 0) notify({ severity: "info", text: `${file} is assigned to ${places.join("; ")}` });
    else if (states.length > 0) {
      const text = `${file} has ${countText(messageCount)} message${messageCount === 1 ? "" : "s"}, too few of them occur here to assign it`;
      notify({ severity: "warning", text, action: { label: "Assign it", run: "databases" } });
      if (dropped.length === 1 && states.every((state) => (state.matchedBy.get(name) ?? 0) === 0)) openDatabases();
    }
  }
  const takesOver =
    alone && states.some(({ matchedBy, knownBy }) => filled.some(({ name }) => matchedBy.get(name) !== knownBy.get(name)));
  if (takesOver) await host.databases();
  else if (dbcs.length > 0) await preview.setLibrary(library.entries(), library.rules());
  if (library.entries().length > 0) await propose(host);
}

/** Channels that no database explains are offered one; a database on a channel where it does not belong, the right one. */
export async function propose({ store, preview, library, work, notify }: MatchingHost): Promise<void> {
  const messageCountOf = (name: string): number =>
    store.get().catalogue?.dbcs.find(({ file }) => file === name)?.messageCount ?? 0;
  for (const [device, heard] of Object.entries(store.get().heard)) {
    const all = channelStates(heard);
    const states = all.filter(({ matched }) => matched === 0);
    if (states.length === 0) continue;
    const fits = await work<readonly ChannelFit[]>((id) => preview.fits(id, device));
    if (!fits.ok) continue;
    for (const { file, from, text, label, ...place } of misplaced(all, fits.value, library.assignments(), messageCountOf))
      notify({ severity: "warning", text, action: { label, run: { assign: file, from, ...place } } });
    for (const { file, text, ...place } of proposals(states, fits.value)) {
      // Assigned a moment ago: what is heard does not say so yet.
      if (library.assignmentOf(place)?.dbcs.includes(file) === true) continue;
      notify({
        severity: "info",
        text,
        action: { label: "Use it", run: { assign: file, ...place } },
        other: { label: "Choose another", run: "databases" },
      });
    }
  }
}
