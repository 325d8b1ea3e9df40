/** The three dashboards, as what they show; the plugins' words are elsewhere. */
import type { DashboardPlan, PanelPlan } from "./panel.ts";
import type { Choice } from "./plugin.ts";

const DEVICE: Choice = { name: "device", label: "Device", search: { search: "device_name" } };
const DEVICES: Choice = { ...DEVICE, multi: true, all: true };
const PROBLEMS: PanelPlan = {
  title: "Logs with problems first",
  description: "Logs that cannot be read, or not to their end, and why.",
  view: "table",
  ask: { kind: "files", sort: "-problem", limit: 100, columns: ["device", "session", "split", "log", "problem"] },
  width: 24,
  height: 8,
};

const fleet: DashboardPlan = {
  name: "fleet",
  title: "Fleet overview",
  description: "Devices, their last logs and when they recorded.",
  from: "now-30d",
  choices: [DEVICES],
  marks: [],
  panels: [
    { title: "Devices", view: "table", ask: { kind: "devices" }, width: 24, height: 8 },
    {
      title: "Recorded",
      description: "A bar per log where it begins, as high as the log is long in bytes.",
      view: "bars",
      ask: { kind: "files", sort: "time", limit: 5000, columns: ["sizeBytes", "device"] },
      unit: "bytes",
      seriesName: "${__field.labels.device}",
      width: 24,
      height: 7,
    },
    {
      title: "Newest logs",
      view: "table",
      ask: {
        kind: "files",
        sort: "-time",
        limit: 50,
        columns: ["device", "session", "split", "sizeBytes", "firmware", "comment"],
      },
      width: 24,
      height: 9,
    },
    PROBLEMS,
  ],
};

const narrowed = (search: string) => ({ search, device: "${device}" });
const place = (name: string, label: string, regex: string): Choice => ({
  name,
  label,
  search: { ...narrowed("signal"), db: "${db}" },
  regex,
});

const device: DashboardPlan = {
  name: "device",
  title: "Device explorer",
  description: "Signals, track and frames of one device; sessions as annotations.",
  from: "now-24h",
  choices: [
    DEVICE,
    { name: "db", label: "DBC", search: narrowed("db") },
    { name: "signal", label: "Signals", search: { ...narrowed("signal"), db: "${db}" }, multi: true },
    place("latitude", "Latitude", "/^(.*[^a-z])?lat(itude)?$/i"),
    place("longitude", "Longitude", "/^(.*[^a-z])?lon(g|gitude)?$/i"),
  ],
  marks: ["session", "split"],
  panels: [
    {
      title: "Signals",
      description: "Least and greatest value of each step: a spike one sample wide stays visible.",
      view: "lines",
      ask: { kind: "signals" },
      seriesName: "${__field.labels.message}.${__field.labels.signal}",
      width: 24,
      height: 11,
    },
    { title: "Track", view: "map", ask: { kind: "track" }, width: 14, height: 13 },
    { title: "Trips", view: "table", ask: { kind: "trips" }, width: 10, height: 13 },
    { title: "First frames of the range", view: "table", ask: { kind: "frames", limit: 100 }, width: 24, height: 8 },
  ],
};

const channelName = "${__field.labels.bus} ${__field.labels.channel}";
const busPanel = (
  title: string,
  description: string,
  value: "load" | "loadMax" | "frames" | "errors",
  unit: string,
): PanelPlan => ({
  title,
  description,
  view: value === "errors" ? "bars" : "lines",
  ask: { kind: "bus", value },
  unit,
  seriesName: channelName,
  width: 12,
  height: 9,
});

const bus: DashboardPlan = {
  name: "bus",
  title: "Bus health",
  description: "Load, errors and losses of the buses of one device.",
  from: "now-24h",
  choices: [DEVICE],
  marks: ["session", "split", "loss"],
  panels: [
    busPanel("Load, at least", "Time that frames took, without stuff bits.", "load", "percent"),
    busPanel("Load, at most", "The same with as many stuff bits as there can be.", "loadMax", "percent"),
    busPanel("Data frames", "Frames of each step (Infinity) or per second (JSON).", "frames", "short"),
    busPanel("Error frames", "Error frames of each step (Infinity) or per second (JSON).", "errors", "short"),
    PROBLEMS,
  ],
};

export const PLANS: readonly DashboardPlan[] = [fleet, device, bus];
