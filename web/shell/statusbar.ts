/** The status bar: range, span, time per pixel, how it is drawn, what was read, what the last answer took. */
import { el, setAttribute, setText } from "../dom.ts";
import type { State } from "../state/model.ts";
import { sumOfLedgers } from "../state/recording.ts";
import { spanNs } from "../state/view.ts";
import { bytesText, countText } from "../text/number.ts";
import { durationText, perPixelText } from "../text/time.ts";
import type { Actions } from "./actions.ts";
import { rangeText } from "./range-text.ts";

const SAID_MS = 3000;

export interface StatusBar {
  readonly element: HTMLElement;
  render(state: State): void;
  /** A short confirmation, gone after three seconds; read aloud politely. */
  say(text: string): void;
}

export function createStatusBar(actions: Actions): StatusBar {
  const range = el("span", { class: "first" });
  const span = el("span");
  const pixel = el("span");
  const work = el("span", { role: "status" });
  const cancel = el("button", { type: "button", "aria-label": "Cancel", title: "Cancel (Escape)", onclick: actions.cancel }, "✕");
  const goOn = el("button", { type: "button", hidden: true, onclick: actions.goOn }, "Stopped: go on");
  const samples = el("span", { class: "wide" });
  const bytes = el("span", { class: "wide" });
  const time = el("span");
  const module = el("button", { type: "button", class: "wide", onclick: () => copyHash() });
  let hashes = "";
  let said = "";
  let timer = 0;
  const element = el(
    "footer",
    { class: "statusbar" },
    range,
    span,
    pixel,
    work,
    cancel,
    goOn,
    el("span", { class: "spacer" }),
    samples,
    bytes,
    time,
    module,
  );

  function say(text: string): void {
    said = text;
    setText(work, text);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      said = "";
      setText(work, "");
    }, SAID_MS);
  }
  const copyHash = (): void => void navigator.clipboard?.writeText(hashes).then(() => say("Hashes copied"));

  return {
    element,
    say,
    render(state) {
      const { catalogue, last, view } = state;
      setText(range, view === null ? (catalogue === null ? "Files stay on this machine" : "") : rangeText(state));
      setText(span, view === null ? "" : durationText(spanNs(view, state.columns)));
      setText(pixel, view === null ? "" : `${perPixelText(Number(view.stepNs) * state.pixelRatio)} per px${drawnText(state)}`);
      setText(work, state.progress?.text ?? said);
      cancel.hidden = state.progress === null;
      goOn.hidden = state.stopped.length === 0;
      const plotted = Object.keys(state.plotted).length;
      setText(samples, last === null || plotted === 0 ? "" : samplesText(plotted, last));
      setText(
        bytes,
        last === null || catalogue === null ? "" : `read ${bytesText(last.bytesRead)} of ${bytesText(bytesThere(state))}`,
      );
      setText(time, last === null ? "" : `${Math.round(last.elapsedMs)}\u202fms`);
      const own = catalogue?.moduleHash ?? "";
      const dbcs = catalogue?.dbcs ?? [];
      module.hidden = own === "";
      setText(module, `${dbcText(dbcs.map(({ meaning }) => meaning))}wasm ${own.slice(0, DIGITS)}`);
      hashes = [...dbcs.map(({ file, meaning }) => `${file} ${meaning}`), `wasm ${own}`].join("\n");
      setAttribute(module, "title", `SHA-256 of what the DBCs say and of the decoder\n${hashes}\nClick to copy`);
    },
  };
}

const DIGITS = 4;
const DBCS_SHOWN = 2;

/** "DBC 4f1c · ", of many "DBC 4f1c 77a0 +3 · " */
function dbcText(meanings: readonly string[]): string {
  if (meanings.length === 0) return "";
  const shown = meanings.slice(0, DBCS_SHOWN).map((meaning) => meaning.slice(0, DIGITS));
  const more = meanings.length > DBCS_SHOWN ? ` +${meanings.length - DBCS_SHOWN}` : "";
  return `DBC ${shown.join(" ")}${more} · `;
}

const drawnText = ({ last, plotted }: State): string =>
  last === null || Object.keys(plotted).length === 0 ? "" : last.every ? " · every sample drawn" : " · envelope exact";

const samplesText = (plotted: number, last: NonNullable<State["last"]>): string =>
  `${plotted} signal${plotted === 1 ? "" : "s"}, ${last.every ? "" : "≈\u202f"}${countText(last.samples)} samples in view, ${countText(last.pointsDrawn)} drawn`;

const bytesThere = (state: State): number => sumOfLedgers(state).bytes || (state.catalogue?.source.bytes ?? 0);
