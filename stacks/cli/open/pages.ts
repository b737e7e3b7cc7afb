// Where is each page, and who may see it? Through the proxy where it runs, else on a port of this host.
import { relative } from 'node:path';
import type { Cluster } from '../../index.ts';
import { self } from '../output.ts';
import { homeOf, keyFileOf, urlOf } from '../place.ts';
import type { ServiceStatus } from '../status/services.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

export const pageNames = ['chat', 'dask', 'grafana', 'prometheus', 'alertmanager', 'api'] as const;
export type PageName = (typeof pageNames)[number];

export type Page = {
  readonly url: string;
  /** How to sign in; null where nobody has to. */
  readonly hint: string | null;
};

type Place = {
  /** Its key below `services` in cluster.yaml. */
  readonly key: string;
  readonly service: string;
  /** Behind the proxy. */
  readonly path: string;
  readonly isOn: (stack: Cluster['stack']) => boolean;
  /** With whom one signs in, beside the proxy itself. */
  readonly signIn: ((cluster: Cluster) => readonly [user: string, secret: string]) | null;
};

const places: Readonly<Record<Exclude<PageName, 'api'>, Place>> = {
  chat: {
    key: 'open-webui',
    service: 'open-webui',
    path: '/',
    isOn: ({ openWebui }) => openWebui !== null,
    signIn: ({ stack }) => [stack.openWebui?.adminEmail ?? '', 'open-webui/admin-password'],
  },
  dask: {
    key: 'dask',
    service: 'dask-scheduler',
    path: '/muster/dask/',
    isOn: ({ dask }) => dask?.dashboard === true,
    signIn: null,
  },
  grafana: {
    key: 'grafana',
    service: 'grafana',
    path: '/muster/grafana/',
    isOn: ({ grafana }) => grafana !== null,
    signIn: () => ['admin', 'grafana/admin-password'],
  },
  prometheus: {
    key: 'prometheus',
    service: 'prometheus',
    path: '/muster/prometheus/',
    isOn: ({ prometheus }) => prometheus !== null,
    signIn: null,
  },
  alertmanager: {
    key: 'alertmanager',
    service: 'alertmanager',
    path: '/muster/alertmanager/',
    isOn: ({ alertmanager }) => alertmanager !== null,
    signIn: null,
  },
};

/** Throws a Failure that says what is missing. */
export async function pageOf(
  io: Io,
  name: PageName,
  cluster: Cluster,
  services: readonly ServiceStatus[],
): Promise<Page> {
  if (name === 'api') return { url: await urlOf(io), hint: `key in ${keyFileOf(io)}` };
  const { isOn, key, path, service, signIn } = places[name];
  if (!isOn(cluster.stack)) {
    const remedy = name === 'dask' ? 'services/dask/dashboard in cluster.yaml' : `services/${key} in cluster.yaml`;
    throw new Failure(
      exitCodes.failed,
      `cluster.yaml leaves ${name === 'chat' ? 'the chat page' : name} out`,
      `switch on ${remedy}, then: make up`,
    );
  }
  const runs = (wanted: string) => services.find((one) => one.name === wanted && one.states.some(isThere));
  const there = runs(service);
  if (there === undefined) {
    const names = cluster.stack.proxy === null ? service : `${service},proxy`;
    throw new Failure(exitCodes.environment, `${service} does not run`, `${self} up --only ${names}`);
  }
  const secret = (file: string) => relative(io.cwd, `${homeOf(io)}/secrets/${file}`);
  const { proxy } = cluster.stack;
  const own = signIn === null ? [] : [signIn(cluster)];
  const hintOf = (ways: readonly (readonly [string, string])[]): string | null =>
    ways.map(([user, file]) => `user ${user}, password in ${secret(file)}`).join('; then ') || null;
  if (proxy !== null && runs('proxy') !== undefined) {
    const port = proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
    const ways = name === 'chat' ? own : [['admin', 'proxy/password'] as const, ...own];
    return { url: `https://${proxy.hosts[0]}${port}${path}`, hint: hintOf(ways) };
  }
  const published = there.ports[0]?.published;
  if (published !== undefined && name !== 'dask') return { url: `http://127.0.0.1:${published}/`, hint: hintOf(own) };
  const remedy = proxy === null ? 'switch on services/proxy in cluster.yaml, then: make up' : `${self} up --only proxy`;
  throw new Failure(exitCodes.environment, `${name} is reached through the proxy alone, which does not run`, remedy);
}

const isThere = (state: string): boolean => ['healthy', 'starting', 'unhealthy', 'running'].includes(state);
