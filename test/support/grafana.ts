/** A stand-in for Grafana's page: puts variables into texts as Grafana does and asks what each plugin would ask (formats/grafana-api.md §3, §6). */

type Value = string | readonly string[];
export type Format = "regex" | "glob" | "json" | "csv" | "pipe";

/** What a dashboard is opened with; variables are added as they are asked for. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly variables: Map<string, Value>;
}

/** What the page would send. */
export interface PageRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
}

const VARIABLE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?::([^}]+))?\}/g;

/** The text with its variables in `format`, or in the format it names itself. One that nobody knows stays as it is. */
export function replaced(text: string, view: View, format: Format): string {
  return text.replace(VARIABLE, (whole: string, plain = "", old = "", oldFormat, braced = "", ownFormat) => {
    const name: string = plain || old || braced;
    const value = view.variables.get(name) ?? builtIn(name, view);
    return value === null ? whole : formatted(value, (ownFormat ?? oldFormat ?? format) as Format);
  });
}

const INTERVAL_MS = 5000;

function builtIn(name: string, view: View): string | null {
  if (name === "__from" || name === "__timeFrom") return String(view.fromMs);
  if (name === "__to" || name === "__timeTo") return String(view.toMs);
  return name === "__interval_ms" ? String(INTERVAL_MS) : null;
}

function formatted(value: Value, format: Format): string {
  const list = typeof value === "string" ? [value] : value;
  // A variable that has one value only stands bare, without quotes.
  if (format === "json") return typeof value === "string" ? value : JSON.stringify(value);
  if (format === "csv" || format === "pipe") return list.join(format === "csv" ? "," : "|");
  const texts = format === "regex" ? list.map((one) => one.replace(/[\\^$*+?.()[\]{}/|]/g, "\\$&")) : list;
  if (typeof value === "string" || texts.length === 1) return texts.join();
  return format === "regex" ? `(${texts.join("|")})` : `{${texts.join(",")}}`;
}

export const rangeOf = (view: View) => {
  const [from, to] = [new Date(view.fromMs).toISOString(), new Date(view.toMs).toISOString()];
  return { from, to, raw: { from, to } };
};

/** The body of a panel's POST /query, with what a browser sends besides. */
export const panelBody = (targets: readonly object[], view: View, maxDataPoints: number): object => ({
  app: "dashboard",
  requestId: "SQR100",
  timezone: "browser",
  range: rangeOf(view),
  rangeRaw: rangeOf(view).raw,
  interval: "5s",
  intervalMs: INTERVAL_MS,
  maxDataPoints,
  targets,
  scopedVars: { __interval: { text: "5s", value: "5s" }, __interval_ms: { text: "5000", value: INTERVAL_MS } },
  filters: [],
  startTime: 1,
});

/** A panel's own row height and columns; only what tests look at. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string } | null;
  readonly targets?: readonly Readonly<Record<string, unknown>>[];
  readonly panels?: readonly Panel[];
  readonly maxDataPoints?: number;
  readonly transformations?: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: unknown;
  readonly multi?: boolean;
}

export interface Annotation {
  readonly name: string;
  readonly builtIn?: number;
  readonly query?: string;
  readonly target?: Readonly<Record<string, unknown>>;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
}

/** All panels, those of rows too. */
export const allPanels = (panels: readonly Panel[]): readonly Panel[] =>
  panels.flatMap((panel) => [panel, ...allPanels(panel.panels ?? [])]);
