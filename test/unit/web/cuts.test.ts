/** What is cut is told: files, signals of a link, curves of a plot. */
import { expect, test } from "vitest";
import { countedFiles } from "../../../web/library/counted-files.ts";
import { filesOfEntries } from "../../../web/library/folder-files.ts";
import { createLayouts } from "../../../web/link/layouts.ts";
import { findSignals, parsePlain } from "../../../web/link/plain.ts";
import { firstState, type SignalInfo } from "../../../web/state/model.ts";
import { reduce } from "../../../web/state/reduce.ts";
import { PLOTTED_MAX } from "../../../web/state/stripes.ts";
import { tellApart } from "../../../worker/dropped.ts";

/** A folder as a drop hands it out: a hundred entries a call, an empty answer at the end. */
function folder(names: readonly string[]): FileSystemEntry {
  const files = names.map((name) => ({
    isFile: true,
    fullPath: `/LOG/${name}`,
    file: (take: (file: File) => void) => take(new File(["x"], name)),
  }));
  const createReader = () => {
    let at = 0;
    return {
      readEntries: (take: (batch: unknown[]) => void) => {
        take(files.slice(at, at + 100));
        at += 100;
      },
    };
  };
  return { isFile: false, createReader } as unknown as FileSystemEntry;
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}.MF4`);

test("of a folder with too many files the first are taken, all are counted, and both numbers are told", async () => {
  const few = await filesOfEntries([folder(names(250))], countedFiles(250, 1000));
  expect([few.files.length, few.notice()]).toEqual([250, null]);
  const many = await filesOfEntries([folder(names(251))], countedFiles(250, 1000));
  expect(many.files.map(({ path }) => path)).toEqual(names(250).map((name) => `LOG/${name}`));
  expect(many.notice()).toMatch(/^250 of 251 files were taken, the others are left out\./);
  const endless = await filesOfEntries([folder(names(5000))], countedFiles(250, 1000));
  expect(endless.notice()).toMatch(/^250 of more than 1.?000 files/);
});

const info = (name: string): SignalInfo => ({
  ...{ id: name, selector: { device: "D", signal: name }, name, message: "M", source: "M", unit: "", frames: 1, rateHz: null },
  ...{ firstNs: 0n, lastNs: 1n, lane: null, comment: null, scaling: null, absent: false },
});

test("a plain link with more signals than it may bring says how many are left out", () => {
  const asked = parsePlain(
    `?${names(30)
      .map((name) => `sig=${name}`)
      .join("&")}`,
  );
  expect([asked?.signals.length, asked?.left]).toEqual([24, 6]);
  const wild = parsePlain("?sig=S*");
  const { found, left } =
    wild === null
      ? { found: [], left: 0 }
      : findSignals(
          wild,
          names(40).map((name) => info(`S${name}`)),
        );
  expect([found.length, left]).toEqual([24, 16]);
});

test("a curve that has no room in the plot is told, once", () => {
  const full = names(PLOTTED_MAX).reduce(
    (state, name) => reduce(state, { type: "plot", info: info(name), place: "new" }),
    firstState,
  );
  expect(full.notifications).toEqual([]);
  const plot = { type: "plot", info: info("more"), place: "new" } as const;
  expect(reduce(reduce(full, plot), plot).notifications.map(({ text }) => text)).toEqual([
    `A plot has room for ${PLOTTED_MAX} signals. Remove some to see others`,
  ]);
  expect(reduce(full, { type: "plot", info: info("1.MF4"), place: "new" })).toBe(full);
});

test("archives beyond the first of a folder of other files are counted", async () => {
  const zips = names(8).map((name) => ({ path: `${name}.zip`, file: new File(["PK\x03\x04"], `${name}.zip`) }));
  const texts = names(8).map((name) => ({ path: `${name}.txt`, file: new File(["text"], `${name}.txt`) }));
  const { notices } = await tellApart([...zips, ...texts]);
  expect(notices.map(({ text }) => text)).toContainEqual("3 more archives are among them. Drop those alone to open their files");
});

test("a layout too many is not kept at the cost of another", () => {
  const kept = new Map<string, string>();
  const layouts = createLayouts({ get: (key) => kept.get(key) ?? null, set: (key, text) => Boolean(kept.set(key, text)) });
  for (const name of names(100)) expect(layouts.save(name, firstState)).toBeNull();
  expect(layouts.save("one more", firstState)).toMatch(/^100 layouts are kept, no more fit/);
  expect(layouts.save("7.MF4", firstState)).toBeNull();
  expect(layouts.names()).toHaveLength(100);
});
