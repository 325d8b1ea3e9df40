/** A sample log of ../shared, opened without the code that opens logs for users: .MFC by the slow decoder. */
import type { OpenedLog } from "../../core/canedge/container.ts";
import { parseContainer } from "../../core/canedge/container.ts";
import { memorySource } from "../../core/store/memory.ts";
import { heatshrinkDecode } from "./heatshrink.ts";
import { sharedBytes } from "./shared.ts";

/** `path` below samples/. */
export function sampleLog(path: string): OpenedLog {
  const bytes = sharedBytes(`samples/${path}`);
  const outer = memorySource(path, bytes);
  const container = parseContainer(bytes, bytes.length, path);
  if (container?.kind !== "compressed") return { source: outer, outer, container };
  const { dataAtByte, dataEndByte, windowBytes, lookaheadBits } = container;
  const inner = heatshrinkDecode(bytes.subarray(dataAtByte, dataEndByte), Math.log2(windowBytes), lookaheadBits);
  return { source: memorySource(path, inner), outer, container };
}
