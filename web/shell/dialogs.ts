/** The help sheet, filled from the table of keys, and the one-field dialogue for a server's token. */

import { el, onChange } from "../dom.ts";
import { groupBy } from "../group.ts";
import { keyTable, keyText } from "../keys.ts";
import type { State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { kept, SINGLE_KEYS, WHEEL } from "../storage.ts";
import type { Actions } from "./actions.ts";

export interface Dialogs {
  readonly elements: readonly HTMLElement[];
  render(state: State): void;
}

export function createDialogs(store: Store, actions: Actions): Dialogs {
  const help = createHelp(() => store.dispatch({ type: "panel", panel: "help", open: false }));
  const token = createTokenDialog(store, actions);
  const drawHelp = onChange((open: boolean) => {
    if (open && !help.element.open) help.open();
    else if (!open && help.element.open) help.element.close();
  });
  return {
    elements: [help.element, token.element],
    render(state) {
      drawHelp(state.panels.help);
      token.render(state.tokenFor);
    },
  };
}

const POINTER = [
  ["Zoom time at the pointer", "Wheel"],
  ["Pan time", "Drag, Shift wheel"],
  ["Pan time and values", "Ctrl drag"],
  ["Zoom to a box", "Shift drag"],
  ["Measure from A to B", "Alt drag"],
  ["Cursor A, B", "Click, Ctrl click"],
  ["Fit this stripe", "Double click"],
  ["Scroll stripes", "Alt wheel"],
  ["Zoom or pan values", "Wheel, drag on the axis"],
  ["Select a time range", "Drag on the time axis"],
  ["Move a signal", "Drag its legend row or axis"],
] as const;

interface Help {
  readonly element: HTMLDialogElement;
  open(): void;
}

/** Filled when it is opened first: several hundred elements that most visits never see. */
function createHelp(onClose: () => void): Help {
  const columns = el("div", { class: "help-columns" });
  const singles = el("input", {
    type: "checkbox",
    checked: kept.get(SINGLE_KEYS) !== "off",
    onchange: () => kept.set(SINGLE_KEYS, singles.checked ? "on" : "off"),
  });
  const wheel = el("input", {
    type: "checkbox",
    checked: kept.get(WHEEL) === "scroll",
    onchange: () => kept.set(WHEEL, wheel.checked ? "scroll" : "zoom"),
  });
  const close = el("button", { class: "framed", type: "button", autofocus: true, onclick: () => element.close() }, "Close");
  const element = el(
    "dialog",
    { class: "help", "aria-label": "Keys", onclose: onClose },
    el("h1", {}, "Keys"),
    columns,
    el(
      "div",
      { class: "buttons" },
      el("label", {}, singles, "Single letters are commands"),
      el("label", {}, wheel, "Wheel scrolls, Shift wheel zooms"),
      close,
    ),
  );
  return {
    element,
    open() {
      if (columns.childElementCount === 0) columns.append(...helpGroups());
      element.showModal();
    },
  };
}

const helpGroup = (title: string, rows: readonly (readonly [string, readonly string[]])[]): HTMLElement =>
  el(
    "div",
    { class: "help-group" },
    el("h2", {}, title),
    ...rows.map(([action, keys]) =>
      el("div", {}, el("span", {}, action), el("span", {}, ...keys.flatMap((key, i) => [i > 0 ? " " : "", el("kbd", {}, key)]))),
    ),
  );

const helpGroups = (): HTMLElement[] => [
  ...[...groupBy(keyTable, (row) => row.group)].map(([group, rows]) =>
    helpGroup(
      group,
      rows.map(({ action, keys }) => [action, keys.slice(0, 2).map(keyText)]),
    ),
  ),
  helpGroup(
    "Pointer on the plot",
    POINTER.map(([action, keys]) => [action, [keys]]),
  ),
];

function createTokenDialog(
  store: Store,
  actions: Actions,
): { readonly element: HTMLDialogElement; render(tokenFor: State["tokenFor"]): void } {
  const title = el("h1");
  const field = el("input", { type: "password", autocomplete: "off", "aria-label": "Access token" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const form = el(
    "form",
    {
      method: "dialog",
      onsubmit: (event) => {
        event.preventDefault();
        actions.sendToken(field.value);
      },
    },
    title,
    field,
    wrong,
    el(
      "div",
      { class: "buttons" },
      el(
        "button",
        { class: "framed", type: "button", onclick: () => store.dispatch({ type: "token", tokenFor: null }) },
        "Cancel",
      ),
      el("button", { class: "primary", type: "submit" }, "OK"),
    ),
  );
  const element = el(
    "dialog",
    { "aria-label": "Access token", oncancel: () => store.dispatch({ type: "token", tokenFor: null }) },
    form,
  );
  return {
    element,
    render: onChange((tokenFor: State["tokenFor"]) => {
      if (tokenFor === null) {
        field.value = "";
        if (element.open) element.close();
        return;
      }
      title.textContent = `${new URL(tokenFor.baseUrl).host} asks for an access token`;
      wrong.textContent = tokenFor.wrong ? "This token is not accepted." : "";
      if (!element.open) element.showModal();
      field.focus();
    }),
  };
}
