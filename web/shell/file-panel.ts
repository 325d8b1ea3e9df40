/** The "File" panel: the ledger as two sums that visibly balance, the logs, the DBCs and what was said about them. */
import type { LogEntry } from "../../core/query/engine.ts";
import { imbalance, type Ledger } from "../../core/query/ledger.ts";
import { el, onChange } from "../dom.ts";
import type { State } from "../state/model.ts";
import { logOffsetMinutes, sumOfLedgers, unsoughtBytes } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { bytesText, countText } from "../text/number.ts";
import { faultSentence, noticeSentence } from "../text/sentences.ts";
import { clockText, dateText, durationText, offsetNsOf } from "../text/time.ts";
import { icon } from "./icons.ts";

const ROWS_MAX = 500;

export interface FilePanel {
  readonly element: HTMLElement;
  render(state: State): void;
}

/** `lookForLosses`: done when nothing more is read for it. */
export function createFilePanel(store: Store, lookForLosses: () => Promise<void>): FilePanel {
  const body = el("div");
  const close = el(
    "button",
    {
      type: "button",
      "aria-label": "Close the File panel",
      onclick: () => store.dispatch({ type: "panel", panel: "file", open: false }),
    },
    icon("close"),
  );
  const element = el(
    "aside",
    { class: "file-panel", "aria-label": "File", hidden: true, tabindex: "-1", id: "file" },
    el("div", { class: "panel-head" }, "File", close),
    body,
  );
  const look = el("button", { class: "link", type: "button", onclick: () => void lookOnce() }, "Look for losses");
  async function lookOnce(): Promise<void> {
    look.disabled = true;
    await lookForLosses();
    look.disabled = false;
  }
  const draw = onChange((_heard: State["heard"], _catalogue: State["catalogue"], _zone: State["zone"], unsought: number) => {
    const state = store.get();
    body.replaceChildren(
      ...sums(sumOfLedgers(state), matchedFrames(state)),
      ...(unsought > 0 ? [unsoughtSection(unsought, look)] : []),
      ...notices(state),
      ...logTable(state),
      ...dbcTable(state),
    );
  });
  return {
    element,
    render(state) {
      const open = state.panels.file && state.catalogue !== null;
      element.hidden = !open;
      if (open) draw(state.heard, state.catalogue, state.zone, unsoughtBytes(state));
    },
  };
}

/** Frames of ids that a DBC knows. */
const matchedFrames = ({ heard }: State): number =>
  Object.values(heard)
    .flatMap((h) => h.ids)
    .reduce((sum, id) => sum + (id.matches.length > 0 ? id.frames : 0), 0);

/** The scan looks at every frame; which of them a DBC explains is told apart here. */
function sums(ledger: Ledger, matched: number): HTMLElement[] {
  const wrong = imbalance(ledger);
  const bytes = sum("bytes", ledger.bytes, { header: ledger.header, records: ledger.records, tail: ledger.tail });
  const frames = sum("frames", ledger.frames, {
    "in messages of a DBC": matched,
    unmatched: ledger.used + ledger.unmatched - matched,
    "mux inactive": ledger.muxInactive,
    "too short": ledger.tooShort,
    "out of range": ledger.outOfRange,
    "other kind": ledger.otherKind,
    "without payload": ledger.withoutPayload,
  });
  const says = wrong.map((sentence) =>
    el("div", { class: "wrong", role: "alert" }, `The sums do not add up: ${sentence}. This is our fault.`),
  );
  return [el("section", { class: "sums", "aria-label": "Ledger" }, el("div", {}, bytes), el("div", {}, frames), ...says)];
}

/** What nobody reads a large log, or one from elsewhere, for without being asked. */
const unsoughtSection = (bytes: number, look: HTMLElement): HTMLElement =>
  el(
    "section",
    { class: "unsought", "aria-label": "Lost messages" },
    `Messages of transport protocols that were lost were not looked for: ${bytesText(bytes)} must be read for it. `,
    look,
  );

