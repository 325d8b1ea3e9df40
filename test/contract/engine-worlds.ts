/**
 * Stores as they lie about: whole, damaged, growing, failing on the way, without the right DBC. Each with queries, and the answers to
 * them as hashes of their exact bytes; no test framework, so that every runtime (and the set-up of the tests) can work them out.
 */

import { FaultError } from "../../core/fault.ts";
import type { EngineOptions } from "../../core/query/create.ts";
import type { Engine } from "../../core/query/engine.ts";
import type { Ledger } from "../../core/query/ledger.ts";
import type { Query } from "../../core/query/query.ts";
import type { MemoryStore } from "../../core/store/memory.ts";
import type { LogStore } from "../../core/store/source.ts";
import { compressedLog } from "../../fixtures/container.ts";
import {
  emptyFile,
  growing,
  htmlPage,
  lfsPointer,
  mdf3File,
  truncated,
  withFlippedBit,
  withJunk,
  withUnknownRecordId,
} from "../../fixtures/damage.ts";
import { type Drive, generateDrive } from "../../fixtures/drive.ts";
import { recordPlaces } from "../../fixtures/log.ts";
import { sealedLog } from "../../fixtures/sealed.ts";
import { answersTo, driveStore, engineOver, type LoadedKernel, never, wrongIn } from "../support/engine.ts";
import { type Failure, FaultyStore } from "../support/faulty.ts";
import { generatedQueries, type NamedQuery } from "./engine-queries.ts";

export interface Answered {
  /** World and query. */
  readonly name: string;
  /** SHA-256 of the whole answer as text. */
  readonly hash: string;
  /** Equations of the ledger that do not hold, and errors that are no faults. */
  readonly wrong: readonly string[];
}

interface World {
  readonly name: string;
  readonly store: LogStore;
  readonly queries: readonly NamedQuery[];
  readonly options?: Partial<EngineOptions>;
  /** Called before each query. */
  readonly before?: (i: number) => void;
}

const SPLIT_SECONDS = 5;

async function engineWorlds(): Promise<World[]> {
  const drive = generateDrive({ splitSeconds: SPLIT_SECONDS });
  const ask = (count: number, seed: number, more: (query: Query, i: number) => Partial<Query> = () => ({})) =>
    generatedQueries(drive, count, seed).map(({ name, query }, i) => ({ name, query: { ...query, ...more(query, i) } }));
  const { store: growingStore, grow } = growingDrive(drive);
  return [
    { name: "whole", store: driveStore(drive), queries: ask(112, 11) },
    { name: "encrypted", store: await lockedDrive(drive), queries: ask(12, 30) },
    { name: "damaged", store: damagedDrive(drive), queries: ask(77, 12) },
    { name: "growing", store: growingStore, queries: ask(42, 13), before: grow },
    ...FAILURES.map((failure, i) => ({
      name: `store: ${failure}`,
      store: failingStore(drive, failure),
      queries: ask(10, 20 + i),
    })),
    {
      name: "budget of bytes",
      store: driveStore(drive),
      queries: ask(28, 14, (_, i) => ({ budgetBytes: (i * 97_001) % 1_500_000, budgetPoints: i % 3 === 0 ? i : null })),
    },
    { name: "no DBC", store: driveStore({ ...drive, dbcs: [] }), queries: ask(7, 15) },
    { name: "other DBC", store: driveStore({ ...drive, dbcs: [{ name: "other.dbc", text: OTHER_DBC }] }), queries: ask(7, 16) },
    {
      name: "broken DBC",
      store: driveStore({ ...drive, dbcs: [...drive.dbcs, { name: "broken.dbc", text: "BO_ what" }] }),
      queries: ask(4, 17),
    },
    { name: "one kernel", store: driveStore(drive), queries: ask(14, 18), options: { kernelsMax: 1, probeMax: 2 } },
  ];
}

const OTHER_DBC = `VERSION ""\nBU_: A\nBO_ 291 Other: 8 A\n SG_ EngineSpeeds : 0|8@1+ (1,0) [0|0] "" A\n`;

/** Every log encrypted, each third one compressed before: some changed since, some without a password. */
async function lockedDrive(drive: Drive): Promise<MemoryStore> {
  const files = await Promise.all(
    drive.files.map(async ({ key, bytes }, i) => {
      const device = i % 5 === 4 ? "FFFFFFFF" : "0000000A";
      const sealed = await sealedLog(i % 3 === 0 ? compressedLog(bytes, device, "1.1") : bytes, {
        device,
        password: "hush",
        seed: i,
      });
      return { key, bytes: i % 4 === 3 ? withFlippedBit(sealed, sealed.length - 1000, 2) : sealed };
    }),
  );
  const store = driveStore({ ...drive, files });
  store.put("passwords.json", new TextEncoder().encode('{"0000000a": "hush"}'));
  return store;
}

