// How do programs that Muster does not bring start as units? By the same scripts as on a machine without an engine.
import { createHash } from 'node:crypto';
import type { Config, Service } from '../catalog/types.ts';
import { credentialPath, rackPrograms } from '../cluster/rack-paths.ts';
import { configsRead, startScriptOf } from '../cluster/start-script.ts';
import type { Surroundings } from '../configs/types.ts';
import type { Start } from './systemd-daemons.ts';
import type { StoredSecret } from './types.ts';

const systemFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin'];

/** The proxy looks for changes itself; everybody else must start anew, which a change of this tells. */
function contents({ name }: Service, read: readonly Config[]): string {
  const held = name === 'proxy' ? read.filter(({ path }) => path.endsWith('.sh')) : read;
  const texts = held.map(({ path, text }) => [path, text]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

/** Those that its files name, and no other one of the same folder. */
function credentialsRead({ name }: Service, read: readonly Config[], stored: readonly StoredSecret[]) {
  const named = new Set(
    read.flatMap(({ text }) => text.match(/\/run\/credentials\/[A-Za-z0-9_.@-]+\/[A-Za-z0-9_.-]+/g) ?? []),
  );
  return stored.map(({ path }) => path).filter((path) => named.has(credentialPath(name, path)));
}

export function foreignStart(
  service: Service,
  configs: readonly Config[],
  at: Surroundings,
  stored: readonly StoredSecret[],
): Start {
  const read = configsRead(service, configs);
  const own = rackPrograms[service.program ?? ''];
  const folders = [...(own === undefined ? [] : [own.slice(0, own.lastIndexOf('/'))]), ...systemFolders];
  return {
    program: '/bin/sh',
    arguments: [at.config(startScriptOf(service))],
    environment: {
      ...service.environment,
      HOME: '/tmp',
      MUSTER_CONFIGS: contents(service, read),
      PATH: [...new Set(folders)].join(':'),
    },
    credentials: credentialsRead(service, read, stored),
    watchdogSeconds: null,
  };
}
