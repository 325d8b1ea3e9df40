/** What the tree does beyond listing what a log has; loaded behind the first picture. */
import { type Ask, createAsk } from "./ask.ts";
import type { ExtrasHost, TreeRows } from "./extras.ts";
import { createSessionLevel, type SessionLevel } from "./sessions.ts";
import { createSilent, type Silent } from "./silent.ts";
import { createTitles, type Titles } from "./titles.ts";

export interface Late {
  readonly question: HTMLElement;
  readonly ask: Ask["ask"];
  readonly sessions: SessionLevel;
  readonly silent: Silent;
  readonly hover: Titles["hover"];
}

export function createLate(host: ExtrasHost, rows: TreeRows): Late {
  const { element: question, ask } = createAsk();
  return {
    question,
    ask,
    sessions: createSessionLevel(host.sessionIds, rows),
    silent: createSilent(host.silent, rows.changed),
    hover: createTitles(host).hover,
  };
}
