/** Below the tree: which DBC explains which channel. Above it: sentences for channels that none explains. */

import { idText } from "../../core/bus/id-text.ts";
import { el, onChange } from "../dom.ts";
import { groupBy } from "../group.ts";
import { lockedDevices, lockedSentence } from "../library/locked.ts";
import type { Actions } from "../shell/actions.ts";
import { icon } from "../shell/icons.ts";
import { unheard } from "../state/heard.ts";
import type { State } from "../state/model.ts";
import { unheardSentence, unmatchedSentence } from "../text/sentences.ts";
import { inForce } from "./build.ts";

export interface Foot {
  readonly element: HTMLElement;
  readonly notices: HTMLElement;
  render(state: State): void;
}

interface ChannelMatch {
  readonly channel: string;
  readonly dbs: readonly string[];
  readonly matched: number;
  readonly ids: readonly string[];
}

export function createFoot(actions: Pick<Actions, "openDatabases" | "enterPassword" | "listenOn">): Foot {
  const element = el("div", { class: "tree-foot" });
  const notices = el("div", { class: "tree-notices" });
  const draw = onChange((heard: State["heard"], catalogue: State["catalogue"], listening: State["listening"]) => {
    const channels = matchesOf(heard);
    const dbcs = catalogue?.dbcs ?? [];
    // It comes with its lines: grown by one after the other it would push what is above.
    element.hidden = catalogue === null || (catalogue.devices.length > 0 && Object.keys(heard).length === 0);
    element.replaceChildren(
      el(
        "h2",
        {},
        "DBC",
        el(
          "button",
          { class: "link", type: "button", title: "DBC manager (D)", onclick: actions.openDatabases },
          dbcs.length === 0 ? "none" : `${dbcs.length} open`,
        ),
      ),
      ...channels.map(({ channel, dbs, matched, ids }) =>
        el(
          "div",
          { class: "dbc" },
          el("span", {}, channel),
          el(
            "span",
            { class: dbs.length === 0 ? "name missing" : "name", title: dbs.join(", ") },
            dbs.join(", ") || "no DBC fits",
          ),
          el("span", {}, `${matched} of ${ids.length} ids`),
        ),
      ),
    );
    const silent = channels.filter((c) => c.matched === 0);
    // One sentence is enough: the foot has a line for each channel.
    const worst = silent.length === channels.length ? silent[0] : undefined;
    notices.replaceChildren(
      ...lockedDevices(catalogue).map((locked) =>
        el(
          "div",
          { class: "inline-notice warning", role: "status" },
          icon("lock"),
          el(
            "span",
            {},
            `${lockedSentence(locked)} `,
            el(
              "button",
              { class: "link", type: "button", onclick: () => actions.enterPassword(locked.device) },
              "Enter password",
            ),
          ),
        ),
      ),
      ...unheard({ heard, listening }).map((part) =>
        el(
          "div",
          { class: "inline-notice warning", role: "status" },
          icon("warning"),
          el(
            "span",
            {},
            `${unheardSentence(part)} `,
            el("button", { class: "link", type: "button", onclick: actions.listenOn }, "Listen on"),
          ),
        ),
      ),
      ...(worst === undefined
        ? []
        : [
            el(
              "div",
              { class: "inline-notice warning", role: "status" },
              icon("warning"),
              el(
                "span",
                {},
                `${unmatchedSentence(worst.channel, worst.ids, dbcs)} `,
                el(
                  "button",
                  { class: "link", type: "button", onclick: actions.openDatabases },
                  dbcs.length === 0 ? "Assign a DBC" : "Choose another",
                ),
                " Or drop one anywhere on this page.",
              ),
            ),
          ]),
    );
  });
  return { element, notices, render: (state) => draw(state.heard, state.catalogue, state.listening) };
}

function matchesOf(heard: State["heard"]): ChannelMatch[] {
  const ids = Object.values(heard).flatMap((h) => h.ids);
  return [...groupBy(ids, (id) => `${id.bus} ${id.channel}`)]
    .map(([channel, own]) => ({
      channel,
      dbs: [...new Set(own.flatMap((id) => inForce(id).map((m) => m.db)))],
      matched: new Set(own.filter((id) => inForce(id).length > 0).map((id) => idText(id.id, id.extended))).size,
      ids: [...new Set(own.map((id) => idText(id.id, id.extended)))],
    }))
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));
}
