/** Which messages of the databases came by a transport protocol, of whom and how many. */
import { isDecodable } from "../dbc/geometry.ts";
import type { Dbc } from "../dbc/model.ts";
import type { Heard, HeardId, HeardTransport, LogEntry } from "./engine.ts";
import { type ForcedOn, isLongMessage, type TransportParts } from "./transports.ts";

/** Sorted by channel, identifier, source address; of databases that know the same message, in their order. */
export async function heardTransports(
  parts: TransportParts,
  logs: readonly LogEntry[],
  dbcs: readonly Dbc[],
  forced: ForcedOn,
  signal: AbortSignal,
): Promise<HeardTransport[]> {
  const messages = dbcs.flatMap((dbc) => dbc.messages);
  if (!messages.some(isLongMessage)) return [];
  const [{ transportsOf }, { sendersOf }] = await Promise.all([import("./found-transports.ts"), import("../kernel/survey.ts")]);
  const { choices, streams } = await transportsOf(parts, logs, messages, forced, signal);
  const found = choices.flatMap((choice) => {
    const { channel, message, transport, pgn } = choice;
    const dbc = dbcs.find((one) => one.messages.includes(message));
    return [...sendersOf(choice, streams)].map(
      ([sourceAddress, senders]): HeardTransport => ({
        bus: "CAN",
        channel,
        transport,
        db: dbc?.name ?? "",
        message: message.name,
        id: message.id,
        extended: message.extended,
        pgn,
        sourceAddress,
        messages: senders.reduce((sum, sender) => sum + sender.messages, 0),
        signals: message.signals.filter(isDecodable).map(({ name, unit, selectedBy }) => ({ name, unit, selectedBy })),
      }),
    );
  });
  return found.sort((a, b) => a.channel - b.channel || a.id - b.id || (a.sourceAddress ?? -1) - (b.sourceAddress ?? -1));
}

/**
 * Identifiers with all that is heard: messages that no frame's identifier leads to (their parameter group comes in the frames of J1939-21) are
 * added under the identifier they would have, with the number of whole messages as frames.
 */
export function withTransported({ ids, transports, firstNs, lastNs }: Heard): HeardId[] {
  const isListed = ({ channel, db, message, sourceAddress }: HeardTransport): boolean =>
    ids.some((id) =>
      id.bus === "CAN" && id.channel === channel
        ? id.matches.some(
            (match) =>
              match.db === db &&
              match.message === message &&
              (match.sourceAddress === null || match.sourceAddress === sourceAddress),
          )
        : false,
    );
  const added = transports
    .filter((one) => !isListed(one))
    .map(
      (one): HeardId => ({
        bus: one.bus,
        channel: one.channel,
        id: one.pgn === null ? one.id : ((one.id & 0x1c000000) | (one.pgn << 8) | (one.sourceAddress ?? 0)) >>> 0,
        extended: one.extended,
        frames: one.messages,
        rateHz: null,
        firstNs: firstNs ?? 0n,
        lastNs: lastNs ?? 0n,
        minLengthBytes: 0,
        maxLengthBytes: 0,
        matches: [
          {
            db: one.db,
            message: one.message,
            rule: "transport",
            sourceAddress: one.sourceAddress,
            binding: "only",
            signals: one.signals,
          },
        ],
      }),
    );
  return [...ids, ...added];
}
