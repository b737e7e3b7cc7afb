// How is one service told to Compose? In the words of the Compose Specification, hardened without being asked.
import type { Config, Port, Service } from '../catalog/types.ts';
import { mounts } from './compose-mounts.ts';
import { dependencies, profilesOf } from './compose-order.ts';
import { configsOf, contentHash } from './containers/configs.ts';
import { healthcheck, logging, scratchMount } from './containers/parts.ts';
import { type ComposeValue, Interpolation } from './containers/value.ts';

/** The quota, unlike `cpus`, may be larger than the host: the engine refuses `cpus: 4` where there are two. */
export const cpuPeriodMicroseconds = 100_000;

export const cpuQuota = (cpus: number): number => Math.round(cpus * cpuPeriodMicroseconds);

/** MUSTER_PORT moves the orchestrator alone: one variable cannot move several. */
function port({ name }: Service, { container, published, public: open }: Port): ComposeValue {
  if (name === 'orchestrator') return Interpolation.loopbackPort(published, container);
  return `${open ? '0.0.0.0' : '127.0.0.1'}:${published}:${container}`;
}

function networks({ aliases, networks: joined }: Service): ComposeValue {
  if (aliases.length === 0) return joined;
  return Object.fromEntries(joined.map((name) => [name, name === 'back' ? { aliases } : null]));
}

/**
 * One entry of `services`, its keys in the order that dclint asks for. GPUs are not in it: a device that is missing
 * would keep the whole stack from starting.
 */
export function composeService(service: Service, all: readonly Service[], configs: readonly Config[]): ComposeValue {
  const { limits } = service;
  const passed = service.passThrough.map((name) => [name, null]);
  const waitsFor = dependencies(service, all);
  const profiles = profilesOf(service);
  const read = configsOf(service, configs);
  const seen = mounts(service);
  const ports = [...service.ports].sort((a, b) => a.published - b.published);
  return {
    image: service.image.reference,
    ...(waitsFor !== null && { depends_on: waitsFor }),
    ...(seen.length > 0 && { volumes: seen }),
    environment: { ...Object.fromEntries(passed), ...service.environment },
    ...(ports.length > 0 && { ports: ports.map((each) => port(service, each)) }),
    ...(service.networks.length > 0 ? { networks: networks(service) } : { network_mode: 'none' }),
    ...(service.command !== null && { command: service.command }),
    ...(service.entrypoint !== null && { entrypoint: service.entrypoint }),
    restart: service.role === 'daemon' ? 'unless-stopped' : 'no',
    healthcheck: healthcheck(service),
    logging,
    ...(read.length > 0 && { labels: { 'muster.configs': contentHash(read) } }),
    user: Interpolation.user(),
    cap_drop: ['ALL'],
    cpu_period: cpuPeriodMicroseconds,
    cpu_quota: cpuQuota(limits.cpus),
    init: true,
    mem_limit: `${limits.memoryMiB}m`,
    pids_limit: limits.processes,
    ...(profiles.length > 0 && { profiles }),
    // Ours are built: an image of that name from elsewhere is never wanted.
    pull_policy: service.image.build === null ? 'missing' : 'never',
    read_only: true,
    // Not `deploy`: with it a change of the number would start the replicas that run anew.
    ...(service.replicas !== 1 && { scale: service.replicas }),
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: `${service.graceSeconds}s`,
    tmpfs: service.scratch.map(scratchMount),
  };
}
