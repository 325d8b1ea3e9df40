/** Our server on a tree of the seed's records: built as the record says, the app around the real engine. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { anyone } from "../../edge/app/access.ts";
import { createApp } from "../../edge/app/app.ts";
import { readArguments } from "../../edge/node/arguments.ts";
import { hostEngine, loadKernel } from "../../edge/node/host-engine.ts";
import { DiskStore } from "../../edge/stores/disk.ts";
import type { OurAnswer, SeedRequest } from "./seed-record.ts";
import { sharedBytes, sharedJson } from "./shared.ts";

type Step =
  | { readonly dir: string }
  | { readonly to: string; readonly from?: string; readonly cut?: number; readonly text?: string };
type Trees = Readonly<Record<string, { readonly steps: readonly Step[] }>>;

/** Folders made so far, by tree; `remove` takes them away. */
export class SeedServers {
  readonly #folders = new Map<string, string>();

  async start(tree: string, flags: readonly string[]): Promise<(request: SeedRequest) => Promise<OurAnswer>> {
    const folder = this.#folders.get(tree) ?? build(tree);
    this.#folders.set(tree, folder);
    const limit = flags.includes("--limit") ? ["--limit", flags[flags.indexOf("--limit") + 1] ?? ""] : [];
    const command = readArguments([folder, ...limit, "--allow-origin", "http://grafana.example"]);
    if (command.name !== "serve") throw new Error("a folder is served");
    const store = await DiskStore.open(folder);
    const app = createApp({
      engine: hostEngine(await loadKernel(), store, []),
      store,
      checkToken: anyone,
      allowedOrigins: command.allowedOrigins,
      now: Date.now,
      assets: null,
      budgetBytes: command.limitBytes,
      givenDbcs: [],
      report: (error) => console.error(error),
    });
    return async (request) => answerOf(await app.request(`http://server${request.path}`, initOf(request)));
  }

  remove(): void {
    for (const folder of this.#folders.values()) rmSync(folder, { recursive: true, force: true });
  }
}

function build(tree: string): string {
  const folder = mkdtempSync(join(tmpdir(), `buslens-${tree}-`));
  for (const step of sharedJson<Trees>("golden/seed-http/trees.json")[tree]?.steps ?? []) {
    const path = join(folder, "dir" in step ? step.dir : step.to);
    mkdirSync("dir" in step ? path : dirname(path), { recursive: true });
    if ("dir" in step) continue;
    if (step.text !== undefined) writeFileSync(path, step.text);
    else if (step.cut !== undefined) writeFileSync(path, sharedBytes(step.from ?? "").subarray(0, step.cut));
    else cpSync(fileURLToPath(new URL(`../../../shared/${step.from}`, import.meta.url)), path);
  }
  return folder;
}

function initOf({ method, headers, body }: SeedRequest): RequestInit {
  if (body === undefined) return { method, ...(headers === undefined ? {} : { headers }) };
  if (typeof body === "string") return { method, headers: headers ?? {}, body };
  return { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}

async function answerOf(response: Response): Promise<OurAnswer> {
  const text = await response.text();
  const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
  return { status: response.status, headers: response.headers, isJson, body: isJson ? (JSON.parse(text) as unknown) : text };
}
