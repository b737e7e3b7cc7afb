// How is Prometheus deployed? One, which asks every service for its figures and decides which alerts are due.
import { prometheusFlags } from '../cluster/monitoring-flags.ts';
import type { Cluster, Prometheus } from '../cluster/types.ts';
import { pagePath } from '../cluster/web-address.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Service } from './types.ts';

/** Inside its container. */
export const prometheusPort = 9090;

function service(cluster: Cluster, prometheus: Prometheus): Service {
  const { cpus, image, memoryMiB, port } = prometheus;
  const health = `http://127.0.0.1:${prometheusPort}${pagePath(cluster, 'prometheus')}/-/healthy`;
  const files = ['prometheus.yml', 'alerts.yml'];
  return {
    ...ordinary,
    name: 'prometheus',
    image: { reference: image, build: null },
    profile: 'monitoring',
    program: 'prometheus',
    command: prometheusFlags(cluster, prometheus, {
      config: '/etc/muster/prometheus/prometheus.yml',
      listen: `0.0.0.0:${prometheusPort}`,
      state: '/var/lib/muster',
    }),
    // The collector works harder before the kernel kills.
    environment: { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.9)}MiB` },
    configs: files.map((file) => ({ file: `prometheus/${file}`, path: `/etc/muster/prometheus/${file}` })),
    secrets: [{ folder: 'metrics', path: '/run/muster/secrets/metrics', writable: false, exists: false }],
    state: [{ name: 'prometheus', path: '/var/lib/muster' }],
    ports: [{ container: prometheusPort, published: port, public: false }],
    health: {
      command: ['wget', '-q', '-O', '/dev/null', health],
      intervalSeconds: 10,
      timeoutSeconds: 15,
      startSeconds: 60,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 128 },
    networks: ['back', 'front'],
    dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
    graceSeconds: 60,
    exclusive: true,
  };
}

export const prometheus: CatalogEntry = {
  summary: 'keeps the figures of every service and decides which alerts are due',
  services: (cluster) => (cluster.stack.prometheus === null ? [] : [service(cluster, cluster.stack.prometheus)]),
};
