/** Every key of the table, pressed in Chromium, does what the table says; keys without a row do nothing. */
import type { FileChooser, Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { type Command, keyTable } from "../../web/keys.ts";
import { unpack } from "../../web/link/packed.ts";
import { valueText } from "../../web/text/number.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
const truth = drive.truth.logs.find(({ key }) => key === log?.key);
if (log === undefined || dbc === undefined || truth === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: new TextEncoder().encode(dbc.text) },
];
const SIGNALS = ["EngineSpeed", "VehicleSpeed", "Throttle", "Gear"];

/** Sample by sample, as the legend writes them. */
const engineSpeed = [...(truth.series.find(({ signal }) => signal.name === "EngineSpeed")?.physical() ?? [])].map((value) =>
  valueText(value, 2),
);
/** That `to` comes `by` samples after `from` somewhere in the log. */
const follows = (from: string, to: string, by: number): boolean =>
  engineSpeed.some((value, i) => value === from && engineSpeed[i + by] === to);

const soon = <T>(read: () => T | Promise<T>, message?: string) =>
  expect.poll(read, { timeout: 10_000, ...(message === undefined ? {} : { message }) });

/** "Ctrl Shift Z" as Playwright presses it. */
const chord = (keys: string): string =>
  keys
    .replace("Shift 1…9", "Shift Digit2")
    .replace("1…9", "2")
    .replace("Ctrl", "Control")
    .split(" ")
    .map((part) => (/^[A-Z]$/.test(part) ? part.toLowerCase() : part))
    .join("+");

/** The last window for files that the page asked for; listened to from the start, so that none is missed. */
const choosers = new WeakMap<Page, FileChooser>();

interface Shown {
  readonly from: number;
  readonly span: number;
}

