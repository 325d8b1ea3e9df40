/** The engine's contract in Chromium. */
import { loadKernel } from "../../worker/kernel.ts";
import { engineContract } from "../contract/engine.ts";

engineContract(async () => {
  const { module, hash } = await loadKernel();
  return { module, moduleHash: hash };
});
