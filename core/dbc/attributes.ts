/** The attributes that change what a frame means, or what it is called: VFrameFormat, GenMsgCycleTime, System…LongSymbol. */
import { type AttributeValue, attributeKey, type Draft, messageKey } from "./draft.ts";
import { quote, type Warnings } from "./warnings.ts";

/** Own value of an object, else the attribute's default; an ENUM's index is read as its text. Null if neither exists. */
function attributeText(draft: Draft, warnings: Warnings, attribute: string, object: string): AttributeValue | null {
  const said = draft.attributes.get(attributeKey(attribute, object)) ?? draft.defaults.get(attribute);
  if (!said) return null;
  const texts = draft.definitions.get(attribute)?.value;
  const { text, quoted } = said.value;
  if (!texts || (quoted && (texts.includes(text) || !/^\d{1,9}$/.test(text)))) return said.value;
  const named = texts[Number(text)];
  if (named !== undefined) return { text: named, quoted: true };
  warnings.add(said, `BA_: ${quote(attribute)} has no value number ${quote(text)}; the value is ignored`);
  return null;
}

/** Vector's numbers of VFrameFormat, for files that define it as an integer. */
const FRAME_FORMATS: Readonly<Record<string, string>> = {
  0: "StandardCAN",
  1: "ExtendedCAN",
  3: "J1939PG",
  14: "StandardCAN_FD",
  15: "ExtendedCAN_FD",
};

export function frameFormat(draft: Draft, warnings: Warnings, rawId: number): { readonly fd: boolean; readonly j1939: boolean } {
  const value = attributeText(draft, warnings, "VFrameFormat", messageKey(rawId));
  const format = value?.quoted === false ? FRAME_FORMATS[value.text] : value?.text;
  return { fd: format === "StandardCAN_FD" || format === "ExtendedCAN_FD", j1939: format === "J1939PG" };
}

/** GenMsgCycleTime; null if absent or 0. */
export function cycleMs(draft: Draft, warnings: Warnings, rawId: number): number | null {
  const value = attributeText(draft, warnings, "GenMsgCycleTime", messageKey(rawId));
  const number = value ? Number(value.text) : 0;
  return Number.isFinite(number) && number > 0 ? number : null;
}

const LONG_SYMBOLS = ["SystemNodeLongSymbol", "SystemMessageLongSymbol", "SystemSignalLongSymbol"] as const;

/** The long name of an object, or the short one it was written under. */
export function fullName(draft: Draft, kind: (typeof LONG_SYMBOLS)[number], object: string, shortName: string): string {
  const long = draft.attributes.get(attributeKey(kind, object))?.value.text;
  return long === undefined || long === "" ? shortName : long;
}
