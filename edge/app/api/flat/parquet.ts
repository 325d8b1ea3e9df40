/** Columns as a Parquet file (Snappy), by hyparquet-writer: plain JavaScript, so that it runs in a Worker too, and loaded only when asked for. */
import type { SchemaElement } from "hyparquet-writer";
import type { FlatColumn } from "./table.ts";

const ELEMENTS: Readonly<Record<FlatColumn["type"], Omit<SchemaElement, "name">>> = {
  timestamp: {
    type: "INT64",
    repetition_type: "REQUIRED",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
  },
  double: { type: "DOUBLE", repetition_type: "REQUIRED" },
  integer: { type: "INT32", repetition_type: "OPTIONAL" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" }, repetition_type: "OPTIONAL" },
};

const CREATED_BY = "buslens";

export async function parquetBytes(columns: readonly FlatColumn[]): Promise<Uint8Array> {
  const { ByteWriter, parquetWrite } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }];
  for (const { name, type } of columns) schema.push({ name, ...ELEMENTS[type] });
  await parquetWrite({
    writer,
    schema,
    columnData: columns.map(({ name, values }) => ({ name, data: values as (string | number | null)[] })),
    createdBy: CREATED_BY,
  });
  const bytes = writer.getBytes();
  if (columns[0]?.values.length === 0) nameEmptyList(bytes);
  return bytes;
}

/**
 * hyparquet-writer 0.17.0 gives the empty list of row groups no element type, which strict readers refuse. In the footer it stands right before
 * created_by: 19 00 (list of nothing) must be 19 0C (list of structs).
 */
function nameEmptyList(bytes: Uint8Array): void {
  const createdBy = [0x28, CREATED_BY.length, ...new TextEncoder().encode(CREATED_BY)];
  for (let at = bytes.length - createdBy.length; at > 1; at--) {
    if (!createdBy.every((byte, i) => bytes[at + i] === byte)) continue;
    if (bytes[at - 2] === 0x19 && bytes[at - 1] === 0) bytes[at - 1] = 0x0c;
    return;
  }
}
