/** The frame at hand, as all protocols see it, and what they do with it alike. */
import { Message, Port, Transport } from "../layout";

/** ns after which an open message waits no longer: ISO 15765-2 N_Cr 1 s; SAE J1939-21 T1, T2, T3 at most 1.25 s; NMEA 2000 fast packet 0.75 s. */
const PATIENCE_ISO_TP: i64 = 1_000_000_000;
const PATIENCE_J1939: i64 = 1_250_000_000;
const PATIENCE_FAST_PACKET: i64 = 750_000_000;

let segmentTime: i64 = 0;
let segmentId: u32 = 0;
let segmentAt: usize = 0;
let segmentBytes: u32 = 0;

export abstract class Segment {
  /** ns since the file's start. */
  @inline static get time(): i64 {
    return segmentTime;
  }
  /** id | extended << 29. */
  @inline static get id(): u32 {
    return segmentId;
  }
  /** Where its payload lies, and how long it is. */
  @inline static get at(): usize {
    return segmentAt;
  }
  @inline static get bytes(): u32 {
    return segmentBytes;
  }

  @inline static set(id: u32, time: i64, at: usize, bytes: u32): void {
    segmentId = id;
    segmentTime = time;
    segmentAt = at;
    segmentBytes = bytes;
  }

  @inline static byte(offset: u32): u32 {
    return <u32>load<u8>(segmentAt + <usize>offset);
  }

  @inline static patience(port: usize): i64 {
    const transport = <u32>load<u8>(port, Message.transport);
    if (transport === Transport.IsoTp) return PATIENCE_ISO_TP;
    return transport === Transport.J1939 ? PATIENCE_J1939 : PATIENCE_FAST_PACKET;
  }

  /** Counts the frame and its kind. */
  static count(port: usize, kind: u32): void {
    store<u32>(port, load<u32>(port, Port.frames) + 1, Port.frames);
    const counter = port + Port.kinds + ((<usize>kind) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}
