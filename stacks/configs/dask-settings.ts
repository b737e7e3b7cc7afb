// Which configuration do Dask's programs get? Only keys that Dask has; what is not written stays its default.
import type { Cluster, Dask, DaskWorkerClass } from '../cluster/types.ts';
import { formatYaml, type YamlValue } from '../formats/yaml.ts';
import type { Surroundings } from './types.ts';

/**
 * A worker that was silent for so long is given up, and its tasks run elsewhere. Dask's own 5 minutes are long for a
 * node that died; much less would give up workers whose code holds the interpreter lock.
 */
const workerTtlSeconds = 120;

type Map = { readonly [key: string]: YamlValue };

/** Client, scheduler and workers show the same certificate: each of them is a member, none is more. */
function tls(at: Surroundings): Map {
  const pair = { cert: at.secret('dask/tls.crt'), key: at.secret('dask/tls.key') };
  return { 'ca-file': at.secret('dask/ca.crt'), client: pair, scheduler: pair, worker: pair };
}

function shared(dask: Dask, at: Surroundings): { readonly comm: Map; readonly logging: Map } {
  return {
    comm: {
      compression: dask.compression === 'off' ? false : dask.compression,
      ...(dask.tls && { 'require-encryption': true, tls: tls(at) }),
    },
    logging: { distributed: dask.logLevel },
  };
}

/** Where a client is told that the dashboard is. */
function dashboard({ stack: { proxy } }: Cluster): Map {
  if (proxy === null) return {};
  const port = proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
  return { dashboard: { link: `https://${proxy.hosts[0]}${port}/muster/dask/status` } };
}

/** The longest drain of any class holds for who is retired over HTTP. */
const longestDrain = ({ workers }: Dask): number => Math.max(0, ...workers.map(({ drainSeconds }) => drainSeconds));

export function schedulerSettings(cluster: Cluster, dask: Dask, at: Surroundings): string {
  const distributed = {
    ...shared(dask, at),
    ...(dask.dashboard && dashboard(cluster)),
    scheduler: { 'worker-ttl': `${workerTtlSeconds}s` },
  };
  const muster = { 'drain-seconds': longestDrain(dask) };
  return formatYaml({ distributed, muster }, 'What does the Dask scheduler of Muster do otherwise than Dask itself?');
}

export function workerSettings(dask: Dask, worker: DaskWorkerClass, at: Surroundings): string {
  const distributed = { ...shared(dask, at), worker: { memory: { ...worker.memoryFractions } } };
  const muster = { 'drain-seconds': worker.drainSeconds };
  return formatYaml(
    { distributed, muster },
    `What do the Dask workers of class ${worker.name} do otherwise than Dask?`,
  );
}
