// Which secrets does the cluster have, which of them are there, and which may a person set?
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broughtSecrets, type Cluster, type SecretFile, secretFiles, services } from '../../index.ts';

export type KnownSecret = {
  readonly path: string;
  /** What it is, in a few words. */
  readonly what: string;
  readonly state: string;
  /** Null: a person may set it; otherwise what to do instead. */
  readonly instead: string | null;
};

type Described = Omit<KnownSecret, 'path' | 'state'>;

function described(file: SecretFile): Described {
  switch (file.kind) {
    case 'token':
      return { what: 'token', instead: null };
    case 'password':
      return { what: 'password', instead: null };
    case 'htpasswd':
    case 'bearer-map':
    case 'copy':
      return { what: `follows from ${file.of}`, instead: `set ${file.of}, which it follows from` };
    case 'authority':
      return { what: 'certificate authority', instead: 'remove both of its files, then: muster up' };
    case 'certificate':
      return { what: `certificate by ${file.by}`, instead: 'change what it is for in cluster.yaml, then: muster up' };
    case 'wireguard-key':
      return { what: 'key of a host', instead: 'remove the file, then: muster deploy rack' };
    case 'wireguard':
      return { what: `follows from ${file.of}`, instead: `remove ${file.of}, then: muster deploy rack` };
    case 'given':
      return { what: `copy of ${file.source}`, instead: `change ${file.source}, then: muster up` };
  }
}

async function stateOf(file: SecretFile, folder: string): Promise<string> {
  const paired = file.kind === 'authority' || file.kind === 'certificate';
  const path = join(folder, paired ? `${file.path}.crt` : file.path);
  if (!existsSync(path)) return 'missing';
  if (!paired) return 'there';
  const { lifeOf } = await import('../../drivers/certificate-check.ts');
  return `ends ${lifeOf(readFileSync(path, 'utf8')).to.toISOString().slice(0, 10)}`;
}

/** In the order of their paths. */
export async function knownSecrets(cluster: Cluster, folder: string): Promise<readonly KnownSecret[]> {
  const files = new Map(secretFiles(cluster).map((file) => [file.path, file]));
  const made = [...files.values()].map(async (file) => ({
    path: file.path,
    ...described(file),
    state: await stateOf(file, folder),
  }));
  const brought = broughtSecrets(cluster).map(({ path, what }) => {
    return { path, what, instead: null, state: existsSync(join(folder, path)) ? 'there' : 'yours to set' };
  });
  return [...(await Promise.all(made)), ...brought].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The services that see a secret, by their names; the orchestrator and the proxy notice a change by themselves. */
export function readersOf(cluster: Cluster, path: string): readonly string[] {
  const noticing = ['orchestrator', 'secrets', 'proxy'];
  const folder = path.split('/').slice(0, -1).join('/');
  return services(cluster)
    .filter(({ name, secrets }) => !noticing.includes(name) && secrets.some((mount) => mount.folder === folder))
    .map(({ name }) => name);
}
