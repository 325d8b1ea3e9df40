/** The notice bar under the top bar: one sentence, the newest; how many more; a way out. */
import { el, onChange } from "../dom.ts";
import type { Notification, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { noticeSentence } from "../text/sentences.ts";
import { waysOut } from "../text/ways-out.ts";
import type { Actions } from "./actions.ts";
import { icon } from "./icons.ts";

export interface NoticeBar {
  readonly element: HTMLElement;
  render(state: State): void;
}

export function createNoticeBar(store: Store, actions: Actions): NoticeBar {
  const element = el("div", { class: "noticebar", role: "status", hidden: true });
  const list = el("ul", { class: "notice-list", "aria-label": "Notices", "aria-live": "off", id: "notices" });
  let isOpen = false;

  /** All of them, with codes: below the bar, over the page. */
  function toggle(): void {
    isOpen = !isOpen;
    drawAll(store.get().notifications);
  }

  function drawList(notifications: readonly Notification[]): void {
    isOpen &&= notifications.length > 0;
    if (!isOpen) list.remove();
    else
      void import("./notice-list.ts").then(({ noticeRows }) => {
        const host = {
          actions: (notice: Notification) => actionsOf(notice, store, actions, null),
          dismiss: (at: number) => store.dispatch({ type: "dismiss", at }),
        };
        if (!isOpen) return;
        list.replaceChildren(...noticeRows(notifications, host));
        element.append(list);
      });
  }

  const draw = onChange((notifications: readonly Notification[]) => drawAll(notifications));

  function drawAll(notifications: readonly Notification[]): void {
    const newest = notifications[0];
    element.hidden = newest === undefined;
    drawList(notifications);
    if (newest === undefined) return;
    element.className = `noticebar ${newest.severity}`;
    // An error interrupts a screen reader, a warning waits.
    element.setAttribute("role", newest.severity === "error" ? "alert" : "status");
    const sentence = noticeSentence(newest);
    const code = newest.fault?.code;
    element.replaceChildren(
      icon(newest.severity === "info" ? "info" : "warning"),
      el("span", { class: "sentence", title: code === undefined ? sentence : `${sentence}\n${code}` }, sentence),
      ...actionsOf(newest, store, actions, toggle),
      ...(notifications.length > 1 ? [opening(`${notifications.length - 1} more`, isOpen, toggle)] : []),
      el(
        "button",
        { class: "close", type: "button", "aria-label": "Dismiss", onclick: () => store.dispatch({ type: "dismiss" }) },
        icon("close"),
      ),
    );
  }
  return { element, render: (state) => draw(state.notifications) };
}

const opening = (text: string, isOpen: boolean, toggle: () => void): HTMLElement =>
  el(
    "button",
    { class: "link", type: "button", "aria-expanded": String(isOpen), "aria-controls": "notices", onclick: toggle },
    text,
  );

/** `details`: opens them; null where they are shown already. */
function actionsOf(notice: Notification, store: Store, actions: Actions, details: (() => void) | null): HTMLElement[] {
  return waysOut(notice).flatMap((action) => {
    // Of a log that is open the sums say more than the code; without any there is only the code.
    const isOpenLog = store.get().catalogue !== null;
    if (action.run === "file-panel" && !isOpenLog && details === null) return [];
    const run = (): void => {
      if (action.run === "file-panel" && isOpenLog) store.dispatch({ type: "panel", panel: "file", open: true });
      else if (action.run === "file-panel") details?.();
      else {
        // What was offered is taken: the sentence has nothing more to say.
        store.dispatch({ type: "dismiss", at: store.get().notifications.indexOf(notice) });
        actions.notice(action.run);
      }
    };
    return [el("button", { class: "link", type: "button", onclick: run }, action.label)];
  });
}
