// How does one request leave this machine? Over TCP or TLS, below the path of its base address.
import { type ClientRequest, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';

export type Caller = (method: string, path: string, headers: Readonly<Record<string, string>>) => ClientRequest;

/**
 * Connections are kept, and keep no program alive. `base` may end with a path, as behind a proxy; `authority` (PEM) is
 * trusted beside those that Node knows. A name below `localhost` is this machine (RFC 6761), whoever resolves names.
 */
export function callerOf(base: string, authority: string | null): Caller {
  const url = new URL(base);
  const isLocal = url.hostname.endsWith('.localhost');
  const common = { hostname: isLocal ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
  const prefix = url.pathname.replace(/\/+$/, '');
  if (url.protocol !== 'https:') {
    const agent = new PlainAgent({ keepAlive: true });
    return (method, path, headers) =>
      plainRequest({ ...common, agent, method, path: prefix + path, headers: { host: url.host, ...headers } });
  }
  const agent = new TlsAgent({
    keepAlive: true,
    servername: url.hostname,
    ...(authority !== null && { ca: [...rootCertificates, authority] }),
  });
  return (method, path, headers) =>
    tlsRequest({ ...common, agent, method, path: prefix + path, headers: { host: url.host, ...headers } });
}
