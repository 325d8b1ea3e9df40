/** A log whose one sample in a hundred thousand stands out, with silence in it: what a picture of all of it must still show. */
import { dlcOfLength, frame } from "../../fixtures/frame.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import { madeFacts } from "./made-log.ts";

const SPIKE_SAMPLES = 100_000;
/** In the middle of a column of no round number of samples. */
const SPIKE_AT = 61_803;
const STEP_NS = 1_000_000;
const [SILENT_FROM, SILENT_TO] = [20_000, 35_000];

/** `Level` is 10 every millisecond and once 250; nothing comes for 15 s. `Slow` comes every 10 s; `Way0` … `Way13` once a second. */
export function spikeLog(): Uint8Array {
  const frames = [];
  for (let n = 0; n < SPIKE_SAMPLES; n++) {
    if (n >= SILENT_FROM && n < SILENT_TO) continue;
    const timeNs = n * STEP_NS;
    frames.push(frame({ timeNs, id: 0x100, payload: Uint8Array.of(n === SPIKE_AT ? 250 : 10) }));
    if (n % 10_000 === 0) frames.push(frame({ timeNs: timeNs + 1, id: 0x101, payload: Uint8Array.of((n / 10_000) * 8) }));
    if (n % 1000 === 0) {
      const payload = Uint8Array.from({ length: 14 }, (_, way) => 10 * way + ((n / 1000) % 7));
      frames.push(
        frame({ timeNs: timeNs + 2, id: 0x102, fd: true, dlc: dlcOfLength(16), payload: Uint8Array.of(...payload, 0, 0) }),
      );
    }
  }
  return unfinalizedLog(madeFacts("D"), frames);
}

const signalLine = (name: string, byte: number, unit: string): string =>
  ` SG_ ${name} : ${byte * 8}|8@1+ (1,0) [0|0] "${unit}" X`;

export const SPIKE_DBC = [
  'VERSION ""',
  "BU_: X",
  "BO_ 256 Fast: 1 X",
  signalLine("Level", 0, "km/h"),
  "BO_ 257 Rare: 1 X",
  signalLine("Slow", 0, "bar"),
  "BO_ 258 Many: 16 X",
  ...Array.from({ length: 14 }, (_, way) => signalLine(`Way${way}`, way, "A")),
  "",
].join("\n");

/** Where in the recording the spike lies, 0 … 1. */
export const SPIKE_SHARE = SPIKE_AT / (SPIKE_SAMPLES - 1);
