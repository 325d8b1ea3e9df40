/** Dashboards in the words of the JSON data source (simPod, 0.6 and newer): the kind as metric, the rest as payload in code mode. */
import type { Ask, Plugin } from "./plugin.ts";

/** A variable with one value stands bare in the payload's JSON, one with several as a list: each has its own quotes. */
const DEVICE = '"device": "${device}"';
const DEVICES = '"device": "(${device:pipe})"';

/** Kind of target and its payload, JSON after the variables are in it. */
function targetOf(ask: Ask): readonly [metric: string, payload: string] {
  switch (ask.kind) {
    case "signals":
      return ["series", `{${DEVICE}, "db": "\${db}", "signal": \${signal:json}, "method": "envelope"}`];
    case "track":
      return ["track", `{${DEVICE}, "db": "\${db}", "signal": ["\${latitude}", "\${longitude}"]}`];
    case "bus":
      return ["bus", `{${DEVICE}, "value": "${ask.value}"}`];
    case "files":
      return ["files", `{${DEVICES}, "sort": "${ask.sort}", "limit": ${ask.limit}}`];
    case "devices":
      return ["devices", `{${DEVICES}}`];
    case "frames":
      return ["frames", `{${DEVICE}, "limit": ${ask.limit}}`];
    default:
      return [ask.kind, `{${DEVICE}}`];
  }
}

const asTarget = (refId: string, metric: string, payload: string) => ({ refId, editorMode: "code", target: metric, payload });

export const simpod: Plugin = {
  id: "simpod",
  type: "simpod-json-datasource",
  title: "JSON",
  variable({ name, search }) {
    const query = JSON.stringify(search);
    return { query: { query, format: "string", refId: name }, definition: query };
  },
  target: (ask) => asTarget("A", ...targetOf(ask)),
  transformations: (ask) =>
    ask.kind === "files" ? [{ id: "filterFieldsByName", options: { include: { names: ["time", ...ask.columns] } } }] : [],
  marks: (kind) => asTarget("Anno", kind === "loss" ? "losses" : `${kind}s`, `{${DEVICE}}`),
};
