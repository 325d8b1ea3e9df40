/** The last view of each recording, kept in this browser and shown when the recording is opened again without a link (viewer.md §7). */
import { onChange } from "../dom.ts";
import { documentOf } from "../state/document-of.ts";
import type { State } from "../state/model.ts";
import { recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { fit } from "../state/view.ts";
import { parseDocument, type ViewDocument } from "../state/view-document.ts";
import type { Kept } from "../storage.ts";
import { recordingKey } from "./recording-key.ts";

const KEY = "buslens.views";
const VIEWS_MAX = 40;
const VIEW_BYTES_MAX = 16 * 1024;
const SETTLE_MS = 1000;

export interface LastViewsHost {
  readonly kept: Kept;
  show(document: ViewDocument): void;
  /** A link says what to show, once its signals are there. */
  isLinked(): boolean;
  later(run: () => void, ms: number): number;
  stop(timer: number): void;
}

export interface LastViews {
  /** Call after every change of the state, after the linker. */
  pump(state: State): void;
  /** Back to the first view: nothing plotted, all of the time. */
  empty(): void;
  /** Nothing is kept any more before something else is opened. */
  forget(): void;
}

export function createLastViews(store: Store, { kept, show, isLinked, later, stop }: LastViewsHost): LastViews {
  let key: string | null = null;
  /** Whether the view of what is open was looked for. */
  let isLookedFor = false;
  let isMuted = false;
  let timer: number | null = null;

  const changed = onChange(
    (_view: State["view"], _stripes: State["stripes"], _plotted: State["plotted"], _cursors: State["cursors"]) => {
      if (timer !== null) stop(timer);
      timer = later(() => {
        timer = null;
        if (key !== null && store.get().stripes.length > 0 && !isMuted) save(key);
      }, SETTLE_MS);
    },
  );

  function pump(state: State): void {
    const isEmpty = state.stripes.length === 0;
    const isHeard = Object.keys(state.heard).length > 0;
    const now = recordingKey(state);
    // Opened afresh; what comes beside keeps what is plotted.
    if (isEmpty && (now !== key || !isHeard)) isLookedFor = isMuted = false;
    key = now;
    if (key === null || state.columns === 0 || !isHeard) return;
    if (!isLookedFor) {
      isLookedFor = true;
      if (store.get().stripes.length === 0 && !isLinked()) restore(key);
    } else changed(state.view, state.stripes, state.plotted, state.cursors);
  }

  function restore(recording: string): void {
    const parsed = parseDocument(all()[recording]);
    if (!parsed.ok) return;
    show({ ...parsed.document, zone: null }); // a setting of its own
    const text = "The last view of this recording is shown";
    const action = { label: "Empty view", run: "empty-view" } as const;
    store.dispatch({ type: "notify", notifications: [{ severity: "info", text, action }] });
  }

  function save(recording: string): void {
    const document = documentOf(store.get());
    if (JSON.stringify(document).length > VIEW_BYTES_MAX) return;
    write([...others(recording), [recording, document]]);
  }

  const others = (recording: string): [string, unknown][] => Object.entries(all()).filter(([name]) => name !== recording);
  const write = (views: readonly (readonly [string, unknown])[]): void =>
    void kept.set(KEY, JSON.stringify(Object.fromEntries(views.slice(-VIEWS_MAX))));

  function all(): Readonly<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(kept.get(KEY) ?? "{}");
      return typeof value === "object" && value !== null ? { ...value } : {};
    } catch {
      return {};
    }
  }

  return {
    pump,
    empty() {
      if (key !== null) write(others(key));
      const state = store.get();
      const range = recordingRange(state);
      const view = range === null ? state.view : fit(range, Math.max(1, state.columns));
      const cursors = { a: null, b: null };
      store.dispatch({ type: "restore", scene: { stripes: [], plotted: {} }, more: { view, cursors, name: null } });
    },
    forget() {
      isMuted = true;
    },
  };
}
