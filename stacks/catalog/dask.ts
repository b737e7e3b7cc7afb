// How is Dask deployed? One scheduler that nothing outside reaches, and a service for each class of workers.
import type { Cluster, Dask, DaskWorkerClass } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, ConfigMount, Health, Service } from './types.ts';

/** Beyond the drain: to close what is open and leave. */
const leaveSeconds = 20;

const configs = (name: string, python: string): readonly ConfigMount[] =>
  [`dask/${name}.sh`, `dask/${name}.yaml`, `dask/${python}`].map((file) => ({ file, path: `/etc/muster/${file}` }));

/** The image has no curl. */
function health(port: number): Health {
  const ask = `import urllib.request as u; u.urlopen("http://127.0.0.1:${port}/health", timeout=10)`;
  return { command: ['python', '-c', ask], intervalSeconds: 10, timeoutSeconds: 15, startSeconds: 60, retries: 3 };
}

/** What scheduler and workers share. Dask wants to write its home; spilled data does not belong there. */
function member({ image, tls }: Dask): Pick<Service, 'environment' | 'image' | 'profile' | 'program' | 'secrets'> {
  return {
    image: { reference: image, build: null },
    profile: 'ai',
    program: 'dask',
    environment: { HOME: '/tmp' },
    secrets: tls ? [{ folder: 'dask', path: '/run/muster/secrets/dask', writable: false, exists: false }] : [],
  };
}

const waitsForSecrets = { service: 'secrets', until: 'done', optional: false } as const;

function scheduler(dask: Dask): Service {
  return {
    ...ordinary,
    ...member(dask),
    name: 'dask-scheduler',
    entrypoint: ['sh', '/etc/muster/dask/scheduler.sh'],
    configs: configs('scheduler', 'muster_preload.py'),
    ports: dask.port === null ? [] : [{ container: 8786, published: dask.port, public: false }],
    health: health(8787),
    limits: { cpus: dask.cpus, memoryMiB: dask.memoryMiB, processes: 256 },
    networks: dask.port === null ? ['back'] : ['back', 'front'],
    dependsOn: [waitsForSecrets],
    // A second one would take workers and clients from the first.
    exclusive: true,
  };
}

function worker(dask: Dask, decided: DaskWorkerClass): Service {
  const { cpus, drainSeconds, gpus, memoryMiB, name, processes, replicas, targets, threads } = decided;
  return {
    ...ordinary,
    ...member(dask),
    name: `dask-${name}`,
    targets,
    entrypoint: ['sh', `/etc/muster/dask/${name}.sh`],
    configs: configs(name, 'muster_retire.py'),
    // Replicas share it, each process in a folder of its own that Dask removes when its owner is gone.
    state: [{ name: `dask-${name}`, path: '/var/lib/muster' }],
    scratch: [{ path: '/tmp', sizeMiB: 256, executable: false }],
    health: health(9002),
    limits: { cpus, memoryMiB, processes: 256 + processes * (64 + 4 * threads) },
    networks: ['back', 'egress'],
    dependsOn: [waitsForSecrets, { service: 'dask-scheduler', until: 'started', optional: false }],
    graceSeconds: drainSeconds + leaveSeconds,
    gpus,
    replicas,
    scalable: true,
  };
}

export const dask: CatalogEntry = {
  summary: 'Dask: a scheduler, and one service per class of workers',
  services: ({ stack: { dask: decided } }: Cluster) =>
    decided === null ? [] : [scheduler(decided), ...decided.workers.map((each) => worker(decided, each))],
  secretFiles: ({ name, stack: { dask: decided } }) =>
    decided?.tls !== true
      ? []
      : [
          // Not in the folder of the members: who sees its key can make members.
          { kind: 'authority', path: 'authority/dask', name: `${name} Dask` },
          {
            kind: 'certificate',
            path: 'dask/tls',
            by: 'authority/dask',
            names: ['dask-scheduler', 'localhost'],
            use: 'server-and-client',
          },
          { kind: 'copy', path: 'dask/ca.crt', of: 'authority/dask.crt' },
        ],
};
