/** The page's state: plain data, changed only by `reduce`. Decoded samples are not in it (plot/data.ts holds them). */
import type { Fault, Notice } from "../../core/fault.ts";
import type { SeriesSelector } from "../../core/series/series.ts";
import type { Catalogue, DeviceHeard } from "../../worker/api.ts";
import type { View } from "./view.ts";

/** `device/CAN1/db.message@SA/signal`: names, never indexes into files. */
export type SeriesId = string;

export type Lane = "enum" | "bool";

/** A signal that occurs, as the tree and the plot need it. */
export interface SignalInfo {
  readonly id: SeriesId;
  readonly selector: SeriesSelector;
  readonly name: string;
  readonly message: string;
  /** "CCVS1 · SA 00", for legends. */
  readonly source: string;
  readonly unit: string;
  readonly frames: number;
  readonly rateHz: number | null;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly lane: Lane | null;
  readonly comment: string | null;
}

export type Limits = readonly [low: number, high: number];

export interface Plotted {
  readonly info: SignalInfo;
  /** From 0; the colour is slot mod 12, the dash slot div 12. */
  readonly slot: number;
  readonly hidden: boolean;
  readonly lane: Lane | null;
  /** Smallest and largest value of the whole recording, once known. */
  readonly extremes: Limits | null;
  /** Limits set by hand or by "fit values to the view"; null = extremes widened to the next step. */
  readonly limits: Limits | null;
  readonly decimals: number | null;
  readonly valueTable: Readonly<Record<string, string>> | null;
  /** Why nothing is drawn. */
  readonly notice: string | null;
}

export interface Stripe {
  readonly id: number;
  readonly kind: "plot" | "lanes";
  readonly weight: number;
  readonly signals: readonly SeriesId[];
}

/** What undo brings back. */
export interface Scene {
  /** Device pixels of the plot; 0 before the first layout. */
  readonly columns: number;
  readonly view: View | null;
  readonly stripes: readonly Stripe[];
  readonly plotted: Readonly<Record<SeriesId, Plotted>>;
}

export type Zone = "relative" | "log" | "utc" | "local";
export type Theme = "dark" | "light";

export interface Notification extends Notice {
  readonly action?: { readonly label: string; readonly run: "open-files" | "file-panel" | "reload" };
}

/** The newest answer's cost, and what all windows now hold. */
export interface LastAnswer {
  readonly elapsedMs: number;
  readonly bytesRead: number;
  /** Exact if `every`, otherwise what evenly spread samples would be. */
  readonly samples: number;
  readonly pointsDrawn: number;
  readonly every: boolean;
}

export interface State extends Scene {
  readonly catalogue: Catalogue | null;
  readonly heard: Readonly<Record<string, DeviceHeard>>;
  readonly pixelRatio: number;
  readonly active: number | null;
  readonly selected: SeriesId | null;
  readonly zone: Zone;
  readonly theme: Theme;
  readonly panels: { readonly signals: boolean; readonly file: boolean; readonly help: boolean };
  /** Phone: which full-screen tab is open. */
  readonly tab: "signals" | "plot";
  readonly filter: string;
  readonly notifications: readonly Notification[];
  /** Bytes of the running work; null when idle. */
  readonly progress: { readonly text: string; readonly bytes: number; readonly bytesAll: number } | null;
  readonly last: LastAnswer | null;
  /** A server that wants a token. */
  readonly tokenFor: { readonly baseUrl: string; readonly wrong: boolean } | null;
  readonly fault: Fault | null;
}

export const firstState: State = {
  view: null,
  stripes: [],
  plotted: {},
  catalogue: null,
  heard: {},
  columns: 0,
  pixelRatio: 1,
  active: null,
  selected: null,
  zone: "log",
  theme: "dark",
  panels: { signals: true, file: false, help: false },
  tab: "plot",
  filter: "",
  notifications: [],
  progress: null,
  last: null,
  tokenFor: null,
  fault: null,
};
