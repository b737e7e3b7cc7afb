// What follows from a spec? Every default filled in, sizes as numbers, everything sorted, and a hash over the whole.
import { createHash } from 'node:crypto';
import { backupDefaults, orchestratorDefaults } from '../spec/defaults.ts';
import type { ClusterSpec, OrchestratorSpec } from '../spec/types.ts';
import { cloudsOf } from './clouds.ts';
import { byText, memoryMiB, seconds } from './decide.ts';
import { poolsOf } from './pools.ts';
import { rackOf } from './rack.ts';
import { stackOf } from './stack.ts';
import { swarmOf } from './swarm.ts';
import type { Backup, Cluster, Host } from './types.ts';
import { version } from './version.ts';
import { workerClass } from './worker-class.ts';

function backupOf(spec: OrchestratorSpec['backup'] = true): Backup | null {
  if (spec === false) return null;
  const { at, keep } = { ...backupDefaults, ...(spec === true ? {} : spec) };
  return { calendar: at, keep };
}

/**
 * Decides a checked spec. Labels and environment of a worker add to those of `defaults`; other keys replace them. With
 * `host`, what the spec leaves to the host is sized for it; without, it gets a size that any machine can give, so that
 * generated files are the same everywhere.
 */
export function resolve(spec: ClusterSpec, host?: Host): Cluster {
  const orchestrator: Required<Omit<OrchestratorSpec, 'backup'>> & OrchestratorSpec = {
    ...orchestratorDefaults,
    ...spec.orchestrator,
  };
  const pools = poolsOf(spec);
  const decided = {
    name: spec.name,
    orchestrator: {
      port: orchestrator.port,
      cpus: orchestrator.cpus,
      memoryMiB: memoryMiB(orchestrator.memory),
      heartbeatSeconds: seconds(orchestrator.heartbeat),
      leaseTtlSeconds: seconds(orchestrator.leaseTtl),
      backup: backupOf(orchestrator.backup),
    },
    workers: [
      ...Object.entries(spec.workers ?? {}).map(([name, own]) => workerClass(name, spec.defaults?.worker ?? {}, own)),
      ...pools.map(({ worker }) => worker),
    ].sort((a, b) => byText(a.name, b.name)),
    pools,
    clouds: cloudsOf(spec),
    stack: stackOf(spec, host ?? null),
    swarm: swarmOf(spec.swarm ?? {}),
    rack: rackOf(spec),
    version,
  };
  return { ...decided, hash: createHash('sha256').update(JSON.stringify(decided)).digest('hex') };
}
