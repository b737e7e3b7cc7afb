// What may be asked of the engine of a manager? Four lists, by GET; everything else is refused.
import { block, directive, formatNginx, type NginxDirective } from '../formats/nginx.ts';
import type { ConfigEntry } from './types.ts';

/** The engine's API on 2375 as everywhere; on the network `engine` alone. */
const port = 2375;

/** No secrets, no configs, no containers, no images, no volumes, no logs. */
const lists = ['nodes', 'services', 'tasks', 'networks'];

/** The visualizer reads every answer as JSON. */
function refuse(status: number): readonly NginxDirective[] {
  return [directive('default_type', 'application/json'), directive('return', status, '{"message":"refused"}')];
}

function list(name: string): NginxDirective {
  return block(
    ['location', '=', `/${name}`],
    [
      block(['limit_except', 'GET'], [directive('deny', 'all')]),
      directive('proxy_pass', `http://unix:/var/run/docker.sock:/${name}`),
      directive('proxy_pass_request_body', 'off'),
      directive('proxy_set_header', 'Host', 'docker'),
      directive('proxy_set_header', 'Content-Length', ''),
    ],
  );
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) =>
  directive(`${name}_temp_path`, `/tmp/${name}`),
);

const document: readonly NginxDirective[] = [
  // The socket is root's, and so is this process, which may do nothing else: it has no capability.
  directive('user', 'root'),
  directive('worker_processes', 1),
  directive('pid', '/tmp/nginx.pid'),
  directive('error_log', '/dev/stderr', 'warn'),
  block(['events'], [directive('worker_connections', 64)]),
  block(
    ['http'],
    [
      ...temporary,
      directive('access_log', 'off'),
      directive('server_tokens', 'off'),
      directive('client_max_body_size', 1024),
      directive('client_header_timeout', '10s'),
      directive('client_body_timeout', '10s'),
      directive('send_timeout', '10s'),
      directive('proxy_http_version', '1.1'),
      directive('proxy_read_timeout', '10s'),
      block(
        ['server'],
        [
          directive('listen', port),
          directive('server_name', '_'),
          ...lists.map(list),
          block(['location', '=', '/health'], [directive('return', 204)]),
          block(['location', '/'], refuse(403)),
        ],
      ),
    ],
  ),
];

export const dockerReader: ConfigEntry = {
  summary: 'docker-reader/nginx.conf: which questions reach the engine of a manager',
  render: ({ stack }) =>
    stack.visualizer === null ? [] : [{ path: 'docker-reader/nginx.conf', text: formatNginx(document), mode: 0o644 }],
};
