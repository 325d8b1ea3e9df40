/** A question in the panel, answered by a button or let go. */
import { el } from "../dom.ts";
import { icon } from "../shell/icons.ts";

export interface Answer {
  readonly label: string;
  run(): void;
}

export interface Ask {
  readonly element: HTMLElement;
  ask(text: string, answers: readonly Answer[]): void;
}

export function createAsk(): Ask {
  const element = el("div", { class: "inline-notice", role: "alert", hidden: true });
  const button = (label: string, run: () => void): HTMLElement =>
    el(
      "button",
      {
        class: "link",
        type: "button",
        onclick: () => {
          element.hidden = true;
          run();
        },
      },
      label,
    );
  return {
    element,
    ask(text, answers) {
      const buttons = [...answers, { label: "Cancel", run: () => undefined }].flatMap(({ label, run }) => [
        " ",
        button(label, run),
      ]);
      element.replaceChildren(icon("search"), el("span", {}, text, ...buttons));
      element.hidden = false;
      element.querySelector("button")?.focus();
    },
  };
}
