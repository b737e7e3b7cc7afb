// What does Ansible know of a host? How it is reached, and which roles run which of its services.
import type { Service } from '../catalog/types.ts';
import { isLoopback } from '../cluster/rack.ts';
import { configsRead } from '../cluster/start-script.ts';
import type { Cluster } from '../cluster/types.ts';
import type { YamlValue } from '../formats/yaml.ts';
import { swarmVars } from './ansible-swarm.ts';
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

type ServiceVars = { readonly [key: string]: YamlValue; readonly role: RoleName };

/** The orchestrator with the units beside it: what it needs for its start comes before it. */
function withHelpers({ orchestrator }: Cluster, own: ServiceVars): readonly ServiceVars[] {
  const helper = (name: string) => ({ name, role: own.role, executable: null, program: null, configs: [] });
  return [helper('orchestrator-tls'), own, ...(orchestrator.backup === null ? [] : [helper('backup')])];
}

export function hostVars(
  cluster: Cluster,
  { configs, host, services }: HostForm,
): { readonly [key: string]: YamlValue } {
  const reached: Readonly<Record<string, YamlValue>> = isLoopback(host.sshAddress)
    ? { ansible_connection: 'local' }
    : {
        ansible_host: host.sshAddress,
        ansible_port: host.sshPort,
        // Without compression: on the hosts' own network it takes longer than what it saves.
        ansible_ssh_args: '-o ControlMaster=auto -o ControlPersist=60s',
        // What was kept open to a host that lost its power meanwhile breaks at the first word.
        ansible_ssh_retries: 2,
        // A worker that ends its jobs says nothing for as long as they take.
        ansible_ssh_extra_args: '-o ServerAliveInterval=30 -o ServerAliveCountMax=10',
      };
  return {
    ...reached,
    ansible_user: host.user,
    // Who is root needs nobody to become root, and a small host has no sudo.
    ...(host.user === 'root' && { ansible_become: false }),
    // What every distribution calls it; asking each time would cost a trip.
    ansible_python_interpreter: '/usr/bin/python3',
    // One trip for a task instead of three.
    ansible_pipelining: true,
    muster_cluster: cluster.name,
    ...swarmVars(host),
    muster_services: services.flatMap((service) => {
      const own = {
        name: service.name,
        role: roleOf(service),
        executable: executableOf(service),
        program: service.program,
        configs: configsRead(service, configs).map(({ path }) => path),
      };
      return service.name === 'orchestrator' ? withHelpers(cluster, own) : [own];
    }),
  };
}
