/** The engine's contract in workerd. */
import moduleHash from "../../build/kernel.hash.txt";
import module from "../../build/kernel.wasm";
import { engineContract } from "../contract/engine.ts";

engineContract(async () => ({ module, moduleHash: moduleHash.trim() }));
