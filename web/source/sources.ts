/** What can be done about a source once it is open, or would not open: look again, follow, unpack, download (viewer.md §9, 8, 12 to 14, 20). */
import type { Fault } from "../../core/fault.ts";
import type { OpenFile } from "../../worker/api.ts";
import { el, onChange } from "../dom.ts";
import { keysText } from "../keys.ts";
import type { LastFolder } from "../library/last-folder.ts";
import type { Preview } from "../preview.ts";
import type { NoticeAction, Notification, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { bytesText } from "../text/number.ts";
import { createFollower } from "./follower.ts";
import type { Opener } from "./open.ts";
import type { Origin } from "./origins.ts";
import { changedSentence, grownSentence, newSentence } from "./sentences.ts";
import { createWatcher, type Found } from "./watcher.ts";

export interface SourcesHost {
  readonly store: Store;
  readonly preview: Preview;
  readonly opener: Opener;
  readonly lastFolder: LastFolder;
  origins(): readonly Origin[];
  openOrigin(origin: Origin, beside: boolean): void;
  openFiles(): void;
  say(text: string): void;
  /** Back to the first view of what is open. */
  emptyView(): void;
  /** Asks, then forgets all that is kept. */
  forget(): void;
}

export interface Sources {
  /** "Follow", lit while it is on; shown once something is known to grow. */
  readonly chip: HTMLElement;
  run(what: NoticeAction["run"]): void;
  toggleFollow(): void;
  render(state: State): void;
}

/** Soon after opening: a log that is being written has grown by then. */
const FIRST_LOOK_MS = 3000;
/** From this size on a download lies in the browser's storage (worker/sources/download.ts). */
const IN_MEMORY_BYTES = 500_000_000;

export function createSources({ store, preview, opener, lastFolder, say, ...host }: SourcesHost): Sources {
  const isAddress = (): boolean => {
    const kind = store.get().catalogue?.source.kind;
    return kind === "server" || kind === "address";
  };
  const watcher = createWatcher(preview, { origins: host.origins, isAddress, work: opener.work });
  const follower = createFollower(store, {
    readOn,
    now: () => performance.now(),
    later: (run, ms) => window.setTimeout(run, ms),
    stop: (timer) => window.clearTimeout(timer),
  });
  const told = new Set<string>();
  let grows = false;
  let looking = false;

  const chip = el(
    "button",
    {
      class: "tool follow",
      type: "button",
      title: `Follow the newest sample (${keysText("follow")})`,
      hidden: true,
      onclick: toggleFollow,
    },
    "Follow",
  );

  function notify(notification: Notification): void {
    store.dispatch({ type: "notify", notifications: [notification] });
  }
  const fail = (fault: Fault): void => notify({ severity: "error", text: fault.message, fault });

  /** null: it could not be looked at, which was said. */
  async function look(): Promise<Found | null> {
    if (looking) return null;
    looking = true;
    try {
      const reply = await watcher.look();
      if (reply.ok) return reply.value;
      if (reply.fault.code !== "request/cancelled") fail(reply.fault);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      const name = host.origins().at(-1)?.files[0]?.path.split("/")[0] ?? "the folder";
      const text = `The browser needs permission again to read ${name}`;
      notify({ severity: "warning", text, action: { label: "Allow", run: "allow" } });
    } finally {
      looking = false;
    }
    return null;
  }

  /** Says what is different, each thing once; nothing is read before a person wants it. */
  async function lookAndTell(): Promise<void> {
    if (store.get().following || store.get().progress !== null || store.get().catalogue === null) return;
    const found = await look();
    if (found === null) return;
    const news = (paths: readonly string[]): readonly string[] => {
      const fresh = paths.filter((path) => !told.has(path));
      for (const path of fresh) told.add(path);
      return fresh;
    };
    const [grown, changed, added] = [news(found.grown), news(found.changed), news(found.added)];
    if (added.length > 0)
      notify({ severity: "info", text: newSentence(added), action: { label: "Read them", run: "read-again" } });
    if (changed.length > 0) {
      const label = found.mustBePicked ? "Open it again" : "Read it again";
      notify({
        severity: "warning",
        text: changedSentence(changed),
        action: { label, run: found.mustBePicked ? "open-files" : "read-again" },
      });
    }
    if (grown.length > 0) {
      grows = true;
      notify({ severity: "info", text: grownSentence(grown, store.get()), action: { label: "Follow", run: "follow" } });
      drawChip(store.get().following, grows);
    }
  }

  const isNews = ({ grown, changed, added }: Found): boolean => grown.length + changed.length + added.length > 0;

  async function readOn(): Promise<boolean> {
    // Something is being opened or read: the next look is soon.
    if (store.get().progress !== null) return true;
    const found = await look();
    if (found === null || !store.get().following) return false;
    return !isNews(found) || take(found);
  }

  async function take(found: Found): Promise<boolean> {
    const isThere = await opener.renew(found.files);
    if (isThere) {
      watcher.took(found);
      told.clear();
    }
    return isThere;
  }

  async function readAgain(): Promise<void> {
    const found = await look();
    if (found === null) return;
    if (found.mustBePicked) host.openFiles();
    else if (isNews(found)) await take(found);
    else say("Nothing has changed since");
  }

  async function unpack(path: string): Promise<void> {
    const archive = host
      .origins()
      .flatMap(({ files }) => files)
      .findLast((file) => file.path === path);
    if (archive === undefined) return;
    const reply = await opener.work((id) => preview.unpack(id, archive));
    store.dispatch({ type: "progress", progress: null });
    if (!reply.ok) return reply.fault.code === "request/cancelled" ? undefined : fail(reply.fault);
    const { files, notices } = reply.value;
    host.openOrigin({ files, again: null }, true);
    for (const notice of notices) notify(notice);
  }

  async function download(address: string): Promise<void> {
    const reply = await opener.work<OpenFile>((id) => preview.download(id, address));
    store.dispatch({ type: "progress", progress: null });
    if (!reply.ok) return reply.fault.code === "request/cancelled" ? say("The download was cancelled") : fail(reply.fault);
    host.openOrigin({ files: [reply.value], again: null }, false);
    const { name, size } = reply.value.file;
    if (size <= IN_MEMORY_BYTES) return;
    const text = `${name} (${bytesText(size)}) is kept in this browser's storage until another is downloaded`;
    notify({ severity: "info", text, action: { label: "Forget it", run: "forget" } });
  }

  async function allow(): Promise<void> {
    const origin = await lastFolder.reopen();
    if (origin !== null) host.openOrigin(origin, false);
    else say("The browser did not give permission");
  }

  function toggleFollow(): void {
    if (store.get().following) follower.stop();
    else if (store.get().view === null) say("Nothing is plotted to follow");
    else if (!watcher.canLook()) say("These files cannot be looked at again. Drop them, or open their folder, to follow them");
    else follower.start();
  }

  const drawChip = onChange((following: boolean, isShown: boolean) => {
    chip.hidden = !following && !isShown;
    chip.setAttribute("aria-pressed", String(following));
  });
  const opened = onChange((name: string | undefined) => {
    told.clear();
    grows = false;
    if (name !== undefined && host.origins().some(({ again }) => again !== null))
      setTimeout(() => void lookAndTell(), FIRST_LOOK_MS);
  });
  const change = onChange((isChanged: boolean) => void (isChanged && lookAndTell()));
  document.addEventListener("visibilitychange", () => void (document.visibilityState === "visible" && lookAndTell()));
  addEventListener("focus", () => void lookAndTell());

  return {
    chip,
    run(what) {
      if (what === "follow") toggleFollow();
      else if (what === "empty-view") host.emptyView();
      else if (what === "forget") host.forget();
      else if (what === "copy-cors-rule") void copyRule(say);
      else if (what === "read-again") void readAgain();
      else if (what === "allow") void allow();
      else if (typeof what !== "object") return;
      else if ("copy" in what) void copied(what.copy, "Report copied", say);
      else if ("unpack" in what) void unpack(what.unpack);
      else if ("download" in what) void download(what.download);
    },
    toggleFollow,
    render(state) {
      opened(state.catalogue?.source.name);
      change(state.notifications.some(({ fault }) => fault?.code === "storage/changed"));
      drawChip(state.following, grows);
      follower.pump();
    },
  };
}

/** For the bucket's owner, as S3 takes it. */
async function copyRule(say: (text: string) => void): Promise<void> {
  const rule = {
    AllowedOrigins: [location.origin],
    AllowedMethods: ["GET", "HEAD"],
    AllowedHeaders: ["Range"],
    ExposeHeaders: ["Content-Range", "ETag"],
  };
  await copied(JSON.stringify([rule], null, 2), "Rule copied", say);
}

async function copied(text: string, done: string, say: (text: string) => void): Promise<void> {
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  say(isCopied === true ? done : "The browser does not let this page copy");
}
