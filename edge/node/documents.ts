/** The documents of core/facts for files of this system. One call each, so that what they need stands in one place. */
import { createHash } from "node:crypto";
import type { TransportProtocol } from "../../core/bus/transport.ts";
import { openLogs } from "../../core/canedge/open-log.ts";
import { mergedPasswords, type Passwords } from "../../core/canedge/passwords.ts";
import { parseDbc } from "../../core/dbc/parse.ts";
import type { FactsDocument } from "../../core/facts/document.ts";
import { framesFacts } from "../../core/facts/frames-facts.ts";
import { groupsFacts } from "../../core/facts/groups-facts.ts";
import { signalsFacts } from "../../core/facts/signals-facts.ts";
import { transportFacts } from "../../core/facts/transport-facts.ts";
import { Codecs } from "../../core/kernel/codecs.ts";
import type { DecodeHost } from "../../core/kernel/decode.ts";
import { Kernel } from "../../core/kernel/kernel.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { attachedDatabases } from "../../core/query/attached.ts";
import type { GivenDbc } from "../app/context.ts";
import { type ContentsTables, contentsTables } from "./contents-table.ts";
import { loadKernel } from "./host-engine.ts";
import { logFiles } from "./log-files.ts";
import { passwordsNear } from "./passwords.ts";

/** Schema buslens-frames/1, and what a person should know about the file. Faults: `input/*`, `access/*`, `storage/*`. */
export async function framesDocument(file: string, given: Passwords, signal: AbortSignal): Promise<FactsDocument> {
  return framesFacts({ ...(await opened(file, given, signal)), fileName: file });
}

/** Schema buslens-groups/1. Faults: `input/*`, `access/*`, `limit/*`, `storage/*`. */
export async function groupsDocument(file: string, given: Passwords, signal: AbortSignal): Promise<FactsDocument> {
  const { module, log } = await openedLog(file, given, signal);
  return groupsFacts({ log, fileName: file, host: { signal, onWindow: () => undefined, codecs: new Codecs(module) } });
}

/** The databases that a log brings itself. Faults: `input/*`, `access/*`, `limit/*`, `storage/*`. */
export async function attachedDbcs(file: string, given: Passwords, signal: AbortSignal): Promise<readonly GivenDbc[]> {
  const { module, log } = await openedLog(file, given, signal);
  return attachedDatabases(log.source, new Codecs(module), signal);
}

/** What is in a log beside its frames, as tables. Faults: `input/*`, `access/*`, `storage/*`. */
export async function contentsOf(file: string, given: Passwords, signal: AbortSignal): Promise<ContentsTables> {
  const { module, log } = await openedLog(file, given, signal);
  return contentsTables(log, new Codecs(module), signal);
}

/** Schema buslens-transport/1, of one protocol or (null) of whatever is spoken. Faults: `input/*`, `access/*`, `storage/*`. */
export async function transportDocument(
  file: string,
  channel: number | null,
  protocol: TransportProtocol | null,
  given: Passwords,
  signal: AbortSignal,
): Promise<FactsDocument> {
  return transportFacts({ ...(await opened(file, given, signal)), fileName: file, protocol, channel });
}

/** Schema buslens-signals/1, of one channel or (null) of all. Faults: `input/*`, `access/*`, `storage/*`. */
export async function signalsDocument(
  file: string,
  dbc: GivenDbc,
  channel: number | null,
  transport: TransportProtocol | null,
  given: Passwords,
  signal: AbortSignal,
): Promise<FactsDocument> {
  const dbcSha256 = createHash("sha256").update(dbc.bytes).digest("hex");
  return signalsFacts({
    ...(await opened(file, given, signal)),
    fileName: file,
    dbc: parseDbc(dbc.bytes, dbc.file, { encoding: dbc.encoding ?? null }),
    dbcSha256,
    channel,
    transport,
  });
}

async function opened(file: string, given: Passwords, signal: AbortSignal) {
  const { module, log } = await openedLog(file, given, signal);
  const host: DecodeHost = { signal, onWindow: () => undefined };
  return { kernel: new Kernel(module), log, mdf: await readMdf(log.source, signal), host };
}

async function openedLog(file: string, given: Passwords, signal: AbortSignal) {
  const { module } = await loadKernel();
  const store = await logFiles([file], signal);
  const passwords = mergedPasswords([given, await passwordsNear(file)]);
  const open = openLogs(store, { module, kernelsMax: 1, passwords: () => passwords });
  return { module, log: await open(store.keys[0] ?? "", signal) };
}
