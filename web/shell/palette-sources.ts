/** What the palette finds: commands, signals, times, layouts. */
import type { Run } from "../commands.ts";
import { keyTable, keyText } from "../keys.ts";
import type { Layouts } from "../link/layouts.ts";
import { timeText } from "../plot/draw-cursors.ts";
import type { SignalInfo, State } from "../state/model.ts";
import { logOffsetMinutes, recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import type { ViewDocument } from "../state/view-document.ts";
import { parseTime } from "../text/parse-time.ts";
import { offsetNsOf } from "../text/time.ts";
import { parseFilter, subsequence } from "../tree/filter.ts";
import { entriesSoFar } from "../tree/leaves.ts";
import { type Entry, search } from "../tree/search.ts";
import { HITS_MAX, type Hit, type PaletteSource } from "./palette.ts";

/** Letters together, and at the start, are better; null: not all of them occur. */
function scoreOf(query: string, text: string): number | null {
  if (query === "") return 0;
  const at = subsequence(query.toLowerCase(), text.toLowerCase());
  if (at === null) return null;
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  return 100 - (last - first - query.length) - first / 10 - text.length / 100;
}

export const commandSource = (run: Run): PaletteSource => ({
  prefix: ">",
  find: (query) =>
    keyTable
      .filter(({ command }) => command !== "activate" && command !== "fold" && command !== "palette")
      .flatMap(({ action, command, keys }): Hit[] => {
        const score = scoreOf(query, action);
        return score === null
          ? []
          : [{ key: command, text: action, detail: keyText(keys[0] ?? ""), score: score + 5, run: () => run(command) }];
      }),
});

/** One more than the palette lists: so it knows that there are more. */
const SIGNALS_MAX = HITS_MAX + 1;

function signalHit({ node }: Entry, score: number, isAlone: boolean, plot: (info: SignalInfo) => void): Hit | null {
  if (node.kind !== "signal" || node.info.absent) return null;
  const { info } = node;
  const detail = isAlone ? info.source : `${info.source} · ${info.selector.device}`;
  return { key: info.id, text: info.name, detail, score, run: () => plot(info) };
}

/** The language of the filter box: fields, wildcards, quotes. */
export const signalSource = (isAlone: () => boolean, plot: (info: SignalInfo) => void): PaletteSource => ({
  prefix: "@",
  find(query) {
    const filter = parseFilter(query);
    if (filter.empty) return [];
    return (
      search(entriesSoFar(), filter, new Set())
        // Among commands and times: whole names before them, letters strewn about behind.
        .entries.flatMap((entry) => signalHit(entry, filter.score(entry) * 20, isAlone(), plot) ?? [])
        .sort((a, b) => b.score - a.score)
        .slice(0, SIGNALS_MAX)
    );
  },
  recall(key) {
    const entry = entriesSoFar().find(({ node }) => node.kind === "signal" && node.info.id === key);
    return entry === undefined ? null : signalHit(entry, 0, isAlone(), plot);
  },
});

export const timeSource = (store: Store): PaletteSource => ({
  prefix: ":",
  find(query) {
    const state = store.get();
    const timeNs = query === "" ? null : parseTime(query, contextOf(state));
    if (timeNs === null || state.view === null) return [];
    const { view, columns } = state;
    const fromNs = timeNs - (view.stepNs * BigInt(columns)) / 2n;
    const go = (): void => {
      store.dispatch({ type: "view", view: { ...view, fromNs } });
      store.dispatch({ type: "cursors", cursors: { a: timeNs }, steps: "a" });
    };
    return [{ key: "time", text: `Go to ${timeText(state, view, timeNs)}`, detail: "sets A", score: 200, run: go }];
  },
});

function contextOf(state: State) {
  const start = recordingRange(state)?.fromNs ?? 0n;
  const nearNs = state.view?.fromNs ?? start;
  return { zeroNs: state.zeroNs ?? start, nearNs, offsetNs: offsetNsOf(state.zone, logOffsetMinutes(state), nearNs) };
}

export interface LayoutHost {
  show(document: ViewDocument, name: string): void;
  say(text: string): void;
  exportFile(): void;
  importFile(): void;
}

export const layoutSource = (store: Store, layouts: Layouts, host: LayoutHost): PaletteSource => ({
  prefix: null,
  find(query) {
    const name = query.replace(/^(save )?layout:?\s*/i, "");
    const hit = (key: string, text: string, detail: string, run: () => void): Hit[] => {
      const score = scoreOf(query, text);
      return score === null ? [] : [{ key, text, detail, score, run }];
    };
    const saved = layouts.names().flatMap((own) =>
      hit(`layout ${own}`, `Layout: ${own}`, "show", () => {
        const document = layouts.get(own);
        if (document !== null) host.show(document, own);
      }),
    );
    const save: Hit[] =
      name === "" || store.get().stripes.length === 0
        ? []
        : [
            {
              key: "save layout",
              text: `Save layout "${name}"`,
              detail: layouts.names().includes(name) ? "replaces the old one" : "in this browser",
              score: /^(save )?layout/i.test(query) ? 90 : -50,
              run: () => host.say(layouts.save(name, store.get()) ?? `Layout ${name} saved`),
            },
          ];
    return [
      ...saved,
      ...save,
      ...hit("layout export", "Layout: save as a file", ".buslens.json", host.exportFile),
      ...hit("layout import", "Layout: open a file", ".buslens.json", host.importFile),
    ];
  },
});
