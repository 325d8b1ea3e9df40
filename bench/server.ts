/** The built command, serving a folder, as its own process. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../build/node/cli.js", import.meta.url));

export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when the server has printed everything it says at its start. */
  static async start(dir: string): Promise<ServerProcess> {
    const child = spawn(process.execPath, [CLI, "serve", dir, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    let url: string | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      url ??= /Grafana data source +(http:\S+)/.exec(line)?.[1] ?? null;
      if (line.includes("Ctrl+C ends it") && url !== null) return new ServerProcess(child, url);
    }
    throw new Error("the server ended before it was ready");
  }

  async query(body: string): Promise<string> {
    const answer = await fetch(`${this.url}/query`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.status !== 200) throw new Error(`/query answered ${answer.status}`);
    return answer.text();
  }

  /** Most memory it ever held, in MB; null where the system does not say. */
  peakMb(): number | null {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    } catch {
      return null;
    }
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.kill("SIGTERM");
    });
  }
}
