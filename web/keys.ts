/** The one table of keys: commands, the help sheet and tooltips are made from it (viewer.md §6). Keys match the character produced. */

export type Command =
  | "find-signal"
  | "help"
  | "open-files"
  | "open-folder"
  | "undo"
  | "redo"
  | "fit"
  | "fit-values"
  | "zoom-in"
  | "zoom-out"
  | "values-in"
  | "values-out"
  | "pan-left"
  | "pan-right"
  | "page-left"
  | "page-right"
  | "to-start"
  | "to-end"
  | "stack"
  | "merge"
  | "own-stripe"
  | "remove"
  | "hide"
  | "lane"
  | "toggle-signals"
  | "toggle-file"
  | "next-region"
  | "previous-region"
  | "escape"
  | "activate";

/** "Ctrl Shift Z": modifiers, then the character or the key's name. Ctrl is ⌘ on a Mac. */
export interface KeyRow {
  readonly group: "Open" | "Time" | "Values and stripes" | "Window";
  readonly action: string;
  readonly keys: readonly string[];
  readonly command: Command;
}

export const keyTable: readonly KeyRow[] = [
  { group: "Open", action: "Open files", keys: ["Ctrl O"], command: "open-files" },
  { group: "Open", action: "Open a folder", keys: ["Ctrl Shift O"], command: "open-folder" },
  { group: "Open", action: "Find a signal", keys: ["/"], command: "find-signal" },
  { group: "Time", action: "Undo view", keys: ["Ctrl Z", "Backspace"], command: "undo" },
  { group: "Time", action: "Redo view", keys: ["Ctrl Y", "Ctrl Shift Z", "Shift Backspace"], command: "redo" },
  { group: "Time", action: "Fit everything", keys: ["F", "W", "Shift F"], command: "fit" },
  { group: "Time", action: "Zoom in", keys: ["I", "+"], command: "zoom-in" },
  { group: "Time", action: "Zoom out", keys: ["O", "−", "-"], command: "zoom-out" },
  { group: "Time", action: "Pan 10 % earlier", keys: ["U"], command: "pan-left" },
  { group: "Time", action: "Pan 10 % later", keys: ["P"], command: "pan-right" },
  { group: "Time", action: "One view earlier", keys: ["PageUp"], command: "page-left" },
  { group: "Time", action: "One view later", keys: ["PageDown"], command: "page-right" },
  { group: "Time", action: "Start of the recording", keys: ["Home"], command: "to-start" },
  { group: "Time", action: "End of the recording", keys: ["End"], command: "to-end" },
  { group: "Values and stripes", action: "Fit values to the view, and back", keys: ["Y"], command: "fit-values" },
  { group: "Values and stripes", action: "Zoom values in", keys: ["Shift I"], command: "values-in" },
  { group: "Values and stripes", action: "Zoom values out", keys: ["Shift O"], command: "values-out" },
  { group: "Values and stripes", action: "One stripe for each signal", keys: ["K"], command: "stack" },
  { group: "Values and stripes", action: "Merge stripes", keys: ["Shift K"], command: "merge" },
  { group: "Values and stripes", action: "Move signal to a new stripe", keys: ["Shift Insert"], command: "own-stripe" },
  { group: "Values and stripes", action: "Remove signal", keys: ["Delete"], command: "remove" },
  { group: "Values and stripes", action: "Hide or show signal", keys: ["V"], command: "hide" },
  { group: "Values and stripes", action: "Draw as lane or curve", keys: ["L"], command: "lane" },
  { group: "Values and stripes", action: "Activate a stripe", keys: ["1…9"], command: "activate" },
  { group: "Window", action: "Signals panel", keys: ["Ctrl B"], command: "toggle-signals" },
  { group: "Window", action: "File panel", keys: ["Ctrl J"], command: "toggle-file" },
  { group: "Window", action: "Next region", keys: ["F6"], command: "next-region" },
  { group: "Window", action: "Previous region", keys: ["Shift F6"], command: "previous-region" },
  { group: "Window", action: "Back to the plot, cancel work", keys: ["Escape"], command: "escape" },
  { group: "Window", action: "This sheet", keys: ["?"], command: "help" },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key press; null: not ours. `inText`: the focus is in a text field, where single characters are text. */
export function commandOf(press: KeyPress, inText: boolean): { readonly command: Command; readonly digit: number } | null {
  if (press.altKey) return null;
  const ctrl = press.ctrlKey || press.metaKey;
  if (inText && !ctrl && press.key !== "Escape" && press.key !== "F6") return null;
  // The text field's own undo.
  if (inText && ctrl && /^[zyZY]$/.test(press.key)) return null;
  if (/^[1-9]$/.test(press.key) && !ctrl && !press.shiftKey) return { command: "activate", digit: Number(press.key) };
  const row = keyTable.find((candidate) => candidate.keys.some((keys) => presses(keys, press, ctrl)));
  return row === undefined ? null : { command: row.command, digit: 0 };
}

function presses(keys: string, press: KeyPress, ctrl: boolean): boolean {
  const parts = keys.split(" ");
  const key = parts.at(-1) ?? "";
  if (parts.includes("Ctrl") !== ctrl) return false;
  const isLetter = /^[A-Z]$/.test(key);
  // A character such as ? or + needs Shift on some keyboards and not on others: only the character counts.
  if ((isLetter || key.length > 1) && parts.includes("Shift") !== press.shiftKey) return false;
  return isLetter ? press.key.toUpperCase() === key : press.key === key;
}

/** Keys of a command as a tooltip says them. */
export const keysText = (command: Command): string => keyTable.find((row) => row.command === command)?.keys[0] ?? "";
