// What does a spec ask that a swarm cannot do? Each with what is done instead, or with what to change.
import type { Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Finding } from '../spec/types.ts';
import { sizeFindings } from './containers/findings.ts';
import { publishedPorts } from './swarm-deploy.ts';

/** Which key of the spec makes this service? */
export function pathOf({ name }: Service, { stack, workers }: Cluster): readonly string[] {
  if (name === 'orchestrator') return ['orchestrator'];
  if (workers.some((worker) => worker.name === name)) return ['workers', name];
  if (name.startsWith('ollama-')) return ['services', 'ollama', 'nodes', name.slice('ollama-'.length)];
  if (stack.dask?.workers.some((worker) => `dask-${worker.name}` === name)) {
    return ['services', 'dask', 'workers', name.slice('dask-'.length)];
  }
  if (name === 'dask-scheduler') return ['services', 'dask'];
  if (name === 'docker-reader') return ['services', 'visualizer'];
  if (name === 'certificates') return ['services', 'proxy'];
  return ['services', name];
}

/** A swarm's service is `<stack>_<service>`. */
const longestName = 63;

function names(cluster: Cluster, services: readonly Service[]): readonly Finding[] {
  const found: Finding[] = [];
  for (const service of services) {
    const path = pathOf(service, cluster);
    const whole = `${cluster.name}_${service.name}`;
    if (whole.length > longestName) {
      const message = `expected at most ${longestName} characters in the service's name on a swarm, got ${whole.length} (${whole})`;
      found.push({ severity: 'error', path, message, remedy: 'shorten the name of the cluster or of the class' });
    }
    if (!/--/.test(service.name)) continue;
    const message = `expected single hyphens for a swarm, got "${service.name}"`;
    found.push({ severity: 'error', path, message, remedy: 'rename it, or limit it: targets: [compose]' });
  }
  if (!/--/.test(cluster.name)) return found;
  const message = `expected single hyphens for a swarm, got "${cluster.name}"`;
  return [...found, { severity: 'error', path: ['name'], message, remedy: 'rename the cluster' }];
}

/** Ports that the engines of a swarm talk on. */
const enginePorts: readonly number[] = [2377, 7946];

function ports(cluster: Cluster, services: readonly Service[]): readonly Finding[] {
  return services.flatMap((service) =>
    publishedPorts(service)
      .filter(({ published }) => enginePorts.includes(published))
      .map(({ published }): Finding => {
        const message = `expected a port that is free on every node, got ${published}, on which the engines talk`;
        return { severity: 'error', path: pathOf(service, cluster), message, remedy: 'choose another port' };
      }),
  );
}

/** Containers of a swarm see the GPUs that the node's default runtime gives to all of them, and no count of them. */
function gpus(cluster: Cluster, services: readonly Service[]): readonly Finding[] {
  return services.flatMap((service) => {
    if (service.gpus.kind !== 'count') return [];
    const message = `expected no count of GPUs for a swarm, got ${service.gpus.count}: a task gets all GPUs of its node, so each node with the label muster.gpu runs one`;
    const remedy = 'label such nodes: muster nodes label NODE muster.gpu=true; or write "gpus: auto"';
    return [{ severity: 'warning', path: [...pathOf(service, cluster), 'gpus'], message, remedy } as const];
  });
}

function folders(cluster: Cluster, services: readonly Service[]): readonly Finding[] {
  return services.flatMap((service) =>
    service.folders.map(({ source }): Finding => {
      const message = `expected no folder of one host for a swarm, got "${source}": a volume of the node stands for it, and models are pulled into that`;
      const path = [...pathOf(service, cluster), 'modelsPath'];
      return { severity: 'warning', path, message, remedy: 'remove modelsPath, or keep this cluster on Compose' };
    }),
  );
}

function daskPort({ stack }: Cluster): readonly Finding[] {
  if (stack.dask === null || stack.dask.port === null) return [];
  const message = `expected no port for a swarm, got ${stack.dask.port}: every node would offer it to everybody, and a scheduler runs any code it is sent; it gets none`;
  const remedy = 'run the client as a job of the cluster; the dashboard is behind the proxy';
  return [{ severity: 'warning', path: ['services', 'dask', 'port'], message, remedy }];
}

/** Measured on three nodes of one machine: an update takes the orchestrator away for 6 to 17 s. */
const leastLeaseSeconds = 30;

function lease({ orchestrator: { leaseTtlSeconds } }: Cluster): readonly Finding[] {
  if (leaseTtlSeconds >= leastLeaseSeconds) return [];
  const message = `expected at least ${leastLeaseSeconds}s for a swarm, got ${leaseTtlSeconds}s: an update stops the orchestrator before it starts the new one, and workers that hear nothing for so long stop their jobs`;
  return [{ severity: 'warning', path: ['orchestrator', 'leaseTtl'], message, remedy: 'write leaseTtl: 60s' }];
}

/** Errors: it cannot run on a swarm. Warnings: it runs, in another way than asked for. */
export function swarmFindings(cluster: Cluster, services: readonly Service[]): readonly Finding[] {
  return [
    ...names(cluster, services),
    ...ports(cluster, services),
    ...gpus(cluster, services),
    ...folders(cluster, services),
    ...daskPort(cluster),
    ...lease(cluster),
    ...sizeFindings(services),
  ];
}