/** One log of each kind of damage; the second device's first session stays whole. */
function damagedDrive(drive: Drive): MemoryStore {
  const { logs } = drive.truth;
  const places = (i: number): number[] => {
    const log = logs[i];
    return log ? recordPlaces(log.facts, log.frames) : [];
  };
  const at = (i: number, share: number): number => {
    const all = places(i);
    return all[Math.floor(all.length * share)] ?? 0;
  };
  const damage: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => truncated(bytes, at(0, 0.6) + 3),
    (bytes) => withUnknownRecordId(bytes, at(1, 0.5)),
    // Finalized: the cycle counts of its header say more than there is.
    (bytes) => truncated(bytes, Math.floor(bytes.length * 0.7)),
    (bytes) => withJunk(bytes, at(3, 0.4), 300),
    (bytes) => withFlippedBit(bytes, at(4, 0.3) + 2, 6),
    // Compressed: breaks off in the middle of the stream.
    (bytes) => truncated(bytes, Math.floor(bytes.length * 0.5)),
    (bytes) => bytes,
    (bytes) => withFlippedBit(bytes, at(7, 0.5) + 9, 3),
    (bytes) => bytes,
    // Within the header.
    (bytes) => truncated(bytes, 3000),
    () => lfsPointer(),
    () => htmlPage(),
  ];
  const store = driveStore({
    ...drive,
    files: drive.files.map(({ key, bytes }, i) => ({ key, bytes: damage[i]?.(bytes) ?? bytes })),
  });
  const [first] = drive.files;
  if (first) {
    const folder = first.key.slice(0, first.key.lastIndexOf("/"));
    store.put(`${folder}/00000004.MF4`, emptyFile());
    store.put(`${folder}/00000005.MF4`, mdf3File());
    store.put(`${folder}/00000007.MF4`, withJunk(first.bytes, 0, 64));
    store.put("B0551002/00000009/00000001.MF4", withJunk(first.bytes, 200, 4000));
    store.put("stray.MF4", first.bytes);
  }
  return store;
}

/** Before each query one log is a piece longer. */
function growingDrive(drive: Drive): { store: MemoryStore; grow: (i: number) => void } {
  const store = driveStore(drive);
  const looks = drive.files.map(({ key, bytes }) => ({ key, looks: growing(bytes, 3) }));
  for (const {
    key,
    looks: [first],
  } of looks)
    if (first) store.put(key, first);
  return {
    store,
    grow: (i) => {
      const file = looks[i % looks.length];
      const bytes = file?.looks[1 + (Math.floor(i / looks.length) % 2)];
      if (file && bytes) store.put(file.key, bytes);
    },
  };
}

const FAILURES: readonly Failure[] = ["broken", "changed", "missing", "refused", "short"];

/** Some logs fail at once, some after a request or two, some in the middle of a stream. */
function failingStore(drive: Drive, failure: Failure): LogStore {
  const rule = (i: number) => ({
    failure,
    key: drive.files[i]?.key ?? "",
    afterRequests: [0, 1, 2, 3, 4][i % 5] ?? 0,
    afterBytes: [0, 5_000, 60_000][i % 3] ?? 0,
  });
  return new FaultyStore(driveStore(drive, 16_384), [0, 2, 3, 5, 7, 9, 10].map(rule));
}

export async function* answersOf(kernel: LoadedKernel): AsyncGenerator<Answered> {
  for (const { name, store, queries, options, before } of await engineWorlds()) {
    const engine = engineOver(kernel, store, options);
    for (const [i, { name: question, query }] of queries.entries()) {
      before?.(i);
      yield await answered(`${name}: ${question}`, () => answerTo(engine, query));
      if (i % 7 === 0) yield await answered(`${name}: explain ${question}`, () => explained(engine, query));
    }
    const device = "B0551001";
    const signal = never();
    yield await answered(`${name}: devices`, async () => ({
      answer: await engine.devices({ names: true }, signal),
      ledger: null,
    }));
    yield await answered(`${name}: logs`, async () => ({ answer: await engine.logs({}, signal), ledger: null }));
    yield await answered(`${name}: heard`, async () => {
      const heard = await engine.heard({ device }, signal);
      return { answer: heard, ledger: heard.ledger };
    });
  }
}

interface Outcome {
  readonly answer: unknown;
  readonly ledger: Ledger | null;
}

async function answerTo(engine: Engine, query: Query): Promise<Outcome> {
  const answer = await answersTo(engine, query);
  return { answer, ledger: answer.ledger };
}

async function explained(engine: Engine, query: Query): Promise<Outcome> {
  const answer = await engine.explain(query, never());
  return { answer, ledger: answer.ledger };
}

async function answered(name: string, work: () => Promise<Outcome>): Promise<Answered> {
  try {
    const { answer, ledger } = await work();
    return { name, hash: await sha256(canonical(answer)), wrong: ledger === null ? [] : wrongIn(ledger) };
  } catch (error) {
    if (!(error instanceof FaultError)) return { name, hash: "", wrong: [`${error}`] };
    const isBug = error.fault.code.startsWith("bug/");
    return { name, hash: await sha256(canonical(error.fault)), wrong: isBug ? [error.message] : [] };
  }
}

/** Keys in order, numbers of arrays by their bits, so that −0 and NaN differ from what they look like. */
export function canonical(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}:${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Map) return `Map${canonical([...value])}`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? "undefined");
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
