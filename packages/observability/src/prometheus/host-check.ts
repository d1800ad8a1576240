import { BlockList, isIP } from "node:net";

/** Decides whether a request's Host header names this machine. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * Makes the check for a server that listens on `boundTo`.
 *
 * A server on a loopback address is meant for this machine alone. A web page can still reach it through the visitor's
 * browser, by a name of its own that it lets resolve to 127.0.0.1 (DNS rebinding); such a request carries that name in
 * its Host header. A server on any other address is open on purpose, and every name is right.
 */
export function createHostCheck(boundTo: string): HostCheck {
  const own = plain(boundTo);
  if (!isLoopback(own)) return () => true;
  return (host) => {
    // Only HTTP/1.0 may leave the header out, and no browser speaks it.
    if (host === undefined) return true;
    const name = plain(URL.parse(`http://${host}`)?.hostname ?? "");
    return name === own || isLoopback(name);
  };
}

/** Whether the address or name reaches this machine alone. */
function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === "localhost";
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  return loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** Lower case, without the brackets of an IPv6 address and without the dot at the end of a full name. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
