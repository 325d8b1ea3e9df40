/** Kinds of targets that are no plain series, by the `type` inside the target. */
import { type JsonObject, kindOf } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import { busMaker } from "./bus.ts";
import { calcMaker } from "./calc.ts";
import { decodedMaker, statesMaker } from "./decoded.ts";
import { eventsMaker, tripsMaker } from "./events.ts";
import { fileMarksMaker } from "./file-marks.ts";
import { lossesMaker } from "./loss-marks.ts";
import type { Maker } from "./made.ts";
import { marksMaker } from "./marks.ts";
import { devicesMaker, filesMaker, framesMaker } from "./table.ts";
import { wideMaker } from "./track.ts";

type Kind = (object: JsonObject) => Maker;

/** Faults of a kind: `request/bad-parameter` for what is wrong in the target itself. */
export const KINDS: Readonly<Record<string, Kind>> = {
  devices: withDevice(devicesMaker),
  info: withDevice((object) => filesMaker(object, true)),
  data: withDevice((object) => framesMaker(object, true)),
  files: withDevice((object) => filesMaker(object, false)),
  frames: withDevice((object) => framesMaker(object, false)),
  decoded: withDevice(decodedMaker),
  states: withDevice(statesMaker),
  track: withDevice((object) => wideMaker(object, true)),
  wide: withDevice((object) => wideMaker(object, false)),
  calc: withDevice(calcMaker),
  events: withDevice(eventsMaker),
  trips: withDevice(tripsMaker),
  bus: withDevice(busMaker),
  sessions: withDevice((object) => marksMaker(object, "session")),
  splits: withDevice((object) => marksMaker(object, "split")),
  marks: withDevice(fileMarksMaker),
  losses: withDevice(lossesMaker),
};

/** The kind an `annotation` key means, for newer plugins that ask for marks by /query. */
export const KIND_OF_ANNOTATION: Readonly<Record<string, string>> = {
  session: "sessions",
  split: "splits",
  event: "events",
  trip: "trips",
  mark: "marks",
  loss: "losses",
};

function withDevice(kind: Kind): Kind {
  return (object) => {
    const { device } = object;
    if (device === undefined || device === "") throw badParameter('the target has no "device"');
    const isNamed = typeof device === "string" || typeof device === "number" || Array.isArray(device);
    if (!isNamed) throw badParameter(`"device" in the target must be text, a number or a list, not ${kindOf(device)}`);
    return kind(object);
  };
}
