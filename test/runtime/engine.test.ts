/** The engine's contract in Node. */
import { engineContract } from "../contract/engine.ts";
import { nodeKernel } from "../support/kernel-node.ts";

engineContract(async () => nodeKernel());
