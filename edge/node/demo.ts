/** `buslens demo`: a folder of generated logs, made once and served. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { say } from "./output.ts";

/** The folder, with all its files. In a package that cannot be written to it lies in the system's folder for temporary files. */
export async function demoFolder(): Promise<string> {
  const beside = fileURLToPath(new URL("../../build/demo-log", import.meta.url));
  try {
    return await written(beside);
  } catch {
    return written(join(tmpdir(), "buslens-demo-log"));
  }
}

async function written(folder: string): Promise<string> {
  // Loaded here only: a server of real logs needs no generator.
  const { generateDrive } = await import("../../fixtures/drive.ts");
  const drive = generateDrive();
  const encoder = new TextEncoder();
  const files = [...drive.files, ...drive.dbcs.map(({ name, text }) => ({ key: name, bytes: encoder.encode(text) }))];
  let count = 0;
  for (const { key, bytes } of files) {
    const path = join(folder, key);
    if ((await readFile(path).catch(() => null))?.equals(bytes)) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    count++;
  }
  if (count > 0) say(`buslens: wrote ${count} generated files to ${folder}`);
  return folder;
}
