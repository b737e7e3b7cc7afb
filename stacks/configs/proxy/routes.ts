// Where does each path lead, and who may go there?
import type { Cluster, ReverseProxy } from '../../cluster/types.ts';
import { block, directive, type NginxDirective, variable } from '../../formats/nginx.ts';
import type { Surroundings } from '../types.ts';
import { limitedAgents } from './limits.ts';
import { passTo } from './upstreams.ts';

/** People sign in as `admin`; the service does not see it. */
export function signIn(at: Surroundings): readonly NginxDirective[] {
  return [directive('auth_basic', 'Muster'), directive('auth_basic_user_file', at.secret('proxy/htpasswd'))];
}

/** A page of the stack, which answers below the same path itself. */
export type Dashboard = {
  readonly name: string;
  readonly title: string;
  readonly service: string;
  readonly port: number;
};

export function dashboardsOf({ stack }: Cluster): readonly Dashboard[] {
  const { alertmanager, dask, grafana, prometheus, visualizer } = stack;
  return [
    ...(grafana === null ? [] : [{ name: 'grafana', title: 'Grafana: dashboards', service: 'grafana', port: 3000 }]),
    ...(prometheus === null
      ? []
      : [{ name: 'prometheus', title: 'Prometheus: figures and alerts', service: 'prometheus', port: 9090 }]),
    ...(alertmanager === null
      ? []
      : [{ name: 'alertmanager', title: 'Alertmanager: who is told', service: 'alertmanager', port: 9093 }]),
    ...(dask?.dashboard
      ? [{ name: 'dask', title: 'Dask: scheduler and workers', service: 'dask-scheduler', port: 8787 }]
      : []),
    ...(visualizer === null
      ? []
      : [{ name: 'visualizer', title: 'Visualizer: nodes and tasks of the swarm', service: 'visualizer', port: 8080 }]),
  ];
}

export function dashboard({ name, port, service }: Dashboard, at: Surroundings): readonly NginxDirective[] {
  return [
    block(['location', '=', `/muster/${name}`], [directive('return', 308, `/muster/${name}/`)]),
    block(
      ['location', '^~', `/muster/${name}/`],
      [
        ...signIn(at),
        // Dask sends its front page on to itself as if it stood at the top.
        directive('proxy_redirect', `muster/${name}/`, `/muster/${name}/`),
        ...passTo(at, service, port),
      ],
    ),
  ];
}

/** The chat page with its own sign-in, or the page of links in its place. */
export function chat({ stack }: Cluster, proxy: ReverseProxy, at: Surroundings): NginxDirective {
  if (stack.openWebui === null) return block(['location', '=', '/'], [directive('return', 302, '/muster/')]);
  return block(
    ['location', '/'],
    [directive('client_max_body_size', `${proxy.uploadLimitMiB}m`), ...passTo(at, 'open-webui', 8080)],
  );
}

/** An upload that stands still longer is given up by the orchestrator too. */
const uploadIdle = '60s';

/** The orchestrator's API, which asks for keys itself. */
export function api(cluster: Cluster, proxy: ReverseProxy, at: Surroundings): readonly NginxDirective[] {
  const rewrite = [directive('rewrite', { pattern: '^/muster(/.*)$' }, variable('1'), 'break')];
  const location = (path: string, own: readonly NginxDirective[], how = '^~') =>
    block(['location', how, path], [...own, ...passTo(at, 'orchestrator', 8080, rewrite)]);
  // The key is looked at before a byte of the body is taken.
  const upload = [directive('client_max_body_size', 0), directive('client_body_timeout', uploadIdle)];
  return [
    location('/muster/api/', [directive('client_max_body_size', '9m')]),
    location('/muster/api/v1/agent/', [...upload, ...limitedAgents(cluster, proxy)]),
    location('/muster/api/v1/blobs/', upload),
    // What a machine with an invite installs.
    location('/muster/downloads/', []),
    location('/muster/install.sh', [], '='),
  ];
}
