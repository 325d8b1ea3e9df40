/** Engine and app in this process, as `buslens serve` puts them together, asked without a socket between. */

import { anyone } from "../edge/app/access.ts";
import { createApp } from "../edge/app/app.ts";
import { hostEngine, loadKernel } from "../edge/node/host-engine.ts";
import { DiskStore } from "../edge/stores/disk.ts";

export type AskQuery = (body: string) => Promise<string>;

export async function appOver(dir: string): Promise<AskQuery> {
  const store = await DiskStore.open(dir);
  const app = createApp({
    engine: hostEngine(await loadKernel(), store, []),
    store,
    checkToken: anyone,
    allowedOrigins: [],
    now: Date.now,
    assets: null,
    budgetBytes: null,
    givenDbcs: [],
    report: (error) => console.error(error),
  });
  return async (body) => {
    const headers = { "Content-Type": "application/json" };
    const answer = await app.fetch(new Request("http://127.0.0.1/query", { method: "POST", headers, body }));
    if (answer.status !== 200) throw new Error(`/query answered ${answer.status}: ${await answer.text()}`);
    return answer.text();
  };
}
