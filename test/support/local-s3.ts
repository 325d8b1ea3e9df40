/** An S3 endpoint on the loopback: wrangler's own over its local R2, with real signatures. Nothing of it outlives the test run. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scratchFolder } from "./folder.ts";

export interface LocalS3 {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const BUCKET = "buslens-test";
const CREDENTIALS = { accessKeyId: "local-key", secretAccessKey: "local-secret" };

export async function startLocalS3(): Promise<{ readonly s3: LocalS3; close(): Promise<void> }> {
  const { unstable_startWorker } = await import("wrangler");
  const folder = await scratchFolder();
  const config = join(folder.path, "wrangler.json");
  await writeFile(join(folder.path, "worker.js"), 'export default { fetch: () => new Response("local S3") };\n');
  await writeFile(
    config,
    JSON.stringify({
      name: "local-s3",
      main: "worker.js",
      compatibility_date: "2026-10-01",
      r2_buckets: [{ binding: "LOGS", bucket_name: BUCKET, local_dev: { experimental_s3_credentials: CREDENTIALS } }],
    }),
  );
  const worker = await unstable_startWorker({
    config,
    dev: { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, persist: false, watch: false, logLevel: "error" },
  });
  await worker.ready;
  const { origin } = await worker.url;
  return {
    s3: { endpoint: `${origin}/cdn-cgi/local/r2/s3`, bucket: BUCKET, ...CREDENTIALS },
    close: async () => {
      await worker.dispose();
      await folder.remove();
    },
  };
}
