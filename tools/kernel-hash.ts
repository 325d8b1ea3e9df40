/** The SHA-256 of the kernel as text beside it: what the Worker imports, as it cannot read the file it was made from. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes build/kernel.hash.txt if it is not that of build/kernel.wasm. Does nothing without a kernel. */
export function writeKernelHash(root: string): void {
  const kernel = join(root, "build/kernel.wasm");
  const file = join(root, "build/kernel.hash.txt");
  if (!existsSync(kernel)) return;
  const line = `${createHash("sha256").update(readFileSync(kernel)).digest("hex")}\n`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== line) writeFileSync(file, line);
}
