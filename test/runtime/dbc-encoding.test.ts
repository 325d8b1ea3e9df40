/** Encodings of databases in Node. */
import { dbcEncodingContract } from "../contract/dbc-encoding.ts";

dbcEncodingContract();
