// How are the models reached: from outside by a key and few calls, from inside under one address?
import type { Cluster, ReverseProxy } from '../../cluster/types.ts';
import { block, directive, type NginxDirective, variable } from '../../formats/nginx.ts';
import type { Surroundings } from '../types.ts';
import { answerHeaders } from './headers.ts';
import { absence, passTo } from './upstreams.ts';

const port = 11434;
/** A server that listens on loopback refuses names that are not of its machine; keys are none of its business. */
const modelHeaders: readonly NginxDirective[] = [
  directive('proxy_set_header', 'Host', 'localhost'),
  directive('proxy_set_header', 'Authorization', ''),
  directive('proxy_set_header', 'Connection', 'close'),
];
const json = directive('default_type', 'application/json');

/** Never pull, push, create, copy, delete or blobs (NGX5), nor signs that somebody behind could read as a way there. */
const outsideCalls = '^/muster/ollama(/api/(?:chat|generate|embed|tags)|/v1/(?!.*[.][.])[A-Za-z0-9_./:@-]*)$';
/** They change nothing: another server may be asked when one is down, is full or lacks the model. */
const repeatable = '^/(?:api/(?:chat|generate|embed|embeddings|show)|v1/.*)$';

/** In `http`, for local processes: their addresses have no common name. */
export function modelServers({ stack }: Cluster, at: Surroundings): readonly NginxDirective[] {
  if (stack.ollama === null || at.kind === 'containers') return [];
  const servers = stack.ollama.nodes.map(({ service }) =>
    directive('server', at.address(service, port), 'max_fails=0'),
  );
  return [block(['upstream', 'ollama'], servers)];
}

function passToAny(at: Surroundings): readonly NginxDirective[] {
  if (at.kind === 'containers') return passTo(at, 'ollama', port);
  return [directive('proxy_pass', 'http://ollama')];
}

/** Before the first byte only, for which the request is kept until then. */
const failover: readonly NginxDirective[] = [
  directive('proxy_request_buffering', 'on'),
  directive('client_body_buffer_size', '1m'),
  directive('proxy_next_upstream', 'error', 'timeout', 'http_503', 'http_404', 'non_idempotent'),
  directive('proxy_next_upstream_tries', 0),
  directive('proxy_next_upstream_timeout', '10m'),
];

/** In `http`: who has the key, and what is said to whom lacks it. */
export function modelKeys(at: Surroundings): readonly NginxDirective[] {
  return [
    block(
      ['map', variable('http_authorization'), variable('has_model_key')],
      [directive('default', 0), directive('include', at.secret('proxy/ollama-keys'))],
    ),
    block(
      ['map', variable('status'), variable('model_challenge')],
      [directive('default', ''), directive({ key: '401' }, 'Bearer realm="Muster"')],
    ),
  ];
}

const needsKey = block(
  ['if', '(', variable('has_model_key'), '=', 0, ')'],
  [directive('return', 401, '{"error":"a bearer key is needed"}')],
);

/** For people's programs: few calls of those that the address inside takes. */
export function modelApi(listen: number): NginxDirective {
  return block(
    ['location', '^~', '/muster/ollama/'],
    [
      json,
      ...answerHeaders,
      directive('add_header', 'WWW-Authenticate', variable('model_challenge'), 'always'),
      block(
        ['location', '~', { pattern: outsideCalls }],
        [
          needsKey,
          block(['limit_except', 'GET', 'POST'], [directive('deny', 'all')]),
          directive('client_max_body_size', '32m'),
          directive('rewrite', { pattern: '^/muster/ollama(/.*)$' }, variable('1'), 'break'),
          directive('proxy_pass', `http://127.0.0.1:${listen}`),
        ],
      ),
      needsKey,
      directive('return', 403, '{"error":"only /api/chat, /api/generate, /api/embed, /api/tags and /v1/ are open"}'),
    ],
  );
}

/** For the services of the stack: every call, and one address for all servers. */
export function modelServer({ uploadLimitMiB }: ReverseProxy, listen: string, at: Surroundings): NginxDirective {
  return block(
    ['server'],
    [
      directive('listen', listen),
      directive('server_name', '_'),
      json,
      directive('client_max_body_size', 0),
      directive('client_body_timeout', '60s'),
      ...modelHeaders,
      block(['location', '/'], passToAny(at)),
      block(
        ['location', '~', { pattern: repeatable }],
        [directive('client_max_body_size', `${uploadLimitMiB}m`), ...failover, ...passToAny(at)],
      ),
      ...absence,
    ],
  );
}
