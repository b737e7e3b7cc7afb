// What does Ansible know of a host? How it is reached, and which roles run which of its services.
import type { Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import type { YamlValue } from '../formats/yaml.ts';
import type { HostForm } from './types.ts';

/** Roles below ansible/roles that run services, in the order of ansible/site.yml. */
export const groupNames = ['orchestrator', 'ollama', 'dask', 'monitoring', 'open_webui', 'proxy', 'agent'] as const;
export type RoleName = (typeof groupNames)[number];

const byProgram: Readonly<Record<string, RoleName>> = {
  alertmanager: 'monitoring',
  dask: 'dask',
  nginx: 'proxy',
  ollama: 'ollama',
  'open-webui': 'open_webui',
  prometheus: 'monitoring',
};

/** Throws for a service that no role runs: that is a bug of its entry. */
export function roleOf({ image, name, program }: Service): RoleName {
  if (image.build?.daemon === 'agent') return 'agent';
  if (name === 'certificates') return 'proxy';
  if (image.build?.daemon === 'orchestrator') return 'orchestrator';
  const role = byProgram[program ?? ''];
  if (role === undefined) throw new Error(`no role of Ansible runs ${name}`);
  return role;
}

const executableOf = ({ image }: Service): string | null =>
  image.build === null ? null : `muster-${image.build.daemon}`;

const isLoopback = (address: string): boolean => address.startsWith('127.');

export function hostVars({ name }: Cluster, { host, services }: HostForm): { readonly [key: string]: YamlValue } {
  const reached: Readonly<Record<string, YamlValue>> = isLoopback(host.address)
    ? { ansible_connection: 'local' }
    : {
        ansible_host: host.address,
        ansible_port: host.sshPort,
        // A worker that ends its jobs says nothing for as long as they take.
        ansible_ssh_extra_args: '-o ServerAliveInterval=30 -o ServerAliveCountMax=10',
      };
  return {
    ...reached,
    ansible_user: host.user,
    // Who is root needs nobody to become root, and a small host has no sudo.
    ...(host.user === 'root' && { ansible_become: false }),
    ansible_python_interpreter: 'auto_silent',
    // One trip for a task instead of three.
    ansible_pipelining: true,
    muster_cluster: name,
    muster_services: services.map((service) => ({
      name: service.name,
      role: roleOf(service),
      executable: executableOf(service),
      program: service.program,
    })),
  };
}
