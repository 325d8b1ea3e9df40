/** What to do about a fault, beside its sentence: `error.hint` of an answer. */
import type { FaultCode } from "../../core/fault.ts";

/** One sentence; null where the fault's own one says it, or nothing can be done. */
export function hintOf(code: FaultCode): string | null {
  switch (code) {
    case "request/bad-json":
      return "the body of a POST is one JSON object, whatever its content type; docs/grafana.md has examples";
    case "request/bad-parameter":
      return "/openapi.json has every path with its parameters, docs/grafana.md what a target may say";
    case "request/unknown-series":
      return "/api/signals has the names there are";
    case "request/not-found":
    case "request/method-not-allowed":
      return "/openapi.json has every path and its methods";
    case "access/token-needed":
    case "access/token-wrong":
      return 'send the header "Authorization: Bearer <token>"; in Grafana it is a custom HTTP header of the data source';
    case "access/wrong-host":
      return "start the server with --host and the name by which it is reached, and a token";
    case "access/password-needed":
    case "access/password-wrong":
      return "passwords.json beside the logs, or --passwords, has the password of each device";
    case "storage/missing":
      return "/api/logs has the logs there are now";
    case "storage/changed":
    case "storage/unreachable":
    case "limit/too-many":
      return "ask again in a few seconds";
    case "storage/short":
    case "storage/no-ranges":
    case "storage/refused":
    case "storage/cors":
      return "the store behind the server must allow reading byte ranges of its objects";
    case "limit/too-large":
      return "ask for a shorter range, fewer series or wider steps";
    case "input/empty":
    case "input/not-mdf":
    case "input/unsupported-version":
    case "input/unsupported":
    case "input/bad-block":
    case "input/bad-container":
    case "input/bad-record":
    case "input/truncated":
      return "buslens inspect FILE says what can be read of the log";
    case "input/bad-dbc":
      return "buslens dbc FILE says what is wrong in the database, by line";
    case "bug/unbalanced":
    case "bug/unexpected":
      return "the log of the server says more";
    case "access/not-authentic":
    case "access/no-cryptography":
    case "input/bad-passwords":
    case "request/cancelled":
      return null;
  }
}
