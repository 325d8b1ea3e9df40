/** Plain channels of measurement files as series, in a file built here: 400 records of 100 Hz, two groups with one name. */
import { describe, expect, test } from "vitest";
import { imbalance } from "../../../core/query/ledger.ts";
import type { Method, Query } from "../../../core/query/query.ts";
import type { ChannelSelector } from "../../../core/series/series.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { engineOver, never } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import {
  type BuiltBlock,
  block,
  chain,
  channel,
  dataGroup,
  group,
  header,
  linear,
  mdfFile,
  pack,
  START_NS,
} from "../../support/mdf.ts";
import { appOf, get, post } from "../edge/app-of.ts";

const RECORDS = 400;
const STEP_NS = 10_000_000;
const KEY = "drives/ride home.mf4";
const DEVICE = "ride home";

/** Time in ms as u32, a signed byte with an invalidation bit at every fifth record, a half-byte state, a big-endian word. */
function groupBlock(name: string, next: BuiltBlock | null): BuiltBlock {
  const speed = channel("speed", { at: 4, bits: 8, dataType: 2, conversion: linear(100, 0.5) });
  const flags = new DataView(speed.data.buffer);
  flags.setUint32(12, 2, true);
  const channels = [
    channel("t", { type: 2, sync: 1, bits: 32, conversion: linear(0, 0.001) }),
    speed,
    channel("state", { at: 5, bits: 4, conversion: states() }),
    channel("word", { at: 6, bits: 16, dataType: 1 }),
    channel("word", { at: 6, bits: 8 }),
    channel("note", { at: 4, bits: 8, dataType: 7 }),
  ];
  return group({ bytes: 8, invalidBytes: 1, records: RECORDS, flags: 0, channels: chain(channels), name, next });
}

/** 0 is "off", 1 is "on", the rest is shown as it is. */
function states(): BuiltBlock {
  const texts = ["off", "on"].map((text) => block("TX", [], new TextEncoder().encode(`${text}\0`)));
  const head = pack(["u8", 7], ["u8", 0], ["u16", 0], ["u16", 2], ["u16", 2], ["f64", 0], ["f64", 0], ["f64", 0], ["f64", 1]);
  return block("CC", [null, null, null, null, ...texts], head);
}

function records(): Uint8Array {
  const bytes = new Uint8Array(9 * RECORDS);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < RECORDS; row++) {
    view.setUint32(9 * row, (row * STEP_NS) / 1e6, true);
    view.setInt8(9 * row + 4, row % 50);
    view.setUint8(9 * row + 5, row % 3);
    view.setUint16(9 * row + 6, row);
    view.setUint8(9 * row + 8, row % 5 === 0 ? 1 : 0);
  }
  return bytes;
}

function angleGroup(): BuiltBlock {
  const channels = [channel("phi", { type: 2, sync: 2, bits: 32 }), channel("torque", { at: 4, bits: 8 })];
  return group({ bytes: 8, invalidBytes: 1, records: RECORDS, flags: 0, channels: chain(channels) });
}

const data = (): BuiltBlock => block("DT", [], records());
const file = mdfFile(
  header(
    dataGroup(
      0,
      groupBlock("motor", null),
      data(),
      dataGroup(0, groupBlock("motor", null), data(), dataGroup(0, angleGroup(), data())),
    ),
  ),
).bytes;
const engine = engineOver(nodeKernel(), new MemoryStore([[KEY, file]]));

const asked = (channelName: string, groupName?: string): ChannelSelector => ({
  kind: "channel",
  device: DEVICE,
  channel: channelName,
  ...(groupName === undefined ? {} : { group: groupName }),
});

async function answers(selectors: readonly ChannelSelector[], method: Method, more: Partial<Query> = {}) {
  const run = engine.query(
    {
      ...{ selectors, method, fromNs: null, toNs: null, grid: { kind: "fixed", originNs: 0n, stepNs: 1_000_000_000n } },
      ...{ wholeBuckets: false, neighbours: false, budgetBytes: null, budgetPoints: null },
      ...more,
    },
    never(),
  );
  const series = await Array.fromAsync(run.series);
  expect(imbalance(run.ledger())).toEqual([]);
  return { series, ledger: run.ledger() };
}

