/** The engine's answers as Node works them out, for all runtimes to compare with. */
import type { Reference } from "../contract/engine.ts";
import { answersOf } from "../contract/engine-worlds.ts";
import { nodeKernel } from "./kernel-node.ts";

export async function engineReference(): Promise<Reference> {
  const kernel = nodeKernel();
  return { moduleHash: kernel.moduleHash, answers: await Array.fromAsync(answersOf(kernel)) };
}
