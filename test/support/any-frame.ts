/** Random frames as loggers see them. */
import fc from "fast-check";
import { type Frame, frame, LENGTH_OF_DLC } from "../../fixtures/frame.ts";

export interface AnyFrameOptions {
  readonly ids?: readonly number[];
  readonly channels?: readonly number[];
  readonly maxTimeUs?: number;
  /** Long payloads and the FD bits. */
  readonly fd?: boolean;
  /** Remote and error frames among them. */
  readonly otherKinds?: boolean;
}

/** Times are whole µs, which every generation can say; identifiers of both lengths. */
export function anyFrame(options: AnyFrameOptions = {}): fc.Arbitrary<Frame> {
  const { ids = [0, 1, 0x7ff, 0x123], channels = [1, 2], maxTimeUs = 1_500_000, fd = true, otherKinds = false } = options;
  return fc
    .record({
      timeUs: fc.integer({ min: 0, max: maxTimeUs }),
      kind: otherKinds ? fc.constantFrom("data", "data", "data", "remote", "error") : fc.constant("data" as const),
      channel: fc.constantFrom(...channels),
      id: fc.constantFrom(...ids),
      extended: fc.boolean(),
      dir: fc.constantFrom("rx", "tx"),
      fd: fd ? fc.boolean() : fc.constant(false),
      brs: fc.boolean(),
      esi: fc.boolean(),
      dlc: fc.integer({ min: 0, max: 15 }),
      seed: fc.integer({ min: 0, max: 255 }),
      errorType: fc.integer({ min: 0, max: 7 }),
    })
    .map((one) => {
      const isData = one.kind === "data";
      const isFd = one.fd && isData;
      const dlc = isFd ? one.dlc : Math.min(one.dlc, 8);
      return frame({
        timeNs: one.timeUs * 1000,
        kind: one.kind as Frame["kind"],
        channel: one.channel,
        id: one.kind === "error" ? 0 : one.id,
        extended: one.kind === "error" ? false : one.extended || one.id > 0x7ff,
        dir: one.kind === "error" ? "rx" : (one.dir as Frame["dir"]),
        fd: isFd,
        brs: isFd && one.brs,
        esi: isFd && one.esi,
        dlc: one.kind === "error" ? 0 : dlc,
        payload: isData
          ? Uint8Array.from({ length: LENGTH_OF_DLC[dlc] ?? 0 }, (_, i) => (one.seed * 37 + i * 11) & 255)
          : new Uint8Array(),
        errorType: one.kind === "error" ? one.errorType : 0,
      });
    });
}
