/** The outer form of all facts: JSON with one top-level field per line and one array row per line (golden README). */
import type { Notice } from "../fault.ts";

/** What a facts function gives: the document, and what its reader should know but a comparison must not see. */
export interface FactsDocument {
  readonly text: string;
  readonly notices: readonly Notice[];
}

/** Values are JSON texts; a list of them is an array with one row per line. */
export function document(fields: Readonly<Record<string, string | readonly string[]>>): string {
  const lines = Object.entries(fields).map(([key, value]) => `"${key}":${typeof value === "string" ? value : rows(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

const rows = (texts: readonly string[]): string => (texts.length === 0 ? "[]" : `[\n${texts.join(",\n")}\n]`);

/**
 * JSON of a number in a document: shortest text that gives the double back; -0 keeps its sign, what is not finite is text. From 2^53 on
 * with an exponent, because readers with integers of their own (Python) would take all the digits for exact.
 */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value)) return `"${value}"`;
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential() : String(value);
}

/** Last part of a path: of `file` only this counts in comparisons. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
