// What differs on this host from the Compose file that runs anywhere? GPUs, and sizes that the spec leaves to the host.
import type { Config, Service } from '../catalog/types.ts';
import type { Allotment, Gpu, GpuShare } from '../cluster/gpus.ts';
import type { Cluster } from '../cluster/types.ts';
import { formatYaml } from '../formats/yaml.ts';
import { cpuQuota } from './compose-service.ts';
import { configsOf, contentHash } from './containers/configs.ts';
import { header } from './containers/parts.ts';
import { type ComposeValue, escapedMap, Interpolation } from './containers/value.ts';
import type { File } from './types.ts';

/** One form of a cluster: with sizes that fit anywhere, or those of this host. */
export type Form = { readonly services: readonly Service[]; readonly configs: readonly Config[] };

type Words = { readonly [key: string]: ComposeValue };

/** Below Muster's home. */
const folder = 'run';

/** The override and the files that only it mounts, by paths below Muster's home; none where nothing differs. */
export function hostFiles(
  cluster: Cluster,
  anywhere: Form,
  here: Form,
  { shares }: Allotment,
  mayRaiseLimits: boolean,
): readonly File[] {
  const configs: File[] = [];
  const services = here.services.flatMap((service): readonly (readonly [string, ComposeValue])[] => {
    const other = anywhere.services.find(({ name }) => name === service.name);
    if (other === undefined || !service.targets.includes('compose')) return [];
    const share = shares.get(service.name);
    const changed = configsOf(service, here.configs).filter(
      ({ path, text }) => configsOf(other, anywhere.configs).find((config) => config.path === path)?.text !== text,
    );
    configs.push(...changed.map((config) => ({ ...config, path: `${folder}/configs/${config.path}` })));
    const words: Words = {
      ...(changed.length > 0 && mountsOf(service, changed)),
      ...(changed.length > 0 && { labels: { 'muster.configs': contentHash(configsOf(service, here.configs)) } }),
      ...sizes(service, other),
      ...(share !== undefined && gpus(share, mayRaiseLimits)),
    };
    return Object.keys(words).length === 0 ? [] : [[service.name, words]];
  });
  if (services.length === 0) return [];
  const text = formatYaml(escapedMap({ services: Object.fromEntries(services) }), comment(cluster));
  const unique = new Map(configs.map((file) => [file.path, file]));
  return [{ path: `${folder}/compose.host.yaml`, text, mode: 0o644 }, ...unique.values()];
}

function comment(cluster: Cluster): string {
  const [first = ''] = header(cluster, 'compose').split('\n');
  return `${first}\nFor this host alone: \`muster up\` writes it anew, beside compose/compose.yaml.`;
}

function mountsOf({ configs }: Service, changed: readonly Config[]): Words {
  const mounts = configs.filter(({ file }) => changed.some(({ path }) => path === file));
  return {
    volumes: mounts.map(({ file, path }) => ({
      type: 'bind',
      source: Interpolation.home(`${folder}/configs/${file}`),
      target: path,
      read_only: true,
      bind: { create_host_path: false },
    })),
  };
}

function sizes(here: Service, anywhere: Service): Words {
  const environment = Object.entries(here.environment).filter(([name, value]) => anywhere.environment[name] !== value);
  const same = JSON.stringify(here.command) === JSON.stringify(anywhere.command);
  return {
    ...(environment.length > 0 && { environment: Object.fromEntries(environment) }),
    ...(!same && here.command !== null && { command: here.command }),
    ...(here.limits.cpus !== anywhere.limits.cpus && { cpu_quota: cpuQuota(here.limits.cpus) }),
    ...(here.limits.memoryMiB !== anywhere.limits.memoryMiB && { mem_limit: `${here.limits.memoryMiB}m` }),
    ...(here.limits.processes !== anywhere.limits.processes && { pids_limit: here.limits.processes }),
  };
}

/** Collective communication between GPUs locks memory; where no limit may be raised, asking would keep it from starting. */
function gpus(share: GpuShare, mayRaiseLimits: boolean): Words {
  const requests =
    'units' in share ? requestsFor(share.units) : [request({ driver: 'nvidia', count: share.uncounted })];
  const units = 'units' in share ? share.units : [];
  const files = [...new Set(units.flatMap((unit) => unit.files))];
  const groups = [...new Set(units.flatMap((unit) => unit.groups))];
  return {
    ...(requests.length > 0 && { deploy: { resources: { reservations: { devices: requests } } } }),
    ...(files.length > 0 && { devices: files.map((file) => `${file}:${file}`), group_add: groups.map(String) }),
    ...(mayRaiseLimits && { ulimits: { memlock: -1 } }),
  };
}

function requestsFor(units: readonly Gpu[]): readonly ComposeValue[] {
  return (['cdi', 'nvidia'] as const).flatMap((driver) => {
    const ids = units.flatMap(({ device }) => (device?.driver === driver ? [device.id] : []));
    return ids.length === 0 ? [] : [request({ driver, device_ids: ids })];
  });
}

const request = (words: Words): ComposeValue => ({ ...words, capabilities: ['gpu'] });
