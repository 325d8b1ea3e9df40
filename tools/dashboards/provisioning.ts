/** Files for Grafana's own provisioning: the data source of a plugin, and the folder its dashboards are read from. */
import type { Plugin } from "./plugin.ts";

/** uid of the data source, the same whether files or HTTP install it. */
export const sourceUid = (plugin: Pick<Plugin, "id">): string => `buslens-${plugin.id}`;

/** provisioning/datasources/buslens-….yaml. The token comes from Grafana's environment, so that the file holds no secret. */
export function sourceYaml(plugin: Plugin): string {
  const head = `# A data source for buslens with the plugin ${plugin.type}.
# BUSLENS_URL: what buslens prints, as Grafana's server reaches it (from Docker: http://host.docker.internal:5000).
# BUSLENS_TOKEN: the token buslens was started with; without one leave it empty.
apiVersion: 1
datasources:
  - name: buslens (${plugin.title})
    uid: ${sourceUid(plugin)}
    type: ${plugin.type}
    access: proxy
    url: \${BUSLENS_URL}
    editable: true
`;
  const simpod = `    jsonData:
      httpHeaderName1: Authorization
      timeout: 60
    secureJsonData:
      httpHeaderValue1: Bearer \${BUSLENS_TOKEN}
`;
  const infinity = `    jsonData:
      auth_method: bearerToken
      timeoutInSeconds: 60
    secureJsonData:
      bearerToken: \${BUSLENS_TOKEN}
`;
  return head + (plugin.id === "simpod" ? simpod : infinity);
}

/** provisioning/dashboards/buslens-….yaml. */
export const dashboardsYaml = (
  plugin: Plugin,
): string => `# Dashboards for the plugin ${plugin.type}: lay dashboards/${plugin.id} there.
apiVersion: 1
providers:
  - name: buslens-${plugin.id}
    folder: buslens
    type: file
    allowUiUpdates: true
    options:
      path: /var/lib/grafana/dashboards/buslens/${plugin.id}
`;
