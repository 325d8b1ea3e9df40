/** The attributes that change what a frame means, or what it is called: VFrameFormat, GenMsgCycleTime, SPN, System…LongSymbol. */
import { type AttributeValue, attributeKey, type Draft, messageKey } from "./draft.ts";
import { NAME_CHARS_MAX } from "./reader.ts";
import { quote, type Warnings } from "./warnings.ts";

const LONG_SYMBOLS = ["SystemNodeLongSymbol", "SystemMessageLongSymbol", "SystemSignalLongSymbol"] as const;
const READ: ReadonlySet<string> = new Set(["VFrameFormat", "GenMsgCycleTime", "SPN", ...LONG_SYMBOLS]);

/** Whether anything depends on that attribute. */
export const isRead = (attribute: string): boolean => READ.has(attribute);

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

const SPN_MAX = 524_287; // 19 bits

/** SPN of a signal; null if absent or 0, as the default mostly says. */
export function spn(draft: Draft, warnings: Warnings, signal: string): number | null {
  const value = attributeText(draft, warnings, "SPN", signal);
  const number = value ? Number(value.text) : 0;
  return Number.isInteger(number) && number > 0 && number <= SPN_MAX ? number : null;
}

/** The long name of an object, or the short one it was written under. */
export function fullName(
  draft: Draft,
  warnings: Warnings,
  kind: (typeof LONG_SYMBOLS)[number],
  object: string,
  shortName: string,
): string {
  const said = draft.attributes.get(attributeKey(kind, object));
  if (said === undefined || said.value.text === "") return shortName;
  if (said.value.text.length <= NAME_CHARS_MAX) return said.value.text;
  warnings.add(said, `BA_: the long name of ${quote(shortName)} has more than ${NAME_CHARS_MAX} characters; the short one stays`);
  return shortName;
}
