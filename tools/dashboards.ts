/** `npm run dashboards`: writes dashboards/, one set for each plugin, and the provisioning files. A test compares them with what lies there. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { infinity } from "./dashboards/infinity.ts";
import { dashboard } from "./dashboards/panel.ts";
import { PLANS } from "./dashboards/plans.ts";
import { dashboardsYaml, sourceYaml } from "./dashboards/provisioning.ts";
import { simpod } from "./dashboards/simpod.ts";

/** Text of every file by its path below dashboards/. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const plugin of [simpod, infinity]) {
    for (const plan of PLANS)
      files.set(`${plugin.id}/${plan.name}.json`, `${JSON.stringify(dashboard(plan, plugin), null, 2)}\n`);
    files.set(`provisioning/datasources/buslens-${plugin.id}.yaml`, sourceYaml(plugin));
    files.set(`provisioning/dashboards/buslens-${plugin.id}.yaml`, dashboardsYaml(plugin));
  }
  return files;
}

async function write(): Promise<void> {
  const root = fileURLToPath(new URL("../dashboards", import.meta.url));
  for (const [path, text] of dashboardFiles()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await write();
