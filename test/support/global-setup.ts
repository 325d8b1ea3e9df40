/** Before all tests: the file server, and behind it, once somebody asks, a local S3 endpoint. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { findChromium, NO_CHROMIUM } from "./chromium.ts";
import { startFileServer } from "./file-server.ts";
import { startLocalS3 } from "./local-s3.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the file server (file-server.ts). */
    fileServer: string;
    /** Whether the folder of goldens and samples lies beside the project. */
    hasShared: boolean;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (findChromium() === null) console.warn(NO_CHROMIUM);
  const shared = fileURLToPath(new URL("../../../shared", import.meta.url));
  const hasShared = existsSync(shared);
  let s3: ReturnType<typeof startLocalS3> | undefined;
  let reference: Promise<unknown> | undefined;
  const server = await startFileServer(hasShared ? shared : null, {
    "POST /s3": async () => {
      s3 ??= startLocalS3();
      return (await s3).s3;
    },
    "POST /engine-answers": async () => {
      reference ??= import("./engine-reference.ts").then((made) => made.engineReference());
      return reference;
    },
  });
  project.provide("fileServer", server.url);
  project.provide("hasShared", hasShared);
  return async () => {
    await server.close();
    await (await s3)?.close();
  };
}
