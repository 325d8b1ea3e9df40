/** One curl line that returns data, for whoever has just started the server. */
import type { Engine, HeardId } from "../../core/query/engine.ts";

const LOOK_BYTES = 4 * 1024 * 1024; // enough to hear every identifier of a busy bus, little enough for a bucket
const DEVICES_MAX = 5;

/** null if nothing decodes. */
export async function exampleLine(engine: Engine, url: string, hasToken: boolean): Promise<string | null> {
  const signal = AbortSignal.timeout(20_000);
  for (const { device } of (await engine.devices({ names: false }, signal)).slice(0, DEVICES_MAX)) {
    const [log] = (await engine.logs({ device }, signal)).filter(({ startNs }) => startNs !== null);
    if (log === undefined) continue;
    const { ids } = await engine.heard({ device, key: log.key, budgetBytes: LOOK_BYTES }, signal);
    const found = ids.toSorted((a, b) => b.frames - a.frames).flatMap(seriesOf)[0];
    if (found === undefined) continue;
    const query = new URLSearchParams({ device, ...found, points: "10", format: "csv" });
    return `curl -s ${hasToken ? "-H 'Authorization: Bearer TOKEN' " : ""}'${url}/api/series?${query}'`;
  }
  return null;
}

function seriesOf({ channel, matches }: HeardId): { channel: string; message: string; signal: string }[] {
  return matches.flatMap(({ message, signals }) => {
    const plain = signals.find(({ selectedBy }) => selectedBy === null);
    return plain === undefined ? [] : [{ channel: String(channel), message, signal: plain.name }];
  });
}
