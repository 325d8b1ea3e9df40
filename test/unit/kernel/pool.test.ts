import { expect, test } from "vitest";
import { KernelPool } from "../../../core/kernel/kernel.ts";

test("a kernel that cannot be made is a fault each time, and nobody waits for it", async () => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const pool = new KernelPool(empty, 1);
  for (let i = 0; i < 3; i++) await expect(pool.use(async () => undefined)).rejects.toThrow();
});
