/** A log in which fifty thousand signals occur: 2,500 messages of twenty, each sent twice. */
import type { LogFacts } from "../../fixtures/comments.ts";
import { dbcText } from "../../fixtures/dbc-text.ts";
import { frame } from "../../fixtures/frame.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import { type MessageRow, message, signal } from "../../fixtures/message.ts";

const MESSAGES = 2500;
const SIGNALS = 20;
export const MANY = MESSAGES * SIGNALS;

const PARTS = ["Engine", "Brake", "Battery", "Door", "Wheel", "Axle", "Gear", "Fuel", "Coolant", "Cabin"];
const WHATS = ["Speed", "Temperature", "Pressure", "Voltage", "Current", "State", "Torque", "Position", "Request", "Limit"];

/** No two alike, as in a database of a whole vehicle: "BrakePressure0417State3". */
const nameOf = (k: number, i: number): string =>
  `${PARTS[k % 10]}${WHATS[Math.floor(k / 10) % 10]}${String(k).padStart(4, "0")}${WHATS[i % 10]}${i}`;

const row = (k: number): MessageRow => {
  const signals = Array.from({ length: SIGNALS }, (_, i) => signal(nameOf(k, i), `${i * 3}|3@1+`, "(1,0)", "km/h"));
  return message(0x100_0000 + k * 16, `${PARTS[k % 10]}Group${String(k).padStart(4, "0")}`, 8, "Bench", signals, {
    extended: true,
  });
};

const facts: LogFacts = {
  generation: "D",
  startNs: 1_715_666_400_000_000_000n,
  zoneMinutes: 0,
  serial: "B0551004",
  deviceType: "0000005F",
  firmware: "01.08.01",
  hardware: "00.03",
  session: 1,
  split: 1,
  userComment: "Many",
  storageTotal: 31_154_688,
  storageFree: 31_153_632,
  storageId: "000353445341333247809B0AC8A4015B",
  configCrc32: "00C0FFEE",
  bitRatesHz: { can1: 500_000, can2: 250_000 },
};

export interface ManySignals {
  readonly log: { readonly name: string; readonly bytes: Uint8Array };
  readonly dbc: { readonly name: string; readonly text: string };
  /** Names of all signals. */
  readonly names: readonly string[];
}

export function manySignals(): ManySignals {
  const rows = Array.from({ length: MESSAGES }, (_, k) => row(k));
  const frames = [0, 1].flatMap((turn) =>
    rows.map(({ id }, k) =>
      frame({ timeNs: (turn * MESSAGES + k) * 200_000, id, extended: true, payload: new Uint8Array(8).fill(k + turn) }),
    ),
  );
  return {
    log: { name: "00000001.MF4", bytes: unfinalizedLog(facts, frames) },
    dbc: { name: "many.dbc", text: dbcText(rows, "Made up for buslens: many signals") },
    names: rows.flatMap(({ signals }) => signals.map(({ name }) => name)),
  };
}
