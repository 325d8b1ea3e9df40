/**
 * The service worker: after the first visit the page opens without a connection. It keeps the page's own files and nothing else; what a page
 * asks of other places, and of the server's API, passes by. The build puts the list of files in (tools/offline.ts).
 */
// A module to the compiler, so that its names are its own; the build makes a plain script of it.
export {};

declare const self: ServiceWorkerGlobalScope;
/** Addresses relative to the page, "./" the page itself; names with a hash never change. */
declare const OFFLINE_FILES: readonly string[];
/** Changes with any of the files. */
declare const OFFLINE_VERSION: string;

const PREFIX = "buslens-page-";
const shelf = PREFIX + OFFLINE_VERSION;
const scope = new URL("./", self.location.href).href;
const known = new Set(OFFLINE_FILES.map((file) => new URL(file, scope).href));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(shelf).then((cache) => cache.addAll([...known])));
});

// Runs when no tab of the version before is open any more, so none loses its files.
self.addEventListener("activate", (event) => {
  const old = async (): Promise<unknown> => {
    const names = (await caches.keys()).filter((other) => other.startsWith(PREFIX) && other !== shelf);
    return Promise.all(names.map((other) => caches.delete(other)));
  };
  event.waitUntil(old().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.search = "";
  url.hash = "";
  if (request.method !== "GET" || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    if (url.href === scope || url.href === `${scope}index.html`) event.respondWith(newestPage(request));
  } else if (known.has(url.href)) event.respondWith(keptFile(request, url.href));
});

/** The network first, so that no old page is shown while there is a newer one. */
async function newestPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) return response;
    return (await fromCache(scope)) ?? response;
  } catch (error) {
    const kept = await fromCache(scope);
    if (kept === undefined) throw error;
    return kept;
  }
}

const keptFile = async (request: Request, address: string): Promise<Response> => (await fromCache(address)) ?? fetch(request);

const fromCache = async (address: string): Promise<Response | undefined> => (await caches.open(shelf)).match(address);