class Hands {
  readonly page: Page;
  readonly pressed: string;
  constructor(page: Page, keys: string) {
    this.page = page;
    this.pressed = chord(keys);
  }
  /** Presses the key under test. "−" is on no keyboard of Playwright's: there the browser is told of it. */
  async press(): Promise<void> {
    if (this.pressed === "−")
      await this.page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "−", bubbles: true })));
    else await this.page.keyboard.press(this.pressed);
  }
  keys = async (...others: string[]): Promise<void> => {
    for (const other of others) await this.page.keyboard.press(other);
  };
  /** Seconds of the day and length of the window. */
  async shown(): Promise<Shown> {
    const [range = "", span = ""] = (await this.page.locator(".statusbar").innerText()).replaceAll("\u202f", " ").split("\n");
    const [, hours = 0, minutes = 0, seconds = 0] = (/ (\d+):(\d+):([\d. ]+) to/.exec(range) ?? []).map((part) =>
      Number(part.replaceAll(" ", "")),
    );
    const ms = / ms$/.test(span) ? 0.001 : 1;
    return { from: (hours * 60 + minutes) * 60 + seconds, span: Number.parseFloat(span) * ms };
  }
  /** After the key is pressed the window is there, within a pixel or two. */
  async moves(to: (before: Shown) => Shown): Promise<void> {
    const before = await this.shown();
    const goal = to(before);
    await this.press();
    await soon(async () => Math.abs((await this.shown()).from - goal.from), "start of the window").toBeLessThan(goal.span / 100);
    await soon(async () => Math.abs((await this.shown()).span - goal.span), "length of the window").toBeLessThan(goal.span / 100);
  }
  /** The window once it no longer changes. */
  async still(): Promise<Shown> {
    for (let before = await this.shown(); ; ) {
      await this.page.waitForTimeout(80);
      const now = await this.shown();
      if (now.from === before.from && now.span === before.span) return now;
      before = now;
    }
  }
  async whole(): Promise<Shown> {
    await this.keys("f");
    return this.still();
  }
  /** A fifth of the log, in its middle, and the first stripe active. */
  async closer(): Promise<void> {
    const { span } = await this.whole();
    await this.keys("1");
    for (let i = 0; i < 7; i++) await this.keys("i");
    await soon(async () => (await this.still()).span).toBeCloseTo(span * 0.8 ** 7, 2);
  }
  async cursors(which: "" | "a" | "b" | "ab"): Promise<void> {
    for (let now = await this.cursorsNow(); now !== ""; now = await this.cursorsNow()) {
      await this.keys("c");
      await soon(() => this.cursorsNow()).not.toBe(now);
    }
    if (which.includes("a")) await this.keys(".");
    if (which.includes("b")) await this.keys(",");
    await soon(() => this.cursorsNow()).toBe(which);
  }
  async cursorsNow(): Promise<string> {
    const names = (await this.page.locator(".legend").first().getAttribute("class")) ?? "";
    return /\bat-(ab|a|b)\b/.exec(names)?.[1] ?? "";
  }
  /** What the legend says of EngineSpeed at A and B. */
  async values(): Promise<string[]> {
    const cells = this.page.locator(".legend-row", { hasText: "EngineSpeed" }).locator(".at");
    await soon(async () => (await cells.allInnerTexts()).every((text) => text !== "")).toBe(true);
    return cells.allInnerTexts();
  }
  async select(name: string): Promise<void> {
    // A row that is drawn anew between press and release takes no click.
    await soon(async () => {
      await this.page.locator(".legend-row", { hasText: name }).locator(".legend-name").click();
      return this.selected();
    }).toBe(name);
  }
  selected = (): Promise<string> => this.page.locator(".legend-row.selected .name").innerText();
  /** The cursor that steps is A, on EngineSpeed, somewhere in the middle. */
  async steps(by: number, which = 0): Promise<void> {
    await this.cursors("ab");
    await this.keys(".");
    await this.select("EngineSpeed");
    const between = await this.values();
    await this.keys("ArrowRight", "Shift+ArrowRight"); // both onto samples
    await soon(async () => (await this.values()).every((value, i) => i > 1 || value !== between[i])).toBe(true);
    const before = await this.values();
    await this.press();
    await soon(async () => (await this.values())[which], "value at the cursor").not.toBe(before[which]);
    const after = await this.values();
    const [from = "", to = ""] = by > 0 ? [before[which], after[which]] : [after[which], before[which]];
    expect(follows(from, to, Math.abs(by)), `${from} → ${to}`).toBe(true);
    expect(after[1 - which]).toBe(before[1 - which]);
  }
  order = (): Promise<string[][]> =>
    this.page
      .locator(".legend")
      .evaluateAll((legends) => legends.map((one) => [...one.querySelectorAll(".name")].map((name) => name.textContent ?? "")));
  /** Does something to the stripes, which Ctrl Z takes back. */
  async orders(wanted: (before: string[][]) => string[][]): Promise<void> {
    const before = await this.order();
    await this.press();
    await soon(() => this.order()).toEqual(wanted(before));
    await this.keys("Control+z");
    await soon(() => this.order()).toEqual(before);
  }
  /** The view as the address holds it, once it says what is expected. */
  async view(expected: (document: Document) => unknown, message: string): Promise<void> {
    await soon(async () => {
      const found = await unpack(new URL(this.page.url()).hash);
      return found?.ok === true ? Boolean(expected(found.value as Document)) : false;
    }, message).toBe(true);
  }
  async dialog(name: string): Promise<void> {
    await this.press();
    await this.page.getByRole("dialog", { name }).waitFor();
    await this.keys("Escape");
    await soon(() => this.page.locator("dialog[open]").count()).toBe(0);
  }
  async toggles(selector: string): Promise<void> {
    const before = await this.page.locator(selector).isVisible();
    for (const after of [!before, before]) {
      await this.press();
      await soon(() => this.page.locator(selector).isVisible()).toBe(after);
    }
  }
  focus = (): Promise<string> =>
    this.page.evaluate(() => {
      const region = document.activeElement?.closest("header, nav, main, aside, section, footer");
      return region?.classList[0] ?? "";
    });
}

