/** The two sides of the kernel's memory say the same numbers. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TRANSPORT_BYTES_MAX } from "../../../core/bus/transport.ts";
import * as abi from "../../../core/kernel/abi.ts";
import * as codecAbi from "../../../core/kernel/codec-abi.ts";
import { Kernel } from "../../../core/kernel/kernel.ts";
import { testKernel } from "../../support/kernel.ts";

const host: Readonly<Record<string, unknown>> = { ...abi };
const source = (name: string) =>
  readFileSync(new URL(`../../../assembly/${name}.ts`, import.meta.url), "utf8").replace(/\/\/.*$/gm, "");
const layout = source("layout");

function enumsOf(text: string): Map<string, Record<string, number>> {
  const enums = new Map<string, Record<string, number>>();
  for (const [, name = "", body = ""] of text.matchAll(/export enum (\w+) \{([^}]*)\}/g)) {
    const members = [...body.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/(\w+) = ([^,]+),/g)];
    enums.set(name, Object.fromEntries(members.map(([, key = "", value]) => [key, Number(value)])));
  }
  return enums;
}

/** A number, or a sum of numbers, HEAD and TRANSPORT. */
function constantOf(file: string, name: string): number {
  const text = new RegExp(`const ${name}: \\w+ = ([^;]+);`).exec(source(file))?.[1] ?? "";
  const number = (part: string) => (part === "HEAD" ? abi.HEAD : part === "TRANSPORT" ? abi.TRANSPORT : Number(part));
  return text.split("+").reduce((sum, part) => sum + number(part.trim()), 0);
}

const enums = new Map([...enumsOf(layout), ...enumsOf(source("scan"))]);

