/** The engine as every host sees it: the edge app and the preview worker know nothing else of core's inside. */

import type { TransportProtocol } from "../bus/transport.ts";
import type { Fit } from "../dbc/best-fit.ts";
import type { Dbc } from "../dbc/model.ts";
import type { Fault, Notice } from "../fault.ts";
import type { MeasurementEvent } from "../mdf/event.ts";
import type { MdfHeader } from "../mdf/file.ts";
import type { SeriesAnswer } from "../series/series.ts";
import type { BoundBy } from "./binding.ts";
import type { BusLoad, BusLoadQuery } from "./bus-load.ts";
import type { EditionQuery } from "./edition.ts";
import type { FramePage, FrameQuery } from "./frame-rows.ts";
import type { Ledger } from "./ledger.ts";
import type { AsideOptions } from "./listening.ts";
import type { DeviceLosses, LossesQuery } from "./losses.ts";
import type { Query } from "./query.ts";

/** One log file (split) of the store. */
export interface LogEntry {
  readonly key: string;
  /** As the path says; for a file outside the CANedge layout: device and session of its header, split 1. */
  readonly device: string;
  readonly session: string;
  readonly split: number;
  readonly sizeBytes: number;
  readonly version: string;
  /** Time of the earliest record; null if the file cannot be read (see fault) or holds no record. */
  readonly startNs: bigint | null;
  /** Time of the record that is stored first, which the CANedge backend takes for the log's start; up to a second later than `startNs`. */
  readonly storedFirstNs: bigint | null;
  /** Time of the latest record; null until the file was scanned once. Upper bounds are not given here. */
  readonly endNs: bigint | null;
  readonly header: MdfHeader | null;
  readonly fault: Fault | null;
}

export interface DeviceEntry {
  readonly device: string;
  /** User comment in the header of the newest log, "" if none. */
  readonly name: string;
}

/** One identifier heard in the scanned logs, and what the loaded DBCs make of it. */
export interface HeardId {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly id: number;
  readonly extended: boolean;
  readonly frames: number;
  /** Frames per second between the first and the last; null below two frames. */
  readonly rateHz: number | null;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly minLengthBytes: number;
  readonly maxLengthBytes: number;
  readonly matches: readonly HeardMatch[];
}

export interface HeardMatch {
  readonly db: string;
  readonly message: string;
  /** exact: identifier and extended flag equal; group: J1939 parameter group number; transport: its group, in messages put together. */
  readonly rule: "exact" | "group" | "transport";
  readonly sourceAddress: number | null;
  /** Why frames are this message's where no database is named; null: another database has them (docs/dbc.md). */
  readonly binding: BoundBy | null;
  readonly signals: readonly { readonly name: string; readonly unit: string; readonly selectedBy: string | null }[];
}

/** Messages longer than a frame that came whole by a transport protocol, of one sender. */
export interface HeardTransport {
  readonly bus: "CAN";
  readonly channel: number;
  readonly transport: TransportProtocol;
  readonly db: string;
  readonly message: string;
  /** Of the DBC message, without flag. */
  readonly id: number;
  readonly extended: boolean;
  /** Parameter group and source address; null: ISO-TP. */
  readonly pgn: number | null;
  readonly sourceAddress: number | null;
  readonly messages: number;
  readonly signals: HeardMatch["signals"];
}

export interface Heard {
  readonly ids: readonly HeardId[];
  /** Sorted by channel, identifier, source address. */
  readonly transports: readonly HeardTransport[];
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
}

export interface HeardSoFar extends Heard {
  /** Of the bytes of all logs, how many were listened to: 0 up to 1. Below 1 counts and last times are estimates, and ids may be missing. */
  readonly share: number;
  /** Nothing is missing: all logs were listened to, and what transport protocols carried is known. */
  readonly isWhole: boolean;
  /** By key: where a log ends, or seems to end. */
  readonly endsNs: ReadonlyMap<string, bigint>;
}

/** One read the plan makes. */
export interface PlannedFile {
  readonly key: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly reads: readonly { readonly atByte: number; readonly lengthBytes: number }[];
}

export interface ChannelFit {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly fits: readonly { readonly db: string; readonly file: string; readonly fit: Fit }[];
}

export interface PlannedRule {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly db: string;
  readonly message: string;
  readonly signal: string;
  readonly frameId: number;
  readonly extended: boolean;
  /** exact: identifier; group: parameter group of the frames; transport: of messages put together. */
  readonly rule: "exact" | "group" | "transport";
  /** null: whole in its frames. */
  readonly transport: TransportProtocol | null;
  /** named: the selector says which database; else why it is this one. */
  readonly binding: "named" | BoundBy;
}

