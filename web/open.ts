/** Opening: files, the sample, a server. Catalogue first, then the ids of each device; the tree fills as they come. */
import type { Fault } from "../core/fault.ts";
import type { Catalogue, OpenFile, Reply, WorkId } from "../worker/api.ts";
import { makeSample, type Preview, proxied } from "./preview.ts";
import type { Store } from "./state/store.ts";
import { bytesText } from "./text/number.ts";
import { leavesOf } from "./tree/leaves.ts";

/** What the sample shows at once, by signal name; those that are not there are left out. */
const SAMPLE_SIGNALS = ["VehicleSpeed", "EngineSpeed", "Throttle", "Gear", "BrakeSwitch"];

export interface Opener {
  files(files: readonly OpenFile[], kind: "files" | "sample", beside: boolean): Promise<void>;
  sample(): Promise<void>;
  /** Faults go to the notice bar, except `quiet`: whether there is a server at all. */
  server(baseUrl: string, token: string | null, quiet?: boolean): Promise<void>;
  cancel(): void;
  nextWork(): WorkId;
}

export function createOpener(store: Store, preview: Preview): Opener {
  let lastWork: WorkId = 0;
  let opening = 0;
  let hearing: WorkId | null = null;

  async function take(reply: Reply<Catalogue>, turn: number): Promise<void> {
    if (turn !== opening) return; // something newer was opened meanwhile
    if (!reply.ok) {
      fail(reply.fault);
      return;
    }
    const before = store.get();
    const plotted = before.catalogue?.source.kind === reply.value.source.kind ? Object.keys(before.plotted) : [];
    store.dispatch({ type: "opened", catalogue: reply.value });
    for (const { device } of reply.value.devices) {
      const work = ++lastWork;
      hearing = work;
      const heard = await preview.heard(work, device);
      hearing = null;
      if (turn !== opening) return;
      if (heard.ok) {
        store.dispatch({ type: "heard", heard: heard.value });
        replot(plotted);
      } else if (heard.fault.code !== "request/cancelled") fail(heard.fault);
      else break;
    }
    store.dispatch({ type: "progress", progress: null });
  }

  /** Signals that were plotted before are bound again by name. */
  function replot(ids: readonly string[]): void {
    const known = new Map(leavesOf(store.get().heard).map((info) => [info.id, info]));
    for (const id of ids) {
      const info = known.get(id);
      if (info !== undefined) store.dispatch({ type: "plot", info, place: "fitting" });
    }
  }

  function fail(fault: Fault): void {
    store.dispatch({ type: "progress", progress: null });
    store.dispatch({ type: "notify", notifications: [{ severity: "error", text: fault.message, fault }] });
  }

  void preview.listen(
    proxied((_work, bytes, bytesAll) => {
      const text = `Reading, ${bytesText(bytes)} of ${bytesText(bytesAll)}`;
      store.dispatch({ type: "progress", progress: { text, bytes, bytesAll } });
    }),
  );

  const opener: Opener = {
    async files(files, kind, beside) {
      const turn = ++opening;
      await take(await preview.open(files, kind, beside), turn);
    },
    async sample() {
      store.dispatch({ type: "progress", progress: { text: "Making the sample drive", bytes: 0, bytesAll: 0 } });
      const made = await makeSample().catch(() => null);
      store.dispatch({ type: "progress", progress: null });
      if (made === null) return fail({ code: "bug/unexpected", message: "The sample drive could not be made" });
      await opener.files(made, "sample", false);
      plotFirst();
    },
    async server(baseUrl, token, quiet = false) {
      const turn = ++opening;
      const reply = await preview.openServer(baseUrl, token);
      if (turn !== opening) return;
      if (!reply.ok && reply.fault.code.startsWith("access/token")) {
        store.dispatch({ type: "token", tokenFor: { baseUrl, wrong: reply.fault.code === "access/token-wrong" } });
        return;
      }
      if (!reply.ok && quiet) return;
      store.dispatch({ type: "token", tokenFor: null });
      await take(reply, turn);
    },
    cancel() {
      if (hearing !== null) void preview.cancel(hearing);
    },
    nextWork: () => ++lastWork,
  };

  function plotFirst(): void {
    const all = leavesOf(store.get().heard);
    const chosen = SAMPLE_SIGNALS.flatMap((name) => all.find((info) => info.name === name) ?? []);
    const curves = all.filter((info) => info.lane === null).slice(0, 2);
    for (const info of chosen.length > 0 ? chosen : curves) store.dispatch({ type: "plot", info, place: "fitting" });
  }

  return opener;
}
