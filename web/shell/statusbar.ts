/** The status bar: range, span, time per pixel, how it is drawn, what was read, what the last answer took. */
import { el, setText } from "../dom.ts";
import { stepDecimals } from "../plot/time-axis.ts";
import type { State } from "../state/model.ts";
import { logOffsetMinutes, sumOfLedgers } from "../state/recording.ts";
import { endNs, spanNs } from "../state/view.ts";
import { bytesText, countText } from "../text/number.ts";
import { clockText, dateText, durationText, offsetNsOf, perPixelText } from "../text/time.ts";
import type { Actions } from "./actions.ts";

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
  let hash = "";
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
  const copyHash = (): void => void navigator.clipboard?.writeText(hash).then(() => say("Hash copied"));

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
      hash = catalogue?.moduleHash ?? "";
      module.hidden = hash === "";
      setText(module, `wasm ${hash.slice(0, 4)}`);
      module.title = `SHA-256 of the decoder: ${hash}\nClick to copy`;
    },
  };
}

function rangeText(state: State): string {
  const { view, zone, columns } = state;
  if (view === null) return "";
  const minutes = logOffsetMinutes(state);
  const decimals = Math.max(0, Math.min(9, stepDecimals(roundStep(view.stepNs))));
  const clock = (timeNs: bigint): string => clockText(timeNs + offsetNsOf(zone, minutes, timeNs), decimals);
  const day = (timeNs: bigint): string => dateText(timeNs + offsetNsOf(zone, minutes, timeNs));
  const [from, to] = [view.fromNs, endNs(view, columns)];
  return `${day(from)} ${clock(from)} to ${day(from) === day(to) ? "" : `${day(to)} `}${clock(to)}`;
}

/** The power of ten below the time of one pixel: as many decimals as can be told apart. */
function roundStep(stepNs: bigint): bigint {
  let unit = 1n;
  while (unit * 10n <= stepNs && unit < 1_000_000_000n) unit *= 10n;
  return unit;
}

const drawnText = ({ last, plotted }: State): string =>
  last === null || Object.keys(plotted).length === 0 ? "" : last.every ? " · every sample drawn" : " · envelope exact";

const samplesText = (plotted: number, last: NonNullable<State["last"]>): string =>
  `${plotted} signal${plotted === 1 ? "" : "s"}, ${last.every ? "" : "≈\u202f"}${countText(last.samples)} samples in view, ${countText(last.pointsDrawn)} drawn`;

const bytesThere = (state: State): number => sumOfLedgers(state).bytes || (state.catalogue?.source.bytes ?? 0);
