// How does nginx find a service? In containers by name, asked again and again: one that is down keeps nobody else down.
import { block, directive, type NginxDirective, variable } from '../../formats/nginx.ts';
import type { Surroundings } from '../types.ts';

/** Docker's own name server (L46). */
const nameServer = '127.0.0.11';

/** In `http`. */
export function resolving({ kind }: Surroundings): readonly NginxDirective[] {
  if (kind !== 'containers') return [];
  return [directive('resolver', nameServer, 'valid=2s', 'ipv6=off'), directive('resolver_timeout', '3s')];
}

/** By a certificate of the cluster's own authority, which names every machine that it is on; nginx compares names only. */
function overTls(at: Surroundings): readonly NginxDirective[] {
  return [
    directive('proxy_ssl_trusted_certificate', at.secret('authority/ca.crt', 'proxy')),
    directive('proxy_ssl_verify', 'on'),
    directive('proxy_ssl_name', 'localhost'),
    directive('proxy_ssl_protocols', 'TLSv1.2', 'TLSv1.3'),
  ];
}

/**
 * Passes a request on. A name in a variable is resolved for each request, and the variable is a literal of this file;
 * it must be set before a `rewrite … break`.
 */
export function passTo(
  at: Surroundings,
  service: string,
  port: number,
  rewrite: readonly NginxDirective[] = [],
): readonly NginxDirective[] {
  const address = at.address(service, port);
  if (at.kind === 'units' && service === 'orchestrator')
    return [...rewrite, ...overTls(at), directive('proxy_pass', `https://${address}`)];
  if (at.kind !== 'containers') return [...rewrite, directive('proxy_pass', `http://${address}`)];
  return [
    directive('set', variable('service'), address),
    ...rewrite,
    directive('proxy_pass', { join: ['http://', variable('service')] }),
  ];
}

/** In `http`: no answer is kept back or stored, and what was sent is not sent twice. */
export const passing: readonly NginxDirective[] = [
  directive('proxy_http_version', '1.1'),
  directive('proxy_buffering', 'off'),
  directive('proxy_request_buffering', 'off'),
  directive('proxy_connect_timeout', '3s'),
  directive('proxy_send_timeout', '60s'),
  // Streams may be silent for a while; services that ping do so more often.
  directive('proxy_read_timeout', '1h'),
  // Never a POST that was sent: nginx counts it as not idempotent (NGX7).
  directive('proxy_next_upstream', 'error', 'timeout'),
  directive('proxy_next_upstream_tries', 3),
  directive('proxy_next_upstream_timeout', '10s'),
  directive('proxy_redirect', 'off'),
];

/** In each server: a service that does not run is said in a line. Its own errors pass through. */
export const absence: readonly NginxDirective[] = [
  directive('error_page', 502, 503, 504, '@absent'),
  block(
    ['location', '@absent'],
    [
      directive('default_type', 'text/plain'),
      directive('return', 503, 'This service does not answer right now. It may be starting: try again in a moment.'),
    ],
  ),
];
