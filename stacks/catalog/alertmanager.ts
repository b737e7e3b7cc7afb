// How is Alertmanager deployed? One, which takes alerts from Prometheus and tells people by e-mail or webhook.
import { alertmanagerFlags } from '../cluster/monitoring-flags.ts';
import type { Alertmanager, Cluster } from '../cluster/types.ts';
import { pagePath } from '../cluster/web-address.ts';
import { ordinary } from './ordinary.ts';
import type { BroughtSecret, CatalogEntry, Service } from './types.ts';

/** Inside its container. */
export const alertmanagerPort = 9093;

const config = '/etc/muster/alertmanager/alertmanager.yml';
const secret = '/run/muster/secrets/alertmanager/webhook-url';
const start = '/etc/muster/alertmanager/start.sh';

/** What only the user has; without it the service starts, and this one way of telling people fails. */
function broughtSecrets({ email, webhook }: Alertmanager): readonly BroughtSecret[] {
  const password = { path: 'alertmanager/smtp-password', what: 'the password of the mail server' };
  const address = { path: 'alertmanager/webhook-url', what: 'the address of the webhook' };
  return [...(email !== null && email.user !== null ? [password] : []), ...(webhook ? [address] : [])];
}

function service(cluster: Cluster, alertmanager: Alertmanager): Service {
  const { cpus, image, memoryMiB, port, webhook } = alertmanager;
  const flags = alertmanagerFlags(cluster, alertmanager, {
    listen: `0.0.0.0:${alertmanagerPort}`,
    state: '/var/lib/muster',
  });
  const health = `http://127.0.0.1:${alertmanagerPort}${pagePath(cluster, 'alertmanager')}/-/healthy`;
  const files = ['alertmanager.yml', ...(webhook ? ['start.sh'] : [])];
  return {
    ...ordinary,
    name: 'alertmanager',
    image: { reference: image, build: null },
    profile: 'monitoring',
    program: 'alertmanager',
    entrypoint: webhook ? ['sh', start] : null,
    command: webhook
      ? [secret, config, '/tmp/alertmanager.yml', '/bin/alertmanager', ...flags]
      : [`--config.file=${config}`, ...flags],
    environment: { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.9)}MiB` },
    configs: files.map((file) => ({ file: `alertmanager/${file}`, path: `/etc/muster/alertmanager/${file}` })),
    secrets:
      broughtSecrets(alertmanager).length === 0
        ? []
        : [{ folder: 'alertmanager', path: '/run/muster/secrets/alertmanager', writable: false, exists: false }],
    state: [{ name: 'alertmanager', path: '/var/lib/muster' }],
    ports: [{ container: alertmanagerPort, published: port, public: false }],
    health: {
      command: ['wget', '-q', '-O', '/dev/null', health],
      intervalSeconds: 10,
      timeoutSeconds: 15,
      startSeconds: 30,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 128 },
    networks: ['back', 'egress', 'front'],
    dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
    exclusive: true,
  };
}

export const alertmanager: CatalogEntry = {
  summary: 'groups alerts and tells people by e-mail or webhook',
  services: (cluster) => (cluster.stack.alertmanager === null ? [] : [service(cluster, cluster.stack.alertmanager)]),
  broughtSecrets: ({ stack }) => (stack.alertmanager === null ? [] : broughtSecrets(stack.alertmanager)),
};
