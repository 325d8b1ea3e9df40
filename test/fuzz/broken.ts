/** Fails on purpose, so that it is known that a run can: a reader that trips over a NUL byte. */
import { mutateBytes } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const INPUT = new TextEncoder().encode("nothing wrong here");

export const brokenTarget: FuzzTarget = {
  name: "broken",
  make: (random) => mutateBytes(INPUT, INPUT, random),
  check(input) {
    if (input.includes(0)) throw new Error("a NUL byte, as expected");
  },
  extension: "txt",
};
