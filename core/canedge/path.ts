/** Names of CANedge logs: DEVICE/SESSION/SPLIT[-SUFFIX].EXT (formats: canedge.md §1). */

/** What the extension says; the file's own first bytes decide. */
export type LogExtension = "MF4" | "MFC" | "MFE" | "MFM";

export interface LogPath {
  /** 8 hex digits, as the path has them. */
  readonly device: string;
  /** 8 decimal digits. */
  readonly session: string;
  readonly sessionNumber: number;
  readonly splitNumber: number;
  /** Unix seconds of the upload, later than the last record; null if the name has none. */
  readonly uploadSeconds: number | null;
  readonly extension: LogExtension;
}

const DEVICE = /^[0-9A-Fa-f]{8}$/;
const SESSION = /^\d{8}$/;
const FILE = /^(\d{8})(?:-([0-9A-Fa-f]{8}))?\.(MF4|MFC|MFE|MFM)$/i;
const ANY_LOG = /\.(MF4|MFC|MFE|MFM)$/i;

export const isDeviceName = (name: string): boolean => DEVICE.test(name);
/** Any name that a log may have, also outside the CANedge tree. */
export const isLogName = (name: string): boolean => ANY_LOG.test(name);

/** null if `path` (below the device folders' parent) is not a log in the CANedge tree. */
export function parseLogPath(path: string): LogPath | null {
  const [device = "", session = "", name = "", ...deeper] = path.split("/");
  const file = FILE.exec(name);
  if (file === null || deeper.length > 0 || !isDeviceName(device) || !SESSION.test(session)) return null;
  const [, split = "", suffix, extension = ""] = file;
  return {
    device,
    session,
    sessionNumber: Number(session),
    splitNumber: Number(split),
    uploadSeconds: suffix === undefined ? null : Number.parseInt(suffix, 16),
    extension: extension.toUpperCase() as LogExtension,
  };
}