export interface Explanation {
  readonly files: readonly PlannedFile[];
  readonly rules: readonly PlannedRule[];
  readonly ledger: Ledger;
  /** One sentence per series that has no points. */
  readonly whyEmpty: readonly string[];
  readonly notices: readonly Notice[];
}

export interface QueryRun {
  /** In the order of the selectors; a selector that matches nothing yields one answer without segments and a notice that says why. */
  readonly series: AsyncIterable<SeriesAnswer>;
  /** Of all that was read; final once `series` has ended. */
  ledger(): Ledger;
  /** Logs that were read, with the ranges; final once `series` has ended. */
  files(): readonly PlannedFile[];
}

/** Called now and then while work goes on; the host may write padding, update progress. */
export type OnWork = (done: { readonly bytes: number; readonly bytesAll: number }) => void;

/** A channel of a measurement file (`ChannelLabels`). */
export interface ChannelEntry {
  readonly device: string;
  readonly group: string;
  readonly channel: string;
  readonly unit: string;
  /** Records as the files count them; null if one was never finished. */
  readonly count: number | null;
  /** Why it has no curve; null if it has one. */
  readonly why: string | null;
}

/** A mark or trigger that the writer of a file put into it (##EV). */
export interface EventEntry extends Omit<MeasurementEvent, "timeNs"> {
  readonly device: string;
  readonly session: string;
  readonly key: string;
  readonly timeNs: bigint;
}

export interface EventList {
  readonly events: readonly EventEntry[];
  readonly notices: readonly Notice[];
}

export interface ChannelList {
  readonly channels: readonly ChannelEntry[];
  readonly notices: readonly Notice[];
}

export interface Engine {
  /** SHA-256 of the kernel's .wasm, lower-case hex, as the host computed it. */
  readonly moduleHash: string;
  /** Device ids in key order. `names` reads one header per device. */
  devices(options: { readonly names: boolean }, signal: AbortSignal): Promise<readonly DeviceEntry[]>;
  /** Logs of one device (or all), by session and split; of several objects of one split only the first in key order. Reads the head of each file whose times overlap the range. */
  logs(
    options: { readonly device?: string; readonly fromNs?: bigint | null; readonly toNs?: bigint | null },
    signal: AbortSignal,
  ): Promise<readonly LogEntry[]>;
  /** Ids that really occur. Scans the logs once; the result is kept by file version. */
  heard(
    options: {
      readonly device?: string;
      readonly key?: string;
      readonly fromNs?: bigint | null;
      readonly toNs?: bigint | null;
      readonly budgetBytes?: number | null;
      /** Also what transport protocols carried; absent = not looked for, and `transports` is empty. */
      readonly transports?: boolean;
      /** How they travel; absent = what buslens.json says of the channel, else found out. */
      readonly transport?: TransportProtocol;
      /** The work stands aside for other work; absent = it takes its turn like any. */
      readonly aside?: AsideOptions;
    },
    signal: AbortSignal,
    onWork?: OnWork,
  ): Promise<Heard>;
  /** What can be said of a device at once: what is known of its logs, and where that is nothing, what their first and last bytes hold. */
  heardSoFar(device: string, signal: AbortSignal): Promise<HeardSoFar>;
  /** Messages of transport protocols (docs/transport.md) that never came out whole. Reads each log once, for all protocols; the result is kept. */
  losses(query: LossesQuery, signal: AbortSignal, onWork?: OnWork): Promise<DeviceLosses>;
  /** A page of the raw frames of one device. */
  frames(query: FrameQuery, signal: AbortSignal, onWork?: OnWork): Promise<FramePage>;
  /** Frames by kind and load of the buses of one device, by bucket and channel. */
  busLoad(query: BusLoadQuery, signal: AbortSignal, onWork?: OnWork): Promise<BusLoad>;
  /** Channels of measurement files, which no database is needed for. Reads headers only. */
  channels(options: { readonly device?: string; readonly key?: string }, signal: AbortSignal): Promise<ChannelList>;
  /** Marks and triggers in the files, by time: for annotations. */
  events(
    options: { readonly device?: string; readonly fromNs?: bigint | null; readonly toNs?: bigint | null },
    signal: AbortSignal,
  ): Promise<EventList>;
  dbcs(signal: AbortSignal): Promise<readonly Dbc[]>;
  /** How well each database, those of `others` too, fits what the newest log of a device has, by channel; best first. */
  fits(device: string, signal: AbortSignal, others?: readonly Dbc[]): Promise<readonly ChannelFit[]>;
  /** A text that stays the same as long as answers about these devices and this range do; null: nothing can be said. Reads no record. */
  edition(asked: EditionQuery, signal: AbortSignal): Promise<string | null>;
  query(query: Query, signal: AbortSignal, onWork?: OnWork): QueryRun;
  /** Runs the query and says what it read, with which rules, and why series are empty. */
  explain(query: Query, signal: AbortSignal): Promise<Explanation>;
}
