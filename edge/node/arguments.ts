/** The command line, read once: `node:util` does the reading, one table says which command takes which option. */
import { parseArgs } from "node:util";
import { TRANSPORT_PROTOCOLS, type TransportProtocol } from "../../core/bus/transport.ts";
import { type DbcEncoding, ENCODING_NAMES, encodingOf } from "../../core/dbc/encoding.ts";
import { originOf } from "../app/cors.ts";
import { PLUGINS, type PluginId } from "./grafana-wanted.ts";

export interface ServeCommand {
  readonly name: "serve" | "demo";
  /** Folder, file:/// URL or s3://BUCKET/PREFIX; "" for the demo, which makes its own. */
  readonly place: string;
  readonly dbcs: readonly string[];
  /** Of the text of `dbcs`; null: the bytes decide. */
  readonly encoding: DbcEncoding | null;
  /** null: 5000, or any free one if that is taken. */
  readonly port: number | null;
  readonly host: string;
  readonly limitBytes: number | null;
  /** Samples of one series in one answer; null = no limit. */
  readonly points: number | null;
  /** Of a request's body; null = what the app allows. */
  readonly bodyBytes: number | null;
  /** Requests at once. */
  readonly requests: number;
  /** Of log bytes kept in memory. */
  readonly cacheBytes: number;
  readonly token: string | null;
  readonly allowedOrigins: readonly string[];
  readonly endpoint: string | null;
  readonly passwords: string | null;
}

export interface ProvisionCommand {
  readonly name: "grafana";
  /** Where people open Grafana. */
  readonly url: string;
  readonly token: string;
  readonly plugins: readonly PluginId[];
  /** Title of the folder. */
  readonly folder: string;
  /** Where Grafana's server reaches buslens, and its token. */
  readonly source: string;
  readonly sourceToken: string | null;
}

export type Command =
  | ServeCommand
  | ProvisionCommand
  | {
      readonly name: "inspect";
      readonly file: string;
      readonly json: boolean;
      readonly groups: boolean;
      /** Databases for a report; none: what is in the log alone. */
      readonly dbcs: readonly string[];
      readonly encoding: DbcEncoding | null;
      readonly passwords: string | null;
    }
  | {
      readonly name: "decode";
      readonly files: readonly string[];
      readonly dbcs: readonly string[];
      readonly encoding: DbcEncoding | null;
      readonly signals: readonly string[];
      /** null: all of them. */
      readonly channel: number | null;
      readonly form: "table" | "facts" | "csv";
      readonly passwords: string | null;
      /** J1939 codes for "error" and "not available" as values too. */
      readonly keepInvalid: boolean;
      /** A column with the texts of the value tables. */
      readonly text: boolean;
      /** For messages that do not fit a frame; "auto": each channel and message says for itself. */
      readonly transport: TransportProtocol | "auto";
    }
  | { readonly name: "dbc"; readonly file: string; readonly json: boolean; readonly encoding: DbcEncoding | null }
  | { readonly name: "help"; readonly topic: string | null }
  | { readonly name: "version" };

/** The command line makes no sense; the process ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: flag,
  groups: flag,
  facts: flag,
  csv: flag,
  text: flag,
  "keep-invalid": flag,
  dbc: texts,
  encoding: text,
  signal: texts,
  channel: text,
  port: text,
  host: text,
  limit: text,
  points: text,
  body: text,
  requests: text,
  cache: text,
  token: text,
  endpoint: text,
  passwords: text,
  "allow-origin": texts,
  transport: text,
  url: text,
  source: text,
  "source-token": text,
  plugin: text,
  folder: text,
} as const;

const LIMIT_OPTIONS = ["limit", "points", "body", "requests", "cache"];
const SERVE_OPTIONS = ["dbc", "encoding", "port", "host", "token", "allow-origin", "endpoint", "passwords", ...LIMIT_OPTIONS];
const TAKES: Readonly<Record<string, readonly string[]>> = {
  serve: SERVE_OPTIONS,
  demo: SERVE_OPTIONS.filter((option) => !["dbc", "encoding", "endpoint", "passwords"].includes(option)),
  inspect: ["json", "groups", "dbc", "encoding", "passwords"],
  decode: ["dbc", "encoding", "signal", "channel", "transport", "facts", "csv", "text", "keep-invalid", "passwords"],
  dbc: ["json", "encoding"],
  grafana: ["url", "token", "source", "source-token", "plugin", "folder"],
};

/** `--token new`: the server makes one and shows it once. */
export const NEW_TOKEN = "new";
export const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
const ANY_HOST = "0.0.0.0";
const BYTES_PER_MB = 1024 * 1024;
/** Thirty panels of thirty users; each waits for its turn with some kilobytes. */
const REQUESTS_MAX = 1000;
/** The logs of a dashboard, as a rule. */
const CACHE_BYTES = 64 * BYTES_PER_MB;

