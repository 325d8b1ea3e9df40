/** The shapes that several answers share. */

const text = { type: "string" } as const;
const nullable = (type: string) => ({ type: [type, "null"] }) as const;
const nanoseconds = { type: "string", pattern: "^-?[0-9]+$", description: "ns since 1970-01-01 UTC" } as const;

export const schemas = {
  Fault: {
    type: "object",
    required: ["message", "error"],
    properties: {
      message: { ...text, description: "one sentence" },
      error: {
        type: "object",
        required: ["code", "message"],
        properties: {
          code: { ...text, examples: ["request/bad-parameter"] },
          message: text,
          object: text,
          atByte: { type: "integer" },
          hint: { ...text, description: "what to do" },
        },
      },
    },
  },
  Notice: {
    type: "object",
    required: ["severity", "text"],
    properties: { severity: { enum: ["info", "warning", "error"] }, text, fault: { type: "object" } },
  },
  Row: {
    type: "object",
    description: "One sample; further columns for method=stats, and one column per series with shape=wide",
    properties: {
      time: { type: ["integer", "null"], description: "ms since 1970-01-01 UTC, rounded down" },
      timeNs: nanoseconds,
      device: text,
      bus: nullable("string"),
      channel: nullable("integer"),
      db: nullable("string"),
      message: nullable("string"),
      sourceAddress: nullable("integer"),
      signal: text,
      unit: text,
      value: nullable("number"),
      text: nullable("string"),
      partial: { enum: [0, 1], description: "1: something is missing from this series" },
      notice: text,
    },
  },
  Segment: {
    type: "object",
    required: ["file", "session", "baseNs", "timesNs", "values"],
    properties: {
      file: text,
      session: text,
      baseNs: nanoseconds,
      timesNs: { type: "array", items: { type: "number" }, description: "ns since baseNs, ascending" },
      values: {
        type: "array",
        items: { type: ["number", "string"] },
        description: "what JSON cannot hold is text: NaN, Infinity",
      },
    },
  },
  Series: {
    type: "object",
    properties: {
      device: text,
      unit: text,
      decimals: nullable("integer"),
      valueTable: nullable("object"),
      segments: { type: "array", items: { $ref: "#/components/schemas/Segment" } },
      notices: { type: "array", items: { $ref: "#/components/schemas/Notice" } },
    },
  },
  TableRows: { type: "array", items: { type: "object" }, description: "one object per row, keyed by the columns" },
} as const;
