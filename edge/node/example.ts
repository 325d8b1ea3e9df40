/** One curl line that returns data, for whoever has just started the server. */
import type { Engine, HeardId } from "../../core/query/engine.ts";
import { isoText } from "../app/instant.ts";

const LOOK_BYTES = 4 * 1024 * 1024; // enough to hear every identifier of a busy bus, little enough for a bucket
const DEVICES_MAX = 5;
const TRIES_MAX = 3;
/** A larger log is not read once more only to be sure. */
const TRY_BYTES = 16 * 1024 * 1024;
const NS_PER_S = 1_000_000_000n;

/** null if nothing decodes. `token`: what the line shows as the bearer token. */
export async function exampleLine(engine: Engine, url: string, token: string | null): Promise<string | null> {
  const signal = AbortSignal.timeout(20_000);
  for (const { device } of (await engine.devices({ names: false }, signal)).slice(0, DEVICES_MAX)) {
    const [log] = (await engine.logs({ device }, signal)).filter(({ startNs }) => startNs !== null);
    if (log === undefined) continue;
    const { ids, firstNs, lastNs } = await engine.heard({ device, key: log.key, budgetBytes: LOOK_BYTES }, signal);
    const found = ids.toSorted((a, b) => b.frames - a.frames).flatMap(seriesOf);
    // A measured value says more than a counter.
    const measured = found.filter(({ unit }) => unit !== "");
    if (firstNs === null || lastNs === null) continue;
    const candidates = [...measured, ...found].slice(0, TRIES_MAX);
    const best =
      log.sizeBytes > TRY_BYTES
        ? (candidates[0] ?? null)
        : await firstWithPoints(engine, device, candidates, { firstNs, lastNs }, signal);
    if (best === null) continue;
    const { channel, message, name } = best;
    const range = { from: isoText(firstNs - (firstNs % NS_PER_S)), to: isoText(lastNs - (lastNs % NS_PER_S) + NS_PER_S) };
    const query = new URLSearchParams({ device, channel, message, signal: name, ...range, points: "10", format: "csv" });
    const header = token === null ? "" : `-H 'Authorization: Bearer ${token}' `;
    return `curl -s ${header}'${url}/api/series?${query.toString().replaceAll("%3A", ":")}'`;
  }
  return null;
}

/** The line must return data: what it asks is asked first. It also is the first time that the decoding runs. */
async function firstWithPoints(
  engine: Engine,
  device: string,
  candidates: readonly Found[],
  { firstNs, lastNs }: { readonly firstNs: bigint; readonly lastNs: bigint },
  signal: AbortSignal,
): Promise<Found | null> {
  for (const candidate of candidates) {
    const { channel, message, name } = candidate;
    const { series } = engine.query(
      {
        selectors: [{ device, channel: Number(channel), message, signal: name }],
        fromNs: firstNs,
        toNs: lastNs + 1n,
        method: "nearest",
        grid: { kind: "fixed", originNs: 0n, stepNs: NS_PER_S },
        wholeBuckets: false,
        neighbours: false,
        budgetBytes: null,
        budgetPoints: null,
      },
      signal,
    );
    for await (const { segments } of series) if (segments.some(({ timesNs }) => timesNs.length > 0)) return candidate;
  }
  return null;
}

interface Found {
  readonly channel: string;
  readonly message: string;
  readonly name: string;
  readonly unit: string;
}

/** Signals that every frame of their message carries. */
function seriesOf({ channel, matches }: HeardId): readonly Found[] {
  return matches.flatMap(({ message, signals }) => {
    const isPlain = signals.every(({ selectedBy }) => selectedBy === null);
    return isPlain ? signals.map(({ name, unit }) => ({ channel: String(channel), message, name, unit })) : [];
  });
}
