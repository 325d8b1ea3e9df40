/** Listening to logs: the tree at once as far as their ends tell, the rest in the background while a person already looks at curves. */
import type { Fault } from "../../core/fault.ts";
import type { DeviceHeard, OnPiece, WorkId } from "../../worker/api.ts";
import type { Preview } from "../preview.ts";
import type { Store } from "../state/store.ts";
import { createPieces } from "./pieces.ts";

export interface ListeningParts {
  readonly store: Store;
  readonly preview: Pick<Preview, "heard" | "heardSoFar" | "cancel">;
  nextWork(): WorkId;
  fail(fault: Fault): void;
  /** What was heard has changed; what is plotted is to be told. */
  onMore(): void;
}

export interface Listening {
  /** As far as it is known at once. `isCurrent`: whether the answer is still wanted. */
  begin(devices: readonly string[], isCurrent: () => boolean, how: "fresh" | "same-logs"): Promise<void>;
  /** To the end, in the background, or until it is cancelled. */
  finish(devices: readonly string[], isCurrent: () => boolean): Promise<void>;
  /** More is known of a device than the tree shows. */
  more(device: string): void;
  /** Part of an answer that is on its way. */
  readonly take: OnPiece;
  /** What is known stays. */
  cancel(): void;
}

export function createListening({ store, preview, nextWork, fail, onMore }: ListeningParts): Listening {
  const works = new Set<WorkId>();
  const pieces = createPieces();
  let isAsking = false;

  async function ask(
    device: string,
    isCurrent: () => boolean,
    how: "heard" | "heardSoFar",
  ): Promise<"heard" | "failed" | "stopped"> {
    const work = nextWork();
    works.add(work);
    const reply = pieces.whole(work, await preview[how](work, device));
    works.delete(work);
    if (!isCurrent()) return "stopped";
    if (reply.ok) show(reply.value);
    else if (reply.fault.code === "request/cancelled") return "stopped";
    else fail(reply.fault);
    return reply.ok ? "heard" : "failed";
  }

  function show(heard: DeviceHeard): void {
    store.dispatch({ type: "heard", heard });
  }

  return {
    async begin(devices, isCurrent, how) {
      for (const device of devices) {
        const isKnown = how === "same-logs" && store.get().heard[device]?.isWhole === true;
        if ((await ask(device, isCurrent, isKnown ? "heard" : "heardSoFar")) === "stopped") return;
      }
    },
    async finish(devices, isCurrent) {
      const left = new Set(devices.filter((device) => store.get().heard[device]?.isWhole !== true));
      for (const device of [...left]) {
        store.dispatch({ type: "listening", devices: [...left] });
        const outcome = await ask(device, isCurrent, "heard");
        if (!isCurrent()) return;
        if (outcome === "stopped") break;
        left.delete(device);
        onMore();
      }
      store.dispatch({ type: "listening", devices: [] });
    },
    more(device) {
      if (isAsking || !store.get().listening.includes(device)) return;
      isAsking = true;
      const { catalogue } = store.get();
      const work = nextWork();
      void preview.heardSoFar(work, device).then((last) => {
        const reply = pieces.whole(work, last);
        isAsking = false;
        const isLate = store.get().catalogue !== catalogue || store.get().heard[device]?.isWhole === true;
        if (!reply.ok || isLate) return;
        show(reply.value);
        onMore();
      });
    },
    take: pieces.take,
    cancel() {
      for (const work of works) void preview.cancel(work);
    },
  };
}
