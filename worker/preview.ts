/** Entry of the preview worker: the engine behind Comlink. Nothing leaves this tab. */
import * as Comlink from "comlink";
import { buffersOf } from "./answers/view.ts";
import { FIRST_PASS, type OnPiece, type OnProgress, type PreviewApi, type Reply, type WorkId } from "./api.ts";
import { keptHere } from "./kept.ts";
import { loadKernel } from "./kernel.ts";
import { inPieces } from "./pieces.ts";
import { replyOf } from "./reply.ts";
import { createSession, type Session } from "./session.ts";
import { createUrgency } from "./urgency.ts";

const PROGRESS_EVERY_MS = 100; // shorter work shows nothing (viewer.md §1, "Loading")

/** A macrotask of its own, so that messages (cancel) come through between slices of work. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

const onFirstPass = ({ bytes, bytesAll }: { bytes: number; bytesAll: number }): void => onProgress?.(FIRST_PASS, bytes, bytesAll);
const kept = keptHere();
const session: Promise<Session> = loadKernel().then((kernel) =>
  createSession(kernel, { yield: nextTask }, onFirstPass, kept.index),
);
session.catch(() => undefined); // reported by whoever asks first
const running = new Map<WorkId, AbortController>();
let onProgress: OnProgress | null = null;
let onMore: ((device: string) => void) | null = null;
let onPiece: OnPiece = async () => undefined;
const urgency = createUrgency();

async function work<T>(
  id: WorkId,
  run: (session: Session, signal: AbortSignal, onWork: (done: { bytes: number; bytesAll: number }) => void) => Promise<T>,
): Promise<Reply<T>> {
  const controller = new AbortController();
  running.set(id, controller);
  let toldMs = performance.now();
  let hasTold = false;
  const onWork = ({ bytes, bytesAll }: { bytes: number; bytesAll: number }): void => {
    const nowMs = performance.now();
    if (nowMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = nowMs;
    hasTold = true;
    onProgress?.(id, bytes, bytesAll);
  };
  const reply = await replyOf(async () => run(await session, controller.signal, onWork));
  running.delete(id);
  if (hasTold) onProgress?.(id, 0, -1);
  return reply;
}

/** A person waits for it: the background rests. */
const first: typeof work = (id, run) => urgency.first(() => work(id, run));

const forever = new AbortController().signal;

const api: PreviewApi = {
  listen(progressListener, moreListener, pieceListener) {
    onProgress = progressListener;
    onMore = moreListener;
    onPiece = pieceListener;
  },
  open: (files, kind, beside) => replyOf(async () => (await session).open(files, kind, beside, forever)),
  openAddress: (id, address, token) => work(id, (now, signal) => now.openAddress(address, token, signal)),
  look: (id) => work(id, (now, signal) => now.look(signal)),
  renew: (id, files) => work(id, (now, signal) => now.renew(files, signal)),
  // Neither needs what is open, and few need either.
  unpack: (id, file) =>
    work(id, async (_, signal, onWork) => (await import("./archives/unpack.ts")).unpack(file, signal, onWork)),
  download: (id, address) =>
    work(id, async (_, signal, onWork) => (await import("./sources/download.ts")).download(address, signal, onWork)),
  setLibrary: (library, rules) => replyOf(async () => (await session).setLibrary(library, rules, forever)),
  fits: (id, device) => work(id, (now, signal) => now.fits(device, signal)),
  setPasswords: (id, passwords) => work(id, (now, signal) => now.setPasswords(passwords, signal)),
  heardSoFar: (id, device) =>
    urgency.first(async () => inPieces(id, await work(id, (now, signal) => now.heardSoFar(device, signal)), onPiece)),
  async heard(id, device) {
    const aside = { pause: urgency.pause, onMore: () => onMore?.(device) };
    return inPieces(id, await work(id, (now, signal, onWork) => now.heard(device, signal, onWork, aside)), onPiece);
  },
  sessionIds: (id, device, session) => work(id, (now, signal, onWork) => now.sessionIds(device, session, signal, onWork)),
  silent: (id, device) => work(id, (now, signal) => now.silent(device, signal)),
  about: (id, query) => work(id, (now, signal, onWork) => now.about(query, signal, onWork)),
  async view(id, query) {
    const reply = await first(id, (now, signal, onWork) => now.view(query, signal, onWork));
    return reply.ok ? Comlink.transfer(reply, buffersOf(reply.value)) : reply;
  },
  at: (id, query) => first(id, (now, signal) => now.at(query, signal)),
  step: (id, query) => first(id, (now, signal) => now.step(query, signal)),
  quickStatistics: (id, query) => first(id, (now, signal, onWork) => now.quickStatistics(query, signal, onWork)),
  statistics: (id, query) => first(id, (now, signal, onWork) => now.statistics(query, signal, onWork)),
  losses: (id, device, isAsked) =>
    work(id, (now, signal, onWork) => now.losses(device, { pause: urgency.pause, isAsked }, signal, onWork)),
  keptSizes: async () => (await kept.shelf()).sizes(),
  forgetKept: async () => (await kept.shelf()).clear(),
  cancel(id) {
    running.get(id)?.abort();
  },
};

Comlink.expose(api);
