/** Clients that go away, in workerd. */
import moduleHash from "../../build/kernel.hash.txt";
import module from "../../build/kernel.wasm";
import { clientGoneContract } from "../contract/client-gone.ts";

clientGoneContract(async () => ({ module, moduleHash: moduleHash.trim() }), false);
