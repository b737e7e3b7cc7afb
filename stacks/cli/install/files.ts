// What does Ansible read that installs single hosts? As for a rack, in a folder beside that of the rack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, render, targets } from '../../index.ts';
import { writeFolder } from '../rack/files.ts';
import type { Io } from '../types.ts';
import { type Place, sshPortOf } from './facts.ts';
import type { Installed } from './installed.ts';

type Say = (verb: string, what: string) => void;

export const installFolder = 'build/install';

/** Names of other installed hosts whose files are not what they were: they should learn of it. */
export async function writeInstall(io: Io, cluster: Cluster, name: string, say: Say): Promise<readonly string[]> {
  const isThere = (host: string) => existsSync(join(io.root, installFolder, host));
  const known = cluster.rack.hosts.map((host) => host.name).filter((host) => host !== name && isThere(host));
  const { files } = render(cluster, [targets.systemd, targets.ansible]);
  const moved = files.map((file) => ({ ...file, path: file.path.replace(/^build\/rack\//, `${installFolder}/`) }));
  const changed = await writeFolder(io, moved, installFolder, say);
  return known.filter((host) => changed.some(({ path }) => path.startsWith(`${installFolder}/${host}/`)));
}

type Variables = Readonly<Record<string, string | number | boolean>>;

/** How Ansible gets there: under the name that was typed, so that what ~/.ssh/config says of it holds. */
export async function reachOf(io: Io, place: Place, { firewall, host }: Installed): Promise<Variables> {
  // This machine is not entered by SSH.
  const hardening = { hardening_firewall: firewall, hardening_ssh: firewall && place !== null };
  if (place === null) return { ...hardening, ansible_connection: 'local' };
  return {
    ...hardening,
    ansible_connection: 'ssh',
    ansible_host: place.destination.replace(/^.*@/, ''),
    ansible_port: await sshPortOf(io, place),
    ansible_user: host.user,
  };
}
