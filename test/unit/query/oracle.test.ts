/** Answers against what was put into the logs, worked out by a program that sorts everything first and shares no code with the engine. */
import { describe, expect, test } from "vitest";
import type { SeriesAnswer, SeriesLabels, SignalSelector } from "../../../core/series/series.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { deviceOf, generatedQueries } from "../../contract/engine-queries.ts";
import { answersTo, driveStore, engineOver, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { signalLabels, signalSelector } from "../../support/labels.ts";
import { oracleRule, samplesOf } from "../../support/oracle.ts";
import { type ExpectedSegment, expectedSeries, samplesAsked, seriesName } from "../../support/oracle-answer.ts";

const drive = generateDrive({ splitSeconds: 15 });
const { logs } = drive.truth;
const engine = engineOver(nodeKernel(), driveStore(drive));
const zeroNs = logs[0]?.facts.startNs ?? 0n;

/** Series by name: a line of text for each point or row. */
type Lines = Readonly<Record<string, readonly string[]>>;

const nameOf = (labels: SeriesLabels, { merge }: SignalSelector): string => (merge ? "merged" : seriesName(signalLabels(labels)));

/** Numbers as they are, -0 and NaN included. */
const numbers = (...values: readonly (number | undefined)[]): string =>
  values.map((value) => (Object.is(value, -0) ? "-0" : String(value))).join(" ");

function linesOf(answer: SeriesAnswer): string[] {
  if (answer.stats) {
    return answer.stats.flatMap((part) =>
      [...part.startsNs].map((start, i) => {
        const startNs = start + Number(part.baseNs - zeroNs);
        const ends = numbers(part.counts[i], part.mins[i], part.maxs[i], part.firsts[i], part.lasts[i]);
        return `${part.file} ${startNs}: ${ends}`;
      }),
    );
  }
  return answer.segments.flatMap((segment) => {
    const baseNs = Number(segment.baseNs - zeroNs);
    return [...segment.timesNs].map((timeNs, i) => `${segment.file} ${timeNs + baseNs}: ${numbers(segment.values[i])}`);
  });
}

function expectedLines({ file, points, rows }: ExpectedSegment): string[] {
  return [
    ...points.map(({ timeNs, value }) => `${file} ${timeNs}: ${numbers(value)}`),
    ...rows.map(
      (row) => `${file} ${row.startNs}: ${numbers(row.count, row.min.value, row.max.value, row.first.value, row.last.value)}`,
    ),
  ];
}

function byName(list: readonly (readonly [string, readonly string[]])[]): Lines {
  return Object.fromEntries(list.filter(([, lines]) => lines.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Σ and Σ², which are rounded on the way: within 1e-12 of what rounds once. */
function expectSums(answer: SeriesAnswer | undefined, expected: ReturnType<typeof expectedSeries>[number]): void {
  const found = (answer?.stats ?? []).flatMap((part) =>
    [...part.sums].map((sum, i) => [sum, part.sumsOfSquares[i] ?? Number.NaN]),
  );
  const rows = expected.segments.flatMap((segment) => segment.rows);
  rows.forEach((row, i) => {
    const [sum = Number.NaN, squares = Number.NaN] = found[i] ?? [];
    expect(Math.abs(sum - row.sum)).toBeLessThanOrEqual(1e-12 * row.count * (expected.magnitude + Math.abs(row.max.value)));
    expect(Math.abs(squares - row.sumOfSquares)).toBeLessThanOrEqual(1e-12 * row.count * expected.magnitude ** 2);
  });
}

test("the oracle reads from the frames' bits what the truth says was put in", () => {
  for (const log of logs) {
    for (const series of log.series) {
      const rule = oracleRule(series.message, series.signal.name, series);
      const samples = samplesOf(rule, log.frames);
      expect(samples.map(({ timeNs }) => timeNs)).toEqual(series.timesNs);
      expect(samples.map(({ value }) => value)).toEqual([...series.physical()]);
    }
  }
});

describe("generated queries", () => {
  test.for(generatedQueries(drive, 700, 1))("$name", async ({ query }) => {
    const { series: answers, ledger } = await answersTo(engine, query);
    expect(wrongIn(ledger)).toEqual([]);
    // A selector of one sender does not keep the others' frames from being decoded.
    if (query.selectors.every((selector) => signalSelector(selector).sourceAddress === undefined))
      expect(ledger).toMatchObject(samplesAsked(query, logs, zeroNs));
    for (const [i, selector] of query.selectors.map(signalSelector).entries()) {
      const own = logs.filter((log) => deviceOf(log) === selector.device);
      const expected = expectedSeries(selector, query, own, zeroNs);
      const found = answers.filter((answer) => answer.selector === i);
      expect(byName(found.map((answer) => [nameOf(answer.labels, selector), linesOf(answer)]))).toEqual(
        byName(expected.map((series) => [series.name, series.segments.flatMap(expectedLines)])),
      );
      if (query.method !== "stats") continue;
      for (const series of expected)
        expectSums(
          found.find((answer) => nameOf(answer.labels, selector) === series.name),
          series,
        );
    }
  });
});
