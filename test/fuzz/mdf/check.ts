/** What must hold for any bytes under the name of a log, asked the ways that people ask. */

import type { OpenedLog } from "../../../core/canedge/container.ts";
import { openLogs } from "../../../core/canedge/open-log.ts";
import { parseDbc } from "../../../core/dbc/parse.ts";
import type { FactsDocument } from "../../../core/facts/document.ts";
import { framesFacts } from "../../../core/facts/frames-facts.ts";
import { groupsFacts } from "../../../core/facts/groups-facts.ts";
import { signalsFacts } from "../../../core/facts/signals-facts.ts";
import { type Fault, FaultError, type Notice } from "../../../core/fault.ts";
import type { KernelExports } from "../../../core/kernel/abi.ts";
import { Kernel } from "../../../core/kernel/kernel.ts";
import type { MdfFile } from "../../../core/mdf/file.ts";
import { readMdf } from "../../../core/mdf/read.ts";
import { createEngine } from "../../../core/query/create.ts";
import type { Engine } from "../../../core/query/engine.ts";
import type { SeriesSelector } from "../../../core/series/series.ts";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { answersTo, never, queryFor, still, wrongIn } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";
import { FUZZ_DEVICE, FUZZ_PASSWORD } from "./files.ts";
import { constantsOf, isPoisoned, isUntouched, poison } from "./poison.ts";

const KEY = `${FUZZ_DEVICE}/00000001/00000001.MF4`;
const DBC = `VERSION ""
BU_: Ecu
BO_ 291 Engine: 8 Ecu
 SG_ Speed : 7|16@0- (0.5,-40) [0|0] "km/h" Ecu
 SG_ Kind M : 16|4@1+ (1,0) [0|0] "" Ecu
 SG_ Deep m2 : 24|40@1+ (0.1,0) [0|0] "" Ecu
BO_ 2566844672 Group: 8 Ecu
 SG_ Speed : 0|64@1- (1,0) [0|0] "" Ecu
 SG_ Far : 500|8@1+ (1,0) [0|0] "" Ecu
`;
const DBC_BYTES = new TextEncoder().encode(DBC);
const dbc = parseDbc(DBC_BYTES, "fuzz.dbc");

/** An engine keeps what it knows of logs: after so many it makes room for another. */
const LOGS_PER_ENGINE = 400;
/** Bytes taken from the store for one question: the first read, some searching, and each byte a few times. */
const READ_BYTES_FIXED = 1024 * 1024;
const READ_TIMES_MAX = 40;
/** Steps of the kernel: some for each stream, and never more than a few for each byte it has. */
const CALLS_FIXED = 500;
const CALLS_PER_BYTE = 2;
/** Generous, for machines that do much else: what loops takes for ever. */
const MS_MAX = 20_000;

interface World {
  readonly memory: MemoryStore;
  readonly store: CountingStore;
  readonly open: ReturnType<typeof openLogs>;
  readonly engine: Engine;
  uses: number;
}

const module = testModule();
const passwords = new Map([["default", FUZZ_PASSWORD]]);
const calls = { count: 0 };
const kernel = counted(new Kernel(module));
const twin = new Kernel(module);
const constants = constantsOf(twin);
let world: World | null = null;

function worldFor(bytes: Uint8Array): World {
  if (world === null || world.uses >= LOGS_PER_ENGINE) {
    const memory = new MemoryStore([], { windowBytes: 4096 });
    const store = new CountingStore(memory);
    const open = openLogs(store, { module, kernelsMax: 1, passwords: () => passwords });
    const dbcs = [{ file: "fuzz.dbc", bytes: DBC_BYTES }];
    const engine = createEngine({ module, moduleHash: "", store, dbcs, host: still, passwords: () => passwords, kernelsMax: 1 });
    world = { memory, store, open, engine, uses: 0 };
  }
  world.uses++;
  world.memory.put(KEY, bytes);
  return world;
}

/** What is asked beside the frames. */
type Way = "columns" | "signals" | "heard" | "curves" | "buckets";
const WAYS: readonly [Way, ...Way[]] = ["columns", "signals", "heard", "curves", "buckets"];

/** Asked in all ways. Throws when something is wrong with what is made of the bytes. */
export const checkLog = (bytes: Uint8Array): Promise<void> => checkWays(bytes, WAYS);

/** Frames, and one more way that the bytes themselves choose: five times as many logs in the same time. */
export const checkLogOneWay = (bytes: Uint8Array): Promise<void> =>
  checkWays(bytes, [WAYS[bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7) % WAYS.length] ?? WAYS[0]]);

