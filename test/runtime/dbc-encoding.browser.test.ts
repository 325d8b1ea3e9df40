/** Encodings of databases in a browser. */
import { dbcEncodingContract } from "../contract/dbc-encoding.ts";

dbcEncodingContract();
