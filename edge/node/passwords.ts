/** Passwords that the host has: the file that was named, the variable of the environment, and for single files the list beside the logs. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mergedPasswords, PASSWORDS_FILE, type Passwords, parsePasswords } from "../../core/canedge/passwords.ts";
import { isDeviceName } from "../../core/canedge/path.ts";
import { FaultError } from "../../core/fault.ts";
import { diskFault } from "../stores/disk-source.ts";
import { folderPath } from "../stores/folder-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const PASSWORDS_VARIABLE = "BUSLENS_PASSWORDS";

/** The file counts before the variable, entry by entry. Faults: `storage/*`, `input/bad-passwords`. */
export async function hostPasswords(file: string | null, environment: Environment): Promise<Passwords> {
  const variable = environment[PASSWORDS_VARIABLE] ?? "";
  return mergedPasswords([
    file === null ? new Map() : await readPasswords(file),
    variable === "" ? new Map() : parsePasswords(variable, PASSWORDS_VARIABLE),
  ]);
}

/** For a log named by itself: beside it, and above its device folder or the LOG around it. */
export async function passwordsNear(file: string): Promise<Passwords> {
  const folder = dirname(folderPath(file));
  const device = dirname(folder);
  const places = isDeviceName(device.split(/[\\/]/).at(-1) ?? "")
    ? [dirname(device), ...(/[\\/]LOG$/i.test(dirname(device)) ? [dirname(dirname(device))] : []), folder]
    : [folder];
  for (const place of places) {
    const near = await readPasswords(join(place, PASSWORDS_FILE)).catch((error: unknown) => {
      if (error instanceof FaultError && error.fault.code === "storage/missing") return null;
      throw error;
    });
    if (near !== null) return near;
  }
  return new Map();
}

async function readPasswords(file: string): Promise<Passwords> {
  let text: string;
  try {
    text = await readFile(folderPath(file), "utf8");
  } catch (error) {
    throw diskFault(error, file);
  }
  return parsePasswords(text, file);
}