/** "bytes 41,812,346 = header 101,344 + records 41,710,979 + tail 23" */
export const sum = (name: string, total: number, terms: Readonly<Record<string, number>>): string =>
  `${name} ${countText(total)} = ${Object.entries(terms)
    .map(([term, count]) => `${term} ${countText(count)}`)
    .join(" + ")}`;

function notices(state: State): HTMLElement[] {
  const all = [...state.notifications, ...Object.values(state.heard).flatMap((h) => h.notices)];
  const sentences = [...new Set(all.map(noticeSentence))];
  if (sentences.length === 0) return [];
  return [
    el(
      "section",
      {},
      el("h2", {}, "Notices"),
      ...sentences.slice(0, ROWS_MAX).map((text) => el("div", {}, text)),
      ...moreOf(sentences.length),
    ),
  ];
}

function logTable(state: State): HTMLElement[] {
  const heard = Object.values(state.heard).flatMap((h) => h.logs);
  const known = new Set(heard.map((log) => log.key));
  const logs = [...heard, ...(state.catalogue?.logs ?? []).filter((log) => !known.has(log.key))];
  if (logs.length === 0) return [];
  const head = ["Log", "Size", "Start", "Length", "Device", "Firmware", "MDF", "State"];
  const rows = logs.slice(0, ROWS_MAX).map((log) => el("tr", {}, ...logCells(log, state)));
  return [section("Logs", head, rows, logs.length)];
}

function logCells(log: LogEntry, state: State): HTMLElement[] {
  const { header, startNs, endNs, fault } = log;
  const local = startNs === null ? null : startNs + offsetNsOf(state.zone, logOffsetMinutes(state), startNs);
  const condition = fault === null ? (header === null ? "" : header.finalized ? "finalized" : "as logged") : faultSentence(fault);
  return [
    el("td", {}, log.key),
    el("td", { class: "number" }, bytesText(log.sizeBytes)),
    el("td", {}, local === null ? "" : `${dateText(local)} ${clockText(local, 3)}`),
    el("td", { class: "number" }, startNs === null || endNs === null ? "" : durationText(endNs - startNs)),
    el("td", {}, log.device),
    el("td", {}, header?.firmware ?? ""),
    el("td", {}, header?.version ?? ""),
    el("td", {}, condition),
  ];
}

function dbcTable({ catalogue }: State): HTMLElement[] {
  const dbcs = catalogue?.dbcs ?? [];
  if (dbcs.length === 0) return [];
  const rows = dbcs.map((dbc) => {
    const first = dbc.warnings[0];
    const lines = dbc.warnings.length;
    const warning =
      first === undefined
        ? ""
        : `${lines} warning${lines === 1 ? "" : "s"}, first at ${first.line}:${first.column}: ${first.text}`;
    return el(
      "tr",
      {},
      el("td", {}, dbc.file),
      el("td", { class: "number" }, countText(dbc.messageCount)),
      el("td", {}, el("span", { class: "why" }, warning)),
    );
  });
  return [section("DBCs", ["DBC", "Messages", "Warnings"], rows, dbcs.length)];
}

/** What is cut is told. */
const moreOf = (count: number): HTMLElement[] =>
  count <= ROWS_MAX ? [] : [el("div", { class: "more" }, `${countText(count - ROWS_MAX)} more are not listed.`)];

function section(title: string, head: readonly string[], rows: readonly HTMLElement[], count: number): HTMLElement {
  const numbers = new Set(["Size", "Length", "Messages"]);
  return el(
    "section",
    {},
    el("h2", {}, `${title}, ${countText(count)}`),
    el(
      "div",
      { class: "table-room", tabindex: "0" },
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { class: numbers.has(text) ? "number" : null }, text)))),
        el("tbody", {}, ...rows),
      ),
    ),
    ...moreOf(count),
  );
}
