/** The page's state: plain data, changed only by `reduce`. Decoded samples are not in it (plot/data.ts holds them). */
import type { Fault, Notice } from "../../core/fault.ts";
import type { Loss } from "../../core/query/transport-losses.ts";
import type { SeriesSelector } from "../../core/series/series.ts";
import type { Catalogue, DeviceHeard, Rhythm } from "../../worker/api.ts";
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
  /** What makes a raw value of a physical one; null for floats and where no DBC says it. */
  readonly scaling: Scaling | null;
  /** A name from a view link that nothing here answers to. */
  readonly absent: boolean;
}

/** physical = raw · factor + offset. */
export interface Scaling {
  readonly factor: number;
  readonly offset: number;
  readonly lengthBits: number;
}

export type Limits = readonly [low: number, high: number];

/** How a signal is drawn and written where a person chose it; null and "auto" follow the rules. */
export interface Style {
  /** "#rrggbb" instead of the slot's colour. */
  readonly colour: string | null;
  readonly widthPx: number | null;
  readonly line: "auto" | "linear" | "step";
  readonly markers: "auto" | "always" | "never";
  readonly decimals: number | null;
  readonly form: "physical" | "raw" | "hex";
  /** What a signal says instead of data ("not available", "error"): a gap with ticks, or the codes as values. */
  readonly codes: "gap" | "draw";
}

export const plainStyle: Style = {
  colour: null,
  widthPx: null,
  line: "auto",
  markers: "auto",
  decimals: null,
  form: "physical",
  codes: "gap",
};

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
  /** Signals of a stripe with the same number share an axis; null = by unit and range. */
  readonly axis: number | null;
  /** Logarithmic axis. */
  readonly log: boolean;
  readonly style: Style;
  readonly decimals: number | null;
  readonly valueTable: Readonly<Record<string, string>> | null;
  /** How its samples follow each other, once known. */
  readonly rhythm: Rhythm | null;
  /** Why nothing is drawn. */
  readonly notice: string | null;
}

export interface Stripe {
  readonly id: number;
  readonly kind: "plot" | "lanes";
  /** Share of the height; lanes take what their rows need. */
  readonly weight: number;
  readonly name: string | null;
  readonly folded: boolean;
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
/** Times of real samples, or of the pointer where none was near. */
export interface Cursors {
  readonly a: bigint | null;
  readonly b: bigint | null;
}

/** What the statistics are taken over. */
export type Span = "cursors" | "view" | "all";

export type Theme = "dark" | "light";

export interface Notification extends Notice {
  readonly action?: NoticeAction;
  /** A second way out. */
  readonly other?: NoticeAction;
}

/** What a notice offers; an object names what it is about. */
export interface NoticeAction {
  readonly label: string;
  readonly run:
    | "open-files"
    | "file-panel"
    | "reload"
    | "databases"
    | "copy-cors-rule"
    /** Only takes the sentence away. */
    | "nothing"
    | "read-again"
    | "allow"
    | "follow"
    | "forget"
    | "empty-view"
    | { readonly unpack: string }
    | { readonly copy: string }
    | { readonly download: string }
    | { readonly openAddress: string }
    | { readonly password: string }
    | ({ readonly assign: string; readonly from?: Place } & Place);
}

/** A channel of a device. */
interface Place {
  readonly device: string;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
}

export interface Bookmark {
  readonly timeNs: bigint;
  readonly text: string;
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
  /** Devices that are listened to. */
  readonly listening: readonly string[];
  /** By device, once they are known. */
  readonly losses: Readonly<Record<string, readonly Loss[]>>;
  /** By device: bytes of its logs that are looked through for losses only when a person asks for it. */
  readonly unsought: Readonly<Record<string, number>>;
  readonly pixelRatio: number;
  readonly active: number | null;
  readonly selected: SeriesId | null;
  readonly cursors: Cursors;
  /** The cursor that steps. */
  readonly cursor: keyof Cursors;
  /** Values follow the view ("auto"). */
  readonly autoValues: boolean;
  readonly zone: Zone;
  /** Zero of the relative zone; null = start of the recording. */
  readonly zeroNs: bigint | null;
  readonly theme: Theme;
  readonly panels: { readonly signals: boolean; readonly file: boolean; readonly stats: boolean; readonly help: boolean };
  readonly span: Span;
  readonly bookmarks: readonly Bookmark[];
  /** A signal on its way to another place by keyboard; `target` counts the places (`plot/places.ts`). */
  readonly moving: { readonly id: SeriesId; readonly target: number } | null;
  /** Name of the layout that is shown. */
  readonly name: string | null;
  /** Parts of a view link of a newer version, kept for when it is saved again. */
  readonly foreign: Readonly<Record<string, unknown>>;
  readonly filter: string;
  readonly notifications: readonly Notification[];
  /** Faults of logs that were said, also of those dismissed since. */
  readonly told: ReadonlySet<string>;
  /** Logs that grow are shown as they grow. */
  readonly following: boolean;
  /** Bytes of the running work; null when idle. */
  readonly progress: { readonly text: string; readonly bytes: number; readonly bytesAll: number } | null;
  readonly last: LastAnswer | null;
  /** Signals whose reading was cancelled; they wait for "Go on" or another view. */
  readonly stopped: readonly SeriesId[];
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
  listening: [],
  losses: {},
  unsought: {},
  columns: 0,
  pixelRatio: 1,
  active: null,
  selected: null,
  cursors: { a: null, b: null },
  cursor: "a",
  autoValues: false,
  zone: "log",
  zeroNs: null,
  theme: "dark",
  panels: { signals: true, file: false, stats: false, help: false },
  span: "view",
  bookmarks: [],
  moving: null,
  name: null,
  foreign: {},
  filter: "",
  notifications: [],
  told: new Set(),
  following: false,
  progress: null,
  last: null,
  stopped: [],
  tokenFor: null,
  fault: null,
};
