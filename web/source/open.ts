/** Opening: files, the sample, an address; databases and passwords. Catalogue first, then the ids of each device; the tree fills as they come. */
import type { Fault } from "../../core/fault.ts";
import type { Catalogue, OpenFile, Reply, WorkId } from "../../worker/api.ts";
import type { ChannelName, Library } from "../library/library.ts";
import { askForPassword, lockedDevices, type PasswordAsker } from "../library/locked.ts";
import type { DataStore } from "../plot/data.ts";
import { makeSample, type Preview, proxied } from "../preview.ts";
import type { NoticeAction, Notification, SignalInfo, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { addressWaysOut } from "../text/ways-out.ts";
import { grow, leavesOf } from "../tree/leaves.ts";
import { createListening } from "./listening.ts";
import { createProgress } from "./progress.ts";
import { createTurns } from "./turns.ts";

/** What the sample shows at once, by signal name; those that are not there are left out. */
const SAMPLE_SIGNALS = ["VehicleSpeed", "EngineSpeed", "Throttle", "Gear", "BrakeSwitch"];

/** Asked for once a log is open, and not before its curves. */
const loadMatching = () => import("../library/matching.ts");

export interface OpenerParts {
  readonly store: Store;
  readonly preview: Preview;
  readonly data: DataStore;
  readonly library: Library;
  readonly askPassword: PasswordAsker;
  openDatabases(): void;
}

export interface Opener {
  files(files: readonly OpenFile[], kind: "files" | "sample", beside: boolean): Promise<void>;
  sample(): Promise<void>;
  /** True if it is open now. Faults go to the notice bar, except `quiet`: whether there is a server at all. */
  address(address: string, token: string | null, quiet?: boolean): Promise<boolean>;
  /** After the library or its assignments changed. */
  databases(): Promise<void>;
  /** `from`: a channel where they do not belong. */
  assign(place: ChannelName, files: readonly string[], from?: ChannelName): Promise<void>;
  password(device: string): Promise<void>;
  /** Reads on in logs that grew, changed or came; null: of the open address. False: something newer was opened meanwhile, or it failed. */
  renew(files: readonly OpenFile[] | null): Promise<boolean>;
  /** One thing at a time: what runs is what `cancel` ends. */
  work<T>(run: (id: WorkId) => PromiseLike<Reply<T>>): Promise<Reply<T>>;
  /** Listens to what was not heard yet. */
  listenOn(): Promise<void>;
  /** The opening that runs, and `all`: also what goes on in the background. */
  cancel(all: boolean): void;
  nextWork(): WorkId;
}

/**
 * fresh: nothing of what was plotted stays. beside: all of it stays, its samples are read again. databases: only what they change.
 * renewed: all of it stays, also to the eye, until its samples are there as they are now.
 */
type How = "fresh" | "beside" | "databases" | "renewed";

export function createOpener({ store, preview, data, library, askPassword, openDatabases }: OpenerParts): Opener {
  let lastWork: WorkId = 0;
  let opening = 0;
  let running: WorkId | null = null;
  const skipped = new Set<string>();
  const turns = createTurns();
  const progress = createProgress(store);
  const ready = library.load().then(async () => void (await preview.setLibrary(library.entries(), library.rules())));

  async function take(reply: Reply<Catalogue>, turn: number, how: How): Promise<boolean> {
    if (turn !== opening) return false; // something newer was opened meanwhile
    if (!reply.ok) {
      fail(reply.fault);
      return false;
    }
    const meanings = meaningsOf(store.get().catalogue);
    store.dispatch({ type: how === "fresh" ? "opened" : "reopened", catalogue: reply.value });
    if (how === "fresh") data.keepOnly(new Set());
    // Other databases change nothing about what is heard.
    if (how !== "databases") listening.cancel();
    await listening.begin(deviceNames(), () => turn === opening, how === "databases" ? "same-logs" : "fresh");
    if (turn !== opening) return false;
    if (how === "renewed") data.outdate();
    if (how !== "fresh") await bindAgain(meanings, how === "beside");
    if (turn !== opening) return false;
    progress.clear();
    return true;
  }

  const deviceNames = (): readonly string[] => store.get().catalogue?.devices.map(({ device }) => device) ?? [];
  const listening = createListening({
    store,
    preview,
    nextWork: () => ++lastWork,
    fail,
    onMore: () => void bindAgain(meaningsOf(store.get().catalogue), false),
  });

  /** Passwords, then the rest of the ids, then what needs all of them: proposals and assignments. The tree is there already. */
  async function settle(turn: number, match: () => Promise<void>): Promise<void> {
    await unlock(turn);
    if (turn === opening) await listening.finish(deviceNames(), () => turn === opening);
    if (turn === opening) await match();
  }

  /** One after the other, so that there is one thing to cancel. */
  async function work<T>(run: (id: WorkId) => PromiseLike<Reply<T>>): Promise<Reply<T>> {
    const id = ++lastWork;
    running = id;
    try {
      return await run(id);
    } finally {
      if (running === id) running = null;
    }
  }

  async function bindAgain(before: ReadonlyMap<string, string>, readAll: boolean): Promise<void> {
    if (Object.keys(store.get().plotted).length === 0) return;
    // Not before anything is plotted and heard anew.
    const { rebind } = await import("../state/rebind.ts");
    const { leaves } = await grow(store.get());
    const state = store.get();
    const now = meaningsOf(state.catalogue);
    const changed = ({ selector }: { selector: { kind?: string; db?: string } }): boolean =>
      readAll || (selector.db !== undefined && before.get(selector.db) !== now.get(selector.db));
    const { scene, stale } = rebind(state, [...mayCome(state), ...leaves], changed);
    const gone = new Set(stale);
    data.keepOnly(new Set(Object.keys(state.plotted).filter((id) => !gone.has(id))));
    store.dispatch({ type: "rebound", scene });
  }

  function notify(...notifications: readonly Notification[]): void {
    if (notifications.length > 0) store.dispatch({ type: "notify", notifications });
  }

  function fail(fault: Fault, action?: NoticeAction, other?: NoticeAction): void {
    progress.clear();
    notify({ severity: "error", text: fault.message, fault, ...(action && { action }), ...(other && { other }) });
  }

  void preview.listen(proxied(progress.tell), proxied(listening.more), proxied(listening.take));

  /** Once per device; who skips is asked again only by the tree. */
  async function unlock(turn: number, only: string | null = null): Promise<void> {
    let first = only;
    for (;;) {
      const locked = lockedDevices(store.get().catalogue).filter(({ device }) => device === first || !skipped.has(device));
      const next = locked.find(({ device }) => first === null || device === first);
      first = null;
      if (next === undefined || turn !== opening) return;
      const given = await askForPassword(askPassword, next);
      if (turn !== opening) return;
      if (given === null) {
        skipped.add(next.device);
        continue;
      }
      skipped.delete(next.device);
      const reply = await work<Catalogue>((id) => preview.setPasswords(id, given));
      if (!reply.ok) return fail(reply.fault);
      await take(reply, turn, "beside");
    }
  }

  /** Databases that were dropped find their channels, channels without any are offered one. */
  async function match(dropped: readonly string[], turn: number): Promise<void> {
    const { matchDatabases } = await loadMatching();
    // Another database may have been dropped meanwhile, which says for itself where it belongs.
    if (turn !== opening) return;
    await matchDatabases(dropped, { store, preview, library, work, notify, openDatabases, databases: opener.databases });
  }
  const propose = async (): Promise<void> => (await loadMatching()).propose({ store, preview, library, work, notify });

  const opener: Opener = {
    async files(files, kind, beside) {
      const dbcs = files.filter(({ path }) => /\.dbc$/i.test(path));
      const onlyDatabases = dbcs.length === files.length;
      // A database belongs to what is about to open; logs take the place of an address that does not answer.
      if (onlyDatabases) await turns.rest();
      else opener.cancel(true);
      const turn = ++opening;
      await ready;
      // Those of the sample are not the person's.
      if (kind === "files")
        for (const { path, file } of dbcs) library.add({ file: path.split("/").at(-1) ?? path, blob: file, encoding: null });
      await preview.setLibrary(library.entries(), library.rules());
      const source = store.get().catalogue?.source;
      const stays = beside && source !== undefined && (onlyDatabases || source.kind === kind);
      const reply = await turns.ask<Reply<Catalogue>>(() => preview.open(files, kind, beside));
      const how = !stays ? "fresh" : onlyDatabases ? "databases" : "beside";
      if (!(await take(reply, turn, how))) return;
      const names = dbcs.map(({ path }) => path.split("/").at(-1) ?? path);
      void settle(turn, async () => (kind === "files" ? match(names, turn) : undefined));
    },
    async sample() {
      store.dispatch({ type: "progress", progress: { text: "Making the sample drive", bytes: 0, bytesAll: 0 } });
      const made = await makeSample().catch(() => null);
      store.dispatch({ type: "progress", progress: null });
      if (made === null) return fail({ code: "bug/unexpected", message: "The sample drive could not be made" });
      await opener.files(made, "sample", false);
      plotFirst();
    },
    async address(address, token, quiet = false) {
      opener.cancel(true);
      const turn = ++opening;
      await ready;
      store.dispatch({ type: "progress", progress: { text: `Asking ${new URL(address).host}`, bytes: 0, bytesAll: 0 } });
      const reply = await turns.ask(() => work<Catalogue>((id) => preview.openAddress(id, address, token)));
      if (turn !== opening) return false;
      store.dispatch({ type: "progress", progress: null });
      if (!reply.ok && reply.fault.code === "request/cancelled") return false;
      if (!reply.ok && reply.fault.code.startsWith("access/token")) {
        store.dispatch({ type: "token", tokenFor: { baseUrl: address, wrong: reply.fault.code === "access/token-wrong" } });
        return false;
      }
      if (!reply.ok && quiet) return false;
      store.dispatch({ type: "token", tokenFor: null });
      if (!reply.ok) {
        fail(reply.fault, ...addressWaysOut(reply.fault, address));
        return false;
      }
      const isOpen = await take(reply, turn, "fresh");
      if (isOpen) void settle(turn, propose);
      return isOpen;
    },
    async databases() {
      await turns.rest();
      const turn = ++opening;
      const reply = await preview.setLibrary(library.entries(), library.rules());
      if (!reply.ok) fail(reply.fault);
      else if (reply.value !== null && (await take({ ok: true, value: reply.value }, turn, "databases")))
        void settle(turn, async () => undefined);
    },
    async assign(place, files, from) {
      const there = from === undefined ? null : library.assignmentOf(from);
      if (there !== null)
        library.assign(
          there,
          there.dbcs.filter((file) => !files.includes(file)),
        );
      library.assign(place, files);
      await opener.databases();
      // Perhaps they belong elsewhere.
      if (files.length > 0) void propose();
    },
    async renew(files) {
      const turn = ++opening;
      const isTaken = await take(await work<Catalogue>((id) => preview.renew(id, files)), turn, "renewed");
      if (isTaken) void settle(turn, async () => undefined);
      return isTaken;
    },
    work,
    async password(device) {
      const turn = opening;
      await unlock(turn, device);
      await settle(turn, async () => undefined);
    },
    listenOn: () => settle(opening, propose),
    cancel(all) {
      if (running !== null) void preview.cancel(running);
      if (all) listening.cancel();
    },
    nextWork: () => ++lastWork,
  };

  function plotFirst(): void {
    const all = leavesOf(store.get());
    const chosen = SAMPLE_SIGNALS.flatMap((name) => all.find((info) => info.name === name) ?? []);
    const curves = all.filter((info) => info.lane === null).slice(0, 2);
    for (const info of chosen.length > 0 ? chosen : curves) store.dispatch({ type: "plot", info, place: "fitting" });
  }

  return opener;
}

/** Plotted signals that may only not have been heard yet. */
const mayCome = ({ plotted, heard }: State): readonly SignalInfo[] =>
  Object.values(plotted).flatMap(({ info }) => (heard[info.selector.device]?.isWhole !== true && !info.absent ? info : []));

/** By name: equal texts give equal answers. */
const meaningsOf = (catalogue: Catalogue | null): ReadonlyMap<string, string> =>
  new Map(catalogue?.dbcs.map(({ name, meaning }) => [name, meaning]));
