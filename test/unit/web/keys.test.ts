/** The table of keys: what each press means, on which keyboards, and what stays the browser's. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { commandOf, type KeyPress, keysText, keyTable, keyText } from "../../../web/keys.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const onPage = { inText: false, singles: true };
const inText = { inText: true, singles: true };
const allKeys: readonly string[] = keyTable.flatMap((row) => row.keys);
const [ctrl, shift, alt, meta] = [{ ctrlKey: true }, { shiftKey: true }, { altKey: true }, { metaKey: true }];

describe("the table", () => {
  test("no key stands for two commands, no command for two rows", () => {
    expect(new Set(allKeys).size).toBe(allKeys.length);
    expect(new Set(keyTable.map(({ command }) => command)).size).toBe(keyTable.length);
  });

  test("none of those a browser keeps is bound, none that some keyboards have elsewhere, nor Alt with an arrow", () => {
    for (const keys of ["Ctrl T", "Ctrl N", "Ctrl W", "Ctrl L", "Tab", "F5", "F11"]) expect(allKeys).not.toContain(keys);
    for (const keys of allKeys) expect(keys).not.toMatch(/[[\];'"]|Alt Arrow/);
  });

  test("every row has its own key: pressing it finds its command", () => {
    for (const { keys, command } of keyTable) {
      if (command === "activate" || command === "fold") continue;
      for (const one of keys as readonly string[]) {
        const parts = one.split(" ");
        const found = commandOf(
          press(parts.at(-1) ?? "", {
            ctrlKey: parts.includes("Ctrl"),
            shiftKey: parts.includes("Shift"),
            altKey: parts.includes("Alt"),
          }),
          onPage,
        );
        expect(found?.command, one).toBe(command);
      }
    }
  });
});

describe("a press", () => {
  test("is text in a text field, a command elsewhere; Ctrl with a letter works in both", () => {
    expect(commandOf(press("f"), onPage)?.command).toBe("fit");
    expect(commandOf(press("f"), inText)).toBe(null);
    expect(commandOf(press("o", ctrl), inText)?.command).toBe("open-files");
    expect(commandOf(press("Escape"), inText)?.command).toBe("escape");
    expect(commandOf(press("F6", shift), inText)?.command).toBe("previous-region");
  });

  test("in a text field undo and the steps from word to word are the field's", () => {
    for (const key of ["z", "Z", "y", "ArrowLeft", "ArrowRight"]) expect(commandOf(press(key, ctrl), inText)).toBe(null);
    for (const key of ["Home", "End", "Delete", "Backspace", "ArrowLeft"]) expect(commandOf(press(key), inText)).toBe(null);
  });

  test("counts by its character: Shift tells letters apart, and is a matter of the keyboard for the others", () => {
    expect(commandOf(press("K", shift), onPage)?.command).toBe("merge");
    expect(commandOf(press("k"), onPage)?.command).toBe("stack");
    expect(commandOf(press("K"), onPage)?.command).toBe("stack"); // Caps Lock
    expect(commandOf(press("?", shift), onPage)?.command).toBe("help");
    expect(commandOf(press("+", shift), onPage)?.command).toBe("zoom-in");
    expect(commandOf(press("/", { ...shift, code: "Digit7" }), onPage)?.command).toBe("find-signal"); // German
    expect(commandOf(press("w", { code: "KeyZ" }), onPage)?.command).toBe("fit"); // French
    expect(commandOf(press("z", { ...meta, ...shift }), onPage)?.command).toBe("redo");
  });

  test("of a digit activates wherever it lies, and folds where Shift makes another character of it", () => {
    expect(commandOf(press("3", { code: "Digit3" }), onPage)).toEqual({ command: "activate", digit: 3 });
    expect(commandOf(press("3", { ...shift, code: "Digit3" }), onPage)).toEqual({ command: "activate", digit: 3 }); // French
    expect(commandOf(press("#", { ...shift, code: "Digit3" }), onPage)).toEqual({ command: "fold", digit: 3 });
    expect(commandOf(press("0", { code: "Digit0" }), onPage)).toBe(null);
  });

  test("with AltGr is a character, with Alt the browser's; only Ctrl Alt B is ours, by its place where Option writes another character", () => {
    expect(commandOf(press("ArrowLeft", alt), onPage)).toBe(null);
    expect(commandOf(press("f", { ...ctrl, ...alt }), onPage)).toBe(null);
    expect(commandOf(press("b", { ...ctrl, ...alt }), onPage)?.command).toBe("toggle-right");
    expect(commandOf(press("∫", { ...meta, ...alt, code: "KeyB" }), onPage)?.command).toBe("toggle-right");
    expect(commandOf(press("”", { ...ctrl, ...alt, code: "KeyB" }), onPage)).toBe(null);
  });

  test("of a single character does nothing where the person turned those off; the rest still works", () => {
    const off = { inText: false, singles: false };
    for (const key of ["f", "?", ".", "/", "+", "3"]) expect(commandOf(press(key), off)).toBe(null);
    expect(commandOf(press("K", shift), off)).toBe(null);
    expect(commandOf(press("k", ctrl), off)?.command).toBe("palette");
    expect(commandOf(press("ArrowRight"), off)?.command).toBe("step-right");
  });
});

describe("the text of a key", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is the keyboard's at hand: ⌘ on a Mac", () => {
    expect(keysText("palette")).toBe("Ctrl K");
    expect(keyText("Ctrl ArrowLeft")).toBe("Ctrl ←");
    expect(keyText("PageUp")).toBe("PgUp");
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" });
    expect(keysText("palette")).toBe("⌘ K");
  });
});
