/** What the parts of one engine share. */

import type { Library } from "../dbc/library.ts";
import type { HeardChannels } from "./binding.ts";
import type { SampleMemory } from "./known-samples.ts";
import type { HeardParts, Listening } from "./listening.ts";
import type { SurveyLog } from "./transports.ts";

export interface EngineParts extends HeardParts, Listening {
  readonly channelsHeard: (key: string, signal: AbortSignal) => Promise<{ bus: "CAN" | "LIN"; channel: number }[]>;
  /** What occurs on the channels of a device, to compare databases with. */
  readonly channelIds: (device: string, signal: AbortSignal) => Promise<HeardChannels>;
  /** What transport protocols carried in a log; read once per stream and kept. */
  readonly surveyLog: SurveyLog;
  /** What is known of where samples lie. */
  readonly samples: SampleMemory;
  readonly library: (signal: AbortSignal) => Promise<Library>;
}
