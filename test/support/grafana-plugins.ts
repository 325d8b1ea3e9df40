/** What the JSON plugin (simPod 0.6 and newer) and Infinity send for the parts of a dashboard, and what they make of the answer (formats/grafana-api.md §3). */
import jsonata from "jsonata";
import { type Annotation, type PageRequest, panelBody, rangeOf, replaced, type Variable, type View } from "./grafana.ts";

type Row = Readonly<Record<string, unknown>>;
type Target = Readonly<Record<string, unknown>>;

export interface PluginPage {
  variable(variable: Variable, view: View): PageRequest;
  annotation(annotation: Annotation, view: View): PageRequest;
  target(target: Target, view: View): PageRequest;
  /** Rows a panel would draw; throws where the plugin would show an error. */
  rows(answer: unknown, target: Target, view: View): Promise<readonly Row[]>;
}

export interface Option {
  readonly text: string;
  readonly value: string;
}

/** Options of a variable, after its regex as Grafana applies it to texts. */
export function optionsOf(answer: unknown, regex: string): readonly Option[] {
  const found = (answer as readonly { readonly __text: string; readonly __value: string }[]).map(({ __text, __value }) => ({
    text: String(__text),
    value: String(__value),
  }));
  const [, source = "", flags = ""] = /^\/(.*)\/(\w*)$/.exec(regex) ?? [];
  return source === "" ? found : found.filter(({ text }) => new RegExp(source, flags).test(text));
}

const MAX_POINTS = 400;

/** In code mode the payload is text with variables in JSON format; if it is no JSON then, the plugin sends an empty one. */
function simpodTarget({ payload, target, ...rest }: Target, view: View): Target {
  let parsed: unknown = {};
  try {
    parsed = JSON.parse(replaced(String(payload), view, "json"));
  } catch {}
  return { ...rest, target: replaced(String(target), view, "regex"), payload: parsed };
}

export const simpodPage: PluginPage = {
  variable({ query }, view) {
    const { query: text, format } = query as { readonly query: string; readonly format: string };
    const payload = format === "json" ? JSON.parse(replaced(text, view, "json")) : { target: replaced(text, view, "regex") };
    return { method: "POST", path: "/variable", body: { payload, range: rangeOf(view) } };
  },
  annotation: ({ target = {} }, view) => ({
    method: "POST",
    path: "/query",
    body: panelBody([simpodTarget(target, view)], view, 1500),
  }),
  target: (target, view) => ({ method: "POST", path: "/query", body: panelBody([simpodTarget(target, view)], view, MAX_POINTS) }),
  rows: async (answer) => (answer as readonly Row[]).flatMap(rowsOfItem),
};

/** As Grafana's toDataFrame reads the two shapes: series and tables. */
function rowsOfItem(item: Row): readonly Row[] {
  if (Array.isArray(item.datapoints)) {
    const { target } = item;
    return (item.datapoints as readonly (readonly [unknown, unknown])[]).map(([value, time]) => ({ time, value, target }));
  }
  const columns = item.columns as readonly { readonly text: string }[];
  return (item.rows as readonly (readonly unknown[])[]).map((row) =>
    Object.fromEntries(columns.map(({ text }, at) => [text, row[at]])),
  );
}

interface InfinityQuery {
  readonly parser: string;
  readonly url: string;
  readonly url_options: {
    readonly method: "GET" | "POST";
    readonly data?: string;
    readonly params?: readonly { readonly key: string; readonly value: string }[];
  };
  readonly root_selector: string;
  readonly columns: readonly { readonly selector: string; readonly text: string; readonly type: string }[];
}

function infinityRequest(query: InfinityQuery, view: View): PageRequest {
  const params = (query.url_options.params ?? []).map(({ key, value }) => [key, replaced(value, view, "glob")]);
  const search = new URLSearchParams(params).toString();
  const path = replaced(query.url, view, "glob") + (search === "" ? "" : `?${search}`);
  if (query.url_options.method === "GET") return { method: "GET", path };
  return { method: "POST", path, body: replaced(query.url_options.data ?? "", view, "glob") };
}

export const infinityPage: PluginPage = {
  variable: ({ query }, view) => infinityRequest((query as { readonly infinityQuery: InfinityQuery }).infinityQuery, view),
  annotation: ({ target }, view) => infinityRequest(target as unknown as InfinityQuery, view),
  target: (target, view) => infinityRequest(target as unknown as InfinityQuery, view),
  /** The columns by their selectors, each of its type; a selector that is in no row is an empty column, which is a mistake here. */
  async rows(answer, target, view) {
    const { root_selector, columns } = target as unknown as InfinityQuery;
    const root = replaced(root_selector, view, "glob");
    const found: unknown = root === "" ? answer : await jsonata(root).evaluate(answer);
    const objects = Array.isArray(found) ? (found as readonly Row[]) : [found as Row];
    return objects.map((object) =>
      Object.fromEntries(
        columns.map(({ selector, text, type }) => {
          const value = object[selector] ?? null;
          if (value === null && !Object.hasOwn(object, selector)) throw new Error(`no row has ${selector}`);
          if (value !== null && type !== "string" && typeof value !== "number")
            throw new Error(`${selector} is no number: ${value}`);
          return [text, value];
        }),
      ),
    );
  },
};
