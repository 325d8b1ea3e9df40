/** GET /openapi.json: what the server answers, as OpenAPI 3.1, for clients that are generated and for people who look. */
import type { Handler } from "../context.ts";
import { JSON_TYPE } from "../fault-answer.ts";
import { paths } from "./paths.ts";
import { schemas } from "./schemas.ts";

export const openapi: Handler = async ({ app }) =>
  new Response(`${JSON.stringify(openapiDocument(app.engine.moduleHash))}\n`, {
    headers: { "Content-Type": JSON_TYPE, "Cache-Control": "no-cache" },
  });

/** `moduleHash` names what computes the answers. The server is the one the document was read from, whatever proxy stands before it. */
export const openapiDocument = (moduleHash: string): object => ({
  openapi: "3.1.0",
  info: {
    title: "buslens",
    version: "1",
    description: `Vehicle and plant logs, decoded on demand. Kernel ${moduleHash.slice(0, 12)}.`,
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "./" }],
  security: [{}, { token: [] }],
  paths,
  components: {
    securitySchemes: {
      token: { type: "http", scheme: "bearer", description: "Needed where the server was started with a token." },
    },
    schemas,
    responses: {
      Fault: {
        description: "What went wrong, in one sentence",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Fault" } } },
      },
    },
  },
});
