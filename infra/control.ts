// What does the control plane get? Files that it fetches, what it may know, and the user data that asks for both.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RunError } from '@pulumi/pulumi';
import { readTree, writeArchive } from '../stacks/drivers/archive.ts';
import { createSecretFiles, type SecretsPlace } from '../stacks/drivers/secret-files.ts';
import { readSecret } from '../stacks/drivers/secrets.ts';
import {
  type Cluster,
  controlData,
  controlPlane,
  type FetchedFile,
  type File,
  rackSecretFiles,
  render,
  targets,
} from '../stacks/index.ts';
import { executables, root } from './executables.ts';
import type { CloudInputs } from './inputs.ts';
import type { Fleet, Machine } from './types.ts';

export type Control = Pick<CloudInputs, 'controlData' | 'controlFiles' | 'controlSecrets'>;

type Sums = ReadonlyMap<string, string>;
/** `place`: on this machine. */
type Brought = FetchedFile & { readonly place: string };

/** Of each text after its path: the machine takes no other secret. */
function digestOf(texts: Readonly<Record<string, string>>): string {
  const whole = Object.keys(texts)
    .sort()
    .map((path) => `${path}\n${texts[path]}\n`);
  return createHash('sha256').update(whole.join('')).digest('hex');
}

/** Certificates name hosts: those of this control plane lie apart from those of the same cluster elsewhere. */
async function secretsOf(
  control: Cluster,
  { cloud }: Fleet,
  place: SecretsPlace,
  files: readonly File[],
): Promise<Readonly<Record<string, string>>> {
  const own = (path: string): string => `clouds/${cloud}/${path}`;
  const wanted = rackSecretFiles(control);
  const isOwn = wanted.flatMap(({ kind, path }) => (kind === 'certificate' ? [`${path}.crt`, `${path}.key`] : []));
  const made = wanted.map((file) => (file.kind === 'certificate' ? { ...file, path: own(file.path) } : file));
  await createSecretFiles(place, made);
  const read = files.flatMap(({ text }) => [
    ...text.matchAll(/^LoadCredential=[^:\n]+:\/etc\/muster\/secrets\/(\S+)\n(SetCredential=)?/gm),
  ]);
  const texts = read.flatMap(([, path = '', optional]) => {
    const text = readSecret(join(place.folder, isOwn.includes(path) ? own(path) : path));
    if (text === null && optional === undefined) throw new RunError(`the secret ${path} is missing in ${place.folder}`);
    return text === null ? [] : [[path, `${text}\n`] as const];
  });
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function archiveOf({ name }: Cluster, { cloud }: Fleet, files: readonly File[]): Brought {
  const place = join(root, 'build/clouds', `${name}-${cloud}`, 'control.tar');
  const lists = ['SHA256SUMS', 'RELEASE', 'install.sh'].map((list) => ({
    ...{ path: `build/executables/${list}`, mode: 0o644 },
    content: readFileSync(join(executables, list)),
  }));
  const rendered = files.map(({ path, text, mode }) => ({ path, content: text, mode }));
  const sha256 = writeArchive(place, [...readTree(root, 'ansible'), ...lists, ...rendered]);
  return { name: `control-${sha256.slice(0, 16)}.tar`, path: 'control.tar', place, sha256 };
}

/** Its own program, and the agents that it offers. */
function programsOf({ architecture }: Machine, sums: Sums): readonly Brought[] {
  const names = [`muster-orchestrator-linux-${architecture}`, 'muster-agent-linux-x64', 'muster-agent-linux-arm64'];
  return names.map((name) => {
    const sha256 = sums.get(name);
    if (sha256 === undefined) throw new RunError(`${name} was not built\n   → npx muster build-executables`);
    const path = `build/executables/${name}`;
    return { name: `${name}-${sha256.slice(0, 16)}`, path, place: join(executables, name), sha256 };
  });
}

/** Units that keep something, which is on the disk that outlives the machine. */
const keeping = (files: readonly File[]): readonly string[] =>
  files
    .filter(({ path, text }) => path.endsWith('.service') && /^StateDirectory=/m.test(text))
    .map(({ path }) => basename(path));

/** Makes what is missing of its secrets below `place`, and writes its archive. The same spec gives the same again. */
export async function controlOf(cluster: Cluster, fleet: Fleet, place: SecretsPlace, sums: Sums): Promise<Control> {
  const { cloud, controlPlane: machine, region } = fleet;
  const refused = () => {
    throw new RunError(`${cluster.name} has no control plane in ${cloud}`);
  };
  if (machine === null) return { controlData: refused, controlFiles: [], controlSecrets: {} };
  const control = controlPlane(cluster, cloud);
  const { files, findings } = render(control, [targets.systemd, targets.ansible]);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new RunError(errors.map(({ message }) => message).join('\n'));
  const controlSecrets = await secretsOf(control, fleet, place, files);
  const brought = [archiveOf(cluster, fleet, files), ...programsOf(machine, sums)];
  return {
    controlData: ({ bucket, secret }) => {
      const secretSha256 = digestOf(controlSecrets);
      return controlData({ cloud, region, bucket, secret, secretSha256, files: brought, services: keeping(files) });
    },
    controlFiles: brought.map(({ name, place: path }) => ({ name, path })),
    controlSecrets,
  };
}
