/** Encodings of databases in workerd. */
import { dbcEncodingContract } from "../contract/dbc-encoding.ts";

dbcEncodingContract();
