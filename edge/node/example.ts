/** One curl line that returns data, for whoever has just started the server. */
import type { Engine, HeardId } from "../../core/query/engine.ts";
import { isoText } from "../app/instant.ts";

const LOOK_BYTES = 4 * 1024 * 1024; // enough to hear every identifier of a busy bus, little enough for a bucket
const DEVICES_MAX = 5;
const TRIES_MAX = 3;
/** A larger log is not read once more only to be sure. */
const TRY_BYTES = 16 * 1024 * 1024;
const NS_PER_S = 1_000_000_000n;

/** What the server itself answers: to a GET of a path and query, or to a POST of JSON. */
type Ask = (path: string, json?: unknown) => Promise<string>;

/** null if nothing decodes. `token`: what the line shows as the bearer token. With `ask` the line is tried before it is shown. */
export async function exampleLine(engine: Engine, url: string, token: string | null, ask: Ask | null): Promise<string | null> {
  const signal = AbortSignal.timeout(20_000);
  for (const { device } of (await engine.devices({ names: false }, signal)).slice(0, DEVICES_MAX)) {
    const [log] = (await engine.logs({ device }, signal)).filter(({ startNs }) => startNs !== null);
    if (log === undefined) continue;
    const { ids, firstNs, lastNs } = await engine.heard({ device, key: log.key, budgetBytes: LOOK_BYTES }, signal);
    const found = ids.toSorted((a, b) => b.frames - a.frames).flatMap(seriesOf);
    // A measured value says more than a counter.
    const measured = found.filter(({ unit }) => unit !== "");
    if (firstNs === null || lastNs === null) continue;
    const range = { from: isoText(firstNs - (firstNs % NS_PER_S)), to: isoText(lastNs - (lastNs % NS_PER_S) + NS_PER_S) };
    const paths = [...measured, ...found].slice(0, TRIES_MAX).map(({ channel, message, name }) => {
      const query = new URLSearchParams({ device, channel, message, signal: name, ...range, points: "10", format: "csv" });
      return `/api/series?${query.toString().replaceAll("%3A", ":")}`;
    });
    const tries = ask !== null && log.sizeBytes <= TRY_BYTES;
    const path = tries ? await firstWithPoints(ask, paths) : paths[0];
    if (path === undefined) continue;
    // The data source's address is printed too: its way is walked once as well, so that the first panel does not find it cold.
    if (tries) await ask("/query", panelOf(path));
    const header = token === null ? "" : `-H 'Authorization: Bearer ${token}' `;
    return `curl -s ${header}'${url}${path}'`;
  }
  return null;
}

/** The line must return data: more than the header of a table. */
async function firstWithPoints(ask: Ask, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await ask(path)).split("\n", 3).length === 3) return path;
  return undefined;
}

/** A panel with the same signal, as a Grafana data source would ask for it. */
function panelOf(path: string): unknown {
  const asked = new URL(path, "http://localhost").searchParams;
  const target = {
    device: asked.get("device"),
    itf: "CAN",
    chn: `CH${asked.get("channel")}`,
    signal: asked.get("signal"),
    method: "NEAREST",
  };
  const range = { from: asked.get("from"), to: asked.get("to") };
  return { range, intervalMs: 1000, targets: [{ refId: "A", type: "timeserie", target: JSON.stringify(target) }] };
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
