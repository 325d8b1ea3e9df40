/** `bus`: load, frames or errors of the buses of a device, a series per channel. */
import type { BusLoadRow } from "../../../core/query/bus-load.ts";
import type { Segment } from "../../../core/series/series.ts";
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { frameFilterOf } from "../tables/frame-filter.ts";
import type { MadeItem, Maker } from "./made.ts";
import { devicesOf } from "./reading.ts";

const NS_PER_S = 1e9;
interface Measure {
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly of: (row: BusLoadRow, stepNs: bigint) => number;
}
const perSecond = (count: number, stepNs: bigint): number => (count * NS_PER_S) / Number(stepNs);

/** Words of `value`. Counts are per second, so that they mean the same at any zoom. */
const MEASURES: Readonly<Record<string, Measure>> = {
  load: { unit: "percent", of: ({ loadPercent }) => loadPercent ?? Number.NaN },
  loadmax: { unit: "percent", of: ({ loadPercentMax }) => loadPercentMax ?? Number.NaN },
  frames: { unit: "cps", of: ({ frames }, stepNs) => perSecond(frames, stepNs) },
  errors: { unit: "cps", of: ({ errorFrames }, stepNs) => perSecond(errorFrames, stepNs) },
  remotes: { unit: "cps", of: ({ remoteFrames }, stepNs) => perSecond(remoteFrames, stepNs) },
};

/** Fewer buckets than the panel has points: a load of less than this is that of single frames. */
const STEP_LEAST_NS = 100_000_000n;

/** `value` (load), `itf`, `chn`. Points are at the start of their bucket. Faults: `request/bad-parameter`. */
export function busMaker(object: JsonObject): Maker {
  const name = object.value === undefined || object.value === "" ? "load" : String(object.value);
  const key = name.toLowerCase();
  const measure = Object.hasOwn(MEASURES, key) ? MEASURES[key] : undefined;
  if (measure === undefined) throw badParameter('"value" must be load, loadMax, frames, errors or remotes', name);
  const { bus, channels } = frameFilterOf((key) => (key === "itf" || key === "chn" ? object[key] : undefined));
  const filter = { ...(bus === undefined ? {} : { bus }), ...(channels === undefined ? {} : { channels }) };
  return async (making) => {
    const { app, panel, writing } = making;
    const { fromNs, toNs } = panel.range;
    const stepNs = panel.ownStepNs < STEP_LEAST_NS ? STEP_LEAST_NS : panel.ownStepNs;
    const items: MadeItem[] = [];
    for (const device of await devicesOf(object, making)) {
      const query = { device, fromNs, toNs, stepNs, ...filter, budgetBytes: app.budgetBytes };
      const { rows, notices } = await app.engine.busLoad(query, writing.signal, writing.onWork);
      const groups = new Map<string, BusLoadRow[]>();
      for (const row of rows) {
        const channel = `${row.bus}:CH${row.channel}`;
        const known = groups.get(channel);
        if (known === undefined) groups.set(channel, [row]);
        else known.push(row);
      }
      if (groups.size === 0) items.push({ kind: "series", names: { target: `${device}:${name}` }, segments: [], notices });
      for (const [channel, own] of groups) {
        const [itf = "", chn = ""] = channel.split(":");
        const names = { target: `${device}:${channel}:${name}`, tags: { device, itf, chn }, unit: measure.unit };
        items.push({ kind: "series", names, segments: segmentsOf(own, stepNs, measure), notices });
      }
    }
    return items;
  };
}

/** Apart where buckets are missing, because nothing was recorded. */
function segmentsOf(rows: readonly BusLoadRow[], stepNs: bigint, measure: Measure): readonly Segment[] {
  const runs: BusLoadRow[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last !== undefined && row.startNs - (last.at(-1)?.startNs ?? 0n) <= stepNs) last.push(row);
    else runs.push([row]);
  }
  return runs.map((run, at) => {
    const baseNs = run[0]?.startNs ?? 0n;
    return {
      file: "",
      session: String(at),
      baseNs,
      timesNs: Float64Array.from(run, ({ startNs }) => Number(startNs - baseNs)),
      values: Float64Array.from(run, (row) => measure.of(row, stepNs)),
    };
  });
}
