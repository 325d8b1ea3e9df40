/** Between the view and the address: reads the link the page was opened with, keeps the address up to date, saves layouts. */
import { type Bound, bindAbsent, bindDocument } from "../state/bind.ts";
import { documentOf } from "../state/document-of.ts";
import { isAllHeard } from "../state/heard.ts";
import type { Notification, SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { MANY } from "../state/stripes.ts";
import { parseDocument, type ViewDocument } from "../state/view-document.ts";
import { ADDRESS_MAX, pack, unpack } from "./packed.ts";
import { findSignals, type PlainView, parsePlain } from "./plain.ts";

export interface LinkerHost {
  /** All signals that occur; null while they are being made, which `grow` waits for. */
  signals(): readonly SignalInfo[] | null;
  grow(): Promise<unknown>;
  /** The address of the page; written without a step in the browser's history. */
  readonly address: { get(): URL; replace(url: URL): void };
  later(run: () => void, ms: number): number;
  stop(timer: number): void;
}

export interface Linker {
  /** Reads the address: at the start, and when a person pastes another fragment. */
  read(): Promise<void>;
  /** Call after every change of the state. */
  pump(state: State): void;
  /** A link was read and waits for its signals. */
  isWaiting(): boolean;
  /** The whole address of the view; notices what had to be left out. null: no address holds it, which is said. */
  address(): Promise<URL | null>;
  /** Shows a document, such as a layout, on the signals that are here. */
  show(document: ViewDocument, name?: string): void;
}

/** Older browsers have no CompressionStream. */
const canPack = typeof CompressionStream === "function";
const SETTLE_MS = 400;
/** What the last part left out was, in words. */
const LOST = { marks: "bookmarks", limits: "bookmarks and axis limits", styles: "bookmarks, axis limits and styles" } as const;

export function createLinker(store: Store, host: LinkerHost): Linker {
  /** Waits for data. */
  let wanted: ViewDocument | PlainView | null = null;
  /** Was shown, and may have names that come later. */
  let shown: ViewDocument | null = null;
  let heard: State["heard"] = {};
  let timer: number | null = null;
  let written = "";

  const warn = (text: string): void =>
    store.dispatch({ type: "notify", notifications: [{ severity: "warning", text } satisfies Notification] });

  async function read(): Promise<void> {
    const url = host.address.get();
    if (url.hash !== "" && url.hash === written) return;
    const unpacked = await unpack(url.hash);
    if (unpacked === null) {
      wanted = parsePlain(url.search) ?? wanted;
      if (wanted !== null && "wrong" in wanted && wanted.wrong.length > 0) {
        warn(`The link says ${wanted.wrong.join(", ")}, which is no time. Times are ms since 1970 or ISO.`);
      }
    } else if (!unpacked.ok) warn(unreadable(unpacked.why));
    else {
      // What Back leads to may be what was written last.
      written = url.hash;
      take(unpacked.value);
    }
    pump(store.get());
  }

  function take(value: unknown): void {
    const parsed = parseDocument(value);
    if (!parsed.ok) {
      warn(unreadable(parsed.why));
      return;
    }
    wanted = parsed.document;
    const parts = Object.keys(parsed.document.foreign);
    if (parsed.isNewer && parts.length > 0) {
      const list = parts.slice(0, 5).map((part) => part.slice(0, 20));
      warn(`This link was made by a newer version. ${countOf(parts.length)} left out: ${list.join(", ")}.`);
    } else if (parsed.isNewer) warn("This link was made by a newer version. All of it is shown.");
    const devices = [...new Set(parsed.document.recordings.map((r) => r.split("/")[0] ?? ""))];
    // A link that names its source asks about that.
    if (store.get().catalogue === null && devices.length > 0 && !host.address.get().searchParams.has("src"))
      warn(`This link shows ${devices.join(", ")}. Open its logs to see it.`);
  }

  function pump(state: State): void {
    const waits = state.columns > 0 && Object.keys(state.heard).length > 0 && wanted !== null;
    const here = waits || (state.heard !== heard && shown !== null) ? host.signals() : [];
    if (here === null) {
      void host.grow().then(() => pump(store.get()));
      return;
    }
    if (waits && wanted !== null) {
      const ask = wanted;
      wanted = null;
      if ("names" in ask) bind(ask, null, here);
      else showPlain(ask, here);
    } else if (state.heard !== heard && shown !== null) {
      const come = bindAbsent(state, shown, here);
      if (come !== null) store.dispatch({ type: "restore", scene: come, more: {} });
    }
    heard = state.heard;
    schedule(state);
  }

  function show(document: ViewDocument, name: string | null = null): void {
    const here = host.signals();
    if (here === null) void host.grow().then(() => show(document, name));
    else bind(document, name, here);
  }

  function bind(document: ViewDocument, name: string | null, here: readonly SignalInfo[]): void {
    const bound: Bound = bindDocument(document, store.get(), here);
    shown = document;
    store.dispatch({ type: "restore", scene: bound.scene, more: { ...bound.more, name } });
  }

  function showPlain(ask: PlainView, here: readonly SignalInfo[]): void {
    const { found, missing, left } = findSignals(ask, here);
    if (missing.length > 0 && !isAllHeard(store.get()) && store.get().listening.length > 0) {
      wanted = ask; // it may still be heard
      return;
    }
    for (const info of found) store.dispatch({ type: "plot", info, place: "fitting" });
    const { fromNs, toNs, atNs } = ask;
    if (fromNs !== null && toNs !== null && toNs > fromNs) store.dispatch({ type: "show", range: { fromNs, toNs } });
    if (atNs !== null) store.dispatch({ type: "cursors", cursors: { a: atNs }, steps: "a" });
    if (missing.length > 0) warn(`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not in this log.`);
    const unplotted = left + ask.left;
    if (unplotted > 0) warn(`A link plots ${MANY} signals at most: ${unplotted} more are left out.`);
    const url = host.address.get();
    for (const key of ["dev", "sig", "from", "to", "at"]) url.searchParams.delete(key);
    host.address.replace(url);
  }

  /** The address follows once the view has come to rest. */
  function schedule(state: State): void {
    if (timer !== null) host.stop(timer);
    timer = null;
    if (wanted !== null || state.stripes.length === 0 || state.view === null) return;
    timer = host.later(() => void write(), SETTLE_MS);
  }

  async function write(): Promise<void> {
    if (!canPack) return;
    const { url } = await addressOf();
    if (url.hash === written) return;
    written = url.hash;
    host.address.replace(url);
  }

  /** What does not fit goes, in the order of viewer.md §7. */
  async function addressOf(): Promise<{
    readonly url: URL;
    readonly lost: keyof typeof LOST | "all" | null;
    readonly length: number;
  }> {
    const levels = [null, "marks", "limits", "styles"] as const;
    const url = host.address.get();
    for (const without of levels) {
      url.hash = await pack(documentOf(store.get(), without === null ? {} : { without }));
      if (url.href.length <= ADDRESS_MAX) return { url, lost: without, length: url.href.length };
    }
    const { length } = url.href;
    url.hash = "";
    return { url, lost: "all", length };
  }

  return {
    read,
    pump,
    isWaiting: () => wanted !== null,
    async address() {
      if (!canPack) {
        warn("This browser cannot pack a view into a link. Save it as a layout instead.");
        return null;
      }
      const { url, lost, length } = await addressOf();
      written = url.hash;
      host.address.replace(url);
      if (lost === "all") {
        warn(`This view is too long for a link: ${length} characters, ${ADDRESS_MAX} at most. Save it as a layout instead.`);
        return null;
      }
      if (lost !== null) warn(`The link is too long for everything: ${LOST[lost]} are left out.`);
      return url;
    },
    show,
  };
}

const countOf = (count: number): string => (count === 1 ? "One part of it was" : `${count} parts of it were`);
const unreadable = (why: string): string => `The view in this link cannot be read: ${why}. Logs open as usual.`;
