// What does a stack file say, and does it hold a word that `docker stack deploy` refuses or ignores?
import { readPlainYaml } from '../../stacks/formats/plain-yaml.ts';
import { type Cluster, render, targets } from '../../stacks/index.ts';
import { plainValue } from '../../stacks/spec/document.ts';

type Map = Readonly<Record<string, unknown>>;

export type StackService = {
  readonly image: string;
  readonly user: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks: readonly string[] | Map;
  readonly ports?: readonly { readonly published: number; readonly mode: string }[];
  readonly secrets?: readonly {
    readonly source: string;
    readonly target: string;
    readonly uid: string;
    readonly gid: string;
    readonly mode: number;
  }[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly tmpfs?: { readonly size: number };
  }[];
  readonly healthcheck: Map;
  readonly stop_grace_period: string;
  readonly deploy: {
    readonly replicas: number;
    readonly endpoint_mode: string;
    readonly placement: {
      readonly constraints?: readonly string[];
      readonly preferences: readonly Map[];
      readonly max_replicas_per_node?: number;
    };
    readonly resources: { readonly limits: Map; readonly reservations: Map };
    readonly update_config: Map;
    readonly rollback_config: Map;
    readonly restart_policy: Map;
  };
  readonly [key: string]: unknown;
};

export type StackFile = {
  readonly version: string;
  readonly services: Readonly<Record<string, StackService>>;
  readonly networks: Readonly<Record<string, Map>>;
  readonly volumes?: Readonly<Record<string, Map>>;
  readonly secrets?: Readonly<Record<string, { readonly external: boolean; readonly name: string }>>;
  readonly configs?: Readonly<Record<string, { readonly name: string; readonly file: string }>>;
};

export function stackText(cluster: Cluster): string {
  const file = render(cluster, [targets.swarm]).files.find(({ path }) => path === 'compose/docker-stack.yml');
  if (file === undefined) throw new Error('the target renders no compose/docker-stack.yml');
  return file.text;
}

export function parseStack(text: string): StackFile {
  const { root, errors } = readPlainYaml(text);
  if (root === null || errors.length > 0) throw new Error(JSON.stringify(errors));
  return plainValue(root) as unknown as StackFile;
}

/** What `docker stack deploy` reads and does, by the path of the map that holds it; `*` stands for any name. */
const honoured: Readonly<Record<string, readonly string[]>> = {
  '': ['version', 'services', 'networks', 'volumes', 'secrets', 'configs'],
  'services.*': [
    ...['image', 'command', 'entrypoint', 'environment', 'ports', 'networks', 'secrets', 'configs', 'volumes'],
    ...['healthcheck', 'logging', 'user', 'cap_drop', 'init', 'read_only', 'stop_grace_period', 'deploy'],
  ],
  'services.*.networks.*': ['aliases'],
  'services.*.ports.*': ['target', 'published', 'protocol', 'mode'],
  'services.*.secrets.*': ['source', 'target', 'uid', 'gid', 'mode'],
  'services.*.configs.*': ['source', 'target', 'mode'],
  'services.*.volumes.*': ['type', 'source', 'target', 'read_only', 'tmpfs'],
  'services.*.volumes.*.tmpfs': ['size'],
  'services.*.healthcheck': ['test', 'interval', 'timeout', 'start_period', 'retries'],
  'services.*.logging': ['driver', 'options'],
  'services.*.deploy': [
    ...['mode', 'replicas', 'endpoint_mode', 'labels', 'placement', 'resources', 'restart_policy'],
    ...['update_config', 'rollback_config'],
  ],
  'services.*.deploy.placement': ['constraints', 'preferences', 'max_replicas_per_node'],
  'services.*.deploy.placement.preferences.*': ['spread'],
  'services.*.deploy.resources': ['limits', 'reservations'],
  'services.*.deploy.resources.limits': ['cpus', 'memory', 'pids'],
  'services.*.deploy.resources.reservations': ['cpus', 'memory'],
  'services.*.deploy.restart_policy': ['condition', 'delay'],
  'services.*.deploy.update_config': [
    'parallelism',
    'delay',
    'monitor',
    'max_failure_ratio',
    'order',
    'failure_action',
  ],
  'services.*.deploy.rollback_config': [
    'parallelism',
    'delay',
    'monitor',
    'max_failure_ratio',
    'order',
    'failure_action',
  ],
  'networks.*': ['driver', 'attachable', 'internal', 'driver_opts', 'labels'],
  'volumes.*': ['name'],
  'secrets.*': ['external', 'name'],
  'configs.*': ['name', 'file'],
};

/** Maps whose keys are the user's. */
const free = /^(?:services|networks|volumes|secrets|configs)$|\.(?:environment|labels|options|driver_opts|networks)$/;

/** Every word that does nothing, or makes the whole file be refused. */
export function unheard(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => unheard(item, `${path}.*`));
  return Object.entries(value).flatMap(([key, child]) => {
    const isFree = free.test(path);
    const known = isFree || honoured[path]?.includes(key);
    const below = path === '' ? key : `${path}.${isFree ? '*' : key}`;
    return [...(known ? [] : [`${path}.${key}`]), ...unheard(child, below)];
  });
}
