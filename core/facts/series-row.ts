/** Figures of one series, as the facts print them (golden README §3, "row key"). */
import { maxDataRaw } from "../dbc/codes.ts";
import type { DbcSignal } from "../dbc/model.ts";
import type { SignalSamples } from "./decode-all.ts";
import { numberText } from "./document.ts";
import { fsum } from "./fsum.ts";
import { hashSamples, withOneNan } from "./sample-hash.ts";

/** JSON members from `count` on. `startNs` = ns since 1970 of relative time 0. */
export function sampleFigures(signal: DbcSignal, samples: SignalSamples, startNs: bigint, isGroup: boolean): string {
  const { times, values, raws } = samples;
  const count = times.length;
  if (count === 0) return `"count":0`;
  const bits = signal.float === null ? raws : withOneNan(raws);
  const figures = [
    `"count":${count}`,
    ...ranges(times, values, startNs),
    `"sha256":"${hashSamples(startNs, times, values)}"`,
    `"rawSha256":"${hashSamples(startNs, times, bits)}"`,
  ];
  if (count > 3) figures.push(`"samples":[${spots(times, values, startNs).join()}]`);
  const maxRaw = isGroup ? maxDataRaw(signal) : null;
  if (maxRaw !== null) figures.push(`"valid":${validFigures(samples, maxRaw, startNs)}`);
  return figures.join();
}

function ranges(times: Float64Array, values: Float64Array, startNs: bigint): string[] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nonFinite = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      nonFinite++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const isNone = min > max;
  return [
    `"firstNs":"${timeText(startNs, times[0])}"`,
    `"lastNs":"${timeText(startNs, times.at(-1))}"`,
    `"first":${numberText(values[0] ?? 0)}`,
    `"last":${numberText(values.at(-1) ?? 0)}`,
    `"min":${isNone ? "null" : numberText(min)}`,
    `"max":${isNone ? "null" : numberText(max)}`,
    `"sum":${numberText(fsum(values))}`,
    `"nonFinite":${nonFinite}`,
  ];
}

function spots(times: Float64Array, values: Float64Array, startNs: bigint): string[] {
  return [1, 2, 3].map((quarter) => {
    const at = Math.floor((quarter * times.length) / 4);
    return `["${timeText(startNs, times[at])}",${numberText(values[at] ?? 0)}]`;
  });
}

function validFigures({ times, values, raws }: SignalSamples, maxRaw: number, startNs: bigint): string {
  const isValid = Array.from(raws, (raw) => Number(raw) <= maxRaw);
  const keptTimes = times.filter((_, i) => isValid[i]);
  const keptValues = values.filter((_, i) => isValid[i]);
  const head = `"maxRaw":${maxRaw},"count":${keptTimes.length}`;
  if (keptTimes.length === 0 || keptTimes.length === times.length) return `{${head}}`;
  return `{${[head, ...ranges(keptTimes, keptValues, startNs), `"sha256":"${hashSamples(startNs, keptTimes, keptValues)}"`].join()}}`;
}

const timeText = (startNs: bigint, time: number | undefined): string => String(startNs + BigInt(time ?? 0));
