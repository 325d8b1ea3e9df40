/** Clients that go away, in Node: of the app, and of a socket. */
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { httpServer } from "../../edge/node/listener.ts";
import { clientGoneContract, LONG_QUESTIONS, readAfterLeaving, slowApp } from "../contract/client-gone.ts";
import { nodeKernel } from "../support/kernel-node.ts";

clientGoneContract(async () => nodeKernel(), true);

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test.each(LONG_QUESTIONS.filter((_, i) => i % 2 === 0))(
  "a socket that is closed stops %s",
  { timeout: 20_000 },
  async (path, body) => {
    const { app, counting } = slowApp(nodeKernel(), true);
    const listening = httpServer((request) => app.fetch(request), { hostname: "127.0.0.1", onlyOwnNames: true });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const socket = connect((listening.address() as AddressInfo).port, "127.0.0.1", () => {
      const head = [
        `${body === null ? "GET" : "POST"} ${path} HTTP/1.1`,
        "Host: localhost",
        `Accept-Encoding: ${body === null ? "identity" : "gzip"}`,
      ];
      socket.write(`${head.join("\r\n")}\r\nContent-Length: ${body?.length ?? 0}\r\n\r\n${body ?? ""}`);
    });
    socket.on("error", () => undefined);
    socket.resume();
    expect(await readAfterLeaving(counting, () => socket.destroy())).toBe(0);
    expect(counting.counts.inFlight).toBe(0);
  },
);
