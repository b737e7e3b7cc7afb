// Which headers do browsers and services get from the proxy, whatever the other side sent?
import type { ReverseProxy } from '../../cluster/types.ts';
import { block, directive, type NginxDirective, type NginxWord, variable } from '../../formats/nginx.ts';

const twoYears = 63_072_000;

const answers: Readonly<Record<string, NginxWord>> = {
  'Strict-Transport-Security': variable('transport_security'),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};

/** For every answer over TLS. A level that adds a header of its own inherits none, so it repeats these (NGX8). */
export const answerHeaders: readonly NginxDirective[] = Object.entries(answers).map(([name, value]) =>
  directive('add_header', name, value, 'always'),
);

/** In `http`: the services' own ones would come on top. */
export const hiddenHeaders: readonly NginxDirective[] = [...Object.keys(answers), 'X-Powered-By'].map((name) =>
  directive('proxy_hide_header', name),
);

/** In `http`: what the headers are made of. */
export const headerMaps: readonly NginxDirective[] = [
  // For localhost it would hold for every other port of this machine too, where there is no TLS.
  block(
    ['map', variable('host'), variable('transport_security')],
    [directive('default', `max-age=${twoYears}`), directive({ key: 'localhost' }, '')],
  ),
  // Only WebSockets: an upgrade to anything else would be a tunnel.
  block(
    ['map', variable('http_upgrade'), variable('upgrade')],
    [directive('default', ''), directive({ pattern: '~*^websocket$' }, 'websocket')],
  ),
  block(
    ['map', variable('upgrade'), variable('upgrade_or_close')],
    [directive('default', 'close'), directive({ key: 'websocket' }, 'upgrade')],
  ),
  // Keys are the services' own affair; a sign-in at the proxy is not.
  block(
    ['map', variable('http_authorization'), variable('bearer')],
    [directive('default', ''), directive({ pattern: '~*^bearer ' }, variable('http_authorization'))],
  ),
];

/** What a service could take for the word of somebody whom it trusts. */
const foreign = [
  'Forwarded',
  'Proxy',
  'Remote-User',
  'X-Forwarded-Email',
  'X-Forwarded-Prefix',
  'X-Forwarded-User',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-WEBAUTH-USER',
];

/** Everything that a service learns about the request: fixed or overwritten, at the one edge there is. */
export function requestHeaders({ httpsPort }: ReverseProxy): readonly NginxDirective[] {
  const host: NginxWord = httpsPort === 443 ? variable('host') : { join: [variable('host'), `:${httpsPort}`] };
  const headers: Readonly<Record<string, NginxWord>> = {
    Host: host,
    'X-Real-IP': variable('remote_addr'),
    'X-Forwarded-For': variable('remote_addr'),
    'X-Forwarded-Host': host,
    'X-Forwarded-Port': httpsPort,
    'X-Forwarded-Proto': 'https',
    ...Object.fromEntries(foreign.map((name) => [name, ''])),
    Authorization: variable('bearer'),
    Upgrade: variable('upgrade'),
    Connection: variable('upgrade_or_close'),
  };
  return Object.entries(headers).map(([name, value]) => directive('proxy_set_header', name, value));
}
