/** The texts of a channel that has a text for some values (cc_type 7), for whoever draws states. */
import { faultOfFile } from "./block.ts";
import type { MeasuredChannel } from "./measured-channel.ts";
import type { Measurement } from "./measurement.ts";

/** Raw value as text → text; null if its conversion has no such table. Faults: `storage/*`. */
export async function valueTableOf(
  { blocks, rules }: Measurement,
  { conversionLink }: MeasuredChannel,
): Promise<Readonly<Record<string, string>> | null> {
  try {
    return (await blocks.attempt(() => rules.at(conversionLink)))?.texts ?? null;
  } catch (error) {
    faultOfFile(error);
    return null;
  }
}
