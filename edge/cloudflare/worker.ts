/** The Cloudflare Worker: the same app over an R2 or S3 bucket. */
import moduleHash from "../../build/kernel.hash.txt";
import kernel from "../../build/kernel.wasm";
import { FaultError } from "../../core/fault.ts";
import { createEngine } from "../../core/query/create.ts";
import { SharedStore } from "../../core/store/shared.ts";
import { createApp } from "../app/app.ts";
import { faultOf, faultResponse } from "../app/fault-answer.ts";
import { type Environment, limitsOf, originsOf, passwordsOf, storeOf, tokenCheckOf } from "./environment.ts";
import { viewerAssets } from "./viewer-assets.ts";

const NO_HASH = "this Worker was built without the hash of its kernel: run npm run build before wrangler deploy";

type App = ReturnType<typeof createApp>;

// One per isolate and configuration. A value, not a promise: a request may not wait for another one's.
let ready: { readonly name: string; readonly app: App } | null = null;

async function appOf(env: Environment): Promise<App> {
  if (!/^[0-9a-f]{64}$/.test(moduleHash.trim())) throw new FaultError({ code: "bug/unexpected", message: NO_HASH });
  const bucket = await storeOf(env);
  const { cacheBytes, ...limits } = limitsOf(env);
  // Settled bytes only: a request may not await another's promise.
  const store = new SharedStore(bucket, {
    streamedBytesMax: cacheBytes / 2,
    keptBytesMax: cacheBytes / 2,
    sharesRequests: false,
  });
  const passwords = passwordsOf(env);
  const host = { yield: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };
  return createApp({
    engine: createEngine({ module: kernel, moduleHash: moduleHash.trim(), store, host, passwords: () => passwords }),
    store: bucket,
    checkToken: tokenCheckOf(env),
    allowedOrigins: originsOf(env),
    now: Date.now,
    assets: env.ASSETS === undefined ? null : viewerAssets(env.ASSETS),
    ...limits,
    givenDbcs: [],
    report: (error) => console.error(error),
  });
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const name = configurationOf(env);
    try {
      if (ready?.name !== name) ready = { name, app: await appOf(env) };
    } catch (error) {
      if (!(error instanceof FaultError)) console.error(error);
      return faultResponse(faultOf(error));
    }
    return ready.app.fetch(request);
  },
};

/** All texts of the environment in one: another token or bucket is another app. */
const configurationOf = (env: Environment): string =>
  JSON.stringify(Object.entries(env).filter(([, value]) => typeof value === "string"));
