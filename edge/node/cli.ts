#!/usr/bin/env node
/** The command `buslens`. */
import { readFile } from "node:fs/promises";
import { FaultError } from "../../core/fault.ts";
import { faultOf } from "../app/fault-answer.ts";
import { type Command, readArguments, UsageError } from "./arguments.ts";
import { dbc } from "./dbc.ts";
import { decode } from "./decode.ts";
import { demoFolder } from "./demo.ts";
import { provision } from "./grafana-provision.ts";
import { helpText } from "./help.ts";
import { inspect } from "./inspect.ts";
import { nameOfPlace, openPlace } from "./open-place.ts";
import { endQuietlyWhenNobodyReads, faultLine, print, say } from "./output.ts";
import { serve } from "./serve.ts";

async function run(command: Command): Promise<void> {
  const { signal } = new AbortController();
  switch (command.name) {
    case "help":
      return print(helpText(command.topic));
    case "version":
      return print(`${await version()}\n`);
    case "inspect":
      return inspect(command, signal);
    case "decode":
      return decode(command, signal);
    case "dbc":
      return dbc(command, signal);
    case "grafana":
      return provision(command);
    case "demo": {
      const folder = await demoFolder();
      return serve(command, await openPlace(folder, null, process.env), folder);
    }
    case "serve":
      return serve(command, await openPlace(command.place, command.endpoint, process.env), nameOfPlace(command.place));
  }
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { readonly version: unknown }).version);
}

/** The name a line about a fault begins with: as the user typed it, where it was typed. */
function subjectOf(command: Command | null, object: string | undefined): string | null {
  const typed = typedNames(command);
  const same = typed.find(
    (name) => object !== undefined && (name === object || name.replaceAll("\\", "/").endsWith(`/${object}`)),
  );
  return same ?? object ?? (typed.length === 1 ? (typed[0] ?? null) : null);
}

function typedNames(command: Command | null): readonly string[] {
  if (command === null) return [];
  if (command.name === "inspect" || command.name === "dbc") return [command.file];
  if (command.name === "decode") return [...command.files, ...command.dbcs];
  return command.name === "serve" ? [command.place, ...command.dbcs] : [];
}

async function main(args: readonly string[]): Promise<number> {
  let command: Command | null = null;
  try {
    command = readArguments(args, process.env);
    await run(command);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      say(`buslens: ${error.message}`);
      say("buslens --help says more");
      return 2;
    }
    const fault = faultOf(error);
    const unexpected = error instanceof FaultError ? "" : `: ${error instanceof Error ? error.message : String(error)}`;
    say(faultLine({ ...fault, message: fault.message + unexpected }, subjectOf(command, fault.object)));
    return 1;
  }
}

endQuietlyWhenNobodyReads();
// Not process.exit: what was printed to a pipe must get there first.
process.exitCode = await main(process.argv.slice(2));
