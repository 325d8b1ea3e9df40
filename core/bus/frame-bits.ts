/** How many bits a frame takes on its bus: least and most, because what a log keeps does not say which bits were stuffed. */

/** Bit times on the wire, with the three of the space between frames (CAN). */
export interface FrameBits {
  /** Without a stuff bit; of a CAN FD frame that switches its rate only what is sent at the nominal one. */
  readonly least: number;
  /** With as many stuff bits as can be; a CAN FD frame as if all of it were sent at the nominal rate. */
  readonly most: number;
}

/** Bits after the CRC: its delimiter, acknowledge and its delimiter, end of frame, space between frames. ISO 11898-1, 10.4. */
const CAN_TAIL = 1 + 1 + 1 + 7 + 3;
/** One stuff bit after five equal ones, then at most one every four. */
const stuffedMost = (bits: number): number => Math.floor((bits - 1) / 4);

/** A classic data frame, or a remote one with `lengthBytes` 0. ISO 11898-1: SOF to CRC are stuffed. */
export function classicBits(extended: boolean, lengthBytes: number): FrameBits {
  // SOF, identifier, RTR, IDE, reserved, DLC: 19 bits, or with the 18 more of an identifier, SRR and a reserved one 39; then data and 15 of CRC.
  const stuffed = (extended ? 39 : 19) + 8 * lengthBytes + 15;
  return { least: stuffed + CAN_TAIL, most: stuffed + stuffedMost(stuffed) + CAN_TAIL };
}

/** A CAN FD frame. Its second rate is in no log, so of a frame with BRS `least` leaves out what is sent at it. ISO 11898-1:2015. */
export function fdBits(extended: boolean, lengthBytes: number, isSwitched: boolean): FrameBits {
  // SOF, identifier, RRS, IDE, FDF, reserved, BRS.
  const head = extended ? 36 : 17;
  const stuffed = head + 1 + 4 + 8 * lengthBytes; // ESI, DLC, data
  // Count of stuff bits and CRC, with a fixed stuff bit before each four of them.
  const counted = 4 + (lengthBytes > 16 ? 21 : 17);
  const check = counted + Math.ceil(counted / 4);
  const most = stuffed + stuffedMost(stuffed) + check + CAN_TAIL;
  return { least: isSwitched ? head + CAN_TAIL : stuffed + check + CAN_TAIL, most };
}

/** What a CAN error or overload frame takes itself: flag (6, up to 12 when others join in), delimiter, space. The frame it broke off is not counted. */
export const CAN_ERROR_BITS: FrameBits = { least: 6 + 8 + 3, most: 12 + 8 + 3 };

/** Break, sync and identifier (34 bits), then ten a byte and the checksum's; up to 1.4 times that. LIN 2.2, 2.8.1. */
export function linBits(lengthBytes: number): FrameBits {
  const least = 34 + 10 * (lengthBytes + 1);
  return { least, most: least * 1.4 };
}

/** An event of LIN that is no frame: nothing is known of its bits. */
export const NO_BITS: FrameBits = { least: 0, most: 0 };
