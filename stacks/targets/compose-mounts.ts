// What does a service see of the host and of its volumes, in the words of Compose?
import type { ConfigMount, HostFolder, SecretsFolder, Service, State } from '../catalog/types.ts';
import { configSource } from './containers/configs.ts';
import { type ComposeValue, Interpolation } from './containers/value.ts';

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

/** Whoever must see a change starts anew, by the label that goes with it. */
function configMount({ file, path }: ConfigMount): ComposeValue {
  return {
    type: 'bind',
    source: configSource(file),
    target: path,
    read_only: true,
    bind: { create_host_path: false },
  };
}

/** Compose takes a relative path from the folder of its file, the user from that of cluster.yaml, one above. */
function folderMount({ path, source, writable }: HostFolder): ComposeValue {
  return {
    type: 'bind',
    source: source.startsWith('/') ? source : `../${source.replace(/^(?:\.\/+)+/, '')}`,
    target: path,
    read_only: !writable,
    bind: { create_host_path: false },
  };
}

function stateMount({ name, path }: State): ComposeValue {
  return { type: 'volume', ...(name !== null && { source: name }), target: path };
}

export function mounts(service: Service): readonly ComposeValue[] {
  return [
    ...service.secrets.map(secretsMount),
    ...service.configs.map(configMount),
    ...service.folders.map(folderMount),
    ...service.state.map(stateMount),
  ];
}
