/** Times for people. */
import { isoText } from "../app/instant.ts";

/** `2022-01-06 11:46:01.949700` for decimal ns since 1970. */
export const utcText = (ns: string): string => isoText(BigInt(ns)).replace("T", " ").replace("Z", "");
