/** The page at the root for people: how to connect, and where to look. It holds no data, so it needs no token. */

const STYLE = `:root{color-scheme:light dark;--t:#151a21;--t2:#46505d;--a:#1459c4;--b:#f5f6f8;--l:#d5dae1}
@media(prefers-color-scheme:dark){:root{--t:#e7ebf0;--t2:#adb7c4;--a:#6cb0ff;--b:#13171d;--l:#262d37}}
body{margin:0 auto;max-width:760px;padding:32px 20px;font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--t);background:var(--b)}
h1{font-size:20px;margin:0 0 4px}h2{font-size:14px;margin:28px 0 6px;border-top:1px solid var(--l);padding-top:16px}
p{margin:6px 0}a{color:var(--a)}code,pre{font:12px/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
pre{overflow-x:auto;border:1px solid var(--l);border-radius:4px;padding:8px 12px;margin:6px 0}dt{font-weight:600;margin-top:10px}dd{margin:0}small{color:var(--t2)}`;

export interface FrontPage {
  /** As the browser asked for it, ending in "/". */
  readonly url: string;
  readonly hasViewer: boolean;
  readonly needsToken: boolean;
  readonly moduleHash: string;
}

export function frontPage({ url, hasViewer, needsToken, moduleHash }: FrontPage): string {
  const at = escaped(url);
  const token = needsToken
    ? "<p>This server asks for a token: add the header <code>Authorization: Bearer …</code> to the data source.</p>"
    : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>buslens</title><style>${STYLE}</style></head>
<body><h1>buslens</h1>
<p>Reads the logs of vehicles and plants where they lie, decodes them when asked, and answers Grafana and the viewer.</p>
${hasViewer ? '<p><a href="view/">Open the viewer</a></p>' : ""}
<h2>Connect Grafana</h2>
<p>The URL of the data source, whichever plugin you have:</p><pre>${at}</pre>${token}
<dl>
<dt>Infinity</dt><dd>Base URL as above, type JSON, parser Backend. For a panel: <code>api/series?device=…&amp;signal=…&amp;from=\${__timeFrom}&amp;to=\${__timeTo}&amp;format=json</code>. Works with alerting.</dd>
<dt>JSON (simPod)</dt><dd>URL as above, access Server. Metrics and payload fields are offered in the editor.</dd>
<dt>SimpleJson</dt><dd>URL as above, access Server. Dashboards of the CANedge Grafana Backend work unchanged.</dd>
</dl>
<p><small>From Grafana in Docker, <code>localhost</code> is the container: use <code>http://host.docker.internal:PORT/</code> and start the server with <code>--host 0.0.0.0</code>.</small></p>
<h2>Ask it directly</h2>
<pre>curl '${at}api/devices'
curl '${at}api/signals?device=…'
curl '${at}api/series?device=…&amp;signal=…&amp;format=csv'</pre>
<p><a href="api/devices">Devices</a> · <a href="api/logs">Log files</a> · <a href="api/dbcs">Databases</a> · <a href="openapi.json">OpenAPI description</a></p>
<p><small>Kernel ${escaped(moduleHash.slice(0, 12))}</small></p>
</body></html>
`;
}

let policy: string | null = null;

/** Nothing runs on the page and nothing is loaded; its one style is named by its hash. */
export async function frontPolicy(): Promise<string> {
  if (policy === null) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE)));
    const hash = btoa(String.fromCharCode(...digest));
    policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;
  }
  return policy;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
