/** A log whose frames carry doubles as a test gives them, at any time, and the database that reads them. */
import { block, CAN_RECORD_BYTES, canChannels, canRecord, chain, dataGroup, group, header, joinBytes, mdfFile } from "./mdf.ts";

export interface OddSample {
  /** Since the log's start. */
  readonly timeNs: number;
  readonly value: number;
}

/** Signal `name` is the double in the frames of identifier 256 + its place. */
export function oddLog(series: Readonly<Record<string, readonly OddSample[]>>, startNs: bigint): Uint8Array {
  const frames = Object.values(series).flatMap((samples, i) =>
    samples.map(({ timeNs, value }) => {
      const payload = new Uint8Array(8);
      new DataView(payload.buffer).setFloat64(0, value, true);
      return { timeNs, id: 256 + i, payload: [...payload] };
    }),
  );
  frames.sort((a, b) => a.timeNs - b.timeNs);
  const records = joinBytes(...frames.map(canRecord));
  const cg = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: frames.length });
  return mdfFile(header(dataGroup(0, cg, block("DT", [], records)), { startNs })).bytes;
}

export const oddDbc = (names: readonly string[], unit = ""): string =>
  [
    'VERSION ""',
    "BU_: X",
    ...names.map((name, i) => `BO_ ${256 + i} M${i}: 8 X\n SG_ ${name} : 0|64@1- (1,0) [0|0] "${unit}" X`),
    ...names.map((name, i) => `SIG_VALTYPE_ ${256 + i} ${name} : 2;`),
    "",
  ].join("\n");
