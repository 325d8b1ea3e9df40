/** What the tree does beyond listing what a log has (late.ts), once it is loaded; until then, and if it cannot be, the list is all there is. */
import type { HeardId } from "../../core/query/engine.ts";
import type { AboutQuery, DeviceHeard, Reply, SignalAbout, SilentMessage } from "../../worker/api.ts";
import { el } from "../dom.ts";
import type { SignalInfo, State } from "../state/model.ts";
import type { Answer } from "./ask.ts";
import type { Branch } from "./build.ts";
import type { Late } from "./late.ts";
import type { Grown } from "./leaves.ts";

type Heard = Readonly<Record<string, DeviceHeard>>;

export interface ExtrasHost {
  sessionIds(device: string, session: string): Promise<Reply<readonly HeardId[]>>;
  silent(device: string): Promise<Reply<readonly SilentMessage[]>>;
  about(query: AboutQuery): Promise<Reply<SignalAbout>>;
  state(): State;
}

export interface TreeRows {
  /** Sessions are closed until somebody opens them, but the newest. */
  close(key: string): void;
  /** Other rows, or other texts on them. */
  changed(): void;
}

export interface Extras {
  /** Questions. */
  readonly element: HTMLElement;
  /** With what the databases know and nobody sent. */
  withSilent(grown: Grown, heard: Heard): Grown;
  /** With a level of sessions where there are several. */
  withSessions(tree: readonly Branch[], heard: Heard, isOpen: (key: string) => boolean): readonly Branch[];
  ask(text: string, answers: readonly Answer[]): void;
  /** The pointer rests on the row of a signal: its title grows. */
  hover(info: SignalInfo, row: HTMLElement): void;
}

export function createExtras(host: ExtrasHost, rows: TreeRows): Extras {
  const element = el("div", { class: "tree-question" });
  let late: Late | null = null;
  void import("./late.ts").then(
    ({ createLate }) => {
      late = createLate(host, rows);
      element.append(late.question);
      rows.changed();
    },
    () => undefined,
  );
  return {
    element,
    withSilent: (grown, heard) => late?.silent.within(grown, heard) ?? grown,
    withSessions: (tree, heard, isOpen) => late?.sessions.under(tree, heard, isOpen) ?? tree,
    ask: (text, answers) => late?.ask(text, answers),
    hover: (info, row) => late?.hover(info, row),
  };
}
