/** What a signal's title says once somebody rests on its row: its database's words, and what its samples are. */
import type { SeriesStatistics, SignalAbout } from "../../worker/api.ts";
import { gapNsOf } from "../plot/gaps.ts";
import type { SeriesId, SignalInfo } from "../state/model.ts";
import { recordingRange, samplesExpected } from "../state/recording.ts";
import { countText, isUneven, rateText, valueText } from "../text/number.ts";
import type { ExtrasHost } from "./extras.ts";

const REST_MS = 150;
/** A title is not worth reading more than this. */
const BYTES_MAX = 64e6;

export interface Titles {
  hover(info: SignalInfo, row: HTMLElement): void;
}

export function createTitles(host: Pick<ExtrasHost, "about" | "state">): Titles {
  const known = new Map<SeriesId, { readonly info: SignalInfo; readonly lines: readonly string[] }>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  async function fill(info: SignalInfo, row: HTMLElement): Promise<void> {
    const there = known.get(info.id);
    const lines = there?.info === info ? there.lines : await linesFor(info);
    if (lines === null) return;
    known.set(info.id, { info, lines });
    const [first = "", ...rest] = row.title.split("\n").filter((line) => !lines.includes(line));
    row.title = [first, ...rest, ...lines].join("\n");
  }

  async function linesFor(info: SignalInfo): Promise<readonly string[] | null> {
    const state = host.state();
    const range = recordingRange(state);
    if (range === null || (state.catalogue?.source.bytes ?? Number.POSITIVE_INFINITY) > BYTES_MAX) return null;
    const { selector, rateHz } = info;
    const asked = { selector, samplesExpected: samplesExpected(info, range), gapNs: gapNsOf(rateHz), ...range };
    const reply = await host.about(asked);
    return reply.ok ? aboutLines(info, reply.value) : null;
  }

  return {
    hover(info, row) {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => void fill(info, row), REST_MS);
    },
  };
}

/** "Range 0 to 250 km/h" … one fact a line. */
export function aboutLines({ unit }: SignalInfo, { range, texts, textCount, statistics, notAvailable }: SignalAbout): string[] {
  const ofUnit = unit === "" ? "" : `\u202f${unit}`;
  const span = ([low, high]: readonly [number, number]): string => `${valueText(low, null)} to ${valueText(high, null)}${ofUnit}`;
  const more = textCount > texts.length ? [`and ${countText(textCount - texts.length)} more`] : [];
  return [
    ...(range === null ? [] : [`Range in the DBC ${span(range)}`]),
    ...sampleLines(statistics, span),
    ...(notAvailable === 0 ? [] : [`${countText(notAvailable)} times not available`]),
    ...texts.map(([raw, text]) => `${raw} = ${text}`),
    ...more,
  ];
}

function sampleLines(statistics: SeriesStatistics, span: (ends: readonly [number, number]) => string): string[] {
  if (!("min" in statistics)) return ["No values"];
  const { min, max, count, rateHz, slowRateHz } = statistics;
  const rates =
    rateHz === null ? "" : `, ${rateText(rateHz, isUneven(rateHz, slowRateHz))} (slowest 1 %: ${rateText(slowRateHz)})`;
  return [`Values ${span([min, max])}`, `${countText(count)} samples${rates}`];
}
