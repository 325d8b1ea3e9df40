/** Undo over a reload (viewer.md §4, "History"): the steps of this tab, in its session storage, as documents of views. */
import { bindDocument } from "../state/bind.ts";
import { documentOf } from "../state/document-of.ts";
import { type History, type Step, sceneAt } from "../state/history.ts";
import type { SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { parseDocument, type ViewDocument } from "../state/view-document.ts";
import type { Kept } from "../storage.ts";
import { recordingKey } from "./recording-key.ts";

const KEY = "buslens.history";
/** Browsers give a tab some five million characters. */
const TEXT_MAX = 2_000_000;

export interface KeptHistory {
  /** Call when the page goes away. */
  save(): void;
  /** Call after every change of the state: once the same recording is open again and something is plotted, the steps are there. */
  pump(state: State): void;
  forget(): void;
}

export function createKeptHistory(store: Store, kept: Kept, signals: () => readonly SignalInfo[]): KeptHistory {
  let waiting = read(kept.get(KEY));
  let isMuted = false;

  function save(): void {
    const state = store.get();
    const recording = recordingKey(state);
    if (recording === null || isMuted) return;
    const { past, future } = store.history();
    // The oldest go first where there is no room.
    for (let drop = 0; drop <= past.length; drop += 20) {
      const text = JSON.stringify({ recording, ...documentsOf(state, { past: past.slice(drop), future }) });
      if (text.length <= TEXT_MAX && kept.set(KEY, text)) return;
    }
  }

  /** Bound when it is wanted: two hundred views would be more than a moment's work. */
  const revived =
    (document: ViewDocument): Step =>
    () => {
      const state = store.get();
      const { scene, more } = bindDocument(document, state, signals());
      return { ...scene, columns: state.columns, view: more.view ?? state.view };
    };

  return {
    save,
    pump(state) {
      if (waiting === null || state.stripes.length === 0 || recordingKey(state) !== waiting.recording) return;
      const { past, future } = waiting;
      waiting = null;
      store.revive(past.map(revived), future.map(revived));
    },
    forget() {
      waiting = null;
      isMuted = true;
    },
  };
}

type Documents = { readonly past: readonly unknown[]; readonly future: readonly unknown[] };

const documentsOf = (state: State, { past, future }: Pick<History, "past" | "future">): Documents => {
  const document = (step: Step): unknown => documentOf({ ...state, ...sceneAt(step) });
  return { past: past.map(document), future: future.map(document) };
};

/** What is not as it was written is left out; null: nothing is kept. */
function read(
  text: string | null,
): { readonly recording: string; readonly past: readonly ViewDocument[]; readonly future: readonly ViewDocument[] } | null {
  try {
    const { recording, past, future } = JSON.parse(text ?? "null") ?? {};
    if (typeof recording !== "string" || !Array.isArray(past) || !Array.isArray(future)) return null;
    const parsed = (documents: readonly unknown[]): ViewDocument[] =>
      documents.flatMap((document) => {
        const result = parseDocument(document);
        return result.ok ? [result.document] : [];
      });
    return { recording, past: parsed(past), future: parsed(future) };
  } catch {
    return null;
  }
}
