/** The notice bar under the top bar: one sentence, the newest; how many more; a way out. */
import type { Fault } from "../../core/fault.ts";
import { el, onChange } from "../dom.ts";
import type { NoticeAction, Notification, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { noticeSentence } from "../text/sentences.ts";
import type { Actions } from "./actions.ts";
import { icon } from "./icons.ts";

export interface NoticeBar {
  readonly element: HTMLElement;
  render(state: State): void;
}

export function createNoticeBar(store: Store, actions: Actions): NoticeBar {
  const element = el("div", { class: "noticebar", role: "status", hidden: true });
  const draw = onChange((notifications: readonly Notification[]) => {
    const newest = notifications[0];
    element.hidden = newest === undefined;
    if (newest === undefined) return;
    element.className = `noticebar ${newest.severity}`;
    // An error interrupts a screen reader, a warning waits.
    element.setAttribute("role", newest.severity === "error" ? "alert" : "status");
    const sentence = noticeSentence(newest);
    const code = newest.fault?.code;
    element.replaceChildren(
      icon(newest.severity === "info" ? "info" : "warning"),
      el("span", { class: "sentence", title: code === undefined ? sentence : `${sentence}\n${code}` }, sentence),
      ...actionsOf(newest, store, actions),
      ...(notifications.length > 1 ? [more(notifications.length - 1, actions)] : []),
      el(
        "button",
        { class: "close", type: "button", "aria-label": "Dismiss", onclick: () => store.dispatch({ type: "dismiss" }) },
        icon("close"),
      ),
    );
  });
  return { element, render: (state) => draw(state.notifications) };
}

const more = (count: number, actions: Actions): HTMLElement =>
  el("button", { class: "link", type: "button", onclick: () => actions.run("toggle-file") }, `${count} more`);

function actionsOf(notice: Notification, store: Store, actions: Actions): HTMLElement[] {
  const first = notice.action ?? actionOfFault(notice);
  const other = notice.other ?? otherOfFault(notice);
  return [first, other].flatMap((action) => {
    if (action === undefined) return [];
    const run = (): void => {
      if (action.run === "file-panel") store.dispatch({ type: "panel", panel: "file", open: true });
      else {
        // What was offered is taken: the sentence has nothing more to say.
        store.dispatch({ type: "dismiss" });
        actions.notice(action.run);
      }
    };
    return [el("button", { class: "link", type: "button", onclick: run }, action.label)];
  });
}

function actionOfFault({ fault }: Notification): NoticeAction | undefined {
  if (fault?.code === "storage/cors") return { label: "Copy the rule", run: "copy-cors-rule" };
  if (fault?.code === "access/password-needed" || fault?.code === "access/password-wrong")
    return { label: "Enter password", run: { password: String(fault.found ?? "") } };
  if (fault?.code === "storage/changed") return { label: "Read it again", run: "read-again" };
  if (isArchive(fault)) return { label: "Open its files", run: { unpack: fault?.object ?? "" } };
  if (fault?.code === "bug/unexpected" && fault.object === undefined) return { label: "Load again", run: "reload" };
  return fault?.object === undefined ? undefined : { label: "Details", run: "file-panel" };
}

const otherOfFault = ({ fault }: Notification): NoticeAction | undefined =>
  isArchive(fault) ? { label: "Ignore", run: "nothing" } : undefined;

const isArchive = (fault: Fault | undefined): boolean => fault?.code === "input/unsupported" && fault.found === "archive";
