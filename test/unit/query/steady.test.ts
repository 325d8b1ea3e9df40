/** The same question has the same answer whatever was asked before, however the bytes arrive, and wherever the range is cut. */
import { describe, expect, test } from "vitest";
import type { Method, Query } from "../../../core/query/query.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { unreachableFault } from "../../../core/store/ask.ts";
import type { ByteSource, LogStore } from "../../../core/store/source.ts";
import { growing, truncated } from "../../../fixtures/damage.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { recordPlaces } from "../../../fixtures/log.ts";
import { random } from "../../../fixtures/random.ts";
import { generatedQueries } from "../../contract/engine-queries.ts";
import { canonical } from "../../contract/engine-worlds.ts";
import { answersTo, driveStore, engineOver, never, queryFor, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const drive = generateDrive({ splitSeconds: 8 });
const SECOND = 1_000_000_000n;
const DEVICE = "B0551001";
/** Generation D, three splits. */
const START_NS = drive.truth.logs[3]?.facts.startNs ?? 0n;

test("what was asked before and the size of the windows change nothing", async () => {
  const queries = generatedQueries(drive, 50, 31);
  const first = engineOver(nodeKernel(), driveStore(drive));
  const again = engineOver(nodeKernel(), driveStore(drive, 777));
  const series = new Map<string, string>();
  for (const { name, query } of queries) series.set(name, canonical((await answersTo(first, query)).series));
  for (const { name, query } of [...queries].reverse())
    expect([name, canonical((await answersTo(again, query)).series)]).toEqual([name, series.get(name)]);
});

describe("whole buckets", () => {
  /** One line for each bucket: what all its points are. */
  function buckets({ segments, stats }: SeriesAnswer, stepNs: bigint): Map<bigint, string> {
    const found = new Map<bigint, string>();
    const add = (timeNs: bigint, text: string) => {
      const bucket = timeNs / stepNs;
      found.set(bucket, `${found.get(bucket) ?? ""} ${text}`);
    };
    for (const { baseNs, timesNs, values } of segments)
      for (const [i, time] of timesNs.entries()) add(baseNs + BigInt(time), `${baseNs + BigInt(time)}:${values[i]}`);
    for (const part of stats ?? [])
      for (const [i, start] of part.startsNs.entries()) {
        const { counts, sums, sumsOfSquares, mins, maxs, firsts, lasts } = part;
        const words = [counts, sums, sumsOfSquares, mins, maxs, firsts, lasts].map((column) => column[i]);
        add(part.baseNs + BigInt(start), words.join());
      }
    return found;
  }

  test.for(["envelope", "m4", "min", "max", "stats"] as const)(
    "%s: adjacent ranges give the bucket on their border alike",
    async (method) => {
      const engine = engineOver(nodeKernel(), driveStore(drive));
      const chance = random(77);
      const wanted = ["SetSpeed", "EngSpeed", "AccelerationX", "KnockLevel"];
      for (const stepNs of [SECOND / 10n, (SECOND * 17n) / 10n, 60n * SECOND]) {
        for (let round = 0; round < 4; round++) {
          const fromNs = START_NS + BigInt(chance.int(12_000_000)) * 1000n;
          const toNs = fromNs + BigInt(1 + chance.int(12_000_000)) * 1000n;
          // Also where one split ends and the next begins.
          const cutNs = round === 0 ? START_NS + 8n * SECOND : fromNs + ((toNs - fromNs) * BigInt(chance.int(1000))) / 1000n;
          const ask = async (range: Pick<Query, "fromNs" | "toNs">) => {
            const selectors = wanted.map((signal) => ({ device: DEVICE, signal, merge: true }));
            const grid = { kind: "fixed", originNs: 0n, stepNs } as const;
            const { series, ledger } = await answersTo(
              engine,
              queryFor(selectors, { method, grid, wholeBuckets: true, ...range }),
            );
            expect(wrongIn(ledger)).toEqual([]);
            return series.map((answer) => buckets(answer, stepNs));
          };
          const all = await ask({ fromNs, toNs });
          const left = await ask({ fromNs, toNs: cutNs < fromNs ? fromNs : cutNs > toNs ? toNs : cutNs });
          const right = await ask({ fromNs: cutNs < fromNs ? fromNs : cutNs > toNs ? toNs : cutNs, toNs });
          wanted.forEach((_, i) => {
            expect(new Map([...(left[i] ?? []), ...(right[i] ?? [])])).toEqual(all[i]);
            for (const [bucket, text] of left[i] ?? []) expect(text).toBe(all[i]?.get(bucket));
          });
        }
      }
    },
  );
});

/** Fails once for each log: the first stream breaks off after `afterBytes`. */
class FlakyStore implements LogStore {
  readonly #store: LogStore;
  readonly #afterBytes: number;
  readonly #failed = new Set<string>();

  constructor(store: LogStore, afterBytes: number) {
    this.#store = store;
    this.#afterBytes = afterBytes;
  }

  list(...args: Parameters<LogStore["list"]>) {
    return this.#store.list(...args);
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const source = await this.#store.open(key, signal);
    const fails = () => key.endsWith(".MF4") && !this.#failed.has(key);
    const failed = this.#failed;
    let left = this.#afterBytes;
    return {
      key,
      version: source.version,
      sizeBytes: source.sizeBytes,
      read: (atByte, lengthBytes, aborted) => source.read(atByte, lengthBytes, aborted),
      async *stream(atByte, lengthBytes, aborted) {
        const isFailing = fails();
        for await (const window of source.stream(atByte, lengthBytes, aborted)) {
          yield window;
          left -= window.length;
          if (!isFailing || left > 0) continue;
          failed.add(key);
          throw unreachableFault(key, "the connection broke");
        }
      },
    };
  }
}

test("a store that failed once is not held to it: the next answer is whole", async () => {
  const fine = engineOver(nodeKernel(), driveStore(drive, 4096));
  const selectors = ["SetSpeed", "EngSpeed", "Height"].map((signal) => ({ device: DEVICE, signal }));
  const grid = { kind: "fixed", originNs: 0n, stepNs: SECOND / 20n } as const;
  for (const [method, neighbours] of [
    ["m4", true],
    ["envelope", false],
    ["raw", true],
  ] as const) {
    for (const afterBytes of [4096, 20_000]) {
      const query = queryFor(selectors, {
        method,
        neighbours,
        grid,
        fromNs: START_NS - 1000n * SECOND,
        toNs: START_NS + 10n * SECOND,
      });
      const whole = canonical((await answersTo(fine, query)).series);
      const engine = engineOver(nodeKernel(), new FlakyStore(driveStore(drive, 4096), afterBytes));
      const first = await answersTo(engine, query);
      const isTold = first.series.some(({ notices }) => notices.some(({ fault }) => fault?.code === "storage/unreachable"));
      // Or it struck while a log was scanned for its times, and the samples are all there.
      if (!isTold) expect(canonical(first.series)).toBe(whole);
      expect(isTold || method !== "raw").toBe(true);
      expect(wrongIn(first.ledger)).toEqual([]);
      const again = await answersTo(engine, query);
      expect(canonical(again.series)).toBe(whole);
      expect(wrongIn(again.ledger)).toEqual([]);
    }
  }
});

test("what was heard while the store failed is not kept", async () => {
  const asked = { device: DEVICE, key: drive.files[3]?.key ?? "" };
  const engine = engineOver(nodeKernel(), new FlakyStore(driveStore(drive, 4096), 20_000));
  const fine = engineOver(nodeKernel(), driveStore(drive, 4096));
  const first = await engine.heard(asked, never());
  expect(first.notices.map(({ fault }) => fault?.code)).toEqual(["storage/unreachable"]);
  expect(wrongIn(first.ledger)).toEqual([]);
  expect(canonical(await engine.heard(asked, never()))).toBe(canonical(await fine.heard(asked, never())));
});

test("a log that grows is read to the size it has, and in the end whole", async () => {
  const store = driveStore(drive);
  const file = drive.files[4];
  const engine = engineOver(nodeKernel(), store);
  const query = queryFor([{ device: DEVICE, signal: "SetSpeed", merge: true }], { fromNs: START_NS });
  const counts: number[] = [];
  for (const bytes of growing(file?.bytes ?? new Uint8Array(), 12)) {
    store.put(file?.key ?? "", bytes);
    const { series, ledger } = await answersTo(engine, query);
    expect(wrongIn(ledger)).toEqual([]);
    counts.push(series[0]?.segments.reduce((sum, segment) => sum + segment.timesNs.length, 0) ?? 0);
  }
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(new Set(counts).size).toBeGreaterThan(2);
  const whole = await answersTo(engineOver(nodeKernel(), driveStore(drive)), query);
  const last = await answersTo(engine, query);
  expect(last.series.map(({ segments }) => canonical(segments))).toEqual(whole.series.map(({ segments }) => canonical(segments)));
});

/** Of a data frame of generation B, id included, its value not. */
const RECORD_BYTES = 23;

test("of a log cut anywhere every sample before the cut is there, and the notice names file and byte", async () => {
  const [file, log] = [drive.files[0], drive.truth.logs[0]];
  const series = log?.series.find(({ signal }) => signal.name === "EngineSpeed");
  if (!file || !log || !series) throw new Error("the drive has such a log");
  const query = queryFor([{ device: DEVICE, signal: "EngineSpeed" }], { toNs: log.facts.startNs + 8n * SECOND });
  const places = recordPlaces(log.facts, log.frames);
  const methods: readonly Method[] = ["raw", "envelope"];
  for (let cut = file.bytes.length - 1; cut > file.bytes.length * 0.8; cut -= 613) {
    const store = driveStore({ ...drive, files: [{ key: file.key, bytes: truncated(file.bytes, cut) }] });
    for (const method of methods) {
      const grid = { kind: "fixed", originNs: 0n, stepNs: 1_000_000n } as const;
      const { series: found, ledger } = await answersTo(engineOver(nodeKernel(), store), { ...query, method, grid });
      expect(wrongIn(ledger)).toEqual([]);
      const [notice] = found[0]?.notices ?? [];
      if (notice) expect(notice.text).toContain(file.key);
      // Nothing is missing between two records; a record without its value is missed by who asked for it.
      else expect([0, RECORD_BYTES]).toContain(cut - (places.findLast((place) => place <= cut) ?? 0));
      if (notice?.fault) {
        expect(notice.fault).toMatchObject({ code: "input/truncated", object: file.key });
        expect(cut - (notice.fault.atByte ?? 0)).toBeLessThan(60);
      } else if (notice) expect(notice.text).toContain("lost their payload");
      const times = [...(found[0]?.segments[0]?.timesNs ?? [])].map(
        (time) => time + Number((found[0]?.segments[0]?.baseNs ?? 0n) - log.facts.startNs),
      );
      expect(times).toEqual(series.timesNs.slice(0, times.length));
      // Every frame has some 40 bytes: those of one series that lie behind the cut are few.
      expect(times.length).toBeGreaterThan(series.timesNs.length * (cut / file.bytes.length) * 0.9);
    }
  }
});
