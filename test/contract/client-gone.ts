/** A client that goes away: nothing more is read within 100 ms, whatever was asked and however it left. */
import { describe, expect, test } from "vitest";
import { CountingStore } from "../../core/store/counting.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import { SharedStore } from "../../core/store/shared.ts";
import type { ByteSource, LogStore } from "../../core/store/source.ts";
import { bigDbc, bigPlan } from "../../fixtures/big.ts";
import { engineOver, type LoadedKernel } from "../support/engine.ts";
import { type App, appOf } from "../unit/edge/app-of.ts";

const LOG_BYTES = 24_000_000;
const WINDOW_MS = 4;
const STOPPED_MS = 100;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Every window takes its time, so that a log takes about a second. */
class SlowStore implements LogStore {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  list(...asked: Parameters<LogStore["list"]>): ReturnType<LogStore["list"]> {
    return this.#store.list(...asked);
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const source = await this.#store.open(key, signal);
    return {
      key,
      version: source.version,
      sizeBytes: source.sizeBytes,
      read: (...asked) => source.read(...asked),
      async *stream(...asked) {
        for await (const window of source.stream(...asked)) {
          await sleep(WINDOW_MS);
          yield window;
        }
      },
    };
  }
}

let made: readonly (readonly [string, Uint8Array])[] | null = null;

/** One long log and its database. */
function longLog(): readonly (readonly [string, Uint8Array])[] {
  if (made !== null) return made;
  const plan = bigPlan({ sizeBytes: LOG_BYTES, generation: "D", variant: "drive" });
  const bytes = new Uint8Array(plan.sizeBytes);
  let atByte = 0;
  for (const chunk of plan.chunks()) {
    bytes.set(chunk, atByte);
    atByte += chunk.length;
  }
  const dbc = bigDbc("drive");
  made = [
    [`${plan.facts.serial}/00000001/00000001.MF4`, bytes],
    [dbc.name, new TextEncoder().encode(dbc.text)],
  ];
  return made;
}

/** An app over one long log, and what its store was asked. */
export function slowApp(kernel: LoadedKernel, isNode: boolean): { readonly app: App; readonly counting: CountingStore } {
  const counting = new CountingStore(new SlowStore(new MemoryStore(longLog(), { windowBytes: 64 * 1024 })));
  const store = new SharedStore(counting, { streamedBytesMax: 8_000_000, sharesRequests: isNode });
  const host = { yield: () => sleep(0) };
  return { app: appOf(engineOver(kernel, store, { host, sharesWork: isNode }), { store: counting }), counting };
}

/** What a long answer is asked with: path, and body of a POST. */
export const LONG_QUESTIONS: readonly (readonly [string, string | null])[] = [
  ["/api/series?device=B0551003&signal=EngineSpeed&method=envelope&points=500", null],
  ["/api/series?device=B0551003&signal=EngineSpeed&method=raw&format=csv", null],
  ["/api/frames?device=B0551003&sort=-time&limit=10", null],
  ["/api/signals?device=B0551003", null],
  [
    "/query",
    JSON.stringify({
      range: { from: "2024-05-14T00:00:00Z", to: "2024-06-14T00:00:00Z" },
      intervalMs: 60_000,
      targets: [
        { refId: "A", target: '{"device":"B0551003","itf":"CAN","chn":"CH1","db":"buslens-big","signal":"EngineSpeed"}' },
      ],
    }),
  ],
];

/** Waits until the log is being read, lets the client leave, and gives the bytes that were read later than 100 ms after. */
export async function readAfterLeaving(counting: CountingStore, leave: () => void): Promise<number> {
  const begun = counting.counts.bytes;
  for (let turn = 0; counting.counts.bytes < begun + 500_000; turn++) {
    if (turn > 2000) throw new Error("the log was not read");
    await sleep(2);
  }
  leave();
  await sleep(STOPPED_MS);
  const { bytes } = counting.counts;
  await sleep(60);
  return counting.counts.bytes - bytes;
}

export function clientGoneContract(kernel: () => Promise<LoadedKernel>, isNode: boolean): void {
  describe("a client that goes away stops the work within 100 ms", () => {
    test.each(LONG_QUESTIONS)("%s", { timeout: 20_000 }, async (path, body) => {
      const { app, counting } = slowApp(await kernel(), isNode);
      const client = new AbortController();
      const init = { signal: client.signal, ...(body === null ? {} : { method: "POST", body }) };
      const answer = Promise.resolve(app.request(`http://server${path}`, init)).then((response) => response.text());
      answer.catch(() => undefined);
      expect(await readAfterLeaving(counting, () => client.abort())).toBe(0);
      expect(counting.counts.inFlight).toBe(0);
      expect(counting.counts.bytes).toBeLessThan(LOG_BYTES);
    });

    test("also where it only stops to read the answer", { timeout: 20_000 }, async () => {
      const { app, counting } = slowApp(await kernel(), isNode);
      const [path] = LONG_QUESTIONS[0] ?? [""];
      const answer = await app.request(`http://server${path}`);
      expect(await readAfterLeaving(counting, () => void answer.body?.cancel())).toBe(0);
      expect(counting.counts.inFlight).toBe(0);
    });
  });
}