/** What `shown` writes of a view, as far as keys change it. */
interface Document {
  readonly p: readonly {
    readonly g: readonly { readonly s: number; readonly y?: [number, number]; readonly a?: number; readonly hide?: number }[];
  }[];
  readonly o?: { readonly m?: readonly unknown[] };
}
const limits = (view: Document): ([number, number] | undefined)[] => view.p.flatMap(({ g }) => g.map(({ y }) => y));

/** One check a command; the compiler asks for that of a new one. */
const checks: Readonly<Record<Command, (hands: Hands) => Promise<void>>> = {
  palette: (h) => h.dialog("Command palette"),
  // Files that the browser hands out once: following itself is held by sources.test.ts.
  follow: async (h) => {
    await h.press();
    await soon(() => h.page.locator(".statusbar").innerText()).toContain("cannot be looked at again");
  },
  "go-to": async (h) => {
    await h.press();
    await soon(() => h.page.getByRole("combobox").inputValue()).toBe(":");
    await h.keys("Escape");
  },
  "find-signal": async (h) => {
    await h.press();
    await soon(() => h.page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Find a signal");
    await h.keys("Escape");
    // In the same moment, not a frame later: what is typed next is for the field.
    const focused = await h.page.evaluate((key) => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      return document.activeElement?.getAttribute("aria-label");
    }, "/");
    expect(focused).toBe("Find a signal");
    await h.keys("Escape");
  },
  "open-files": async (h) => {
    await h.press();
    await soon(() => choosers.get(h.page)?.isMultiple()).toBe(true);
  },
  "open-folder": async (h) => {
    await h.press();
    await soon(() => h.page.evaluate(() => document.body.dataset.folders)).toBe("1");
  },
  databases: (h) => h.dialog("DBC manager"),
  "copy-link": async (h) => {
    await h.press();
    await soon(() => h.page.locator(".statusbar").innerText()).toContain("Link copied");
    expect(await h.page.evaluate(() => navigator.clipboard.readText())).toContain("#v=1z.");
  },
  forget: (h) => h.dialog("Forget everything"),
  undo: async (h) => {
    await h.closer();
    await settled(h.page);
    const before = await h.shown();
    await h.keys("p");
    await settled(h.page);
    await h.moves(() => before);
  },
  redo: async (h) => {
    await h.closer();
    await settled(h.page);
    await h.keys("p");
    await settled(h.page);
    const after = await h.shown();
    await h.keys("Control+z");
    await settled(h.page);
    await h.moves(() => after);
  },
  fit: async (h) => {
    const whole = await h.whole();
    await h.closer();
    await h.keys("Shift+I");
    await h.view((view) => limits(view).some((y) => y !== undefined), "limits are set");
    await h.moves(() => whole);
    await h.view((view) => limits(view).every((y) => y === undefined), "limits are free");
  },
  "fit-time": async (h) => {
    const whole = await h.whole();
    await h.closer();
    await h.keys("Shift+I");
    await h.moves(() => whole);
    await h.view((view) => limits(view).some((y) => y !== undefined), "limits stay");
    await h.keys("f");
  },
  "fit-values": async (h) => {
    await h.closer();
    await settled(h.page);
    await h.press();
    await h.view((view) => limits(view).filter((y) => y !== undefined).length >= 3, "each axis is fitted");
    await h.press();
    await h.view((view) => limits(view).every((y) => y === undefined), "and free again");
  },
  "auto-values": async (h) => {
    await h.press();
    await soon(() => h.page.locator(".statusbar").innerText()).toContain("Values follow the view");
    await h.press();
    await soon(() => h.page.locator(".statusbar").innerText()).toContain("Values stay as they are");
    await h.keys("f");
  },
  "values-in": (h) => zoomsValues(h, 0.8),
  "values-out": (h) => zoomsValues(h, 1.25),
  "zoom-in": async (h) => {
    await h.closer();
    await h.moves(({ from, span }) => ({ from: from + span * 0.1, span: span * 0.8 }));
  },
  "zoom-out": async (h) => {
    await h.closer();
    await h.moves(({ from, span }) => ({ from: from - span * 0.125, span: span * 1.25 }));
  },
  "pan-left": (h) => pans(h, -0.1),
  "pan-right": (h) => pans(h, 0.1),
  "page-left": (h) => pans(h, -1),
  "page-right": (h) => pans(h, 1),
  "to-start": async (h) => {
    const whole = await h.whole();
    await h.closer();
    await h.moves(({ span }) => ({ from: whole.from, span }));
  },
  "to-end": async (h) => {
    const whole = await h.whole();
    await h.closer();
    await h.moves(({ span }) => ({ from: whole.from + whole.span - span, span }));
  },
  cursors: async (h) => {
    await h.cursors("");
    for (const which of ["a", "ab", ""]) {
      await h.press();
      await soon(() => h.cursorsNow()).toBe(which);
    }
  },
  "cursor-a": (h) => puts(h, "a"),
  "cursor-b": (h) => puts(h, "b"),
  "step-right": (h) => h.steps(1),
  "step-left": (h) => h.steps(-1),
  "leap-right": (h) => h.steps(20),
  "leap-left": (h) => h.steps(-20),
  "other-right": (h) => h.steps(1, 1),
  "other-left": (h) => h.steps(-1, 1),
  "change-right": (h) => changes(h, "Home"),
  "change-left": (h) => changes(h, "End"),
  "zoom-cursors": async (h) => {
    await h.whole();
    await h.cursors("");
    await h.keys("c", "c");
    await soon(() => h.cursorsNow()).toBe("ab");
    await h.moves(({ from, span }) => ({ from: from + span * 0.4, span: span * 0.2 }));
    await h.keys("f");
  },
  "toggle-stats": (h) => h.toggles(".stats-panel"),
  "toggle-right": (h) => h.toggles(".stats-panel"),
  bookmark: async (h) => {
    await h.press();
    await h.view((view) => view.o?.m?.length === 1, "a bookmark");
    await h.press();
    await h.view((view) => (view.o?.m ?? []).length === 0, "none");
  },
  "next-mark": (h) => findsMark(h, "Home"),
  "previous-mark": (h) => findsMark(h, "End"),
  "new-stripe": async (h) => {
    await h.keys("1");
    await h.orders(([first = [], ...rest]) => [first, [], ...rest]);
  },
  stack: async (h) => {
    await h.keys("Shift+K");
    await soon(async () => (await h.order()).length).toBe(2);
    await h.press();
    await soon(async () => (await h.order()).length).toBe(4);
  },
  merge: async (h) => {
    await h.orders((before) => [before.flat().slice(0, 3), ["Gear"]]);
  },
  move: async (h) => {
    await h.select("Throttle");
    await h.press();
    await soon(() => h.page.locator(".drop-mark").isVisible()).toBe(true);
    await h.keys("Escape");
    await soon(() => h.page.locator(".drop-mark").isVisible()).toBe(false);
  },
  "own-stripe": async (h) => {
    await h.keys("Shift+K");
    await soon(async () => (await h.order()).length).toBe(2);
    await h.select("VehicleSpeed");
    await h.orders(() => [["EngineSpeed", "Throttle"], ["VehicleSpeed"], ["Gear"]]);
    await h.keys("k");
    await soon(async () => (await h.order()).length).toBe(4);
  },
  "split-axis": async (h) => {
    await h.keys("Shift+K");
    await soon(async () => (await h.order()).length).toBe(2);
    await h.select("Throttle");
    const hasOwn = (view: Document): boolean => view.p.some(({ g }) => g.some(({ a }) => a !== undefined));
    await h.press();
    await h.view(hasOwn, "an axis of its own");
    await h.keys("Control+z");
    await h.view((view) => !hasOwn(view), "and back");
    await h.keys("k");
    await soon(async () => (await h.order()).length).toBe(4);
  },
  remove: async (h) => {
    await h.select("Throttle");
    await h.orders((before) => before.filter(([name]) => name !== "Throttle"));
  },
  hide: async (h) => {
    await h.select("Throttle");
    await h.toggles(".legend-row.hidden");
  },
  lane: async (h) => {
    await h.select("Throttle");
    const isLane = () => h.page.locator(".legend.of-lanes .name", { hasText: "Throttle" }).count();
    const before = await h.order();
    await h.press();
    await soon(isLane).toBe(1);
    await h.keys("Control+z");
    await soon(() => h.order()).toEqual(before);
  },
  form: async (h) => {
    await h.cursors("a");
    await h.select("EngineSpeed");
    for (const wanted of [/^[\d]+$/, /^0x[0-9A-F]+$/, /^\d+\.\d\d$/]) {
      await h.press();
      await soon(async () => (await h.values())[0]).toMatch(wanted);
    }
  },
  "select-next": async (h) => {
    await h.select("EngineSpeed");
    await h.press();
    await soon(() => h.selected()).toBe("VehicleSpeed");
  },
  "select-previous": async (h) => {
    await h.select("VehicleSpeed");
    await h.press();
    await soon(() => h.selected()).toBe("EngineSpeed");
  },
  activate: async (h) => {
    await h.keys("1");
    await h.press();
    await soon(() => h.page.locator(".stripe-image").nth(1).getAttribute("aria-current")).toBe("true");
    expect(await h.page.locator(".stripe-image[aria-current]").count()).toBe(1);
  },
  fold: (h) => h.toggles(".legend.folded"),
  "toggle-signals": (h) => h.toggles(".signals"),
  "toggle-file": (h) => h.toggles(".file-panel"),
  table: (h) => h.dialog("Plot as table"),
  "next-region": (h) => rounds(h, ["topbar", "signals", "plot", "statusbar"]),
  "previous-region": (h) => rounds(h, ["topbar", "statusbar", "plot", "signals"]),
  escape: async (h) => {
    await h.keys("/");
    await soon(() => h.focus()).toBe("signals");
    await h.press();
    await soon(() => h.focus()).toBe("plot");
    await h.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  },
  help: (h) => h.dialog("Keys"),
};

