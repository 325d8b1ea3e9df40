/** The app behind a real socket: what is sent when, and what a gone client stops. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, describe, expect, test } from "vitest";
import { appOf, panel, TARGET } from "./app-of.ts";
import { type FakeOptions, fakeEngine, segment } from "./fake-engine.ts";

const speed = segment([[1, 1641469577109000000n]]);
let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(options: FakeOptions): Promise<string> {
  const app = appOf(fakeEngine({ series: { Speed: [speed], Roll: [speed] }, ...options }));
  const listening = createServer(getRequestListener(app.fetch));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const ask = (url: string, signal: AbortSignal): Promise<Response> =>
  fetch(`${url}//query`, { method: "POST", body: JSON.stringify(panel([TARGET, { ...TARGET, signal: "Roll" }])), signal });

describe("a server on Node", () => {
  test("sends what is ready while the rest is worked on", async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let turn = 0;
    const url = await listen({ gate: async () => (turn++ === 0 ? undefined : opened) });
    const response = await ask(url, AbortSignal.timeout(10_000));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("}")) text += (await reader?.read())?.value ?? "";
    expect(text).toContain('"datapoints":[[1,1641469577109]]');
    open();
    for (let done = false; !done; ) {
      const next = await reader?.read();
      text += next?.value ?? "";
      done = next?.done ?? true;
    }
    expect(JSON.parse(text)).toHaveLength(2);
  });

  test.each([1, 2])("a client that goes away while series %i is worked on stops the work", async (waitsAt) => {
    const client = new AbortController();
    let turn = 0;
    const stopped = new Promise<boolean>((resolve) => {
      const gate = async (signal: AbortSignal): Promise<void> => {
        if (++turn < waitsAt) return;
        setTimeout(() => client.abort(), 20);
        await new Promise<void>((gone) => signal.addEventListener("abort", () => gone()));
        resolve(true);
      };
      void listen({ gate })
        .then((url) => ask(url, client.signal))
        .then((response) => response.text())
        .catch(() => undefined);
    });
    expect(await stopped).toBe(true);
  });
});
