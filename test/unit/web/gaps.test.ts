import { expect, test } from "vitest";
import { commonGaps } from "../../../web/plot/gaps.ts";

const gap = (fromNs: number, toNs: number) => ({ fromNs, toNs });

test("two signals share the silences that both have, whichever ends first", () => {
  const many = [gap(0, 10), gap(20, 30), gap(40, 50)];
  const long = [gap(5, 45)];
  const shared = [gap(5, 10), gap(20, 30), gap(40, 45)];
  expect(commonGaps(many, long)).toEqual(shared);
  expect(commonGaps(long, many)).toEqual(shared);
  expect(commonGaps([gap(0, 10)], [gap(10, 20)])).toEqual([]);
});