describe("assembly/layout.ts and core/kernel/abi.ts", () => {
  test.each([...enums.keys()])("%s has the same members with the same numbers", (name) => {
    expect(host[name]).toEqual(enums.get(name));
  });

  test("every enum of the host is one of the kernel", () => {
    const hosts = Object.entries(abi)
      .filter(([, value]) => typeof value === "object")
      .map(([name]) => name);
    expect(hosts.filter((name) => !enums.has(name))).toEqual([]);
  });

  test.each([
    "ABI_VERSION",
    "HEAD",
    "VLSD",
    "RECORDS",
    "OUT",
    "CHUNK_ROWS",
    "MESSAGES",
    "ENVELOPE_BYTES",
    "M4_BYTES",
    "NEAREST_BYTES",
    "STATS_BYTES",
    "FRAME_ROW_BYTES",
    "HEARD_BYTES",
    "CHANNEL_HASH",
    "NO_SOURCE",
    "ANY_SOURCE",
    "OF_J1939",
    "OF_FAST_PACKET",
    "FRAMES_OF_PORT",
    "TRANSPORT",
    "SESSIONS_MAX",
    "LOSSES",
    "LOSSES_MAX",
    "LOSS_BYTES",
    "MESSAGE_BYTES_MAX",
  ] as const)("%s", (name) => expect(host[name]).toBe(constantOf("layout", name)));

  test("sizes that are shifts, masks or sums in the kernel", () => {
    expect(abi.ENTRY_BYTES).toBe(1 << constantOf("layout", "ENTRY_SHIFT"));
    expect(abi.MESSAGE_BYTES).toBe(1 << constantOf("layout", "MESSAGE_SHIFT"));
    expect(abi.SIGNAL_BYTES).toBe(1 << constantOf("layout", "SIGNAL_SHIFT"));
    expect(abi.HEARD_PLACES).toBe(constantOf("heard", "MASK") + 1);
    expect(abi.VALUES).toBe(constantOf("record", "VALUES"));
    expect(abi.VALUE_WINDOW_STRIDE).toBe(constantOf("record", "VALUE_WINDOW_STRIDE"));
    expect(abi.VALUE_WINDOWS).toBe(constantOf("record", "VALUE_WINDOWS"));
    // At most half of a table with open addressing is taken.
    expect(abi.EXACT_KEYS_MAX).toBeLessThanOrEqual((constantOf("layout", "EXACT_MASK") + 1) / 2);
    expect(abi.GROUP_KEYS_MAX).toBeLessThanOrEqual((constantOf("layout", "GROUPS_MASK") + 1) / 2);
  });

  test("regions do not overlap", () => {
    const waiting = constantOf("waiting", "PLACE_BYTES") * constantOf("waiting", "PLACE_COUNT");
    expect(constantOf("record", "VLSD_SLOT_BYTES") * abi.VLSD_SLOTS + waiting).toBeLessThanOrEqual(abi.VLSD_BYTES);
    const regions: [number, number][] = [
      [abi.HEAD, 0x1000],
      [abi.VLSD, abi.VLSD_BYTES],
      [abi.RECORDS, abi.ENTRY_BYTES * abi.RECORD_ENTRIES],
      [constantOf("layout", "ID_CACHE"), 4096 * 16],
      [constantOf("layout", "EXACT"), (constantOf("layout", "EXACT_MASK") + 1) * 16],
      [constantOf("layout", "GROUPS"), (constantOf("layout", "GROUPS_MASK") + 1) * 16],
      [abi.MESSAGES, abi.MESSAGE_BYTES * abi.MESSAGES_MAX],
      [abi.SIGNALS, abi.SIGNAL_BYTES * abi.SIGNALS_MAX],
      [abi.SELECTORS, abi.SELECTORS_END - abi.SELECTORS],
      [constantOf("layout", "SCRATCH"), 0x10000],
      [abi.CHUNKS, abi.CHUNKS_END - abi.CHUNKS],
      [abi.OUT, abi.OUT_END - abi.OUT],
      [abi.VALUES, 4 * abi.VALUE_WINDOW_STRIDE],
      [abi.WINDOW - abi.CARRY_BYTES_MAX, abi.CARRY_BYTES_MAX + abi.WINDOW_BYTES + 64],
      [abi.TRANSPORT, 64],
      [constantOf("layout", "BUCKETS"), 1024 * 4],
      [constantOf("layout", "SESSIONS"), constantOf("layout", "SESSION_BYTES") * abi.SESSIONS_MAX],
      [abi.LOSSES, abi.LOSS_BYTES * abi.LOSSES_MAX],
      [constantOf("layout", "ASSEMBLED"), 8 + abi.MESSAGE_BYTES_MAX + 64],
      [constantOf("layout", "BLOCKS"), constantOf("layout", "BLOCK_BYTES") * constantOf("layout", "BLOCKS_MAX")],
      [abi.TEXT, abi.TEXT_BYTES],
    ];
    for (const [i, [start, bytes]] of regions.entries()) {
      expect(start + bytes, `region at ${start.toString(16)}`).toBeLessThanOrEqual(
        regions[i + 1]?.[0] ?? abi.MEMORY_PAGES * 65536,
      );
    }
    expect(abi.VALUE_WINDOW_BYTES + 64).toBeLessThanOrEqual(abi.VALUE_WINDOW_STRIDE);
    expect(abi.TRANSPORT + abi.TRANSPORT_BYTES).toBe(abi.TEXT);
    expect(TRANSPORT_BYTES_MAX).toBe(abi.MESSAGE_BYTES_MAX);
    // A port's counters lie in its second record, whose first word, the cursor of a message, stays 0.
    expect(abi.Port.frames).toBeGreaterThanOrEqual(abi.MESSAGE_BYTES + 4);
    expect(abi.Port.isQuiet + 4).toBeLessThanOrEqual(abi.PORT_RECORDS * abi.MESSAGE_BYTES);
    expect(abi.HEARD_PLACES * abi.HEARD_BYTES).toBeLessThanOrEqual(abi.OUT_END - abi.OUT);
  });

  test("the kernel says its version", () => {
    expect(testKernel()).toBeInstanceOf(Kernel);
    expect(testKernel().exports.abiVersion()).toBe(abi.ABI_VERSION);
  });
});

describe("assembly/codec-layout.ts and core/kernel/codec-abi.ts", () => {
  const codecLayout = source("codec-layout");
  const codecHost: Readonly<Record<string, unknown>> = { ...codecAbi };
  test.each([...enumsOf(codecLayout)])("%s has the same members with the same numbers", (name, members) => {
    expect(codecHost[name]).toEqual(members);
  });

  test("the state and what a call needs of it lie at the same place", () => {
    expect(codecAbi.CODEC_STATE).toBe(constantOf("codec-layout", "CODEC_STATE"));
    const tablesEnd = constantOf("codec-layout", "WEIGHTS") + 1024;
    expect(codecAbi.CODEC_STATE + codecAbi.CODEC_STATE_BYTES).toBeGreaterThanOrEqual(tablesEnd);
    expect(codecAbi.UNPACKED).toBeGreaterThanOrEqual(constantOf("codec-layout", "LITERALS") + 128 * 1024 + 64);
  });
});
