// How is Grafana deployed? One, with its dashboards and settings from here; people cannot lose them.
import type { Cluster, Grafana } from '../cluster/types.ts';
import { pageUrl } from '../cluster/web-address.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Service } from './types.ts';

/** Inside its container. */
export const grafanaPort = 3000;

/** The dashboards of a cluster by the names of their files; configs/dashboards makes them. */
function dashboards({ stack }: Cluster): readonly string[] {
  return [
    ...['cluster', 'queue', 'workers'],
    ...(stack.dask === null ? [] : ['dask']),
    ...(stack.ollama === null ? [] : ['models']),
  ].sort();
}

/** It calls nobody: no statistics, no looking for updates, no pictures of people, no plugins from outside. */
const alone = {
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_SNAPSHOTS_ENABLED: 'false',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
};

function settings(cluster: Cluster, { port }: Grafana): Readonly<Record<string, string>> {
  return {
    ...alone,
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    // The proxy's own sign-in travels in the same header: here it means nothing.
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/muster/grafana/dashboards/cluster.json',
    GF_PATHS_DATA: '/var/lib/muster',
    GF_PATHS_PLUGINS: '/var/lib/muster/plugins',
    GF_PATHS_PROVISIONING: '/etc/muster/grafana/provisioning',
    GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/muster/secrets/grafana/admin-password',
    GF_SECURITY_SECRET_KEY__FILE: '/run/muster/secrets/grafana/secret-key',
    GF_SERVER_HTTP_PORT: String(grafanaPort),
    GF_SERVER_ROOT_URL: `${pageUrl(cluster, 'grafana', port)}/`,
    // Both through the proxy and on its own port it answers below the path of that address.
    GF_SERVER_SERVE_FROM_SUB_PATH: String(cluster.stack.proxy !== null),
    // Prometheus decides which alerts are due.
    GF_UNIFIED_ALERTING_ENABLED: 'false',
    GF_USERS_ALLOW_SIGN_UP: 'false',
  };
}

function service(cluster: Cluster, grafana: Grafana): Service {
  const { cpus, image, memoryMiB, port } = grafana;
  const files = [
    ...dashboards(cluster).map((name) => `dashboards/${name}.json`),
    'provisioning/dashboards/muster.yml',
    'provisioning/datasources/muster.yml',
  ];
  return {
    ...ordinary,
    name: 'grafana',
    targets: ['compose', 'swarm'],
    image: { reference: image, build: null },
    profile: 'monitoring',
    environment: settings(cluster, grafana),
    configs: files.map((file) => ({ file: `grafana/${file}`, path: `/etc/muster/grafana/${file}` })),
    secrets: [{ folder: 'grafana', path: '/run/muster/secrets/grafana', writable: false, exists: false }],
    state: [{ name: 'grafana', path: '/var/lib/muster' }],
    ports: [{ container: grafanaPort, published: port, public: false }],
    health: {
      command: ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${grafanaPort}/api/health`],
      intervalSeconds: 10,
      timeoutSeconds: 15,
      startSeconds: 120,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 256 },
    networks: ['back', 'front'],
    dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
    graceSeconds: 30,
    exclusive: true,
  };
}

export const grafana: CatalogEntry = {
  summary: 'shows the figures as pictures; its dashboards come from here',
  services: (cluster) => (cluster.stack.grafana === null ? [] : [service(cluster, cluster.stack.grafana)]),
  secretFiles: ({ stack }) =>
    stack.grafana === null
      ? []
      : [
          { kind: 'password', path: 'grafana/admin-password' },
          { kind: 'token', path: 'grafana/secret-key', prefix: 'mg' },
        ],
};
