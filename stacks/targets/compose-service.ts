// How is one service told to Compose? In the words of the Compose Specification, hardened without being asked.
import type { Dependency, Scratch, SecretsFolder, Service } from '../catalog/types.ts';
import { type ComposeValue, Interpolation } from './compose-value.ts';

/** The quota, unlike `cpus`, may be larger than the host: the engine refuses `cpus: 4` where there are two. */
const cpuPeriodMicroseconds = 100_000;

function secretsMount({ folder, path, writable, exists }: SecretsFolder): ComposeValue {
  return {
    type: 'bind',
    source: Interpolation.home(folder === '' ? 'secrets' : `secrets/${folder}`),
    target: path,
    read_only: !writable,
    // A bind that must exist is checked before anything starts; the others are made by the one-shot just before.
    bind: { create_host_path: !exists },
  };
}

function scratchMount({ path, sizeMiB, executable }: Scratch): string {
  return `${path}:size=${sizeMiB}m,mode=1777,nosuid,nodev,${executable ? 'exec' : 'noexec'}`;
}

function condition({ until, optional }: Dependency): ComposeValue {
  return {
    condition: until === 'healthy' ? 'service_healthy' : 'service_completed_successfully',
    ...(optional && { required: false }),
  };
}

function healthcheck(service: Service): ComposeValue {
  const { health } = service;
  if (health === null) return { disable: true };
  return {
    test: ['CMD', ...health.command],
    interval: `${health.intervalSeconds}s`,
    timeout: `${health.timeoutSeconds}s`,
    start_period: `${health.startSeconds}s`,
    retries: health.retries,
  };
}

/** One entry of `services`, its keys in the order that dclint asks for. GPUs are not in it: a device that is missing would keep the whole stack from starting. */
export function composeService(service: Service): ComposeValue {
  const { limits } = service;
  const passed = service.passThrough.map((name) => [name, null]);
  const dependencies = service.dependsOn.map((dependency) => [dependency.service, condition(dependency)]);
  const volumes = [
    ...service.secrets.map(secretsMount),
    ...service.state.map(({ name, path }) => ({
      type: 'volume',
      ...(name !== null && { source: name }),
      target: path,
    })),
  ];
  return {
    image: service.image.reference,
    ...(dependencies.length > 0 && { depends_on: Object.fromEntries(dependencies) }),
    volumes,
    environment: { ...Object.fromEntries(passed), ...service.environment },
    ...(service.ports.length > 0 && {
      ports: service.ports.map(({ container, published }) => Interpolation.loopbackPort(published, container)),
    }),
    ...(service.networks.length > 0 ? { networks: service.networks } : { network_mode: 'none' }),
    ...(service.command !== null && { command: service.command }),
    restart: service.role === 'daemon' ? 'unless-stopped' : 'no',
    healthcheck: healthcheck(service),
    logging: { driver: 'local', options: { 'max-file': '3', 'max-size': '10m' } },
    user: Interpolation.user(),
    cap_drop: ['ALL'],
    cpu_period: cpuPeriodMicroseconds,
    cpu_quota: Math.round(limits.cpus * cpuPeriodMicroseconds),
    init: true,
    mem_limit: `${limits.memoryMiB}m`,
    pids_limit: limits.processes,
    ...(service.local && { profiles: ['local'] }),
    pull_policy: 'never',
    read_only: true,
    // Not `deploy`: with it a change of the number would start the replicas that run anew.
    ...(service.replicas !== 1 && { scale: service.replicas }),
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: `${service.graceSeconds}s`,
    tmpfs: service.scratch.map(scratchMount),
  };
}
