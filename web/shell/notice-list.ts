/** What the notice bar says and said: every sentence with its way out, and of faults the code and a copy of all that is known. Loaded when asked for. */
import { el } from "../dom.ts";
import type { Notification } from "../state/model.ts";
import { noticeSentence } from "../text/sentences.ts";
import { icon } from "./icons.ts";

export interface NoticeListHost {
  actions(notice: Notification): readonly HTMLElement[];
  dismiss(at: number): void;
}

/** Newest first. */
export const noticeRows = (notices: readonly Notification[], host: NoticeListHost): HTMLElement[] =>
  notices.map((notice, at) =>
    el(
      "li",
      { class: notice.severity },
      icon(notice.severity === "info" ? "info" : "warning"),
      el("span", { class: "sentence" }, noticeSentence(notice)),
      ...host.actions(notice),
      ...detailsOf(notice),
      el(
        "button",
        { class: "close", type: "button", "aria-label": "Dismiss this one", onclick: () => host.dismiss(at) },
        icon("close"),
      ),
    ),
  );

function detailsOf(notice: Notification): HTMLElement[] {
  const { fault } = notice;
  if (fault === undefined) return [];
  const copy = el("button", { class: "link", type: "button", title: "Copy all that is known of it" }, "Copy");
  copy.addEventListener("click", () => {
    const text = `${noticeSentence(notice)}\n${JSON.stringify(fault)}`;
    void navigator.clipboard?.writeText(text).then(
      () => copy.replaceChildren("Copied"),
      () => copy.replaceChildren("The browser does not let this page copy"),
    );
  });
  return [el("code", {}, fault.code), copy];
}
