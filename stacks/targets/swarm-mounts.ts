// What does a service see beside its image, in the words of a stack file? Secrets, configs, volumes, memory.
import type { Config, SecretsFolder, Service } from '../catalog/types.ts';
import { secretKey } from '../cluster/swarm-names.ts';
import { configsOf } from './containers/configs.ts';
import type { ComposeValue } from './containers/value.ts';
import type { StoredSecret } from './types.ts';

/** The user of all our containers. */
export const userId = '10001';

/** The whole folder is for who checks tokens: it gets those, and neither passwords nor keys of certificates. */
function readIn({ folder }: SecretsFolder, stored: readonly StoredSecret[]): readonly string[] {
  const read = stored.filter(({ isToken, path }) => (folder === '' ? isToken : path.startsWith(`${folder}/`)));
  return read.map(({ path }) => path);
}

/** The paths of all secrets that a service reads, as in the secrets folder. */
export function secretsOf(service: Service, stored: readonly StoredSecret[]): readonly string[] {
  return [...new Set(service.secrets.flatMap((folder) => readIn(folder, stored)))];
}

export function secretMounts(service: Service, stored: readonly StoredSecret[]): readonly ComposeValue[] {
  return service.secrets.flatMap((mounted) =>
    readIn(mounted, stored).map((path) => ({
      source: secretKey(path),
      target: `${mounted.path}/${mounted.folder === '' ? path : path.slice(mounted.folder.length + 1)}`,
      uid: userId,
      gid: userId,
      mode: 0o400,
    })),
  );
}

/** `proxy/nginx.conf` → `proxy-nginx.conf`: the key in the stack file. */
export const configKey = (path: string): string => path.replaceAll('/', '-');

export function configMounts(service: Service, configs: readonly Config[]): readonly ComposeValue[] {
  const read = configsOf(service, configs);
  return service.configs.map(({ path }, index) => ({
    source: configKey(read[index]?.path ?? ''),
    target: path,
    // Some services copy a file with its mode, and write the copy anew when they start again.
    mode: 0o644,
  }));
}

/** Named volumes of a service. A folder of a host becomes one, for the tasks of a swarm have no host of their own. */
export function volumesOf(service: Service): readonly { readonly name: string; readonly path: string }[] {
  const named = service.state.flatMap(({ name, path }) => (name === null ? [] : [{ name, path }]));
  const folders = service.folders.map(({ path }, index) => ({ name: `${service.name}-folder-${index + 1}`, path }));
  return [...named, ...folders];
}

/**
 * A swarm mounts memory without leave to execute, and a stack file cannot say otherwise: what may be executed lies on a
 * volume without a name, which the task takes with it, as it does the state of a replica.
 */
export function volumeMounts(service: Service): readonly ComposeValue[] {
  const nameless = [
    ...service.state.filter(({ name }) => name === null),
    ...service.scratch.filter(({ executable }) => executable),
  ];
  return [
    ...volumesOf(service).map(({ name, path }) => ({ type: 'volume', source: name, target: path })),
    ...nameless.map(({ path }) => ({ type: 'volume', target: path })),
    ...service.scratch
      .filter(({ executable }) => !executable)
      .map(({ path, sizeMiB }) => ({ type: 'tmpfs', target: path, tmpfs: { size: sizeMiB * 1024 * 1024 } })),
    ...(service.engineSocket
      ? [{ type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock', read_only: true }]
      : []),
  ];
}
