/** The password of a device's logs: asked once, handed to the worker's memory, kept nowhere else. */
import { el } from "../dom.ts";
import { type Locked, lockedSentence, type PasswordAsker, type Typed } from "../library/locked.ts";

export interface PasswordDialog {
  readonly element: HTMLDialogElement;
  readonly ask: PasswordAsker;
}

export function createPasswordDialog(): PasswordDialog {
  let answer: (typed: Typed | null) => void = () => undefined;
  const title = el("h1");
  const about = el("p");
  const field = el("input", {
    type: "password",
    autocomplete: "off",
    "aria-label": "Password",
    "aria-describedby": "password-wrong",
  });
  const show = el("input", { type: "checkbox", onchange: () => field.setAttribute("type", show.checked ? "text" : "password") });
  const all = el("input", { type: "checkbox" });
  const wrong = el("p", { class: "wrong", role: "alert", id: "password-wrong" });
  const end = (typed: Typed | null): void => {
    field.value = "";
    if (element.open) element.close();
    answer(typed);
  };
  const form = el(
    "form",
    {
      method: "dialog",
      onsubmit: (event) => {
        event.preventDefault();
        if (field.value === "") field.focus();
        else end({ password: field.value, forAll: all.checked });
      },
    },
    title,
    about,
    field,
    wrong,
    el("div", {}, el("label", {}, show, "Show")),
    el("div", {}, el("label", {}, all, "Use for all devices")),
    el(
      "div",
      { class: "buttons" },
      el("button", { class: "framed", type: "button", onclick: () => end(null) }, "Skip"),
      el("button", { class: "primary", type: "submit" }, "OK"),
    ),
  );
  const element = el(
    "dialog",
    {
      class: "password",
      "aria-label": "Password",
      oncancel: (event) => {
        event.preventDefault();
        end(null);
      },
    },
    form,
  );
  return {
    element,
    ask: (locked: Locked, sentence) =>
      new Promise((resolve) => {
        answer = resolve;
        title.textContent = `Password of ${locked.device}`;
        about.textContent = `${lockedSentence(locked)} The password stays in this tab's memory until it is closed.`;
        wrong.textContent = sentence ?? "";
        show.checked = false;
        field.setAttribute("type", "password");
        if (!element.open) element.showModal();
        field.focus();
      }),
  };
}
