/** What the parts of one engine share. */

import type { Library } from "../dbc/library.ts";
import type { HeardChannels } from "./binding.ts";
import type { OnWork } from "./engine.ts";
import type { HeardLog, HeardParts } from "./heard.ts";
import type { SampleMemory } from "./known-samples.ts";
import type { SurveyLog } from "./transports.ts";

export interface EngineParts extends HeardParts {
  /** What occurs in a log; read once and kept. */
  readonly heardLog: (key: string, signal: AbortSignal, onWork?: OnWork) => Promise<HeardLog>;
  readonly channelsHeard: (key: string, signal: AbortSignal) => Promise<{ bus: "CAN" | "LIN"; channel: number }[]>;
  /** What occurs on the channels of a device, to compare databases with. */
  readonly channelIds: (device: string, signal: AbortSignal) => Promise<HeardChannels>;
  /** What transport protocols carried in a log; read once per stream and kept. */
  readonly surveyLog: SurveyLog;
  /** What is known of where samples lie. */
  readonly samples: SampleMemory;
  readonly library: (signal: AbortSignal) => Promise<Library>;
}
