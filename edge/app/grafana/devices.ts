/** Which devices a target means: one name, a list, or a pattern with `*` and `?`. */
import type { Engine } from "../../../core/query/engine.ts";
import { isPattern, matchesPattern } from "./pattern.ts";
import { listIn } from "./target-text.ts";

/** Devices there are, in the order they were named; those of a pattern in key order. A device is a name, never a path. Faults: `storage/*`. */
export async function devicesNamed(device: unknown, engine: Engine, signal: AbortSignal): Promise<readonly string[]> {
  const texts = Array.isArray(device) ? device.map(String) : listIn(String(device ?? ""));
  const known = (await engine.devices({ names: false }, signal)).map((one) => one.device);
  const found = texts.flatMap((text) =>
    isPattern(text) ? known.filter((name) => matchesPattern(name, text)) : known.filter((name) => name === text),
  );
  return [...new Set(found)];
}
