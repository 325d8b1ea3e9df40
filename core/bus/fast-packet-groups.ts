/** Which NMEA 2000 parameter groups travel as fast packets: the published ones. */

const MIXED = "126208 126464 126983-126988 126996 126998";
const ENGINE = "127233 127237 127489-127491 127494-127498 127503 127504 127506 127507 127509-127514";
const NAVIGATION = "128275 128520 128538 129029 129038-129041 129044 129045 129284 129285 129301 129302 129538 129540-129542";
const POSITION = "129545 129547 129549 129551 129556 129792-129816";
const ROUTES = "130052-130054 130060 130061 130064-130074 130320-130324 130329 130330";
const ENTERTAINMENT = "130561-130578 130580 130581 130583 130584 130586";

const groups = new Set(
  [MIXED, ENGINE, NAVIGATION, POSITION, ROUTES, ENTERTAINMENT]
    .join(" ")
    .split(" ")
    .flatMap((text) => {
      const [first = 0, last = first] = text.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }),
);

/** Is the group published as a fast packet? Proprietary ones (126720, 130816 to 131071) are not: each maker's may be or not. */
export const isFastPacketGroup = (pgn: number): boolean => groups.has(pgn);

/** Groups of makers; NMEA 2000 leaves open what is in them. */
export const isProprietaryGroup = (pgn: number): boolean =>
  pgn === 61_184 || pgn === 126_720 || (pgn >= 65_280 && pgn <= 65_535) || pgn >= 130_816;
