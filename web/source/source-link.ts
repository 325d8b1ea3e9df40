/** `?src=`: the address that logs are read from, in the page's own. A host not seen before is asked about before the first read from it. */

import type { Store } from "../state/store.ts";
import type { Kept } from "../storage.ts";
import type { Opener } from "./open.ts";

export interface SourceLink {
  /** What the page was opened with. True: it names a source, opened or asked about. */
  read(): boolean;
  /** What a person typed or allowed: "localhost:8080" and "https://host/path" alike. */
  open(text: string): Promise<void>;
  /** Something else is open now. */
  forget(): void;
}

export interface PageAddress {
  get(): URL;
  replace(url: URL): void;
}

const HOSTS = "buslens.hosts";
const HOSTS_MAX = 200;
/** Parameters of signed addresses (S3, Google Cloud Storage, CloudFront, Azure): who has them may read, so no link carries them. */
const SIGNED = /^(x-amz-|x-goog-|signature$|sig$|token$|key-pair-id$|policy$|awsaccesskeyid$|googleaccessid$)/i;

export function createSourceLink(
  store: Store,
  opener: Pick<Opener, "address">,
  host: { readonly kept: Kept; readonly address: PageAddress; say(text: string): void },
): SourceLink {
  const seen = (): readonly string[] => (host.kept.get(HOSTS) ?? "").split("\n");
  const warn = (text: string): void => store.dispatch({ type: "notify", notifications: [{ severity: "warning", text }] });

  function write(source: URL | null): void {
    const page = host.address.get();
    if (source === null) page.searchParams.delete("src");
    else page.searchParams.set("src", source.href);
    host.address.replace(page);
  }

  return {
    read() {
      const text = host.address.get().searchParams.get("src");
      if (text === null) return false;
      const url = addressOf(text);
      if (url === null) warn(`The link reads logs from ${text.slice(0, 80) || "nothing"}, which is not an address`);
      else if (url.origin === host.address.get().origin || seen().includes(url.host)) void this.open(url.href);
      else
        store.dispatch({
          type: "notify",
          notifications: [
            {
              severity: "info",
              text: `This link reads logs from ${url.host}`,
              action: { label: "Open", run: { openAddress: url.href } },
              other: { label: "Do not open", run: "nothing" },
            },
          ],
        });
      return true;
    },
    async open(text) {
      const url = addressOf(text);
      if (url === null) return warn(`${text || "Nothing"} is not an address`);
      if (!seen().includes(url.host)) host.kept.set(HOSTS, [...seen(), url.host].slice(-HOSTS_MAX).join("\n"));
      if (!(await opener.address(url.href, null))) return;
      const plain = withoutSignature(url);
      if (plain.search !== url.search) host.say("The link leaves out the signed part of the address");
      write(plain);
    },
    forget: () => write(null),
  };
}

/** null: this is none. Without a scheme, this machine is asked in plain, any other host over https. */
export function addressOf(text: string): URL | null {
  const trimmed = text.trim();
  const isNear = /^(localhost|127\.0\.0\.1)([:/]|$)/.test(trimmed);
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `${isNear ? "http" : "https"}://${trimmed}`;
  if (trimmed === "" || !URL.canParse(full)) return null;
  const url = new URL(full);
  url.username = "";
  url.password = "";
  url.hash = "";
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** The address as a link may carry it. */
export function withoutSignature(url: URL): URL {
  const plain = new URL(url);
  if ([...url.searchParams.keys()].some((name) => SIGNED.test(name))) plain.search = "";
  return plain;
}
