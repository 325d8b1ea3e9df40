/** Kinds of targets that are no plain series, by the `type` inside the target. */
import type { JsonObject } from "../body.ts";
import { badParameter } from "../fault-answer.ts";
import type { Maker } from "./made.ts";
import { filesMaker, framesMaker } from "./table.ts";

type Kind = (object: JsonObject) => Maker;

/** Faults of a kind: `request/bad-parameter` for what is wrong in the target itself. */
export const KINDS: Readonly<Record<string, Kind>> = {
  info: withDevice((object) => filesMaker(object, true)),
  data: withDevice((object) => framesMaker(object, true)),
  files: withDevice((object) => filesMaker(object, false)),
  frames: withDevice((object) => framesMaker(object, false)),
};

function withDevice(kind: Kind): Kind {
  return (object) => {
    if (object.device === undefined || object.device === "") throw badParameter('the target has no "device"');
    return kind(object);
  };
}