/** `args` without node and script. `environment` may give BUSLENS_TOKEN. Throws `UsageError`. */
export function readArguments(args: readonly string[], environment: Readonly<Record<string, string | undefined>> = {}): Command {
  const { values, positionals } = parsed(args);
  const [first, ...rest] = positionals;
  const isNamed = first !== undefined && (Object.hasOwn(TAKES, first) || first === "help");
  const name = isNamed ? first : first === undefined ? null : "serve";
  if (values.version) return { name: "version" };
  if (name === "help" && rest[0] !== undefined && !Object.hasOwn(TAKES, rest[0]))
    throw new UsageError(`there is no command ${rest[0]}: ${Object.keys(TAKES).join(", ")}`);
  if (values.help || name === "help") return { name: "help", topic: name === "help" ? (rest[0] ?? null) : name };
  if (name === null) throw new UsageError("say which folder: buslens DIR");
  const operands = isNamed ? rest : positionals;
  const known = TAKES[name] ?? [];
  for (const option of Object.keys(values)) if (!known.includes(option)) throw new UsageError(`"${name}" takes no --${option}`);
  switch (name) {
    case "inspect":
      return inspectCommand(one(operands, "inspect FILE"), values);
    case "dbc":
      return { name, file: one(operands, "dbc FILE"), json: values.json ?? false, encoding: encodingFrom(values) };
    case "decode":
      return decodeCommand(operands, values);
    case "grafana":
      return provisionCommand(operands, values, environment);
    case "demo":
      if (operands.length > 0) throw new UsageError("the demo makes its own folder; to serve yours: buslens DIR");
      return serveCommand("demo", "", values, environment);
    default:
      return serveCommand("serve", one(operands, "serve DIR"), values, environment);
  }
}

type Values = ReturnType<typeof parsed>["values"];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's sentence, without its hint at "--" in front of positionals.
    throw new UsageError(
      (error instanceof Error ? error.message : String(error)).replace(/\. To specify a positional[\s\S]*/, ""),
    );
  }
}

function one(operands: readonly string[], usage: string): string {
  const [first] = operands;
  if (first === undefined || operands.length > 1 || first === "") throw new UsageError(`usage: buslens ${usage}`);
  return first;
}

function inspectCommand(file: string, values: Values): Command {
  const dbcs = values.dbc ?? [];
  const [json, groups] = [values.json ?? false, values.groups ?? false];
  if (dbcs.length > 0 && (json || groups))
    throw new UsageError("--dbc makes a report to read; for facts of signals: buslens decode FILE --dbc D --facts");
  return { name: "inspect", file, json, groups, dbcs, encoding: encodingFrom(values), passwords: values.passwords ?? null };
}

function decodeCommand(files: readonly string[], values: Values): Command {
  const dbcs = values.dbc ?? [];
  if (files.length === 0) throw new UsageError("usage: buslens decode FILE… [--dbc DBC]");
  const isTransportFacts = values.transport !== undefined && values.facts === true;
  if (dbcs.length === 0 && (values.facts || values.transport !== undefined) && !isTransportFacts)
    throw new UsageError("this needs a DBC: --dbc FILE (only --transport P --facts needs none)");
  if (dbcs.length === 0 && isTransportFacts && values.signal) throw new UsageError("--signal names signals of a DBC: --dbc FILE");
  if (values.facts && values.csv) throw new UsageError("choose --facts or --csv");
  const form = values.facts ? "facts" : values.csv ? "csv" : "table";
  if (form === "facts" && dbcs.length > 1) throw new UsageError("--facts takes one --dbc");
  if (form === "facts" && values["keep-invalid"])
    throw new UsageError("--facts hold all values; --keep-invalid is for the table and --csv");
  if (form !== "csv" && values.text) throw new UsageError("--text adds a column to --csv");
  const channel = values.channel === undefined ? null : wholeNumber(values.channel, "channel", 255);
  return {
    name: "decode",
    files,
    dbcs,
    encoding: encodingFrom(values),
    signals: values.signal ?? [],
    channel,
    form,
    keepInvalid: values["keep-invalid"] ?? false,
    text: values.text ?? false,
    transport: transportFrom(values),
    passwords: values.passwords ?? null,
  };
}

