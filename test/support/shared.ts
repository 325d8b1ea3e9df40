/** The sample logs and golden answers beside the repository. They are not part of it, so tests that need them say so and are skipped without. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SHARED = new URL("../../../shared/", import.meta.url);

export const hasShared = existsSync(fileURLToPath(SHARED));

export const sharedBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, SHARED)));

export const sharedJson = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, SHARED), "utf8")) as T;
