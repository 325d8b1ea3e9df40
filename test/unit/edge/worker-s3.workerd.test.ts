/** The Worker over an S3 bucket: the AWS SDK inside workerd, against the local endpoint. */
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import worker from "../../../edge/cloudflare/worker.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { localS3 } from "../../support/s3.ts";

// The first import of the SDK alone may take seconds.
test("vars and secrets of a bucket are all it takes", { timeout: 30_000 }, async () => {
  const { endpoint, bucket, credentials } = await localS3();
  if (credentials === undefined) throw new Error("the local endpoint has keys");
  const client = new S3Client({
    endpoint,
    region: "auto",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    credentials,
  });
  const [log] = generateDrive({ splitSeconds: 2 }).files;
  if (log === undefined) throw new Error("a drive has logs");
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: `worker/${log.key}`, Body: log.bytes }));
  const env = {
    BUSLENS_TOKEN: "t",
    BUSLENS_PREFIX: "worker/",
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_REGION: "auto",
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const ask = (path: string): Promise<Response> =>
    worker.fetch(new Request(`http://worker${path}`, { headers: { Authorization: "Bearer t" } }), env);
  const catalogue = (await (await ask("/api/catalogue")).json()) as { devices: { device: string }[] };
  expect(catalogue.devices.map(({ device }) => device)).toEqual([log.key.split("/")[0]]);
  expect(new Uint8Array(await (await ask(`/api/logs/${log.key}`)).arrayBuffer())).toEqual(log.bytes);

  const refused = await worker.fetch(new Request("http://worker/api/catalogue", { headers: { Authorization: "Bearer t" } }), {
    ...env,
    S3_SECRET_ACCESS_KEY: "wrong",
  });
  expect([refused.status >= 500, typeof ((await refused.json()) as { message: unknown }).message]).toEqual([true, "string"]);
});
