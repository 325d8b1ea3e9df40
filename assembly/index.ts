/** What the kernel offers its host (core/kernel): memory in, memory out. */
import { ABI_VERSION } from "./layout";

export { clearCells } from "./cells";
export { ghash, ghashStart } from "./ghash";
export {
  heatshrink,
  heatshrinkHeldBits,
  heatshrinkKeep,
  heatshrinkResume,
  heatshrinkStart,
  heatshrinkUsed,
} from "./heatshrink";
export { indexRecords } from "./index-records";
export { addKey, clearCache, clearTables } from "./lookup";
export { flushAll, scanDecode, scanOther } from "./scan";
export { pairsWritten, writePairs } from "./text";
export { finishTransport, restoreSessions, saveSessions } from "./transport/port";
export { clearSessions } from "./transport/sessions";
export { toPhysical } from "./unpack";
export { unpack, unpackKeep, unpackStart } from "./unpack-block";
export { untranspose } from "./untranspose";
export { dropWaiting } from "./waiting";

export function abiVersion(): i32 {
  return ABI_VERSION;
}
