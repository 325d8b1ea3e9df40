/** The Cloudflare Worker: the same app over an R2 or S3 bucket. */
import moduleHash from "../../build/kernel.hash.txt";
import kernel from "../../build/kernel.wasm";
import { createEngine } from "../../core/query/create.ts";
import { createApp } from "../app/app.ts";
import { faultResponse } from "../app/fault-answer.ts";
import { type Environment, limitOf, originsOf, storeOf, tokenCheckOf } from "./environment.ts";
import { viewerAssets } from "./viewer-assets.ts";

const NO_BUCKET =
  "no bucket is configured: bind an R2 bucket as LOGS, or give S3_ENDPOINT, S3_BUCKET, S3_REGION and the two keys";
const NO_HASH = "this Worker was built without the hash of its kernel: run npm run build before wrangler deploy";

type App = ReturnType<typeof createApp>;

// One per isolate and configuration. A value, not a promise: a request may not wait for another one's.
let ready: { readonly name: string; readonly app: App } | null = null;

async function appOf(env: Environment): Promise<App | null> {
  const store = await storeOf(env);
  if (store === null) return null;
  const host = { yield: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };
  return createApp({
    engine: createEngine({ module: kernel, moduleHash: moduleHash.trim(), store, host }),
    store,
    checkToken: tokenCheckOf(env),
    allowedOrigins: originsOf(env),
    now: Date.now,
    assets: env.ASSETS === undefined ? null : viewerAssets(env.ASSETS),
    budgetBytes: limitOf(env),
    givenDbcs: [],
    report: (error) => console.error(error),
  });
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    if (!/^[0-9a-f]{64}$/.test(moduleHash.trim())) return problem("bug/unexpected", NO_HASH);
    const name = configurationOf(env);
    if (ready?.name !== name) {
      const app = await appOf(env);
      if (app === null) return problem("storage/unreachable", NO_BUCKET);
      ready = { name, app };
    }
    return ready.app.fetch(request);
  },
};

/** All texts of the environment in one: another token or bucket is another app. */
const configurationOf = (env: Environment): string =>
  JSON.stringify(Object.entries(env).filter(([, value]) => typeof value === "string"));

const problem = (code: "storage/unreachable" | "bug/unexpected", message: string): Response => faultResponse({ code, message });