async function zoomsValues(h: Hands, factor: number): Promise<void> {
  await h.keys("f", "1");
  await h.view((view) => limits(view).every((y) => y === undefined), "limits are free");
  let before = 0;
  const width = (view: Document): number => {
    const [low = 0, high = 0] = limits(view)[0] ?? [];
    return high - low;
  };
  await h.keys(factor < 1 ? "Shift+I" : "Shift+O");
  await h.view((view) => {
    before = width(view);
    return before > 0;
  }, "limits");
  await h.press();
  await h.view((view) => Math.abs(width(view) / before / factor - 1) < 0.01, "another width");
  await h.keys("f");
}

async function pans(h: Hands, share: number): Promise<void> {
  await h.closer();
  await h.moves(({ from, span }) => ({ from: from + span * share, span }));
}

async function puts(h: Hands, which: "a" | "b"): Promise<void> {
  await h.cursors("");
  await h.press();
  await soon(() => h.cursorsNow()).toBe(which);
}

/** Gear: the next sample of another value, on the way to the other end. */
async function changes(h: Hands, from: "Home" | "End"): Promise<void> {
  await h.closer();
  await h.cursors("");
  await h.keys(from);
  await h.cursors("a");
  await h.select("Gear");
  const cell = h.page.locator(".legend-row", { hasText: "Gear" }).locator(".at").first();
  await soon(() => cell.innerText()).not.toBe("");
  const before = await cell.innerText();
  await h.press();
  await soon(() => cell.innerText()).not.toBe(before);
}

