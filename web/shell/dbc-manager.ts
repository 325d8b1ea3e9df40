/** The DBC manager: left what this browser keeps, right which of it belongs to which channel, and how well. */

import { idText } from "../../core/bus/id-text.ts";
import type { DbcEncoding } from "../../core/dbc/encoding.ts";
import type { ChannelFit } from "../../core/query/engine.ts";
import type { LibraryDbc } from "../../worker/api.ts";
import { el } from "../dom.ts";
import type { ChannelName, Library } from "../library/library.ts";
import { type ChannelState, channelStates, matchText } from "../library/proposals.ts";
import type { State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { bytesText, countText } from "../text/number.ts";
import { icon } from "./icons.ts";

const ENCODINGS: readonly DbcEncoding[] = ["utf-8", "windows-1252", "shift_jis", "gb18030", "utf-16le", "utf-16be"];
const IDS_SHOWN = 200;

export interface DbcManagerHost {
  /** How well each database fits the device's channels. */
  fits(device: string): Promise<readonly ChannelFit[]>;
  /** After the library changed. */
  changed(): Promise<void>;
  assign(place: ChannelName, files: readonly string[]): Promise<void>;
  openFiles(): void;
}

export interface DbcManager {
  readonly element: HTMLDialogElement;
  open(): void;
  render(state: State): void;
}

export function createDbcManager(store: Store, library: Library, host: DbcManagerHost): DbcManager {
  const shelf = el("section", { class: "dbc-shelf", "aria-label": "Library" });
  const matrix = el("section", { class: "dbc-matrix", "aria-label": "Channels" });
  const fits = new Map<string, readonly ChannelFit[]>();
  let heard: State["heard"] = {};
  let catalogue: State["catalogue"] = null;
  const element = el(
    "dialog",
    { class: "dbcs", "aria-label": "DBC manager" },
    el("h1", {}, "DBCs"),
    el("div", { class: "dbc-sides" }, shelf, matrix),
    el(
      "div",
      { class: "buttons" },
      el("button", { class: "framed", type: "button", onclick: host.openFiles }, "Add files…"),
      el("button", { class: "primary", type: "button", autofocus: true, onclick: () => element.close() }, "Close"),
    ),
  );

  function draw(): void {
    const entries = library.entries();
    shelf.replaceChildren(
      el("h2", {}, `In this browser, ${countText(entries.length)}`),
      ...(entries.length === 0 ? [el("p", {}, "Drop a DBC anywhere on this page. It stays in this browser.")] : []),
      ...entries.map(drawEntry),
    );
    const states = Object.values(heard).flatMap(channelStates);
    matrix.replaceChildren(
      el("h2", {}, "Channels"),
      ...(states.length === 0 ? [el("p", {}, "No log is open.")] : []),
      ...states.map(drawChannel),
    );
  }

  function drawEntry(dbc: LibraryDbc): HTMLElement {
    const used = catalogue?.dbcs.find(({ file }) => file === dbc.file);
    const encoding = el(
      "select",
      { "aria-label": `Encoding of ${dbc.file}`, onchange: () => void encode(dbc, encoding.value) },
      el("option", { value: "", selected: dbc.encoding === null }, `by its bytes${used ? ` (${used.encoding})` : ""}`),
      ...ENCODINGS.map((name) => el("option", { value: name, selected: dbc.encoding === name }, name)),
    );
    const about = used === undefined ? "not in use" : `${countText(used.messageCount)} messages · ${used.meaning.slice(0, 8)}`;
    return el(
      "div",
      { class: "dbc-entry" },
      el("b", { title: dbc.file }, dbc.file),
      el("span", { class: "detail" }, `${bytesText(dbc.blob.size)} · ${about}`),
      encoding,
      el(
        "button",
        {
          type: "button",
          "aria-label": `Remove ${dbc.file}`,
          title: "Remove from this browser",
          onclick: () => void forget(dbc.file),
        },
        icon("close"),
      ),
      ...(used === undefined ? [] : warnings(used)),
    );
  }

  function drawChannel(state: ChannelState): HTMLElement {
    const { device, bus, channel } = state;
    const own = fits.get(device)?.find((one) => one.bus === bus && one.channel === channel)?.fits ?? [];
    const files = library.assignmentOf(state)?.dbcs ?? [];
    const choice = el(
      "select",
      {
        "aria-label": `DBC of ${device} ${bus} ${channel}`,
        onchange: () => void host.assign(state, choice.value === "" ? [] : [choice.value]).then(draw),
      },
      el("option", { value: "", selected: files.length === 0 }, "by best fit"),
      ...own.map(({ file, fit }) =>
        el("option", { value: file, selected: files[0] === file }, `${file}: ${matchText(state.ids, fit)}`),
      ),
    );
    const others = own.filter(({ file, fit }) => fit.ids > 0 && files.length > 0 && !files.includes(file));
    const also = others.map(({ file }) =>
      el(
        "button",
        { class: "link", type: "button", onclick: () => void host.assign(state, [...files, file]).then(draw) },
        `Add ${file}`,
      ),
    );
    const bar = el("meter", {
      min: "0",
      max: String(Math.max(1, state.ids)),
      value: String(state.matched),
      "aria-label": "Matched ids",
    });
    return el(
      "div",
      { class: "dbc-channel" },
      el("b", {}, `${device} · ${bus} ${channel}`),
      choice,
      bar,
      el("span", { class: "detail" }, `${state.matched} of ${state.ids} ids matched`),
      ...(files.length > 1 ? [el("div", { class: "detail" }, `In this order: ${files.join(", ")}`)] : []),
      ...also,
      ids(state),
    );
  }

  /** Matched and unmatched identifiers, by name. */
  function ids({ device, bus, channel }: ChannelState): HTMLElement {
    const all = (heard[device]?.ids ?? []).filter((id) => id.bus === bus && id.channel === channel);
    const rows = all.slice(0, IDS_SHOWN).map((id) => {
      const match = id.matches.find(({ binding }) => binding !== null);
      const name = match === undefined ? "unmatched" : `${match.db}.${match.message}`;
      return el(
        "div",
        { class: match === undefined ? "missing" : null },
        el("code", {}, idText(id.id, id.extended)),
        ` ${name}, ${countText(id.frames)} frames`,
      );
    });
    return el("details", {}, el("summary", {}, "Ids"), ...rows, ...moreOf(all.length));
  }

  async function encode(dbc: LibraryDbc, name: string): Promise<void> {
    library.add({ ...dbc, encoding: ENCODINGS.find((known) => known === name) ?? null });
    await host.changed();
    draw();
  }

  async function forget(file: string): Promise<void> {
    library.remove(file);
    await host.changed();
    draw();
  }

  async function compare(): Promise<void> {
    for (const device of Object.keys(heard)) {
      fits.set(device, await host.fits(device));
      draw();
    }
  }

  return {
    element,
    open() {
      ({ heard, catalogue } = store.get());
      draw();
      if (!element.open) element.showModal();
      void compare();
    },
    render(state) {
      if (!element.open || (state.heard === heard && state.catalogue === catalogue)) return;
      ({ heard, catalogue } = state);
      draw();
    },
  };
}

const moreOf = (count: number): HTMLElement[] =>
  count > IDS_SHOWN ? [el("div", {}, `${countText(count - IDS_SHOWN)} more`)] : [];

/** "body.dbc: 3 warnings, first at 214:9: unknown signal type", and all of them by line. */
function warnings({ warnings: all }: NonNullable<State["catalogue"]>["dbcs"][number]): HTMLElement[] {
  const first = all[0];
  if (first === undefined) return [];
  const lines = all
    .slice(0, IDS_SHOWN)
    .map(({ line, column, text }) => el("div", {}, el("code", {}, `${line}:${column}`), ` ${text}`));
  return [
    el(
      "details",
      { class: "warnings" },
      el(
        "summary",
        {},
        `${all.length} warning${all.length === 1 ? "" : "s"}, first at ${first.line}:${first.column}: ${first.text}`,
      ),
      ...lines,
      ...moreOf(all.length),
    ),
  ];
}