const valid = Array.from({ length: RECORDS }, (_, row) => row).filter((row) => row % 5 !== 0);

describe("plain channels are series", () => {
  test("they are listed by device (the file's name), group and channel, names made unique", async () => {
    expect((await engine.devices({ names: false }, never()))[0]?.device).toBe(DEVICE);
    const { channels, notices } = await engine.channels({}, never());
    expect(notices).toEqual([]);
    expect(channels.map((one) => `${one.group}/${one.channel}`)).toEqual([
      ...["speed", "state", "word", "word #2", "note"].flatMap((name) => [`motor/${name}`]),
      ...["speed", "state", "word", "word #2", "note"].flatMap((name) => [`motor #2/${name}`]),
      "group 2/torque",
    ]);
    expect(channels.map((one) => one.why).filter((why) => why !== null)).toEqual([
      "it holds texts, not numbers",
      "it holds texts, not numbers",
      "its group runs over an angle (phi), not over time",
    ]);
    expect(channels[0]).toEqual({ device: DEVICE, group: "motor", channel: "speed", unit: "", count: RECORDS, why: null });
  });

  test("raw: every valid sample at its time, the others counted", async () => {
    const { series, ledger } = await answers([asked("speed", "motor #2")], "raw");
    expect(series).toHaveLength(1);
    const [answer] = series;
    expect(answer?.labels).toEqual({ kind: "channel", device: DEVICE, group: "motor #2", channel: "speed" });
    expect(answer?.segments.map(({ file: key, baseNs }) => [key, baseNs])).toEqual([[KEY, START_NS]]);
    expect(Array.from(answer?.segments[0]?.timesNs ?? [])).toEqual(valid.map((row) => row * STEP_NS));
    expect(Array.from(answer?.segments[0]?.values ?? [])).toEqual(valid.map((row) => 100 + 0.5 * (row % 50)));
    expect(answer?.notices.map(({ text }) => text)).toEqual([
      "speed: 80 of 400 samples are left out, which the file marks as not valid or gives no time",
    ]);
    expect([ledger.samples, ledger.otherRecords, ledger.files]).toEqual([valid.length, RECORDS, 1]);
  });

  test("a channel without a group is every group's; states keep their numbers and their texts", async () => {
    const { series } = await answers([asked("state"), asked("word", "motor")], "raw");
    expect(series.map(({ selector, labels }) => [selector, labels.kind === "channel" && labels.group])).toEqual([
      [0, "motor"],
      [0, "motor #2"],
      [1, "motor"],
    ]);
    expect(series[0]?.valueTable).toEqual({ "0": "off", "1": "on" });
    expect(Array.from(series[0]?.segments[0]?.values.slice(0, 4) ?? [])).toEqual([0, 1, 2, 0]);
    expect(Array.from(series[2]?.segments[0]?.values.slice(255, 258) ?? [])).toEqual([255, 256, 257]);
  });

  test("reduced in buckets of the grid, cut at the range, with the neighbours beside it", async () => {
    const range = { fromNs: START_NS + 1_000_000_000n, toNs: START_NS + 3_000_000_000n };
    const stats = (await answers([asked("word", "motor")], "stats", range)).series[0]?.stats?.[0];
    expect([Array.from(stats?.counts ?? []), Array.from(stats?.mins ?? []), Array.from(stats?.lasts ?? [])]).toEqual([
      [100, 100],
      [100, 200],
      [199, 299],
    ]);
    const envelope = (await answers([asked("word", "motor")], "envelope", { ...range, neighbours: true })).series[0]?.segments[0];
    expect(Array.from(envelope?.values ?? [])).toEqual([99, 100, 199, 200, 299, 300]);
    const nearest = (
      await answers([asked("word", "motor")], "nearest", { ...range, grid: { kind: "midnight-per-file", stepNs: 500_000_000n } })
    ).series[0];
    expect(Array.from(nearest?.segments[0]?.values ?? [])).toEqual([100, 150, 200, 250]);
    const cut = (await answers([asked("word", "motor")], "raw", { ...range, budgetPoints: 3 })).series[0];
    expect([Array.from(cut?.segments[0]?.values ?? []), cut?.notices[0]?.text]).toEqual([
      [100, 101, 102],
      "The first 3 of 200 points are given; ask for a shorter range or a method that reduces",
    ]);
  });

  test("what has no curve says why", async () => {
    const { series } = await answers(
      [asked("note", "motor"), asked("torque"), asked("sped", "motor"), asked("speed", "moter"), asked("phi", "group 2")],
      "raw",
    );
    expect(series.map(({ notices }) => notices[0]?.text)).toEqual([
      "note of motor has no curve: it holds texts, not numbers",
      "torque of group 2 has no curve: its group runs over an angle (phi), not over time",
      "The group motor has no channel sped. Nearest: speed",
      `The logs of ${DEVICE} have no group moter. Nearest: motor`,
      "The group group 2 has no channel phi. There are: torque",
    ]);
  });

  test("over HTTP: channels beside the signals, a series by group and channel, words where parameters do not fit", async () => {
    const app = appOf(engine);
    const heard = JSON.parse(await (await get(app, `/api/signals?device=${encodeURIComponent(DEVICE)}`)).text());
    expect(heard.channels[0]).toEqual({ device: DEVICE, group: "motor", channel: "speed", unit: "", count: RECORDS, why: null });
    const query = (rest: string) => get(app, `/api/series?device=${encodeURIComponent(DEVICE)}&${rest}`);
    const { series } = JSON.parse(
      await (await query("group=motor&channel=word&channel=state&method=stats&step=1000000000")).text(),
    );
    expect(series.map((one: { channel: string; stats: [{ counts: number[] }] }) => [one.channel, one.stats[0].counts])).toEqual([
      ["word", [100, 100, 100, 100]],
      ["state", [100, 100, 100, 100]],
    ]);
    const csv = (await (await query("channel=state&group=motor&method=raw&format=csv")).text()).split("\n");
    expect(csv.slice(0, 2)).toEqual(["timeNs,channel,message,signal,value,unit", `${START_NS},,motor,state,0,`]);
    expect((await query("channel=2")).status).toBe(400);
    expect((await query("group=motor&channel=word&db=x")).status).toBe(400);
  });

  test("variables and patterns name channels that have a curve, in every dialect", async () => {
    const app = appOf(engine);
    const range = { from: 0, to: "2035-01-01T00:00:00Z" };
    const variable = async (search: object, more: object = { range }): Promise<string[]> => {
      const found = await (await post(app, "/variable", { payload: search, ...more })).json();
      return (found as { __value: string }[]).map(({ __value }) => __value);
    };
    expect(await variable({ search: "device" })).toEqual([DEVICE]);
    expect(await variable({ search: "group", device: DEVICE })).toEqual(["motor", "motor #2"]);
    expect(await variable({ search: "channel", device: "*", group: "{motor #2,x}" }, {})).toEqual([
      "speed",
      "state",
      "word",
      "word #2",
    ]);
    const before = { from: 0, to: 1 };
    expect(await variable({ search: "channel", device: DEVICE }, { range: before })).toEqual([]);
    const targets = [{ target: { device: "ride*", group: "motor ?2", channel: "word*" } }];
    const items = await (await post(app, "/query", { targets, range, intervalMs: 60_000 })).json();
    expect((items as { target: string }[]).map(({ target }) => target)).toEqual([
      `${DEVICE}:motor #2:word`,
      `${DEVICE}:motor #2:word #2`,
    ]);
    const rows = await get(app, `/api/series?device=*&group=motor&channel={speed,st*}&method=count&points=1&format=json`);
    const signals = ((await rows.json()) as { message: string; signal: string }[]).map(({ message, signal }) => [
      message,
      signal,
    ]);
    expect(signals).toEqual([
      ["motor", "speed"],
      ["motor", "state"],
    ]);
    const nothing = [{ target: { device: DEVICE, channel: "z*" } }];
    const [none] = (await (await post(app, "/query", { targets: nothing, range })).json()) as { meta: { notices: unknown[] } }[];
    expect(none?.meta.notices).toHaveLength(1);
  });

  test("a file's end is known after it was heard", async () => {
    const { lastNs } = await engine.heard({ device: DEVICE }, never());
    expect(lastNs).toBe(START_NS + BigInt((RECORDS - 1) * STEP_NS));
  });
});
