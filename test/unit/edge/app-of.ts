/** The app around an engine and a store in memory, and short ways to ask it. */
import type { Engine } from "../../../core/query/engine.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { anyone } from "../../../edge/app/access.ts";
import { createApp } from "../../../edge/app/app.ts";
import type { AppOptions } from "../../../edge/app/context.ts";

export type App = ReturnType<typeof createApp>;

/** 2022-01-06T11:46:00Z: the clock of these tests stands still. */
export const NOW_MS = 1641469560000;

export function appOf(engine: Engine, options: Partial<AppOptions> = {}): App {
  return createApp({
    engine,
    store: new MemoryStore(),
    checkToken: anyone,
    allowedOrigins: [],
    now: () => NOW_MS,
    assets: null,
    budgetBytes: null,
    givenDbcs: [],
    report: (error) => {
      throw error;
    },
    ...options,
  });
}

/** POST with a JSON body (or raw text) to a path; paths may begin with several slashes. */
export const post = (app: App, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    app.request(`http://server${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );

export const get = (app: App, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(app.request(`http://server${path}`, { headers }));

export const TARGET = { device: "2F6913DB", itf: "CAN", chn: "CH2", db: "canmod-gps", signal: "Speed" };

/** A panel's request with one target per given object or text. */
export const panel = (targets: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): object => ({
  range: { from: "2022-01-06T11:46:00.000Z", to: "2022-01-06T11:48:00.000Z" },
  intervalMs: 5000,
  maxDataPoints: 400,
  targets: targets.map((target, at) => ({
    refId: String.fromCharCode(65 + at),
    type: "timeserie",
    target: typeof target === "string" ? target : JSON.stringify(target),
  })),
  ...more,
});
