/** What Vite makes of web/ (the viewer) and of edge/node/cli.ts (the published command). */
import { join } from "node:path";
import type { InlineConfig } from "vite";
import { offlinePlugin } from "./offline.ts";

/** The viewer: relative addresses, so that it works under /view/ and from any folder. */
export function webBundle(root: string): InlineConfig {
  return {
    configFile: false,
    root: join(root, "web"),
    base: "./",
    publicDir: "public",
    logLevel: "warn",
    worker: { format: "es" },
    plugins: [offlinePlugin(root)],
    build: {
      outDir: join(root, "build/web"),
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1000,
    },
  };
}

/**
 * The command: one file for plain Node, packages included; what few ask for (the AWS SDK, Arrow, Parquet) are chunks beside it, loaded when needed.
 * build/node/ is as deep as edge/node/, so that `new URL("../../build/kernel.wasm", import.meta.url)` is right in both.
 */
export function nodeBundle(root: string): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: "warn",
    publicDir: false,
    ssr: { noExternal: true, target: "node" },
    // The SDK's advice to update Node is for us, not for whoever starts the command.
    define: { "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": JSON.stringify("true") },
    build: {
      ssr: join(root, "edge/node/cli.ts"),
      outDir: join(root, "build/node"),
      emptyOutDir: true,
      target: "node20",
      minify: false,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        output: {
          format: "es",
          entryFileNames: "cli.js",
          chunkFileNames: "[name].js",
          codeSplitting: {
            groups: [
              // What the viewer loads bit by bit is at hand here.
              { name: "core", test: /^(?!.*node_modules).*[\\/]core[\\/]/ },
              { name: "aws-sdk", test: /node_modules[\\/]@(?:aws-sdk|smithy)[\\/]/ },
              { name: "arrow", test: /node_modules[\\/]@uwdata[\\/]/ },
              { name: "parquet", test: /node_modules[\\/]hyparquet/ },
            ],
          },
        },
      },
    },
  };
}
