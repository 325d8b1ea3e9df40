/** Transport protocols: how messages longer than a frame travel. Their names, what a stream of one counts, and why a message can be lost. */

/**
 * `iso-tp`: ISO 15765-2, DBCs count bits from the byte before the payload (the low byte of its length, CSS's UDS DBCs); `iso-tp-payload`: the same,
 * bits count from the payload's first byte; `j1939-21`: SAE J1939-21 TP; `fast-packet`: NMEA 2000.
 */
export type TransportProtocol = "iso-tp" | "iso-tp-payload" | "j1939-21" | "fast-packet";

export const TRANSPORT_PROTOCOLS: readonly TransportProtocol[] = ["iso-tp", "iso-tp-payload", "j1939-21", "fast-packet"];

/** What is counted of a stream: both conventions of ISO-TP read the same frames. */
export type StreamProtocol = Exclude<TransportProtocol, "iso-tp-payload">;

export const streamProtocol = (protocol: TransportProtocol): StreamProtocol =>
  protocol === "iso-tp-payload" ? "iso-tp" : protocol;

/** ISO-TP: one address byte before the protocol byte (extended and mixed addressing), or none (normal, normal fixed). */
export type Addressing = "normal" | "extended";

/** Payload bytes of the longest message that is reassembled; ISO-TP lengths of 32 bits may say more. */
export const TRANSPORT_BYTES_MAX = 32_768;

/** Parameter groups of TP.CM and TP.DT. */
export const TP_CM_PGN = 0xec00;
export const TP_DT_PGN = 0xeb00;

/** Kinds of frames, in the kernel's order. */
export const FRAME_KINDS_OF: Readonly<Record<StreamProtocol, readonly string[]>> = {
  "iso-tp": ["single", "first", "consecutive", "flowControl"],
  "j1939-21": ["bam", "rts", "cts", "endOfMessage", "abort", "data"],
  "fast-packet": ["first", "next"],
};

/** Kinds that carry no part of a message. */
export const CONTROL_KINDS: ReadonlySet<string> = new Set(["flowControl", "cts", "endOfMessage", "abort"]);

/**
 * Why a message never came out. `sequence`: a frame with the wrong number; `interrupted`: a new start; `timeout`: a gap; `aborted`: an abort;
 * `unfinished`: the log ends; `badLength`: lengths that contradict each other; `tooLong`: beyond TRANSPORT_BYTES_MAX; `dropped`: too many were open.
 */
export const MESSAGE_CAUSES = [
  "sequence",
  "interrupted",
  "timeout",
  "aborted",
  "unfinished",
  "badLength",
  "tooLong",
  "dropped",
] as const;
/** Frames that belong to no message: none is open, no payload, a protocol byte nobody knows. */
export const FRAME_CAUSES = ["orphanFrames", "empty", "unknownType"] as const;

export type LossCause = (typeof MESSAGE_CAUSES)[number] | (typeof FRAME_CAUSES)[number];