async function findsMark(h: Hands, away: "Home" | "End"): Promise<void> {
  await h.cursors("");
  await h.closer();
  const there = await h.shown();
  await h.keys("b", away);
  await h.page.waitForTimeout(100);
  await h.moves(() => there);
  await h.keys("b");
}

/** From the first region once around. */
async function rounds(h: Hands, regions: readonly string[]): Promise<void> {
  await h.page.evaluate(() => document.querySelector<HTMLElement>(".topbar .source")?.focus());
  for (const region of [...regions.slice(1), regions[0]]) {
    await h.press();
    await soon(() => h.focus()).toBe(region);
  }
  await h.page.evaluate(() => (document.activeElement as HTMLElement).blur());
}

describe.skipIf(!canDrive)("keys", { timeout: 180_000 }, () => {
  const chromium = withChromium();

  async function opened(): Promise<{ page: Page; errors: readonly string[] }> {
    const { page, errors } = await openPage(chromium.browser, chromium.url, {
      viewport: { width: 1600, height: 900 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    page.on("filechooser", (chooser) => choosers.set(page, chooser));
    // The system's own window for folders cannot be driven.
    await page.evaluate(() => {
      Object.assign(window, {
        showDirectoryPicker() {
          document.body.dataset.folders = "1";
          return Promise.reject(new DOMException("closed", "AbortError"));
        },
      });
    });
    await drop(page, files);
    await page.locator(".tree-row.signal").first().waitFor();
    for (const name of SIGNALS) await plot(page, name);
    await page.keyboard.press("Escape");
    await settled(page);
    return { page, errors };
  }

  test("each key of the table does what its row says", async () => {
    const { page, errors } = await opened();
    for (const { command, keys } of keyTable) {
      for (const key of keys) {
        try {
          await checks[command](new Hands(page, key));
        } catch (error) {
          throw new Error(`${key} (${command}): ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("keys of what is to come, and those a browser keeps, are left alone", async () => {
    const { page, errors } = await opened();
    const hands = new Hands(page, "");
    await page.evaluate(() => {
      document.body.dataset.taken = "";
      addEventListener("keydown", (event) => {
        if (event.defaultPrevented) document.body.dataset.taken += ` ${event.key}`;
        event.preventDefault(); // the browser's own part is not the matter here
      });
    });
    const all = async () => [
      await hands.order(),
      await settled(page),
      await page.locator("dialog[open], .menu:not([hidden])").count(),
    ];
    const before = await all();
    for (const key of "t g e = n Shift+N Control+f Control+e z q [ ] ; ' Alt+ArrowLeft F5".split(" "))
      await page.keyboard.press(key);
    expect(await all()).toEqual(before);
    expect(await page.evaluate(() => document.body.dataset.taken)).toBe("");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("single characters are text in a field, and commands only as long as the person wants it", async () => {
    const { page } = await opened();
    const whole = await settled(page);
    const field = page.getByRole("textbox", { name: "Find a signal" });
    await field.focus();
    await page.keyboard.type("fis?.3");
    expect(await field.inputValue()).toBe("fis?.3");
    await page.keyboard.press("Control+ArrowLeft");
    await page.keyboard.press("Escape"); // empties the field
    await page.keyboard.press("Escape"); // back to the plot
    expect(await settled(page)).toBe(whole);
    await page.getByRole("button", { name: "Help: keys" }).click();
    await page.getByRole("checkbox", { name: "Single letters are commands" }).uncheck();
    await page.keyboard.press("Escape");
    for (const key of ["i", "?", ".", "3", "d"]) await page.keyboard.press(key);
    expect(await settled(page)).toBe(whole);
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).waitFor();
    await page.context().close();
  });
});
