// How does a host come into the private network at its start? Two forms of one unit: the kernel does the work, or a program.
import { credentialId, rootFolder, secretPath, wireguard } from '../cluster/rack-paths.ts';
import type { Cluster, RackHost } from '../cluster/types.ts';
import { credentialsFolder, formatUnit, type UnitSection, type UnitText } from '../formats/unit.ts';
import { hardening, type Needs } from './systemd-hardening.ts';
import type { File } from './types.ts';

type Lines = UnitSection['lines'];

const words = (...all: readonly string[]) => ({ words: all });
const { device, secret } = wireguard;

type Form = {
  /** Of the host's files: its role takes the one or the other. */
  readonly folder: string;
  readonly tunnel: Needs['tunnel'];
  /** Makes the device. */
  readonly make: string;
  readonly lines: Lines;
};

const byKernel: Form = {
  folder: 'units',
  tunnel: 'kernel',
  make: `ip link add dev ${device} type wireguard`,
  lines: [
    ['Type', words('oneshot')],
    ['RemainAfterExit', true],
    ['Restart', words('on-failure')],
    // Also after a start that failed half-way.
    ['ExecStopPost', { program: '/bin/sh', arguments: ['-c', `ip link delete dev ${device}`] }],
  ],
};

const byProgram: Form = {
  folder: 'userspace',
  tunnel: 'program',
  // It goes into the background once the device is there, and the device goes with it.
  make: `wireguard-go ${device}`,
  lines: [
    ['Type', words('forking')],
    ['Restart', words('always')],
    // Where the program answers `wg`; both know it by its older name.
    ['RuntimeDirectory', words('wireguard')],
    ['RuntimeDirectoryMode', words('0700')],
    ['BindPaths', words('/run/wireguard:/var/run/wireguard')],
    ['MemoryMax', { mebibytes: 512 }],
  ],
};

/** In one command: systemd 252 gives what comes after the start of a program no credentials. */
function start(make: string, { address, name }: RackHost, prefix: string): UnitText {
  const file = `/${credentialId(secret(name))}`;
  const rest = [`ip address add ${address}/${prefix} dev ${device}`, `ip link set dev ${device} up`];
  return [`${make} && wg setconf ${device} `, credentialsFolder, [file, ...rest].join(' && ')];
}

function sections({ name, rack }: Cluster, host: RackHost, { lines, make, tunnel }: Form): readonly UnitSection[] {
  const path = secret(host.name);
  const prefix = rack.network?.subnet.split('/')[1] ?? '';
  const ownRoot = rootFolder;
  return [
    {
      name: 'Unit',
      lines: [
        ['Description', { text: `Muster ${name}: private network` }],
        ['Wants', words('network-online.target')],
        ['After', words('network-online.target')],
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      lines: [
        ['ExecStart', { program: '/bin/sh', arguments: ['-c', start(make, host, prefix)] }],
        ...lines,
        ['RestartSec', { seconds: 5 }],
        ['TimeoutStartSec', { seconds: 60 }],
        ['LoadCredential', { credential: credentialId(path), from: secretPath(path) }],
        ['DynamicUser', true],
        ['User', words('muster-wireguard')],
        ['TasksMax', 64],
        ...hardening({
          ...{ gpus: false, lowPorts: false, makesCode: false, seesMachine: false },
          ...{ network: null, ownRoot, tunnel },
        }),
      ],
    },
    { name: 'Install', lines: [['WantedBy', words('multi-user.target')]] },
  ];
}

export function wireguardUnits(cluster: Cluster, host: RackHost, comment: string): readonly File[] {
  if (cluster.rack.network === null) return [];
  return [byKernel, byProgram].map((form) => ({
    path: `build/rack/${host.name}/${form.folder}/${wireguard.unit}`,
    text: formatUnit(comment, sections(cluster, host, form)),
    mode: 0o644,
  }));
}
