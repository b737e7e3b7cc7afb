// Which names and ports does the proxy answer to, and what does it say to strangers?
import type { Cluster, ReverseProxy } from '../../cluster/types.ts';
import { block, directive, type NginxDirective, type NginxWord, variable } from '../../formats/nginx.ts';
import type { Surroundings } from '../types.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import { limited } from './limits.ts';
import { modelApi } from './models.ts';
import { api, chat, dashboard, dashboardsOf, signIn } from './routes.ts';
import { challengeFolder } from './tls.ts';
import { absence } from './upstreams.ts';

/** Inside its container. */
export const ports = { http: 8081, https: 8443, internal: 8082, models: 11434 } as const;

/** In containers the published port decides who reaches it; a local process must not be reached from elsewhere. */
export function listenOn(at: Surroundings, port: number, isPublic: boolean): string {
  const open = at.kind === 'containers' || isPublic;
  return `${open ? '' : `${at.bind('proxy')}:`}${at.listen('proxy', port)}`;
}

const server = (directives: readonly NginxDirective[]): NginxDirective => block(['server'], directives);

/** In `http`: the names that a TLS client may have asked for; one without a name asks by the Host header alone. */
export function knownNames({ hosts }: ReverseProxy): NginxDirective {
  return block(
    ['map', variable('ssl_server_name'), variable('unknown_name')],
    [directive('default', 1), directive({ key: '' }, 0), ...hosts.map((host) => directive({ key: host }, 0))],
  );
}

const misdirected = directive('return', 421, 'This name is not served here.');

/** For hosts that nobody named: 421 over TLS, a closed connection without it (NGX2). */
export function strangers(proxy: ReverseProxy, at: Surroundings): readonly NginxDirective[] {
  const unknown = (listen: readonly NginxWord[], answer: NginxDirective) =>
    server([
      directive('listen', ...listen, 'default_server'),
      directive('server_name', '_'),
      directive('default_type', 'text/plain'),
      answer,
    ]);
  return [
    unknown([listenOn(at, ports.http, proxy.public)], directive('return', 444)),
    unknown([listenOn(at, ports.https, proxy.public), 'ssl'], misdirected),
  ];
}

/** Without TLS: on to TLS, and the questions of the ACME authority. */
export function plain(proxy: ReverseProxy, at: Surroundings): NginxDirective {
  const port = proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
  const challenges = block(
    ['location', '^~', '/.well-known/acme-challenge/'],
    [directive('alias', `${challengeFolder(at)}/`), directive('default_type', 'text/plain')],
  );
  return server([
    directive('listen', listenOn(at, ports.http, proxy.public)),
    directive('server_name', ...proxy.hosts),
    ...limited(proxy),
    ...(proxy.tls.kind === 'acme' ? [challenges] : []),
    block(
      ['location', '/'],
      [directive('return', 308, { join: ['https://', variable('host'), port, variable('request_uri')] })],
    ),
  ]);
}

/** The page of links. */
function links(at: Surroundings): readonly NginxDirective[] {
  const nothingElse = "default-src 'none'; style-src 'unsafe-inline'";
  return [
    block(['location', '=', '/muster'], [directive('return', 308, '/muster/')]),
    block(
      ['location', '=', '/muster/'],
      [
        ...signIn(at),
        ...answerHeaders,
        directive('add_header', 'Content-Security-Policy', nothingElse, 'always'),
        directive('default_type', 'text/html'),
        directive('charset', 'utf-8'),
        directive('root', at.config('proxy')),
        directive('rewrite', { pattern: '^' }, '/index.html', 'break'),
      ],
    ),
    // What is not named here does not exist, whatever the chat page would make of it.
    block(['location', '^~', '/muster/'], [directive('return', 404)]),
  ];
}

/** The one that people use. */
export function main(cluster: Cluster, proxy: ReverseProxy, at: Surroundings): NginxDirective {
  return server([
    directive('listen', listenOn(at, ports.https, proxy.public), 'ssl'),
    directive('server_name', ...proxy.hosts),
    ...limited(proxy),
    ...answerHeaders,
    ...requestHeaders(proxy),
    block(['if', '(', variable('unknown_name'), ')'], [misdirected]),
    ...absence,
    chat(cluster, proxy, at),
    ...api(cluster, proxy, at),
    ...(cluster.stack.ollama === null ? [] : [modelApi(at.listen('proxy', ports.models))]),
    ...dashboardsOf(cluster).flatMap((one) => dashboard(one, at)),
    ...links(at),
  ]);
}

/** For healthchecks and for a look from inside. */
export function internal(at: Surroundings): NginxDirective {
  return server([
    directive('listen', listenOn(at, ports.internal, false)),
    directive('server_name', '_'),
    directive('access_log', 'off'),
    block(['location', '=', '/health'], [directive('default_type', 'text/plain'), directive('return', 200, 'ok')]),
    block(
      ['location', '=', '/status'],
      [directive('stub_status'), directive('allow', '127.0.0.1'), directive('deny', 'all')],
    ),
    block(['location', '/'], [directive('return', 404)]),
  ]);
}
