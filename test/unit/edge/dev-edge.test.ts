/** `npm run dev:edge -- DIR`: the Worker in workerd over a local bucket, from the first line to the last. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { scratchFolder, writeObject } from "../../support/folder.ts";

const DEV = fileURLToPath(new URL("../../../edge/cloudflare/dev.ts", import.meta.url));
const isBuilt = existsSync(new URL("../../../build/web/index.html", import.meta.url));

test.skipIf(!isBuilt)("the folder's logs are served to those who have the token", { timeout: 120_000 }, async () => {
  const folder = await scratchFolder();
  const drive = generateDrive({ splitSeconds: 2 });
  for (const { key, bytes } of drive.files) await writeObject(folder.path, key, bytes);
  for (const { name, text } of drive.dbcs) await writeObject(folder.path, name, new TextEncoder().encode(text));
  await writeObject(folder.path, "notes.txt", new Uint8Array(3)); // not for the bucket
  const child = spawn(process.execPath, [DEV, folder.path, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BUSLENS_TOKEN: "dev:token" },
  });
  const ended = once(child, "exit");
  try {
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => (text += chunk));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
        if (text.includes("Ctrl+C")) resolve();
      });
      child.once("exit", () => reject(new Error(`ended: ${text}`)));
    });
    expect(text).toContain(`${drive.files.length + drive.dbcs.length} objects of `);
    const [, header, url] = /curl -s -H '([^']+)' '([^']+)'/.exec(text) ?? [];
    expect(header).toBe("Authorization: Bearer dev:token");
    const refused = await fetch(url ?? "");
    expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
      403,
      expect.stringContaining("Authorization: Bearer"),
    ]);
    const answer = await fetch(url ?? "", { headers: { Authorization: "Bearer dev:token" } });
    expect((await answer.text()).split("\n").length).toBeGreaterThan(3);
    const base = new URL(url ?? "").origin;
    expect(text).toContain(`${base}/view/`);
    expect((await fetch(`${base}/view/`)).headers.get("Content-Security-Policy")).toContain("'wasm-unsafe-eval'");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    await expect(fetch(base)).rejects.toThrow();
  } finally {
    child.kill("SIGTERM");
    await ended;
    await folder.remove();
  }
});
