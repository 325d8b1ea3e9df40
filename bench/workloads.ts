/** What the kernel is timed on: record bytes in memory, and the messages asked for. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RecordStream } from "../core/bus/layout.ts";
import type { Dbc, DbcMessage } from "../core/dbc/model.ts";
import { parseDbc } from "../core/dbc/parse.ts";
import { readMdf } from "../core/mdf/read.ts";
import { memorySource } from "../core/store/memory.ts";
import { type BigVariant, bigDbc, bigPlan } from "../fixtures/big.ts";
import { ByteSink } from "../fixtures/byte-sink.ts";
import { frame } from "../fixtures/frame.ts";
import { recordWriter } from "../fixtures/records.ts";
import { repeatRecords } from "./repeat.ts";

export interface Workload {
  readonly name: string;
  /** Where the bytes come from, for the reader of the results. */
  readonly origin: string;
  readonly bytes: Uint8Array;
  readonly stream: RecordStream;
  readonly channel: number;
  readonly messages: readonly DbcMessage[];
}

export const WORKLOAD_BYTES = 33_000_000;

const samples = new URL("../../shared/", import.meta.url);
const hasSamples = existsSync(fileURLToPath(samples));
const never = new AbortController().signal;

/** The five workloads of the floors. Real record bytes where the sample logs lie beside the repository, else our own logs. */
export async function workloads(): Promise<Workload[]> {
  const dense = [await fixture("dense", "D", "dense", 1), await fixture("gen. B dense", "B", "gps", 2)] as const;
  if (!hasSamples) {
    const gps = await fixture("gps", "D", "gps", 9);
    const j1939 = await fixture("j1939", "D", "drive", 2);
    const valueB = await fixture("gen. B VLSD", "B", "drive", 2);
    return [gps, j1939, dense[0], valueB, dense[1]];
  }
  const gps = await sample("gps", "2F6913DB/00001089/00000001-63BEF5CD.MF4", "samples/dbc/gnss.dbc", 2);
  const trip = await sample("gen. B dense", "2F6913DB/00000004/00000001.MF4", "samples/dbc/canmod-gps.dbc", 2);
  const boat = await sample("gen. B VLSD", "94C49784/00000005/00000002.MF4", BOAT_DBC, 1);
  return [gps, await truck(gps.stream), dense[0], boat, trip];
}

/** Three of fifty identifiers of the boat's log, an eighth of its frames. */
const BOAT_DBC = `VERSION ""
BO_ ${0x9f11323 + 2 ** 31} RateOfTurn: 8 Vector__XXX
 SG_ Sid : 0|8@1+ (1,0) [0|0] "" Vector__XXX
 SG_ Rate : 8|32@1- (3.125E-08,0) [0|0] "rad/s" Vector__XXX
BO_ ${0x9f80123 + 2 ** 31} Position: 8 Vector__XXX
 SG_ Latitude : 0|32@1- (1e-07,0) [0|0] "deg" Vector__XXX
 SG_ Longitude : 32|32@1- (1e-07,0) [0|0] "deg" Vector__XXX
BO_ ${0x9f80223 + 2 ** 31} Course: 8 Vector__XXX
 SG_ Sid : 0|8@1+ (1,0) [0|0] "" Vector__XXX
 SG_ CourseOverGround : 16|16@1+ (0.0001,0) [0|0] "rad" Vector__XXX
 SG_ SpeedOverGround : 32|16@1+ (0.01,0) [0|0] "m/s" Vector__XXX
`;

/** Parameter groups of the truck's log that are asked for, a seventh of its frames. */
const TRUCK_GROUPS = ["CCVS1", "ET1", "LFE1", "HOURS", "EEC3"];

async function onlyStream(bytes: Uint8Array, name: string): Promise<RecordStream> {
  const mdf = await readMdf(memorySource(name, bytes), never);
  const [stream] = mdf.streams;
  if (!stream || mdf.streams.length !== 1 || stream.extents.length !== 1)
    throw new Error(`${name} has not one stream of records`);
  return stream;
}

function recordsOf(bytes: Uint8Array, stream: RecordStream): Uint8Array {
  const { atByte, lengthBytes } = stream.extents[0] ?? { atByte: 0, lengthBytes: 0 };
  return bytes.subarray(atByte, atByte + lengthBytes);
}

const dbcOf = (text: string | Uint8Array): Dbc =>
  parseDbc(typeof text === "string" ? new TextEncoder().encode(text) : text, "bench.dbc");

async function sample(name: string, log: string, dbc: string, channel: number): Promise<Workload> {
  const bytes = new Uint8Array(readFileSync(new URL(`samples/canedge/LOG/${log}`, samples)));
  const stream = await onlyStream(bytes, log);
  const { messages } = dbcOf(dbc.startsWith("VERSION") ? dbc : new Uint8Array(readFileSync(new URL(dbc, samples))));
  const repeated = repeatRecords(recordsOf(bytes, stream), stream, WORKLOAD_BYTES);
  return { name, origin: `records of ${log}, repeated`, bytes: repeated, stream, channel, messages };
}

/** The one J1939 log of the samples is of generation A: its frames are written again as a later logger writes them. */
async function truck(likeStream: RecordStream): Promise<Workload> {
  const log = "FCBF0606/00003482/00000001-60B621D9.MF4";
  const bytes = new Uint8Array(readFileSync(new URL(`samples/canedge/LOG/${log}`, samples)));
  const records = recordsOf(bytes, await onlyStream(bytes, log));
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const sink = new ByteSink(records.length);
  const writer = recordWriter("D", 1, () => sink);
  // Generation A: record id, f64 ns, IDE and identifier, …, offset; then record id, u32 length, payload.
  for (let at = 0; at + 28 <= records.length; ) {
    const lengthBytes = view.getUint32(at + 24, true);
    const id = view.getUint32(at + 9, true) >>> 3;
    const payload = records.slice(at + 28, at + 28 + lengthBytes);
    writer.write(frame({ timeNs: view.getFloat64(at + 1, true), id, extended: true, payload }));
    at += 28 + lengthBytes;
  }
  const dbc = dbcOf(new Uint8Array(readFileSync(new URL("golden/dbc-made/j1939-mini.dbc", samples))));
  const messages = dbc.messages.filter((message) => TRUCK_GROUPS.includes(message.name));
  const repeated = repeatRecords(sink.toBytes(), likeStream, WORKLOAD_BYTES);
  const origin = `frames of ${log} as generation D records, repeated`;
  return { name: "j1939", origin, bytes: repeated, stream: likeStream, channel: 1, messages };
}

async function fixture(name: string, generation: "B" | "D", variant: BigVariant, channel: number): Promise<Workload> {
  const plan = bigPlan({ sizeBytes: WORKLOAD_BYTES, generation, variant });
  const bytes = new Uint8Array(plan.sizeBytes);
  let at = 0;
  for (const chunk of plan.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const stream = await onlyStream(bytes, name);
  const { messages } = dbcOf(bigDbc(variant).text);
  return {
    name,
    origin: `our own log, ${variant}, generation ${generation}`,
    bytes: recordsOf(bytes, stream),
    stream,
    channel,
    messages,
  };
}
