/** Logs of any content: rows, or a fault that says where; in bounded work, with every byte accounted for, and nothing left over from another log. */
import type { Random } from "../../fixtures/random.ts";
import { checkLog, checkLogOneWay } from "./mdf/check.ts";
import { type FuzzFile, loggerFiles, smallFiles } from "./mdf/files.ts";
import { mutateMdf, type Place, placesOf } from "./mdf/mutate.ts";
import { pick } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

/** One in so many mutants is of a whole logger's file. */
const LOGGERS_ONE_IN = 50;

interface Seed extends FuzzFile {
  readonly places: readonly Place[];
}

const withPlaces = ([first, ...more]: readonly [FuzzFile, ...FuzzFile[]]): readonly [Seed, ...Seed[]] => {
  const seed = (file: FuzzFile): Seed => ({ ...file, places: placesOf(file.bytes) });
  return [seed(first), ...more.map(seed)];
};

const small = withPlaces(await smallFiles());
const loggers = withPlaces(loggerFiles());

export const mdfTarget: FuzzTarget = { name: "mdf", make, check: checkLog, extension: "mf4" };
/** The same logs, less of each. */
export const mdfTargetOneWay: FuzzTarget = { ...mdfTarget, check: checkLogOneWay };

function make(random: Random): Uint8Array | Promise<Uint8Array> {
  const { bytes, places, wrap } = pick(random, random.chance(1, LOGGERS_ONE_IN) ? loggers : small);
  const mutant = mutateMdf(bytes, places, pick(random, small).bytes, random);
  return wrap === undefined ? mutant : wrap(mutant);
}
