/** The data source as a file of Grafana's provisioning, for whoever runs Grafana in a container. */
import { wantedSource } from "./grafana-wanted.ts";

/** How a container reaches its host: Docker Desktop knows the name by itself, elsewhere `--add-host=host.docker.internal:host-gateway`. */
export const HOST_FROM_CONTAINER = "host.docker.internal";

/** As Grafana's files name a variable of its environment; in two pieces, since it is no template of ours. */
const ENVIRONMENT_TOKEN = `$${"{BUSLENS_TOKEN}"}`;

/** Flow style in it is JSON, which YAML takes. Text of provisioning/datasources/buslens.yaml. The token is left to Grafana's environment, so that the file and the terminal hold no secret. */
export function sourceYaml(url: string): string {
  const { uid, name, type, jsonData, secureJsonData } = wantedSource("simpod", url, ENVIRONMENT_TOKEN);
  return `apiVersion: 1
datasources:
  - name: ${name}
    uid: ${uid}
    type: ${type}
    access: proxy
    url: ${url}
    jsonData: ${JSON.stringify(jsonData)}
    secureJsonData: ${JSON.stringify(secureJsonData)}
`;
}
