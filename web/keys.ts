/** The one table of keys: commands, the help sheet and tooltips are made from it (viewer.md §6). Keys match the character produced. */

/** "Ctrl Shift Z": modifiers, then the character or the key's name. Ctrl is ⌘ on a Mac. */
export interface KeyRow {
  readonly group: "Open" | "Time" | "Cursors" | "Values and stripes" | "Window";
  readonly action: string;
  readonly keys: readonly string[];
  readonly command: string;
}

const rows = [
  { group: "Open", action: "Command palette", keys: ["Ctrl K"], command: "palette" },
  { group: "Open", action: "Find a signal", keys: ["/"], command: "find-signal" },
  { group: "Open", action: "Open files", keys: ["Ctrl O"], command: "open-files" },
  { group: "Open", action: "Open a folder", keys: ["Ctrl Shift O"], command: "open-folder" },
  { group: "Open", action: "DBC manager", keys: ["D"], command: "databases" },
  { group: "Open", action: "Copy link to this view", keys: ["Ctrl Shift L"], command: "copy-link" },
  { group: "Time", action: "Undo view", keys: ["Ctrl Z", "Backspace"], command: "undo" },
  { group: "Time", action: "Redo view", keys: ["Ctrl Y", "Ctrl Shift Z", "Shift Backspace"], command: "redo" },
  { group: "Time", action: "Fit everything", keys: ["F", "W"], command: "fit" },
  { group: "Time", action: "Fit time only", keys: ["Shift F"], command: "fit-time" },
  { group: "Time", action: "Zoom in", keys: ["I", "+"], command: "zoom-in" },
  { group: "Time", action: "Zoom out", keys: ["O", "−", "-"], command: "zoom-out" },
  { group: "Time", action: "Pan 10 % earlier", keys: ["U"], command: "pan-left" },
  { group: "Time", action: "Pan 10 % later", keys: ["P"], command: "pan-right" },
  { group: "Time", action: "One view earlier", keys: ["PageUp"], command: "page-left" },
  { group: "Time", action: "One view later", keys: ["PageDown"], command: "page-right" },
  { group: "Time", action: "Start of the recording", keys: ["Home"], command: "to-start" },
  { group: "Time", action: "End of the recording", keys: ["End"], command: "to-end" },
  { group: "Time", action: "Follow a growing log", keys: ["Shift E"], command: "follow" },
  { group: "Time", action: "Go to a time", keys: ["Ctrl G"], command: "go-to" },
  { group: "Cursors", action: "No cursor, A, A and B", keys: ["C"], command: "cursors" },
  { group: "Cursors", action: "Cursor A here", keys: ["."], command: "cursor-a" },
  { group: "Cursors", action: "Cursor B here", keys: [","], command: "cursor-b" },
  { group: "Cursors", action: "One sample later", keys: ["ArrowRight"], command: "step-right" },
  { group: "Cursors", action: "One sample earlier", keys: ["ArrowLeft"], command: "step-left" },
  { group: "Cursors", action: "20 samples later", keys: ["Ctrl ArrowRight"], command: "leap-right" },
  { group: "Cursors", action: "20 samples earlier", keys: ["Ctrl ArrowLeft"], command: "leap-left" },
  { group: "Cursors", action: "The other cursor later", keys: ["Shift ArrowRight"], command: "other-right" },
  { group: "Cursors", action: "The other cursor earlier", keys: ["Shift ArrowLeft"], command: "other-left" },
  { group: "Cursors", action: "Next change", keys: ["J"], command: "change-right" },
  { group: "Cursors", action: "Change before", keys: ["Shift J"], command: "change-left" },
  { group: "Cursors", action: "Zoom to A–B", keys: ["X"], command: "zoom-cursors" },
  { group: "Cursors", action: "Statistics", keys: ["S"], command: "toggle-stats" },
  { group: "Cursors", action: "Bookmark", keys: ["B"], command: "bookmark" },
  { group: "Cursors", action: "Next mark", keys: ["H"], command: "next-mark" },
  { group: "Cursors", action: "Mark before", keys: ["Shift H"], command: "previous-mark" },
  { group: "Values and stripes", action: "Fit values to the view, and back", keys: ["Y"], command: "fit-values" },
  { group: "Values and stripes", action: "Values always follow the view", keys: ["Shift Y"], command: "auto-values" },
  { group: "Values and stripes", action: "Zoom values in", keys: ["Shift I"], command: "values-in" },
  { group: "Values and stripes", action: "Zoom values out", keys: ["Shift O"], command: "values-out" },
  { group: "Values and stripes", action: "New stripe", keys: ["Insert"], command: "new-stripe" },
  { group: "Values and stripes", action: "One stripe for each signal", keys: ["K"], command: "stack" },
  { group: "Values and stripes", action: "Merge stripes", keys: ["Shift K"], command: "merge" },
  { group: "Values and stripes", action: "Move signal: arrows, then Enter", keys: ["M"], command: "move" },
  { group: "Values and stripes", action: "Move signal to a new stripe", keys: ["Shift Insert"], command: "own-stripe" },
  { group: "Values and stripes", action: "Signal on an axis of its own", keys: ["Shift X"], command: "split-axis" },
  { group: "Values and stripes", action: "Remove signal", keys: ["Delete"], command: "remove" },
  { group: "Values and stripes", action: "Hide or show signal", keys: ["V"], command: "hide" },
  { group: "Values and stripes", action: "Draw as lane or curve", keys: ["L"], command: "lane" },
  { group: "Values and stripes", action: "Physical, raw, hex", keys: ["R"], command: "form" },
  { group: "Values and stripes", action: "Next signal of the stripes", keys: ["ArrowDown"], command: "select-next" },
  { group: "Values and stripes", action: "Signal before", keys: ["ArrowUp"], command: "select-previous" },
  { group: "Values and stripes", action: "Activate a stripe", keys: ["1…9"], command: "activate" },
  { group: "Values and stripes", action: "Fold a stripe", keys: ["Shift 1…9"], command: "fold" },
  { group: "Window", action: "Signals panel", keys: ["Ctrl B"], command: "toggle-signals" },
  { group: "Window", action: "Right panel", keys: ["Ctrl Alt B"], command: "toggle-right" },
  { group: "Window", action: "Bottom panel", keys: ["Ctrl J"], command: "toggle-file" },
  { group: "Window", action: "Plot as table", keys: ["Shift T"], command: "table" },
  { group: "Window", action: "Next region", keys: ["F6"], command: "next-region" },
  { group: "Window", action: "Previous region", keys: ["Shift F6"], command: "previous-region" },
  { group: "Window", action: "Back to the plot, cancel work", keys: ["Escape"], command: "escape" },
  { group: "Window", action: "Forget everything kept in this browser", keys: [], command: "forget" },
  { group: "Window", action: "This sheet", keys: ["?"], command: "help" },
] as const satisfies readonly KeyRow[];

