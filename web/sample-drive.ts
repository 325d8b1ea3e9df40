/** A thread that makes the sample drive: logs and DBCs from the fixtures' generator, nothing downloaded. */
import { generateDrive } from "../fixtures/drive.ts";

const { files, dbcs } = generateDrive();
const text = new TextEncoder();
const made = [
  ...files.map(({ key, bytes }) => ({ path: key, bytes: new Uint8Array(bytes) })),
  ...dbcs.map((dbc) => ({ path: dbc.name, bytes: text.encode(dbc.text) })),
];
self.postMessage(made, { transfer: made.map(({ bytes }) => bytes.buffer) });
