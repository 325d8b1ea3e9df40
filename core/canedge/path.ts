/** Names of CANedge logs: DEVICE/SESSION/SPLIT[-SUFFIX].EXT (formats: canedge.md §1). */

/** What the extension says; the file's own first bytes decide. */
export type LogExtension = "MF4" | "MFC" | "MFE" | "MFM";

export interface LogPath {
  /** 8 hex digits, as the path has them. */
  readonly device: string;
  /** 8 decimal digits, as loggers count; 8 hex digits are taken too. */
  readonly session: string;
  /** Rises in the order of the sessions; those with letters stand behind the others. */
  readonly sessionNumber: number;
  readonly splitNumber: number;
  /** Unix seconds of the upload, later than the last record; null if the name has none. */
  readonly uploadSeconds: number | null;
  readonly extension: LogExtension;
}

const DEVICE = /^[0-9A-Fa-f]{8}$/;
const SESSION = /^[0-9A-Fa-f]{8}$/;
/** What loggers write. */
const DECIMAL_SESSION = /^\d{8}$/;
const SESSIONS_MAX = 1e8;
const FILE = /^(\d{8})(?:-([0-9A-Fa-f]{8}))?\.(MF4|MFC|MFE|MFM)$/i;
const ANY_LOG = /\.(MF4|MFC|MFE|MFM)$/i;

export const isDeviceName = (name: string): boolean => DEVICE.test(name);
/** Any name that a log may have, also outside the CANedge tree. */
export const isLogName = (name: string): boolean => ANY_LOG.test(name);

/** Whether a session is numbered as loggers do. */
export const isCountedSession = (session: string): boolean => DECIMAL_SESSION.test(session);

/** null if `path` (below the device folders' parent) is not a log in the CANedge tree. */
export function parseLogPath(path: string): LogPath | null {
  const [device = "", session = "", name = "", ...deeper] = path.split("/");
  const file = FILE.exec(name);
  if (file === null || deeper.length > 0 || !isDeviceName(device) || !SESSION.test(session)) return null;
  const [, split = "", suffix, extension = ""] = file;
  return {
    device,
    session,
    sessionNumber: isCountedSession(session) ? Number(session) : SESSIONS_MAX + Number.parseInt(session, 16),
    splitNumber: Number(split),
    uploadSeconds: suffix === undefined ? null : Number.parseInt(suffix, 16),
    extension: extension.toUpperCase() as LogExtension,
  };
}