function serveCommand(
  name: "serve" | "demo",
  place: string,
  values: Values,
  environment: Readonly<Record<string, string | undefined>>,
): ServeCommand {
  const token = values.token ?? environment.BUSLENS_TOKEN ?? null;
  if (token !== null && !/^\S+$/.test(token)) throw new UsageError("--token must be one word");
  const host = values.host ?? (token === null ? "127.0.0.1" : ANY_HOST);
  if (token === null && !LOOPBACK.test(host))
    throw new UsageError(
      `--host ${host} lets others in: give a token with --token (--token new makes one); without one buslens listens on 127.0.0.1 only`,
    );
  if (values.endpoint !== undefined && !place.startsWith("s3://"))
    throw new UsageError("--endpoint belongs to s3://BUCKET/PREFIX");
  if (values.encoding !== undefined && values.dbc === undefined) throw new UsageError("--encoding belongs to --dbc FILE");
  return {
    name,
    place,
    dbcs: values.dbc ?? [],
    encoding: encodingFrom(values),
    port: values.port === undefined ? null : wholeNumber(values.port, "port", 65535),
    host: host.replace(/^\[(.*)\]$/, "$1"),
    limitBytes: values.limit === undefined ? null : megabytes(values.limit, "limit"),
    points: values.points === undefined ? null : wholeNumber(values.points, "points", 1e9),
    bodyBytes: values.body === undefined ? null : megabytes(values.body, "body"),
    requests: values.requests === undefined ? REQUESTS_MAX : wholeNumber(values.requests, "requests", 1e6),
    cacheBytes: values.cache === undefined ? CACHE_BYTES : megabytes(values.cache, "cache"),
    token,
    allowedOrigins: (values["allow-origin"] ?? []).map(exactOrigin),
    endpoint: values.endpoint ?? null,
    passwords: values.passwords ?? null,
  };
}

/** Variables keep tokens out of the list of processes. */
function provisionCommand(
  operands: readonly string[],
  values: Values,
  environment: Readonly<Record<string, string | undefined>>,
): ProvisionCommand {
  if (operands.length !== 1 || operands[0] !== "provision")
    throw new UsageError("usage: buslens grafana provision --url GRAFANA --token T");
  const token = values.token ?? environment.GRAFANA_TOKEN;
  const sourceToken = values["source-token"] ?? environment.BUSLENS_TOKEN ?? null;
  if (values.url === undefined) throw new UsageError("say where Grafana is: --url https://grafana.example");
  if (token === undefined || !/^\S+$/.test(token))
    throw new UsageError("Grafana needs the token of a service account: --token T, or the variable GRAFANA_TOKEN");
  if (sourceToken !== null && !/^\S+$/.test(sourceToken)) throw new UsageError("--source-token must be one word");
  const folder = values.folder?.trim() ?? "buslens";
  if (folder === "") throw new UsageError("--folder must have a name");
  const plugin = values.plugin ?? "both";
  const plugins = plugin === "both" ? PLUGINS : PLUGINS.filter((one) => one === plugin);
  if (plugins.length === 0) throw new UsageError(`--plugin must be ${PLUGINS.join(", ")} or both, not ${plugin}`);
  const url = httpAddress(values.url, "url");
  return {
    name: "grafana",
    url,
    token,
    plugins,
    folder,
    sourceToken,
    source: httpAddress(values.source ?? SOURCE_DEFAULT, "source"),
  };
}

const SOURCE_DEFAULT = "http://localhost:5000";

/** Without a slash at its end. */
function httpAddress(given: string, option: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new UsageError(`--${option} must be an address such as http://localhost:3000`);
  if (url.username !== "" || url.password !== "")
    throw new UsageError(`--${option} must hold no password; tokens have options of their own`);
  return url.href.replace(/\/+$/, "");
}

function encodingFrom({ encoding }: Values): DbcEncoding | null {
  if (encoding === undefined) return null;
  const known = encodingOf(encoding);
  if (known === null) throw new UsageError(`--encoding ${encoding} is none we read: ${ENCODING_NAMES}`);
  return known;
}

function transportFrom({ transport = "auto" }: Values): TransportProtocol | "auto" {
  const known = transport === "auto" ? "auto" : TRANSPORT_PROTOCOLS.find((protocol) => protocol === transport);
  if (!known) throw new UsageError(`--transport ${transport} is none we read: auto, ${TRANSPORT_PROTOCOLS.join(", ")}`);
  return known;
}

function exactOrigin(given: string): string {
  const origin = originOf(given);
  if (origin === null) throw new UsageError(`--allow-origin ${given} is no origin; it looks like https://grafana.example:3000`);
  return origin;
}

function wholeNumber(given: string, option: string, most: number): number {
  const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value <= most)) throw new UsageError(`--${option} must be a whole number up to ${most}, not ${given}`);
  return value;
}

function megabytes(given: string, option: string): number {
  const value = /^\d{1,9}(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isNaN(value)) throw new UsageError(`--${option} must be a number of MB, not ${given}`);
  return Math.floor(value * BYTES_PER_MB);
}