export type Command = (typeof rows)[number]["command"];

export const keyTable: readonly (KeyRow & { readonly command: Command })[] = rows;

export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export interface KeyPlace {
  /** The focus is in a text field, where single characters are text. */
  readonly inText: boolean;
  /** Single characters do something (WCAG 2.1.4: they can be turned off). */
  readonly singles: boolean;
}

/** The command of a key press; null: not ours. */
export function commandOf(
  press: KeyPress,
  { inText, singles }: KeyPlace,
): { readonly command: Command; readonly digit: number } | null {
  const ctrl = press.ctrlKey || press.metaKey;
  // With AltGr some keyboards write characters of their own, and so does a Mac with Option: there the place has to do.
  const isB = /^b$/i.test(press.key) || (press.metaKey && press.code === "KeyB");
  if (press.altKey) return ctrl && isB && !press.shiftKey ? { command: "toggle-right", digit: 0 } : null;
  if (inText && !ctrl && press.key !== "Escape" && press.key !== "F6") return null;
  // The text field's own undo, and its steps from word to word.
  if (inText && ctrl && /^([zyZY]|Arrow.*)$/.test(press.key)) return null;
  if (!singles && !ctrl && press.key.length === 1) return null;
  const row = keyTable.find((candidate) => candidate.keys.some((keys) => presses(keys, press, ctrl)));
  if (row !== undefined) return { command: row.command, digit: 0 };
  const { digit, folds } = digitOf(press);
  return digit === 0 || ctrl ? null : { command: folds ? "fold" : "activate", digit };
}

/** 1 to 9 activate, also where a keyboard needs Shift for them; where Shift makes another character of a digit's key, and that
 * character is no command, it folds. */
function digitOf({ key, code, shiftKey }: KeyPress): { readonly digit: number; readonly folds: boolean } {
  if (/^[1-9]$/.test(key)) return { digit: Number(key), folds: false };
  const place = shiftKey ? /^Digit([1-9])$/.exec(code ?? "")?.[1] : undefined;
  return { digit: Number(place ?? 0), folds: true };
}

function presses(keys: string, press: KeyPress, ctrl: boolean): boolean {
  const parts = keys.split(" ");
  const key = parts.at(-1) ?? "";
  if (parts.includes("Ctrl") !== ctrl || parts.includes("Alt")) return false;
  const isLetter = /^[A-Z]$/.test(key);
  // A character such as ? or + needs Shift on some keyboards and not on others: only the character counts.
  if ((isLetter || key.length > 1) && parts.includes("Shift") !== press.shiftKey) return false;
  return isLetter ? press.key.toUpperCase() === key : press.key === key;
}

const isMac = (): boolean => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "PgUp",
  PageDown: "PgDn",
  Delete: "Del",
  Escape: "Esc",
};

/** "Ctrl ←" as the keyboard at hand says it. */
export const keyText = (keys: string): string =>
  keys
    .split(" ")
    .map((part) => (part === "Ctrl" && isMac() ? "⌘" : (NAMES[part] ?? part)))
    .join(" ");

/** Keys of a command as a tooltip says them. */
export const keysText = (command: Command): string => keyText(keyTable.find((row) => row.command === command)?.keys[0] ?? "");