async function checkWays(bytes: Uint8Array, ways: readonly Way[]): Promise<void> {
  const start = performance.now();
  const { store, open, engine } = worldFor(bytes);
  store.reset();
  calls.count = 0;
  const log = await rowsOrFault(() => open(KEY, never()));
  const plainBytes = log?.source.sizeBytes ?? 0;
  const mdf = log && (await rowsOrFault(() => readMdf(log.source, never())));
  if (mdf) checkNotices(mdf.notices);
  if (log && mdf) await checkFrames(log, mdf);
  for (const way of ways) {
    if (way === "columns") {
      if (log) await checkDocument(() => groupsFacts({ log, fileName: "x", host: { ...host(), codecs: kernel.codecs } }));
    } else if (way === "signals") {
      const options = { fileName: "x", host: host(), kernel, dbc, dbcSha256: "", channel: null };
      if (log && mdf) await checkDocument(() => signalsFacts({ ...options, log, mdf }));
    } else if (way === "heard") await checkHeard(engine);
    else await checkSeries(engine, way === "curves" ? "raw" : "envelope");
  }
  const allowedBytes = READ_BYTES_FIXED + READ_TIMES_MAX * Math.max(bytes.length, plainBytes);
  must(store.counts.bytes <= allowedBytes, `${store.counts.bytes} bytes read, ${allowedBytes} allowed`);
  const allowedCalls = CALLS_FIXED + CALLS_PER_BYTE * Math.max(bytes.length, mdf?.unpackedBytes ?? 0);
  must(calls.count <= allowedCalls, `${calls.count} calls into the kernel, ${allowedCalls} allowed`);
  const tookMs = performance.now() - start;
  must(tookMs < MS_MAX, `${tookMs} ms for ${bytes.length} bytes`);
}

const host = () => ({ signal: never(), onWindow: () => undefined });

async function checkFrames(log: OpenedLog, mdf: MdfFile): Promise<void> {
  const options = { log, mdf, fileName: "x", host: host() };
  const facts = await checkDocument(() => framesFacts({ ...options, kernel }));
  if (facts !== null && isPoisoned(mdf)) {
    poison(twin);
    const again = await framesFacts({ ...options, kernel: twin });
    must(again.text === facts.text, "the answer depends on what the kernel's memory held before");
    must(isUntouched(twin, constants), "the walk wrote outside of its places");
  }
}

async function checkDocument(make: () => Promise<FactsDocument>): Promise<FactsDocument | null> {
  const made = await rowsOrFault(make);
  if (made === null) return null;
  JSON.parse(made.text);
  checkNotices(made.notices);
  return made;
}

async function checkHeard(engine: Engine): Promise<void> {
  await engine.devices({ names: true }, never());
  for (const log of await engine.logs({}, never())) {
    if (log.fault !== null) checkFault(log.fault);
    must(log.startNs === null || log.header !== null, "times come with a header");
  }
  const heard = await engine.heard({}, never());
  checkNotices(heard.notices);
  must(wrongIn(heard.ledger).length === 0, `heard: ${wrongIn(heard.ledger).join()}`);
}

async function checkSeries(engine: Engine, method: "raw" | "envelope"): Promise<void> {
  const { channels, notices } = await engine.channels({}, never());
  checkNotices(notices);
  const device = FUZZ_DEVICE;
  const selectors: SeriesSelector[] = [
    { device, signal: "Speed" },
    { device, signal: "Deep", bus: "CAN", channel: 1, db: "fuzz", message: "Engine" },
    ...channels.slice(0, 6).map(({ group, channel }) => ({ kind: "channel" as const, device, group, channel })),
  ];
  const { series, ledger } = await answersTo(engine, queryFor(selectors, { method }));
  must(wrongIn(ledger).length === 0, `${method}: ${wrongIn(ledger).join()}`);
  must(series.length >= selectors.length, "each selector has an answer");
  for (const answer of series) checkNotices(answer.notices);
}

/** A fault is an answer, if it says what, where, and whose it is. */
async function rowsOrFault<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    checkFault(error.fault);
    return null;
  }
}

function checkNotices(notices: readonly Notice[]): void {
  must(notices.length < 2000, `${notices.length} notices`);
  for (const { fault, text } of notices) {
    must(text.length > 0 && text.length < 4000, "a notice is a sentence");
    if (fault) checkFault(fault);
  }
}

function checkFault({ code, object, atByte, found, allowed, message }: Fault): void {
  must(/^(input|limit|access)\//.test(code), `${code}: ${message}`);
  must(object === KEY, `${code} without its file: ${message}`);
  must(message.length > 0 && message.length < 2000, `${code}: a fault is a sentence`);
  must(atByte === undefined || (Number.isInteger(atByte) && atByte >= 0), `${code} at byte ${atByte}`);
  const isWhole = atByte !== undefined && found !== undefined && allowed !== undefined;
  if (code.startsWith("input/")) must(isWhole, `${code} without its byte, what was found or what is allowed: ${message}`);
  if (code.startsWith("limit/")) must(found !== undefined && allowed !== undefined, `${code} without its numbers: ${message}`);
}

function must(condition: boolean, why: string): void {
  if (!condition) throw new Error(why);
}

/** The same kernel, with its steps counted. */
function counted(one: Kernel): Kernel {
  const exports = { ...one.exports };
  const count = <Arguments extends readonly unknown[], Result>(call: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      calls.count++;
      return call(...given);
    };
  };
  const more: Pick<KernelExports, "scanDecode" | "scanOther"> = {
    scanDecode: count(one.exports.scanDecode),
    scanOther: count(one.exports.scanOther),
  };
  Object.defineProperty(one, "exports", { value: { ...exports, ...more } });
  return one;
}
