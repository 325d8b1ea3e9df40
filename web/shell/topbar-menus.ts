/** The menus of the top bar: what is open, the time zone, and on narrow windows everything else. */
import { keysText } from "../keys.ts";
import type { State, Zone } from "../state/model.ts";
import { logOffsetMinutes, sessionsOf } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { clockText, dateText, durationText, offsetNsOf } from "../text/time.ts";
import type { Actions } from "./actions.ts";
import type { MenuItem } from "./menu.ts";

export function sourceItems(state: State, actions: Actions): MenuItem[] {
  const minutes = logOffsetMinutes(state);
  const start = (timeNs: bigint): string => {
    const local = timeNs + offsetNsOf(state.zone, minutes, timeNs);
    return `${dateText(local)} ${clockText(local, 0, false)}`;
  };
  const sessions = sessionsOf(state).map((session) => ({
    text: `${session.device} / ${session.session}`,
    detail: `${start(session.fromNs)}, ${durationText(session.toNs - session.fromNs)}`,
    run: () => actions.show(session),
  }));
  return [
    ...sessions,
    ...(sessions.length > 0 ? [null] : []),
    { text: "Open files…", detail: keysText("open-files"), run: actions.openFiles },
    { text: "Open folder…", detail: keysText("open-folder"), run: actions.openFolder },
    null,
    { text: "Forget everything…", detail: "", run: () => actions.run("forget") },
  ];
}

export function zoneItems(store: Store): MenuItem[] {
  const state = store.get();
  const zone = (value: Zone, text: string): MenuItem => ({
    text,
    detail: state.zone === value ? "shown" : "",
    run: () => store.dispatch({ type: "zone", zone: value }),
  });
  return [zone("relative", "Seconds from the start"), zone("log", "Log time"), zone("utc", "UTC"), zone("local", "Local time")];
}

export function moreItems(store: Store, actions: Actions): MenuItem[] {
  const state = store.get();
  return [
    { text: "Signals", detail: "", run: () => actions.run("toggle-signals") },
    { text: "Fit everything", detail: "", run: () => actions.run("fit") },
    { text: "Cursors", detail: "", run: () => actions.run("cursors") },
    { text: "Statistics", detail: "", run: () => actions.run("toggle-stats") },
    { text: "Find a command or a time", detail: "", run: () => actions.run("palette") },
    { text: "Copy link", detail: "", run: () => actions.run("copy-link") },
    { text: "Redo view", detail: "", run: () => actions.run("redo") },
    { text: "File and sums", detail: "", run: () => actions.run("toggle-file") },
    null,
    ...zoneItems(store),
    null,
    { text: "Open files…", detail: "", run: actions.openFiles },
    { text: state.theme === "dark" ? "Light theme" : "Dark theme", detail: "", run: actions.toggleTheme },
    { text: "Keys", detail: "", run: () => actions.run("help") },
    { text: "Forget everything…", detail: "", run: () => actions.run("forget") },
  ];
}
