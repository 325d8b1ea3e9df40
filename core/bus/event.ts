/** Names of ASAM bus logging: which structure channel means which kind of frame. */
import type { FrameKind } from "./layout.ts";

export interface BusEvent {
  readonly bus: "CAN" | "LIN";
  readonly kind: FrameKind;
  /** As the standard writes it. */
  readonly name: string;
}

const EVENTS: ReadonlyMap<string, BusEvent> = new Map(
  (
    [
      ["CAN_DataFrame", "CAN", "data"],
      ["CAN_RemoteFrame", "CAN", "remote"],
      ["CAN_ErrorFrame", "CAN", "error"],
      ["CAN_OverloadFrame", "CAN", "overload"],
      ["LIN_Frame", "LIN", "data"],
      ["LIN_ChecksumError", "LIN", "checksumError"],
      ["LIN_ReceiveError", "LIN", "receiveError"],
      ["LIN_TransmissionError", "LIN", "transmissionError"],
      ["LIN_SyncError", "LIN", "syncError"],
      ["LIN_WakeUp", "LIN", "wakeUp"],
      ["LIN_Spike", "LIN", "spike"],
      ["LIN_LongDom", "LIN", "longDominance"],
    ] as const
  ).map(([name, bus, kind]) => [name.toLowerCase(), { bus, kind, name }]),
);

/** Buses whose events are known by name only. */
const OTHER_BUS = /^(flx|eth|most)_/;

/** The event of that name, in any case; "other" for a bus we do not read; null for anything else. */
export function busEvent(name: string): BusEvent | "other" | null {
  const lowerName = name.toLowerCase();
  return EVENTS.get(lowerName) ?? (OTHER_BUS.test(lowerName) ? "other" : null);
}
