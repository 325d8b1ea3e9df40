/** What `grafana provision` puts into a Grafana: a data source for each plugin, a folder, the dashboards of dashboards/. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { FaultError } from "../../core/fault.ts";

export const PLUGINS = ["simpod", "infinity"] as const;
export type PluginId = (typeof PLUGINS)[number];

export interface WantedSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly jsonData: Readonly<Record<string, unknown>>;
  /** Never printed, and never given back by Grafana. */
  readonly secureJsonData: Readonly<Record<string, string>>;
}

/** As Grafana's form of the plugin would save it. `token` is buslens'; null: it asks for none. */
export function wantedSource(plugin: PluginId, url: string, token: string | null): WantedSource {
  if (plugin === "simpod")
    return {
      uid: "buslens-simpod",
      name: "buslens (JSON)",
      type: "simpod-json-datasource",
      url,
      jsonData: { timeout: 60, ...(token === null ? {} : { httpHeaderName1: "Authorization" }) },
      secureJsonData: token === null ? {} : { httpHeaderValue1: `Bearer ${token}` },
    };
  return {
    uid: "buslens-infinity",
    name: "buslens (Infinity)",
    type: "yesoreyeram-infinity-datasource",
    url,
    jsonData: { timeoutInSeconds: 60, ...(token === null ? {} : { auth_method: "bearerToken" }) },
    secureJsonData: token === null ? {} : { bearerToken: token },
  };
}

const UID_CHARACTERS_MAX = 40;
const HASH_CHARACTERS = 12;
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, HASH_CHARACTERS);

/** The same uid for the same title, whatever letters it has. */
export function folderUid(title: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return slug === title
    ? slug.slice(0, UID_CHARACTERS_MAX)
    : `${slug.slice(0, UID_CHARACTERS_MAX - 9)}-${hashOf(title).slice(0, 8)}`;
}

export interface WantedDashboard {
  readonly uid: string;
  readonly title: string;
  /** Of all that is wanted; a tag of the saved dashboard, so that the next run knows what it would save. */
  readonly hashTag: string;
  readonly dashboard: Readonly<Record<string, unknown>>;
}

interface Variable {
  readonly name: string;
}

/** Dashboards of a plugin, set to its data source and to where browsers find the viewer. The files lie at the same place from edge/node and build/node. */
export async function wantedDashboards(plugin: PluginId, source: WantedSource): Promise<readonly WantedDashboard[]> {
  const folder = new URL(`../../dashboards/${plugin}/`, import.meta.url);
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0)
    throw new FaultError({
      code: "storage/missing",
      object: "dashboards",
      message: "the dashboards are not there; install buslens again",
    });
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map(async (name) => wantedDashboard(await readFile(new URL(name, folder), "utf8"), source)),
  );
}

function wantedDashboard(text: string, source: WantedSource): WantedDashboard {
  const made = JSON.parse(text) as {
    readonly uid: string;
    readonly title: string;
    readonly tags: readonly string[];
    readonly templating: { readonly list: readonly Variable[] };
  };
  const chosen = { text: source.name, value: source.uid };
  const viewer = { query: source.url, current: { text: source.url, value: source.url } };
  const list = made.templating.list.map((variable) => {
    if (variable.name === "source") return { ...variable, current: chosen };
    return variable.name === "viewer" ? { ...variable, ...viewer } : variable;
  });
  const dashboard = { ...made, templating: { list } };
  const hashTag = `buslens-${hashOf(JSON.stringify(dashboard))}`;
  return { uid: made.uid, title: made.title, hashTag, dashboard: { ...dashboard, tags: [...made.tags, hashTag] } };
}
