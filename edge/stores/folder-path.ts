/** What people type, paste or drop as a folder or file, as a path this system knows. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Absolute path of `typed`: a path, `file:///` URL, or quoted path; a Windows path on Windows, and under WSL
 * (`C:\Users\me\LOG` is `/mnt/c/Users/me/LOG` there).
 */
export function folderPath(typed: string, platform: string = process.platform): string {
  const text = typed.trim().replace(/^"(.*)"$/, "$1");
  if (/^file:\/\//i.test(text)) return resolve(fileURLToPath(text, { windows: platform === "win32" }));
  const drive = /^([A-Za-z]):[\\/](.*)$/.exec(text);
  if (drive && platform !== "win32") return resolve(`/mnt/${drive[1]?.toLowerCase()}`, (drive[2] ?? "").replaceAll("\\", "/"));
  return resolve(text);
}
