/** Logs on disk for the end-to-end measurements: what our generator writes, with the start of every split moved on. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bigDbc, bigPlan } from "../fixtures/big.ts";

const HD_START_AT_BYTE = 64 + 24 + 6 * 8;

export interface LogFolder {
  readonly dir: string;
  readonly device: string;
  /** Range of all logs, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly logBytes: number;
  readonly logs: number;
}

/** `count` splits of one session, each about `sizeBytes`, written without ever holding one in memory. */
export function writeLogs(dir: string, count: number, sizeBytes: number): LogFolder {
  const plan = bigPlan({ sizeBytes, generation: "D", variant: "drive" });
  const splitNs = BigInt(plan.repeats * plan.periodNs);
  const device = plan.facts.serial;
  const session = join(dir, device, "00000001");
  mkdirSync(session, { recursive: true });
  for (let split = 0; split < count; split++) {
    const file = openSync(join(session, `${String(split + 1).padStart(8, "0")}.MF4`), "w");
    let isHeader = true;
    for (const chunk of plan.chunks()) {
      if (isHeader) {
        const header = chunk.slice();
        new DataView(header.buffer).setBigUint64(HD_START_AT_BYTE, plan.facts.startNs + splitNs * BigInt(split), true);
        writeSync(file, header);
        isHeader = false;
      } else writeSync(file, chunk);
    }
    closeSync(file);
  }
  const dbc = bigDbc("drive");
  writeFileSync(join(dir, dbc.name), dbc.text);
  const fromMs = Number(plan.facts.startNs / 1_000_000n);
  return {
    dir,
    device,
    fromMs,
    toMs: fromMs + Number((splitNs * BigInt(count)) / 1_000_000n),
    logBytes: plan.sizeBytes,
    logs: count,
  };
}

export const SIGNALS = [
  "EngineSpeed",
  "EngineTorque",
  "Throttle",
  "IgnitionAngle",
  "FrontLeftSpeed",
  "VehicleSpeed",
  "SteeringAngle",
  "CoolantTemp",
] as const;

/** Grafana rounds to whole steps like these. */
const INTERVALS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** The body of a Grafana panel's POST /query. */
export function panelBody(folder: LogFolder, signals: readonly string[]): string {
  const range = { from: new Date(folder.fromMs).toISOString(), to: new Date(folder.toMs).toISOString() };
  const targets = signals.map((signal, i) => ({
    refId: String.fromCharCode(65 + i),
    type: "timeserie",
    target: JSON.stringify({ device: folder.device, itf: "CAN", chn: "CH1", db: "buslens-big", signal }),
  }));
  const wanted = (folder.toMs - folder.fromMs) / 1000;
  const intervalS = INTERVALS_S.find((seconds) => seconds * 1000 >= wanted) ?? 86_400;
  return JSON.stringify({ range, intervalMs: intervalS * 1000, maxDataPoints: 1000, targets });
}
