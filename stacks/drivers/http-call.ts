// How does one request leave this machine? Over TCP or TLS, below the path of its base address.
import { type ClientRequest, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

export type Caller = (method: string, path: string, headers: Readonly<Record<string, string>>) => ClientRequest;

/** Who may have signed the certificate of whoever is called. */
export type Authority = {
  readonly pem: string;
  /** Nobody else, not even those that Node knows. */
  readonly alone: boolean;
};

/**
 * Connections are kept, and keep no program alive. `base` may end with a path, as behind a proxy; without `authority`
 * those that Node knows are trusted. A name below `localhost` is this machine (RFC 6761), whoever resolves names.
 */
export function callerOf(base: string, authority: Authority | null): Caller {
  const url = new URL(base);
  const isLocal = url.hostname.endsWith('.localhost');
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const common = { hostname: isLocal ? '127.0.0.1' : name, port: url.port };
  const prefix = url.pathname.replace(/\/+$/, '');
  if (url.protocol !== 'https:') {
    const agent = new PlainAgent({ keepAlive: true });
    return (method, path, headers) =>
      plainRequest({ ...common, agent, method, path: prefix + path, headers: { host: url.host, ...headers } });
  }
  const agent = new TlsAgent({
    keepAlive: true,
    rejectUnauthorized: true,
    // An address is no server name (RFC 6066); it is compared with the certificate all the same.
    ...(isIP(name) === 0 && { servername: name }),
    ...(authority && { ca: authority.alone ? authority.pem : [...rootCertificates, authority.pem] }),
  });
  return (method, path, headers) =>
    tlsRequest({ ...common, agent, method, path: prefix + path, headers: { host: url.host, ...headers } });
}
